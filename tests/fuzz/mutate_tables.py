"""Damage to databases and Parquet files that stay such: cells of other types, rows and columns lost."""

import io
import sqlite3
import tempfile
from contextlib import closing, suppress
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.fuzz import mutate_bytes
from tests.fuzz.mutate_text import HOSTILE

CELLS: tuple[Any, ...] = (
    None,
    0,
    -1,
    2,
    3000,
    1 << 62,
    -(1 << 62),
    1.5,
    float("inf"),
    "",
    "x",
    "\ufffc",
    "١٢",
    b"",
    b"\xff\xfe",
    b"\x04\x0bstreamtyped",
    b"bplist00",
)

OTHER_COLUMNS: tuple[tuple[pa.DataType, tuple[Any, ...]], ...] = (
    (pa.string(), ("", "x", "12", "2021-02-03", None)),
    (pa.large_string(), ("a\nb", "\x00")),
    (pa.int64(), (0, -1, 1 << 62, None)),
    (pa.float64(), (0.5, float("nan"), float("inf"), 1e300)),
    (pa.binary(), (b"", b"\xff")),
    (pa.bool_(), (True, None)),
    (pa.timestamp("ns", "UTC"), (0, -(1 << 62), 1 << 62)),
    (pa.list_(pa.string()), ([], ["a"], None)),
)

UNCHANGED = (sqlite3.Error, OverflowError, IndexError, UnicodeError)
"""What changing a database raises that is damaged already, or has a table without rows."""


def damaged_database(data: bytes, random: Random) -> bytes:
    """Return a SQLite database with one change that SQLite itself makes; as it was, where it cannot."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.db"
        path.write_bytes(data)
        with suppress(*UNCHANGED), closing(sqlite3.connect(path)) as database, database:
            database.text_factory = bytes
            _change(database, random)
        return path.read_bytes()


def _change(database: sqlite3.Connection, random: Random) -> None:
    database.execute("PRAGMA foreign_keys=OFF")
    tables = [_name(one) for (one,) in database.execute("SELECT name FROM sqlite_master WHERE type='table'")]
    table = random.choice(tables)
    columns = [_name(one[1]) for one in database.execute(f"PRAGMA table_info({table})")]
    column = random.choice(columns)
    choice = random.random()
    if choice < 0.7:
        rows = database.execute(f"SELECT rowid, {column} FROM {table}").fetchall()
        rowid, cell = random.choice(rows)
        database.execute(f"UPDATE {table} SET {column}=? WHERE rowid=?", (_cell(cell, random), rowid))
    elif choice < 0.8:
        database.execute(f"DELETE FROM {table} WHERE rowid % 2 = ?", (random.randrange(2),))
    elif choice < 0.9:
        names = ", ".join(columns[1:])
        database.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {table}")
    elif choice < 0.97:
        database.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    else:
        database.execute(f"DROP TABLE {table}")


def _name(name: bytes | str) -> str:
    text = name.decode("utf-8", "replace") if isinstance(name, bytes) else name
    return '"' + text.replace('"', '""') + '"'


def _cell(cell: Any, random: Random) -> Any:
    if isinstance(cell, bytes) and random.random() < 0.7:
        changed = mutate_bytes.damaged(cell, cell, random)
        return random.choice((changed, changed.decode("utf-8", "replace")))
    if isinstance(cell, int) and random.random() < 0.5:
        return random.choice((-cell, cell * 1000, cell + 1, str(cell)))
    text = [one for one in HOSTILE if "\ud800" not in one]
    return random.choice((*CELLS, *text))


def damaged_parquet(data: bytes, random: Random) -> bytes:
    """Return a Parquet file with a column lost, renamed, emptied or of another type, or rows moved."""
    try:
        table = pq.read_table(io.BytesIO(data))
        if not table.num_columns:
            return data
        table = _other_table(table, random)
        target = io.BytesIO()
        pq.write_table(table, target)
    except (pa.ArrowException, OSError, ValueError):
        return data
    return target.getvalue()


def _other_table(table: pa.Table, random: Random) -> pa.Table:
    place = random.randrange(table.num_columns)
    name = table.column_names[place]
    choice = random.random()
    if choice < 0.2:
        return table.drop_columns([name])
    if choice < 0.4:
        names = [
            random.choice(("x", name.upper(), table.column_names[0])) if one == name else one
            for one in table.column_names
        ]
        return table.rename_columns(names)
    if choice < 0.5:
        order = list(range(table.num_rows)) * random.choice((1, 1, 3))
        random.shuffle(order)
        return table.take(order)
    if choice < 0.6:
        return table.set_column(place, name, pa.nulls(table.num_rows))
    kind, values = random.choice(OTHER_COLUMNS)
    column = [random.choice(values) for _row in range(table.num_rows)]
    return table.set_column(place, name, pa.array(column, kind))
