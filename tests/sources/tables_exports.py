"""Small tables of messages of every shape: to read, and for the fuzzer to damage."""

import csv
import gzip
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sosias.sources.source import Options, Reading, recognise

Objects = Sequence[Mapping[str, Any]]

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
PLAIN: Objects = [
    {"sent_at": "2021-03-09T23:58:05", "author": "Ann", "text": "hello", "mood": "fine"},
    {
        "sent_at": "2021-03-09T23:59:00",
        "author": "Bob, Jr",
        "text": f'two\nlines, "quoted" {FAMILY}',
        "mood": "",
    },
    {
        "sent_at": "2021-03-10T08:00:00",
        "author": "Ann",
        "text": "e\u0301 ½ …\u2028 </x>; 'x'\ttab",
        "mood": "ok",
    },
]
SPANISH: Objects = [
    {"Fecha": "28/3/2025 9:29", "Autor": "Inés", "Mensaje": "¡hola!", "Grupo": "casa"},
    {"Fecha": "29/3/2025 21:30", "Autor": "Bob", "Mensaje": "qué tal", "Grupo": "casa"},
    {"Fecha": "no se sabe", "Autor": "Inés", "Mensaje": "bien", "Grupo": "trabajo"},
]
WECLONE: Objects = [
    {
        "id": number,
        "MsgSvrID": 7437267147299592543 + number,
        "type_name": type_name,
        "is_sender": number % 2,
        "talker": ["wxid_ann", "wxid_me"][number % 2],
        "room_name": "wxid_ann",
        "msg": text,
        "src": "",
        "CreateTime": f"2024-10-04 11:4{number}:00",
        "is_forward": number == 4,
    }
    for number, (type_name, text) in enumerate(
        [
            ("文本", "你好"),
            ("text", "hello"),
            ("图片", "图片"),
            ("系统通知", "x recalled"),
            ("text", "fwd"),
            ("转账", "1"),
        ]
    )
]
ELVISBOT: Objects = [
    {"text": "hi <|brk|> are you there? <|brk|> ", "is_sent": "0"},
    {"text": "yes, <|brk|>here", "is_sent": "1"},
]
OURS: Objects = [
    {
        "chat": chat,
        "seq": seq,
        "sent_at": time,
        "author": author,
        "is_owner": own,
        "kind": kind,
        "text": text,
        "attributes": attributes,
        "origin": {"file": "x.txt", "first_line": seq + 1, "last_line": seq + 1},
    }
    for chat, seq, time, author, own, kind, text, attributes in [
        ("Ann", 0, "2021-03-09T23:58:05", "Me", True, "text", "hello\n", {}),
        ("Ann", 1, "2021-03-09T23:58:00.000250", "Ann", False, "text", "", {"score": "3", "mood": ""}),
        ("Ann", 7, None, None, None, "system", "Ann left", {}),
        ("Bob", 4294967296, "2021-03-09T23:59:00", "Bob", None, "media", "", {"media": "a.jpg"}),
    ]
]
EPOCHS: Objects = [
    {"ts": 1615334285, "user": {"id": 7, "name": "Ann"}, "message": "seconds", "is_from_me": True},
    {"ts": 1615334286500, "user": {"id": 8}, "message": "milliseconds", "is_from_me": False},
    {"ts": "1615334287.25", "user": None, "message": 12, "is_from_me": None},
    {"ts": "2021-03-10 00:00:00 UTC", "user": "Bob", "message": ["a", None], "is_from_me": "yes"},
]
KEYED: Objects = [
    {"id": "5566fab2a64752d71ec3ca69", "from": "Ann", "body": "first", "reply_to": None, "type": "text"},
    {
        "id": "5566fab2a64752d71ec3ca70",
        "from": "Bob",
        "body": "",
        "reply_to": "5566fab2a64752d71ec3ca69",
        "type": "photo",
    },
    {"id": "5566fab2a64752d71ec3ca71", "from": "Bob", "body": "third", "reply_to": "", "type": "whatever"},
]
ALL = {
    "plain": PLAIN,
    "spanish": SPANISH,
    "weclone": WECLONE,
    "elvisbot": ELVISBOT,
    "ours": OURS,
    "epochs": EPOCHS,
    "keyed": KEYED,
}


def as_csv(objects: Objects, delimiter: str = ",", end: str = "\r\n") -> str:
    """Return a table as spreadsheets write it."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(objects[0]), delimiter=delimiter, lineterminator=end)
    writer.writeheader()
    writer.writerows(objects)
    return text.getvalue()


def as_jsonl(objects: Objects) -> str:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in objects)


def write_parquet(path: Path, objects: Objects) -> Path:
    """Write a table as Parquet; columns of several types as text."""
    columns = {}
    for name in objects[0]:
        cells = [one[name] for one in objects]
        try:
            columns[name] = pa.array(cells)
        except pa.ArrowException:
            columns[name] = pa.array([None if cell is None else str(cell) for cell in cells])
    pq.write_table(pa.table(columns), path)
    return path


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """Write a text exactly."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding, "surrogatepass"))
    return path


def read_one(path: Path, options: Options | None = None) -> Reading:
    """Return the only reading of what is at a path."""
    [reading] = recognise(path, options).readings
    return reading


def seeds(folder: Path) -> list[Path]:
    """Write each table in each format; return their paths."""
    paths = []
    for name, objects in ALL.items():
        place = folder / name
        paths += [
            write(place / f"{name}.csv", as_csv(objects)),
            write(place / f"{name}.jsonl", as_jsonl(objects)),
            write(place / f"{name}.json", json.dumps(objects, indent=1)),
            write_parquet(place / f"{name}.parquet", objects),
        ]
    paths.append(write(folder / "tabs.tsv", as_csv(PLAIN, "\t", "\n")))
    paths.append(write(folder / "semicolons.csv", as_csv(SPANISH, ";"), "utf-8-sig"))
    paths.append(write(folder / "wide.csv", as_csv(SPANISH, "\t"), "utf-16"))
    packed = folder / "packed.jsonl.gz"
    packed.write_bytes(gzip.compress(as_jsonl(EPOCHS).encode(), mtime=0))
    return [*paths, packed, folder / "plain"]
