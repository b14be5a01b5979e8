"""A table, row by row: CSV, JSON Lines, a JSON array of objects, or Parquet; in bounded memory."""

import codecs
import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sosias.language import translate as _
from sosias.sources.entry import Entry
from sosias.sources.json_stream import ndjson, walk
from sosias.sources.problems import Unreadable, WrongEncoding
from sosias.sources.text_file import LONGEST, TextFile, too_long

Row = tuple[int, int, list[Any]]
"""First and last physical line (Parquet: the record's number), and the values in column order."""

SEPARATED = (".csv", ".tsv", ".tab")
OBJECTS = (".json", ".jsonl", ".ndjson", "")
DELIMITERS = ",;\t"
"""The first where the header has none."""
LONGEST_RECORD = 4 * LONGEST
"""Characters of all the fields of a record."""
HIDDEN = "\udc0d"
"""Stands for a carriage return: no text that was decoded has it."""
OLD_LINES = re.compile(r"[^\r]*\r|[^\r]+")
SAMPLE = 100
"""Objects whose keys make the columns."""
BATCH = 1024
"""Records of Parquet that are held at once."""
DAMAGED = (pa.ArrowException, OSError, ValueError, MemoryError)


@dataclass(frozen=True)
class Table:
    """A table that can be read more than once."""

    columns: list[str]
    format: str
    """CSV, JSONL, JSON or Parquet."""
    encoding: str
    rows: Callable[[], Iterator[Row]]
    """Reads the rows. One that is too short is filled with None, and nothing but None stands for a blank
    line or for what is no object. One that is too long keeps its further fields; an object's keys that
    are no column follow in one dict. Raises Unreadable: it is cut off or damaged.
    """


def open_table(entry: Entry) -> Table | None:
    """Return the table that an entry is; None where its start is none that can be read."""
    try:
        return read_table(entry)
    except Unreadable:
        return None


def read_table(entry: Entry) -> Table | None:
    """Return the table that an entry is; None where its ending or its first character is another's.

    Raises:
        Unreadable: what looks like a table cannot be read, already at its start.
    """
    if entry.suffix in SEPARATED:
        return _separated(entry)
    if entry.start.startswith(b"PAR1"):
        return _parquet(entry)
    if entry.suffix in OBJECTS:
        first = entry.start.removeprefix(codecs.BOM_UTF8).lstrip()[:1]
        if first == b"[":
            return _objects(entry, "JSON", _items)
        if first == b"{" and _is_whole(entry):
            return _objects(entry, "JSONL", _lines)
    return None


def _separated(entry: Entry) -> Table | None:
    """Return a table in which a character separates the fields; None where it begins with a blank line."""
    with entry.open() as stream:
        header = next(iter(_Lines(entry, stream)), "")
    if not header.strip():
        return None
    dialect = {"delimiter": max(DELIMITERS, key=header.count), "quoting": csv.QUOTE_MINIMAL}
    if dialect["delimiter"] == "\t" and not _is_even(entry, dialect):
        dialect["quoting"] = csv.QUOTE_NONE
    columns = next(_records(entry, dialect))[2]
    return Table(
        columns,
        "CSV",
        TextFile(entry).encoding()[1],
        lambda: (_filled(row, len(columns)) for row in islice(_records(entry, dialect), 1, None)),
    )


def _is_even(entry: Entry, dialect: dict[str, Any]) -> bool:
    """Do all rows have one length if quotes enclose fields? Tables with tabs often leave quotes alone."""
    try:
        lengths = {len(row) for _first, _last, row in _records(entry, dialect) if row}
    except Unreadable:
        return False
    return len(lengths) == 1


def _records(entry: Entry, dialect: dict[str, Any]) -> Iterator[Row]:
    """Yield the records with their physical lines, the header too.

    Raises:
        Unreadable: another encoding, a quote that is not closed, or a field that is too long.
    """
    csv.field_size_limit(LONGEST)
    with entry.open() as stream:
        lines = _Lines(entry, stream)
        reader = csv.reader(lines, strict=True, **dialect)
        while True:
            first = lines.number + 1
            lines.begins, lines.taken = first, 0
            try:
                row = next(reader, None)
            except csv.Error as error:
                if "limit" in str(error):
                    too_long(entry.label, first)
                what = _("in the record that begins at line {line} a quotation mark is amiss")
                raise Unreadable(path=entry.label, what=what.format(line=first)) from error
            if row is None:
                return
            yield first, lines.number, lines.shown(row)


class _Lines:
    """The lines of a text with their ends, decoded one by one so that it can be said which is amiss."""

    def __init__(self, entry: Entry, stream: IO[bytes]) -> None:
        self._entry = entry
        self._codec, self._encoding = TextFile(entry).encoding()
        wide = self._codec == "utf-16"
        self._text: IO[Any] = io.TextIOWrapper(stream, self._codec, newline="\n") if wide else stream
        self._old = b"\r" in entry.start and b"\n" not in entry.start
        """Carriage returns end the lines, as on old Macintoshes."""
        self.number = 0
        """Of the line that was read last."""
        self.begins = 1
        """The first line of the record,"""
        self.taken = 0
        """about how many characters of it have been read,"""
        self.hidden = False
        """and whether there are carriage returns in it that end no line."""

    def __iter__(self) -> Iterator[str]:
        """Yield the lines; a carriage return that ends none is hidden from the csv module, which refuses it.

        Raises:
            Unreadable: a line is not in the encoding that it should be in, or a record is too long.
        """
        try:
            while line := self._text.readline(LONGEST_RECORD):
                self.taken += len(line)
                if self.taken >= LONGEST_RECORD:
                    too_long(self._entry.label, self.begins)
                text = line if isinstance(line, str) else line.decode("utf-8" if self.number else self._codec)
                for one in OLD_LINES.findall(text) if self._old else (text,):
                    self.number += 1
                    yield self._hide(one) if "\r" in one else one
        except UnicodeError as error:
            what = _("line {line} is not {encoding} text; spreadsheets can save as “CSV UTF-8”")
            what = what.format(line=self.number + 1, encoding=self._encoding)
            raise WrongEncoding(path=self._entry.label, what=what) from error

    def _hide(self, line: str) -> str:
        within = line.removesuffix("\n").removesuffix("\r")
        if "\r" not in within:
            return line
        self.hidden = True
        return within.replace("\r", HIDDEN) + line[len(within) :]

    def shown(self, row: list[str]) -> list[str]:
        """Return a record with what was hidden."""
        if not self.hidden:
            return row
        self.hidden = False
        return [cell.replace(HIDDEN, "\r") for cell in row]


def _filled(row: Row, width: int) -> Row:
    if len(row[2]) < width:
        row[2].extend([None] * (width - len(row[2])))
    return row


def _is_whole(entry: Entry) -> bool:
    """Does the first line close the object that it opens, as far as can be seen?"""
    line, end, _rest = entry.start.partition(b"\n")
    if not end:
        return True
    try:
        return isinstance(json.loads(line.removeprefix(codecs.BOM_UTF8)), dict)
    except (ValueError, RecursionError):
        return False


Object = tuple[int, int, Any]
"""First and last physical line of a value, and the value; None: it is not JSON."""


def _lines(entry: Entry) -> Iterator[Object]:
    return ((line, line, value) for line, value in ndjson(entry))


def _items(entry: Entry) -> Iterator[Object]:
    return ((one.first_line, one.last_line, one.value) for one in walk(entry, [()]))


def _objects(entry: Entry, format: str, read: Callable[[Entry], Iterator[Object]]) -> Table | None:
    """Return a table whose rows are objects; None where it begins with anything else."""
    sample = [value for _first, _last, value in islice(read(entry), SAMPLE)]
    if not sample or not isinstance(sample[0], dict):
        return None
    columns = list(dict.fromkeys(key for one in sample if isinstance(one, dict) for key in one))

    def rows() -> Iterator[Row]:
        known = set(columns)
        for first, last, value in read(entry):
            one = value if isinstance(value, dict) else {}
            row = [one.get(column) for column in columns]
            if not one.keys() <= known:
                row.append({key: more for key, more in one.items() if key not in known})
            yield first, last, row

    return Table(columns, format, TextFile(entry).encoding()[1], rows)


def _parquet(entry: Entry) -> Table:
    """Return a table of Parquet."""
    with _parquet_file(entry) as file:
        columns = list(file.schema_arrow.names)

    def rows() -> Iterator[Row]:
        number = 0
        with _parquet_file(entry) as file:
            for batch in file.iter_batches(BATCH):
                for values in zip(*map(_values, batch.columns), strict=True):
                    number += 1
                    yield number, number, list(values)

    return Table(columns, "Parquet", "Parquet", rows)


@contextmanager
def _parquet_file(entry: Entry) -> Iterator[pq.ParquetFile]:
    """Open a Parquet file; what Arrow says of damage becomes a sentence.

    Raises:
        Unreadable: it is cut off or damaged.
    """
    try:
        with entry.on_disk() as path, pq.ParquetFile(path) as file:
            yield file
    except DAMAGED as error:
        raise Unreadable(path=entry.label, what=_("it is damaged or cut off")) from error


def _values(column: pa.Array) -> Sequence[Any]:
    """Return a column as Python values; times to the microsecond, and text also where it is called bytes."""
    if pa.types.is_timestamp(column.type):
        column = pc.cast(column, pa.timestamp("us", column.type.tz), safe=False)
    elif pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        with suppress(pa.ArrowInvalid):
            column = column.cast(pa.large_string())
    try:
        return column.to_pylist()  # type: ignore[no-any-return]
    except (ValueError, OverflowError):  # a year that no calendar has
        return [_shown(one) for one in column]


def _shown(value: pa.Scalar) -> Any:
    try:
        return value.as_py()
    except (ValueError, OverflowError):
        return str(getattr(value, "value", ""))
