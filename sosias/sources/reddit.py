"""Reddit: the archives' lines of JSON (mostly `.zst`), BigQuery's rows, and what the site gives its users.

An archive is read once, line by line, and nothing is kept of what was read. Only a file that has its
records newest first, or shuffled, as queries give them, is brought into order first.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice, pairwise
from typing import Any

from sosias.language import translate as _
from sosias.messages import Message
from sosias.sources.entry import Entry
from sosias.sources.in_order import in_order
from sosias.sources.json_stream import ndjson
from sosias.sources.problems import Unreadable
from sosias.sources.reddit_account import account_readings
from sosias.sources.reddit_record import SOURCE_NAME, Record, Records, seconds_of
from sosias.sources.reddit_rows import Joined, as_record, is_joined, is_of_reddit
from sosias.sources.source import Options, Reading
from sosias.sources.table_file import Table, open_table

LINES = ("", ".json", ".jsonl", ".ndjson")
TABLES = (".csv", ".tsv", ".parquet", *LINES)
ARCHIVES = ("RC_", "RS_")
"""How the names of the months' archives begin,"""
OF_ONE = ("_comments", "_submissions")
"""and those of one subreddit's end."""
MARKS = (
    *(b'"subreddit"', b'"subreddit_id"', b'"link_id"', b'"author_flair_text"', b'"author_fullname"'),
    *(b'"author_flair_css_class"', b'"created_utc"', b'"selftext"', b'"all_awardings"'),
    *(b'"approved_at_utc"', b'"parent_id"', b'"permalink"'),
)
"""Keys of Reddit's API: where the first object is longer than what is seen of it, two are seen at least."""
SHORT = 4000
"""Bytes of a file whose start is all of it."""
SAMPLE = 1000
"""Records whose times tell in which order a file is;"""
STRAY = 0.1
"""and the share of steps back in time that an archive may have: it is in the order of ids."""

Rows = Callable[[], Iterator[tuple[int, int, Any]]]
"""Reads the records with their first and last lines."""


class Reddit:
    """The formats of Reddit's texts."""

    name = SOURCE_NAME
    title = "Reddit .zst, .csv, .parquet"

    rank = 0

    def readings(self, entries: Sequence[Entry], options: Options) -> list[Reading]:
        """Survey the archives, tables and personal exports among the entries.

        Raises:
            Unreadable: one is Reddit's by its name or its beginning, and broken.
        """
        readings = account_readings(entries, options)
        taken = {id(entry) for reading in readings for entry in reading.entries}
        others = [entry for entry in entries if id(entry) not in taken and entry.suffix in TABLES]
        return readings + [reading for one in others if (reading := _reading(one, options))]


SOURCE = Reddit()


def _reading(entry: Entry, options: Options) -> Reading | None:
    try:
        start = entry.start.lstrip()
    except Unreadable:
        if entry.file_name.startswith(ARCHIVES) or entry.stem.endswith(OF_ONE):
            raise
        return None
    if entry.suffix in LINES and start.startswith(b"{"):
        short = b"\n" in start or len(start) < SHORT
        return _archive(entry, options) if short or sum(mark in start for mark in MARKS) > 1 else None
    table = open_table(entry)
    if table is None or not is_of_reddit(table.columns):
        return None
    columns = [one.lower() for one in table.columns]
    return _Records(entry, options, columns, lambda: _records(table, columns), table.encoding).reading


def _archive(entry: Entry, options: Options) -> Reading | None:
    """Return the reading of lines of JSON; None where the first is no object of the API's shape."""
    _number, first = next(ndjson(entry), (0, None))
    if not isinstance(first, dict) or not is_of_reddit(list(first)):
        return None

    def lines() -> Iterator[tuple[int, int, Any]]:
        return ((line, line, record) for line, record in ndjson(entry))

    return _Records(entry, options, list(first), lines).reading


def _records(table: Table, columns: Sequence[str]) -> Iterator[tuple[int, int, Any]]:
    for first, last, row in table.rows():
        empty = not any(one is not None for one in row)
        yield first, last, None if empty else as_record(columns, row)


class _Records:
    """One file of records."""

    def __init__(
        self, entry: Entry, options: Options, columns: Sequence[str], rows: Rows, encoding: str = "UTF-8"
    ) -> None:
        self.rows = rows
        self.columns = columns
        self.records = Records(entry.origin, options.zone)
        self.joined = is_joined(columns)
        self.reading = Reading(
            format=SOURCE_NAME,
            entries=[entry],
            messages=self.messages,
            encoding=encoding,
            zone=options.zone,
            owner_why=_("an archive is of many people's texts, and nobody's own"),
        )

    def messages(self) -> Iterator[Message]:
        """Yield the messages, each thread in the order of time."""
        self.reading.dropped.clear()
        for seq, message in enumerate(self._ordered()):
            message.seq = seq
            yield message

    def _ordered(self) -> Iterator[Message]:
        if self.joined:
            joined = Joined.of(self.columns, self.records)
            return (message for row in self._sound() for message in joined.messages(*row))
        back = self._steps_back()
        if back > STRAY:
            return in_order(self._timed(), newest_first=back > 1 - STRAY)
        return (message for row in self._sound() if (message := self._one(*row)))

    def _steps_back(self) -> float:
        """Return the share of steps between the first records that go back in time."""
        some = islice(self.rows(), SAMPLE)
        records = (record for _first, _last, record in some if isinstance(record, dict))
        times = [time for one in records if (time := seconds_of(one.get("created_utc"))) is not None]
        steps = [after - before for before, after in pairwise(times) if after != before]
        return sum(step < 0 for step in steps) / max(1, len(steps))

    def _timed(self) -> Iterator[tuple[int, Message]]:
        """Yield the messages as they lie there, with their times in microseconds."""
        for first, last, record in self._sound():
            if message := self._one(first, last, record):
                yield int(1_000_000 * (seconds_of(record.get("created_utc")) or 0)), message

    def _sound(self) -> Iterator[tuple[int, int, Record]]:
        """Yield the records in file order, and take note of what is none."""
        for first, last, record in self.rows():
            self.reading.lines = last
            if isinstance(record, dict):
                yield first, last, record
            else:
                self.reading.dropped.add(first, _("an empty line, or no record"))

    def _one(self, first: int, last: int, record: Record) -> Message | None:
        message = self.records.message(first, last, record)
        if message is None:
            self.reading.dropped.add(first, _("neither a post nor a comment"))
        return message
