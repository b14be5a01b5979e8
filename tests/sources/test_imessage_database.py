"""SQLite files of others: read whole, never written, refused with a sentence."""

import gzip
import shutil
import sqlite3
import stat
import zipfile
from pathlib import Path

import pytest

from sosias.messages import Message
from sosias.sources.problems import NotAnExport, Unreadable
from sosias.sources.source import Reading, recognise
from tests.sources.imessage_exports import (
    Writer,
    everything,
    left_running,
    packed,
    write_contacts,
    write_database,
)

ROWS = [(1_500_000_000 + 60 * n, None if n % 3 else "+15550100001", f"message {n}") for n in range(500)]


def read(path: Path) -> list[Message]:
    [reading] = recognise(path).readings
    return list(reading.messages())


def texts(path: Path) -> list[str]:
    return [message.text for message in read(path)]


def states(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {one.name: (one.read_bytes(), one.stat().st_mtime_ns) for one in folder.iterdir()}


@pytest.fixture
def running(tmp_path: Path) -> Path:
    """Return a chat.db whose newest messages are still in chat.db-wal."""
    writer = Writer(tmp_path / "messages" / "chat.db", wal=True)
    ann = writer.handle("ann@example.org")
    chat = writer.chat(ann)
    writer.message(chat, "old", 1_500_000_000, handle=ann)
    writer.database.commit()
    writer.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    writer.message(chat, "new", 1_500_000_060, handle=ann)
    return left_running(writer, tmp_path / "copy")


def test_the_newest_rows_lie_beside_the_file(running: Path) -> None:
    assert texts(running.parent) == texts(running) == ["old", "new"]


def test_they_are_taken_with_it(running: Path) -> None:
    (running.parent / "holiday.jpg").write_bytes(b"\xff\xd8")
    found = recognise(running.parent)
    assert {one.name for one in found.readings[0].entries} == {"chat.db", "chat.db-wal", "chat.db-shm"}
    assert [one.name for one in found.others] == ["holiday.jpg"]
    assert found.readings[0].notes == []


def test_without_them_it_is_said_that_they_may_be_missing(running: Path) -> None:
    (running.parent / "chat.db-wal").unlink()
    [reading] = recognise(running).readings
    assert [one.text for one in reading.messages()] == ["old"]
    assert any("chat.db-wal" in note for note in reading.notes)


def test_in_a_zip_and_packed(running: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in running.parent.iterdir():
            archive.write(file, f"a/b/{file.name}")
    assert texts(tmp_path / "x.zip") == ["old", "new"]
    folder = tmp_path / "packed"
    folder.mkdir()
    for end in ("", "-wal", "-shm"):
        packed(Path(f"{running}{end}"), folder / f"chat.db{end}.gz")
    assert texts(folder) == ["old", "new"]


def test_of_two_databases_each_has_its_own(running: Path, tmp_path: Path) -> None:
    both = tmp_path / "both"
    shutil.copytree(running.parent, both / "one")
    write_database(both / "two" / "chat.db", ROWS[:1])
    [one, two] = recognise(both).readings
    assert [message.text for message in one.messages()] == ["old", "new"]
    assert [message.text for message in two.messages()] == ["message 0"]
    assert [entry.name for entry in two.entries] == ["two/chat.db"]


def test_nothing_is_ever_written(running: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    write_database(plain / "chat.db", ROWS[:3])
    clean = tmp_path / "clean"
    everything(clean / "chat.db", wal=True).close()
    for folder in (running.parent, plain, clean):
        before = states(folder)
        read(folder)
        read(folder / "chat.db")
        assert states(folder) == before


def test_a_folder_that_may_not_be_written(running: Path) -> None:
    for one in (*running.parent.iterdir(), running.parent):
        one.chmod(stat.S_IRUSR | (stat.S_IXUSR if one.is_dir() else 0))
    assert texts(running.parent) == ["old", "new"]
    running.parent.chmod(0o700)


def test_a_name_that_an_address_cannot_hold(tmp_path: Path) -> None:
    path = write_database(tmp_path / "a?mode=rw&b#c%41 ñ.db", ROWS[:2])
    assert texts(path) == ["message 0", "message 1"]


def test_an_iphones_backup(tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    write_database(folder / "3d" / "3d0d7e5fb2ce288813306e4d4636395e047a3d28", ROWS[:2])
    book = folder / "31" / "31bb7ba8914766d4ba40d6dfb6113c8b614be442"
    book.parent.mkdir()
    database = sqlite3.connect(book)
    database.execute(
        "CREATE TABLE ABPerson (ROWID INTEGER PRIMARY KEY, First TEXT, Last TEXT, Organization TEXT)"
    )
    database.execute(
        "CREATE TABLE ABMultiValue (UID INTEGER, record_id INTEGER, property INTEGER, value TEXT)"
    )
    database.execute("INSERT INTO ABPerson VALUES (7, 'Ann', 'Smith', NULL)")
    database.execute("INSERT INTO ABMultiValue VALUES (1, 7, 3, '(555) 010-0001'), (2, 7, 5, '+15550100009')")
    database.commit()
    database.close()
    for number in range(3):
        (folder / "3d" / f"3d{number:038x}").write_bytes(b"\xff\xd8 a photograph")
    assert [message.author for message in read(folder)] == ["Ann Smith", "Me"]


def refused(path: Path) -> str:
    with pytest.raises(Unreadable) as caught:
        for reading in recognise(path).readings:
            for _message in reading.messages():
                pass
    return str(caught.value)


def test_one_that_is_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sosias.sources.imessage_database.PATIENCE", 0.1)
    path = write_database(tmp_path / "chat.db", ROWS)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert "locked" in (sentence := refused(path)) and "copy the file" in sentence
    other.execute("ROLLBACK")
    other.close()
    assert len(texts(path)) == 500


@pytest.mark.parametrize("kept", [100, 4096, 4097, 10_000, 30_000])
def test_one_that_is_cut_off(tmp_path: Path, kept: int) -> None:
    path = write_database(tmp_path / "chat.db", ROWS)
    path.write_bytes(path.read_bytes()[:kept])
    assert "damaged or cut off" in refused(path)
    path.write_bytes(path.read_bytes())
    path.rename(tmp_path / "chat2.db")
    assert "damaged or cut off" in refused(tmp_path / "chat2.db")


def test_one_with_a_damaged_page(tmp_path: Path) -> None:
    path = write_database(tmp_path / "chat.db", ROWS)
    data = bytearray(path.read_bytes())
    data[4096:] = bytes(255 - byte for byte in data[4096:])
    path.write_bytes(data)
    assert "damaged or cut off" in refused(path)
    path.write_bytes(gzip.compress(data)[:-9])
    path.rename(tmp_path / "chat.db.gz")
    assert "damaged or cut off" in refused(tmp_path / "chat.db.gz")


@pytest.mark.parametrize(
    "tables",
    [
        ["message (ROWID INTEGER PRIMARY KEY, text TEXT)", "chat (guid)", "handle (id)"],
        ["message (guid, date, is_from_me, handle_id)", "chat (guid)", "handle (id)"],
        [
            "message (guid TEXT PRIMARY KEY, text, date, is_from_me, handle_id) WITHOUT ROWID",
            "chat (guid)",
            "handle (id)",
            "chat_message_join (chat_id, message_id)",
        ],
    ],
)
def test_one_that_is_laid_out_otherwise(tmp_path: Path, tables: list[str]) -> None:
    database = sqlite3.connect(tmp_path / "chat.db")
    for table in tables:
        database.execute(f"CREATE TABLE {table}")
    database.close()
    assert "not those of any Messages database" in refused(tmp_path / "chat.db")


def test_databases_of_others(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "msgstore.db")
    database.execute("CREATE TABLE message (_id, text)")
    database.execute("CREATE TABLE chat (_id)")
    database.close()
    with pytest.raises(NotAnExport):
        recognise(tmp_path / "msgstore.db")
    write_contacts(tmp_path / "AddressBook-v22.abcddb", {"first": "Ann"})
    (tmp_path / "broken.db").write_bytes(b"SQLite format 3\x00 and nothing else")
    (tmp_path / "other.db.gz").write_bytes(b"\x1f\x8b and nothing else")
    with pytest.raises(NotAnExport):
        recognise(tmp_path)
    write_database(tmp_path / "chat.db", ROWS[:1])
    found = recognise(tmp_path)
    assert len(found.readings) == 1
    assert {one.name for one in found.others} == {"broken.db", "msgstore.db", "other.db.gz"}


def test_views_are_no_tables(tmp_path: Path) -> None:
    """A view could run for ever."""
    path = write_database(tmp_path / "chat.db", ROWS[:1])
    database = sqlite3.connect(path)
    database.execute("ALTER TABLE message RENAME TO hidden")
    forever = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x FROM n) SELECT x, x AS guid FROM n"
    database.execute(f"CREATE VIEW message AS {forever}")
    database.close()
    with pytest.raises(NotAnExport):
        recognise(path)


def test_a_broken_address_book_costs_only_the_names(tmp_path: Path) -> None:
    write_database(tmp_path / "chat.db", ROWS[:1])
    (tmp_path / "AddressBook-v22.abcddb").write_bytes(b"SQLite format 3\x00 and nothing else")
    [reading] = recognise(tmp_path).readings
    assert [message.author for message in reading.messages()] == ["+15550100001"]
    assert any("AddressBook-v22.abcddb" in note for note in reading.notes)


def test_a_reading_says_what_is_known_of_it(tmp_path: Path) -> None:
    [reading] = recognise(write_database(tmp_path / "chat.db", ROWS)).readings
    assert isinstance(reading, Reading)
    assert (reading.format, reading.lines, reading.count, reading.encoding) == ("imessage", 500, 500, "UTF-8")
    assert reading.owner == "Me" and reading.owner_why


def test_sqlite_quotes_damage_that_is_no_text(tmp_path: Path) -> None:
    path = write_database(tmp_path / "chat.db", ROWS)
    found = b"CREATE TABLE chat_handle_join ("
    assert found in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(found, found[:-1] + b"\xb4"))
    with pytest.raises(Unreadable, match="damaged"):
        recognise(path)
