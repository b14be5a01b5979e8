"""Files, folders, zips and what is packed: bytes come out whole, or a sentence says what is wrong."""

import bz2
import gzip
import lzma
import os
import sqlite3
import tempfile
import zipfile
from pathlib import Path

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sosias.sources.entry import Entry, entries
from sosias.sources.problems import NotAnExport, Unreadable
from sosias.sources.source import recognise

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
    assert [one.name for one in entries(tmp_path / "2.zip")] == ["1.zip/0.zip"]


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
