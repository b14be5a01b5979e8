"""Tables come back cell by cell, whatever separates the cells and stands in them."""

import bz2
import csv
import io
import json
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sosias.sources.entry import Entry
from sosias.sources.problems import Unreadable
from sosias.sources.table_file import LONGEST, LONGEST_RECORD, Table, open_table, read_table
from tests.sources.exports import write

CELLS = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    [
        '"',
        '""',
        'a "b", c',
        "two\nlines",
        "win\r\ndows",
        "\u2028",
        "x\ry",
        "\ufeff",
        "=1+1",
        "'",
        "\\",
        "a\tb;c",
    ]
)
COLUMNS = ["text", "author", "a b"]


def entry(path: Path) -> Entry:
    return Entry(path, path.name)


def opened(path: Path) -> Table:
    table = open_table(entry(path))
    assert table is not None
    return table


def rows(path: Path) -> list[list[Any]]:
    return [row for _first, _last, row in opened(path).rows()]


def as_csv(rows: list[list[str]], delimiter: str = ",", end: str = "\n") -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@given(
    cells=st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=5), end=st.sampled_from(["\n", "\r\n"])
)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_every_cell_comes_back(
    tmp_path: Path, delimiter: str, encoding: str, cells: list[list[str]], end: str
) -> None:
    path = write(tmp_path / "a.csv", as_csv([COLUMNS, *cells], delimiter, end), encoding)
    assert opened(path).columns == COLUMNS
    assert rows(path) == cells


@given(cells=st.lists(st.lists(CELLS | st.none() | st.integers() | st.lists(CELLS), min_size=3, max_size=3)))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_objects_and_parquet_give_the_same(tmp_path: Path, cells: list[list[Any]]) -> None:
    cells = [["first", "of", "all"], *cells]
    objects = [dict(zip(COLUMNS, row, strict=True)) for row in cells]
    lines = "".join(json.dumps(one, ensure_ascii=random.random() < 0.5) + "\n" for one in objects)
    assert rows(write(tmp_path / "a.jsonl", lines)) == cells
    assert rows(write(tmp_path / "a.json", json.dumps(objects, indent=1))) == cells
    texts = [[None if cell is None else str(cell) for cell in row] for row in cells]
    columns = {name: [row[place] for row in texts] for place, name in enumerate(COLUMNS)}
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    assert rows(tmp_path / "a.parquet") == texts


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 'text,author\n"one\ntwo\n",Ann\n\nthree,Bob')
    assert [(first, last) for first, last, _row in opened(path).rows()] == [(2, 4), (5, 5), (6, 6)]
    path = write(tmp_path / "a.json", '[\n{"a": 1},\n\n{"a":\n 2}]')
    assert list(opened(path).rows()) == [(2, 2, [1]), (4, 5, [2])]


def test_short_and_long_rows_are_told_from_whole_ones(tmp_path: Path) -> None:
    assert rows(write(tmp_path / "a.csv", "a,b\n1\n\n1,2,3\n")) == [
        ["1", None],
        [None, None],
        ["1", "2", "3"],
    ]
    lines = ['{"a": 1, "b": 2}', "[]", '{"a": ']
    assert rows(write(tmp_path / "a.jsonl", "\n".join(lines))) == [[1, 2], [None, None], [None, None]]


def test_keys_that_come_late_are_not_lost(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"a": 1}\n' * 100 + '{"a": 2, "late": 3}\n')
    assert opened(path).columns == ["a"]
    assert rows(path)[-1] == [2, {"late": 3}]


def test_quotes_are_letters_where_tabs_separate_and_nothing_is_quoted(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tsv", 'id\ttext\n1\t"Hola" dijo\n2\t"sin cerrar\n3\tfin\n')
    assert rows(path) == [["1", '"Hola" dijo'], ["2", '"sin cerrar'], ["3", "fin"]]


def test_carriage_returns_end_lines_only_where_they_must(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 'text,author\na\rb,Ann\n"c\rd\r\ne",Bob\r\n')
    assert list(opened(path).rows()) == [(2, 2, ["a\rb", "Ann"]), (3, 4, ["c\rd\r\ne", "Bob"])]
    path = write(tmp_path / "b.csv", 'text,author\ra,Ann\r"b\rc",Bob\r')
    assert list(opened(path).rows()) == [(2, 2, ["a", "Ann"]), (3, 4, ["b\rc", "Bob"])]


def test_a_packed_table_is_read(tmp_path: Path) -> None:
    path = tmp_path / "RC_2019-01.bz2"
    path.write_bytes(bz2.compress(b'{"body": "hi"}\n'))
    assert opened(path).format == "JSONL"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b""),
        ("a.csv", b"\n\n"),
        ("a.csv", "text\nniño".encode("latin-1")),
        ("a.csv", bytes(range(256))),
        ("a.csv", b"PK\x00"),
        ("a.json", b'{"name": "x",\n"messages": []}'),
        ("a.json", b'{"name": "x"'),
        ("a.json", b"[1, 2]"),
        ("a.json", b"[[[["),
        ("a.json", b"[" * 100_000),
        ("a.json", b""),
        ("a.jsonl", b"not json\n{}"),
        ("a.parquet", b"PAR1" + bytes(100)),
        ("a.txt", b"text,author\n"),
        ("a.jpg", b"\xff\xd8\xff"),
    ],
)
def test_what_is_no_table_is_left_alone(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    table = open_table(entry(path))
    assert table is None or name == "a.csv"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"text,author\nhi,Ann\n\xf1o,Bob\n", "line 3 is not UTF-8"),
        (b'text,author\nhi,Ann\n"never closed,Bob\n', "record that begins at line 3 a quotation mark"),
        (b'text,author\n"a" b,Ann\n', "record that begins at line 2 a quotation mark"),
        (b'text\nhi\n"' + b"x" * (LONGEST + 10), "line 3 is longer"),
        (b"text\nhi\n" + b"x," * (LONGEST_RECORD // 2 + 10), "line 3 is longer"),
        (b"text\n" + b'"a\n",' * LONGEST, "line 2 is longer"),
    ],
)
def test_what_is_wrong_further_on_is_one_sentence(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=what):
        list(opened(path).rows())


def test_a_text_in_another_encoding_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("text,autor\ncamión,Ann\n".encode("cp1252"))
    with pytest.raises(Unreadable, match="CSV UTF-8"):
        table = read_table(entry(path))
        assert table is not None
        list(table.rows())


def test_years_that_no_calendar_has_do_not_stop_parquet(tmp_path: Path) -> None:
    times = pa.array([0, 2**62, None], pa.timestamp("us"))
    pq.write_table(pa.table({"t": times, "b": pa.array([b"\xff", b"x", None])}), tmp_path / "a.parquet")
    found = rows(tmp_path / "a.parquet")
    assert found[0][0].year == 1970
    assert found[2] == [None, None]
    assert [row[1] for row in found[:2]] == [b"\xff", b"x"]


def test_a_damaged_parquet_file_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": ["some words " * 20 + str(n) for n in range(3000)]}), path)
    whole = bytearray(path.read_bytes())
    whole[100:2000] = bytes(1900)
    path.write_bytes(whole)
    with pytest.raises(Unreadable, match="damaged"):
        list(opened(path).rows())
