"""Files, folders, zips and what is packed: bytes come out whole, or a sentence says what is wrong."""

import bz2
import gzip
import lzma
import os
import sqlite3
import tempfile
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sosias.sources import source
from sosias.sources.entry import Entry, entries
from sosias.sources.problems import Locked, NotAnExport, TooDeep, Unreadable, WrongEncoding
from sosias.sources.source import Drops, recognise
from sosias.workspace import Workspace

PACK = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstandard.ZstdCompressor().compress,
    "": bytes,
}
CONTENT = "añ😂\r\n\x00".encode() * 30_000


def read(entry: Entry) -> bytes:
    with entry.open() as stream:
        return stream.read()


@pytest.mark.parametrize("suffix", PACK)
def test_packed_bytes_come_out_whole(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"Chat.JSON{suffix}"
    path.write_bytes(PACK[suffix](CONTENT))
    [entry] = entries(path)
    assert read(entry) == CONTENT and entry.start == CONTENT[:4096]
    assert (entry.suffix, entry.stem, entry.origin) == (".json", "Chat", path.name)
    with entry.on_disk() as copy:
        assert copy.read_bytes() == CONTENT and copy.name == "Chat.JSON"
    assert suffix == "" or not copy.exists()


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".xz", ".zst"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(place=st.floats(0, 1), flip=st.booleans())
def test_packed_bytes_that_are_damaged(place: float, flip: bool, suffix: str, tmp_path: Path) -> None:
    packed = bytearray(PACK[suffix](os.urandom(5000)))
    where = 6 + int(place * (len(packed) - 7))
    if flip:
        packed[where] ^= 0xFF
    path = tmp_path / f"x.json{suffix}"
    path.write_bytes(packed if flip else packed[:where])
    try:
        read(entries(path)[0])  # a flip in a field that nothing checks may pass
    except Unreadable as error:
        assert str(path) in str(error) and "\n" not in str(error)


def test_a_folder_gives_its_files_by_name(tmp_path: Path) -> None:
    for name in ("b/two.txt", "a.txt", ".hidden", "b/.DS_Store", "__MACOSX/x.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "empty.txt").touch()
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.writestr("data/three.txt", "three")
        archive.writestr("__MACOSX/._three.txt", "shadow")
    found = entries(tmp_path)
    assert [one.name for one in found] == ["a.txt", "b/two.txt", "data/three.txt"]
    assert [one.origin for one in found] == ["a.txt", "b/two.txt", "c.zip/data/three.txt"]
    assert read(found[2]) == b"three" and found[2].size == 5


def test_zips_are_opened_two_deep(tmp_path: Path) -> None:
    content, name = b"deep", "x.txt"
    for depth in range(3):
        path = tmp_path / f"{depth}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, content)
        content, name = path.read_bytes(), path.name
    assert [one.name for one in entries(tmp_path / "1.zip")] == ["0.zip/x.txt"]
    assert read(entries(tmp_path / "1.zip")[0]) == b"deep"
    with pytest.raises(TooDeep, match="unpack it and give the folder"):
        recognise(tmp_path / "2.zip")
    with zipfile.ZipFile(tmp_path / "3.zip", "w") as archive:
        archive.write(tmp_path / "2.zip", "2.zip")
        archive.writestr("photo.jpg", b"x")
    with pytest.raises(TooDeep, match=r"2\.zip/1\.zip"):
        recognise(tmp_path / "3.zip")


def test_nothing_is_left_of_private_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("chat.db", b"x")
    with entries(tmp_path / "x.zip")[0].on_disk() as copy:
        assert copy.read_bytes() == b"x" and copy.parent.stat().st_mode & 0o777 == 0o700
    assert not list((tmp_path / "temporary").iterdir())


def test_a_fault_while_reading_is_not_taken_for_damage(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(b"x")
    with pytest.raises(ValueError, match="ours"), entries(path)[0].open():
        raise ValueError("ours")


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="the folder is empty"):
        entries(tmp_path)


def test_another_program_s_database_is_no_export(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "x.db") as database:
        database.execute("CREATE TABLE bookmarks (title TEXT)")
    with pytest.raises(NotAnExport):
        recognise(tmp_path / "x.db")


def test_a_zip_with_a_file_without_a_name_is_broken(tmp_path: Path) -> None:
    with zipfile.ZipFile(path := tmp_path / "x.zip", "w") as archive:
        archive.writestr("name", b"x")
    path.write_bytes(path.read_bytes().replace(b"name", b"\x00ame"))
    with pytest.raises(Unreadable, match="the zip is broken"):
        entries(path)


def test_documents_of_offices_are_not_opened(tmp_path: Path) -> None:
    for name in ("letter.docx", "table.xlsx", "letter.odt", "data.zip"):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("content.xml", b"<x/>")
    names = ["data.zip/content.xml", "letter.docx", "letter.odt", "table.xlsx"]
    assert [one.origin for one in entries(tmp_path)] == names


def test_what_sosias_keeps_in_a_workspace_is_passed_over(tmp_path: Path) -> None:
    Workspace.create(tmp_path / "mine")
    for name in ("mine/messages/000001.parquet", "mine/people.toml", "mine/chat.txt", "messages/a.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    assert [one.name for one in entries(tmp_path)] == ["messages/a.json", "mine/chat.txt"]


def test_each_trouble_has_its_remedy(tmp_path: Path) -> None:
    with zipfile.ZipFile(path := tmp_path / "x.zip", "w") as archive:
        archive.writestr("chat.txt", b"x")
    packed = bytearray(path.read_bytes())
    packed[6] |= 1
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(packed)
    with pytest.raises(Locked, match="unpack it with its password and give the folder"):
        recognise(path)
    (tmp_path / "latin.txt").write_bytes("1/2/2021, 10:00 - Inés: ñ\n".encode("latin-1") * 9)
    with pytest.raises(WrongEncoding, match="save it as UTF-8"):
        recognise(tmp_path / "latin.txt")


def test_a_source_that_is_none_is_a_fault_of_ours() -> None:
    module = ModuleType("odd")
    module.__dict__["SOURCE"] = "not a format"
    with pytest.raises(TypeError, match="odd"):
        source._source(module)


def test_lines_left_out_are_listed_by_file_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MOST_LINES", 3)
    drops = Drops()
    for line, file in ((9, "b"), (2, "a"), (1, "b"), (4, "a")):
        drops.add(line, "why", file)
    assert list(drops) == [(1, "why"), (2, "why"), (9, "why")] and len(drops) == 4
    assert list(drops.listed()) == [("a", 2, "why"), ("b", 9, "why"), ("b", 1, "why")]
    assert (drops.reason(9, "b"), drops.reason(9, "a")) == ("why", None)
