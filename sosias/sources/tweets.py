"""Tables of tweets: CSV, JSON Lines, JSON or Parquet, one tweet a row, as researchers and programs keep them.

Whatever has no column of its own in the record (party, coalition, counts …) becomes an attribute. A
tweet that stands in a table twice is read once: ids are kept, in sixteen bytes or so each.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sosias.language import translate as _
from sosias.messages import Message, native_id
from sosias.sources.dates import Hints
from sosias.sources.entry import Entry
from sosias.sources.in_order import in_order
from sosias.sources.problems import Unreadable
from sosias.sources.seen import Seen
from sosias.sources.source import OWNER, DateOrder, Options, Reading
from sosias.sources.table_file import Table, open_table
from sosias.sources.tables_columns import plain
from sosias.sources.tables_rows import shown
from sosias.sources.tables_times import Times, is_numeric, learn
from sosias.sources.tweets_columns import (
    FIRST_DAYS,
    IN_LINK,
    QUOTE,
    REFERENCES,
    RETWEET,
    are_tweets,
    chosen,
    is_something,
    number,
    places,
)
from sosias.sources.x_archive_text import decoded
from sosias.sources.zones import Zone

SOURCE_NAME = "x"
SAMPLE = 1000
"""Rows by which a table is judged."""
TABLES = (".csv", ".tsv", ".tab", ".json", ".jsonl", ".ndjson", ".parquet", "")
REPEATED = "RT @"
"""How a retweet's text begins."""
WORDS = ("screen_name", "username", "name", "id_str", "id")
"""Where the name is in an author that is an object."""
LINKS = ("url", "permalink", "tweet_url", "link", "enlace")
"""Columns that may name the tweet where none has its number."""


GREENWICH, BEGINNING = Zone.given("UTC"), datetime(1970, 1, 1)
"""Tweets are put in order by a clock that never goes back, whichever tells their times."""


class Tweets:
    """The format of tables of tweets."""

    name = SOURCE_NAME
    title = "tables of tweets .csv, .jsonl, .parquet"
    rank = 0

    def readings(self, entries: Sequence[Entry], options: Options) -> list[Reading]:
        """Survey the tables of tweets among the entries."""
        tables = (_Export.of(entry, options) for entry in entries if entry.suffix in TABLES)
        return [export.reading for export in tables if export is not None]


SOURCE = Tweets()


class _Export:
    """One surveyed table."""

    def __init__(
        self, entry: Entry, table: Table, place: Mapping[str, int], sample: list[list[Any]], options: Options
    ) -> None:
        self.entry = entry
        self.table = table
        self.place = place
        self.options = options
        self.others = [one for one in enumerate(table.columns) if one[0] not in _taken(place)]
        self.retweet, self.quote = chosen(table.columns, RETWEET), chosen(table.columns, QUOTE)
        self.links = chosen(table.columns, LINKS)
        self.references = chosen(table.columns, (REFERENCES,))
        self.times, order, zone = self._times(sample)
        self.back = self._steps_back(sample)
        self.reading = Reading(
            format=SOURCE_NAME,
            entries=[entry],
            messages=self.messages,
            encoding=table.encoding,
            date_order=order,
            zone=zone,
            owner_why=_("a table of tweets does not tell who made it"),
            facts={
                "format": table.format,
                **{role: table.columns[one] for role, one in place.items()},
            },
        )

    @classmethod
    def of(cls, entry: Entry, options: Options) -> "_Export | None":
        """Survey a table; None: it is none, or not one of tweets."""
        table = open_table(entry)
        place = places(table.columns, options.columns) if table else None
        if table is None or place is None:
            return None
        try:
            sample = [row for _first, _last, row in islice(table.rows(), SAMPLE)]
        except Unreadable:
            if are_tweets(table.columns, place, []):
                raise
            return None
        return cls(entry, table, place, sample, options) if are_tweets(table.columns, place, sample) else None

    def _times(self, sample: list[list[Any]]) -> tuple[Times, DateOrder | None, Zone]:
        """Return how times are read; where dates leave their order open, all rows are asked."""
        values = [self._cell(row, "time") for row in sample]
        unknown = Zone(None, "unknown", _("the table writes times and no zone"))
        zone = self.options.zone if any(map(Times(unknown).is_utc, values)) else unknown
        if not any(map(is_numeric, values)):
            return Times(zone), None, zone
        spanish = plain(self.table.columns[self.place["time"]]).startswith(("fecha", "creado"))
        hints = Hints("", "", spanish, self.entry.written, self.options.day_first)
        every = (self._cell(row, "time") for _first, _last, row in self.table.rows())
        return *learn(every, zone, hints), zone

    def _steps_back(self, sample: list[list[Any]]) -> float:
        """Return the share of steps that go back in time, author by author."""
        before: dict[str, datetime] = {}
        steps: Counter[bool] = Counter()
        for row in sample:
            author, time = self._author(row), self.times.read(self._cell(row, "time"))
            if time is not None:
                if before.get(author, time) != time:
                    steps[time < before[author]] += 1
                before[author] = time
        return steps[True] / max(1, steps.total())

    def messages(self) -> Iterator[Message]:
        """Yield the tweets, each author's in the order of time."""
        self.reading.dropped.clear()
        read = self._read()
        newest_first = self.back > 0.5
        ordered = in_order(read, newest_first=newest_first) if self.back else (one for _time, one in read)
        count: Counter[str] = Counter()
        for message in ordered:
            message.seq = count[message.chat]
            count[message.chat] += 1
            yield message

    def _read(self) -> Iterator[tuple[int, Message]]:
        """Yield the tweets as they lie there, with their places in time."""
        seen, dropped, before = Seen(), self.reading.dropped, 0
        written = self.reading.zone.evidence == "unknown"
        clock = replace(self.times, zone=GREENWICH)
        for first, last, row in self.table.rows():
            self.reading.lines = last
            key = self._number(row)
            if not any(one is not None and one != "" for one in row):
                dropped.add(first, _("an empty line, or no record"))
            elif key and not seen.add(key):
                dropped.add(first, _("the same tweet stands further up"))
            else:
                message = self._message(row, key, first, last)
                moment = message.sent_at if written else clock.read(self._cell(row, "time"))
                before = before if moment is None else (moment - BEGINNING) // timedelta(microseconds=1)
                yield before, message

    def _message(self, row: list[Any], key: str, first: int, last: int) -> Message:
        author, text = self._author(row), decoded(shown(self._cell(row, "text")))
        attributes = self._attributes(row)
        repeated, quoting = self._referred(row)
        repeated |= text.startswith(REPEATED) or any(is_something(row[one]) for one in self.retweet)
        if quoting or any(is_something(row[one]) for one in self.quote):
            attributes["quote"] = "true"
        answered = number(self._cell(row, "reply_to"))
        return Message(
            SOURCE_NAME,
            f"X: @{author.removeprefix('@')}" if author else "X",
            0,
            self.times.read(self._cell(row, "time")),
            author or OWNER,
            "post",
            text,
            None,
            native_id(SOURCE_NAME, answered) if answered else None,
            forwarded=repeated,
            attributes=attributes,
            file=self.entry.origin,
            first_line=first,
            last_line=last,
            id=native_id(SOURCE_NAME, key) if key and int(key) >= FIRST_DAYS else "",
        )

    def _cell(self, row: list[Any], role: str) -> Any:
        return row[self.place[role]] if role in self.place else None

    def _author(self, row: list[Any]) -> str:
        value = self._cell(row, "author")
        if isinstance(value, dict):
            value = next((value[one] for one in WORDS if value.get(one)), None)
        return shown(value)

    def _number(self, row: list[Any]) -> str:
        """Return the tweet's number: its column's, or that in a link to it."""
        if "id" in self.place:
            return number(self._cell(row, "id"))
        links = (IN_LINK.search(row[one]) for one in self.links if isinstance(row[one], str))
        return next((found[1] for found in links if found), "")

    def _referred(self, row: list[Any]) -> tuple[bool, bool]:
        """Say whether the tweet repeats another, and whether it has one under it."""
        listed = [one for place in self.references if isinstance(row[place], list) for one in row[place]]
        kinds = {one.get("type") for one in listed if isinstance(one, dict) and type(one.get("type")) is str}
        return "retweeted" in kinds, "quoted" in kinds

    def _attributes(self, row: list[Any]) -> dict[str, str]:
        """Return what else is in the row, under the columns' own names."""
        facts = {}
        for place, name in self.others:
            value = row[place]
            if text := value if type(value) is str else str(value) if type(value) is int else shown(value):
                facts[name] = text
        for place, more in enumerate(row[len(self.table.columns) :], len(self.table.columns) + 1):
            extra = more if isinstance(more, dict) else {f"column {place}": more}
            facts.update({name: text for name, value in extra.items() if (text := shown(value))})
        return facts


def _taken(place: Mapping[str, int]) -> set[int]:
    """Return the columns that are wholly in the record; numbers are not, which are hashed there."""
    return {one for role, one in place.items() if role in ("text", "time", "author")}
