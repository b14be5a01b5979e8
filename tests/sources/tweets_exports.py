"""Tables of tweets written by hand: as rtweet, pandas, X's interfaces and people name their columns."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Row = Mapping[str, Any]

SPANISH: list[Row] = [
    {"id": 1, "nombre_usuario": "ana", "creado_en": "2018-04-11 19:19:43", "texto": "@eva ¡Sí! ½ …"},
    {"id": 2, "nombre_usuario": "ana", "creado_en": "2018-04-10 19:19:43", "texto": "Hoy,\nen la sala"},
    {"id": 3, "nombre_usuario": "eva", "creado_en": "2018-04-12 08:00:00", "texto": "RT @ana: Hoy"},
]
SPANISH = [{**row, "coalicion": "FA", "género": "F"} for row in SPANISH]
API: list[Row] = [
    {
        "created_at": "Tue Mar 19 14:05:17 +0000 2019",
        "id": 1107999999999999999,
        "id_str": "1107999999999999999",
        "full_text": "Tom &amp; Ann &lt;3 https://t.co/abc",
        "user": {"screen_name": "ann", "name": "Ann A."},
        "in_reply_to_status_id_str": "1107999999999999990",
        "is_quote_status": True,
        "lang": "en",
    },
    {
        "created_at": "Tue Mar 19 15:05:17 +0000 2019",
        "id": 1108015099999999999,
        "id_str": "1108015099999999999",
        "full_text": "later 👩‍👩‍👧",
        "user": {"screen_name": "ann", "name": "Ann A."},
        "in_reply_to_status_id_str": None,
        "is_quote_status": False,
        "retweeted_status": {"id": 5},
        "lang": "en",
    },
]
SECOND: list[Row] = [
    {
        "id": "1600000000000000001",
        "text": "words",
        "author_id": "77",
        "created_at": "2022-12-06T10:00:00.000Z",
        "referenced_tweets": [{"type": "quoted", "id": "5"}],
    },
    {
        "id": "1600000000000000002",
        "text": "more",
        "author_id": "77",
        "created_at": "2022-12-06T11:00:00.000Z",
        "referenced_tweets": [{"type": "retweeted", "id": "6"}],
    },
]
COUNTS: list[Row] = [
    {"created_at": "10/16/17 22:59", "text": "two", "retweets": 5, "favorites": 7, "user": "bob"},
    {"created_at": "9/30/17 2:22", "text": "one", "retweets": 1, "favorites": 2, "user": "bob"},
]
SHAPES = {"spanish": SPANISH, "api": API, "second": SECOND, "counts": COUNTS}


def separated(rows: Sequence[Row], delimiter: str = ",") -> str:
    text = io.StringIO()
    columns = list(dict.fromkeys(key for row in rows for key in row))
    writer = csv.DictWriter(text, columns, delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def lines(rows: Sequence[Any]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def write(path: Path, rows: Sequence[Row]) -> Path:
    """Write a table in the format that its name ends with."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist([dict(row) for row in rows]), path)
        return path
    content = {
        ".csv": lambda: separated(rows),
        ".tsv": lambda: separated(rows, "\t"),
        ".jsonl": lambda: lines(rows),
        ".json": lambda: json.dumps(rows),
    }
    path.write_bytes(content[path.suffix]().encode("utf-8"))
    return path


def seeds(folder: Path) -> list[Path]:
    """Write a small table of every shape."""
    return [
        write(folder / "spanish.csv", SPANISH),
        write(folder / "spanish.tsv", SPANISH),
        write(folder / "spanish.parquet", SPANISH),
        write(folder / "counts.csv", COUNTS),
        write(folder / "api.jsonl", API),
        write(folder / "second.json", SECOND),
    ]
