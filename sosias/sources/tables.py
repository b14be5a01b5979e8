"""A table of messages: CSV, JSON Lines, JSON or Parquet, a row each, with columns found by their names.

Also ElvisBot's `text,is_sent`, WeClone's CSV, and what `sosias messages --jsonl` writes.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, pairwise
from typing import Any

from sosias.language import translate as _
from sosias.messages import Message
from sosias.sources.dates import Hints
from sosias.sources.entry import Entry
from sosias.sources.problems import Unreadable
from sosias.sources.source import OWNER, DateOrder, Options, Reading
from sosias.sources.table_file import Table, open_table, read_table
from sosias.sources.tables_columns import Columns, check_told, find, plain, refusal
from sosias.sources.tables_ours import SHAPE, unguarded
from sosias.sources.tables_rows import SOURCE_NAME, Rows, moment, shown
from sosias.sources.tables_times import Times, is_numeric, learn
from sosias.sources.zones import Zone

SAMPLE = 1000
"""Rows by which a table is judged."""
SHORTEST_KEY = 9
"""Characters of an id that is a key everywhere; shorter ones are often the row's number in its file."""
RUNS_BACK = 5
"""Steps back in time, and ten for one forward, after which a table is taken to begin with the newest."""
ELVISBOT = {"text", "is_sent"}
WECLONE = {
    "text": "msg",
    "author": "talker",
    "time": "CreateTime",
    "chat": "room_name",
    "is_owner": "is_sender",
    "kind": "type_name",
    "id": "MsgSvrID",
}
OURS = {name: name for name in ("chat", "seq", "author", "is_owner", "kind", "text", "attributes", "origin")}
OURS["time"] = "sent_at"


class Tables:
    """The format of tables."""

    name = SOURCE_NAME
    title = "tables .csv, .jsonl, .json, .parquet"
    rank = 1

    def readings(self, entries: Sequence[Entry], options: Options) -> list[Reading]:
        """Survey the tables of messages among the entries.

        One among other files has to look like messages: words, and who wrote them or when.

        Raises:
            Unreadable: a table is damaged, or in another encoding.
            NoTextColumn, NoColumnNames: the only file is a table, and its words were not found.
            NoSuchColumn, NoSuchField: the user named a column that is not there, or what no message has.
        """
        found = (_Export.of(entry, options) for entry in entries)
        return [export.reading() for export in found if export is not None]


SOURCE = Tables()


class _Export:
    """One surveyed table."""

    def __init__(
        self, entry: Entry, table: Table, columns: Columns, sample: list[list[Any]], options: Options
    ) -> None:
        self.entry = entry
        self.columns = columns
        self.options = options
        self.table = table
        self.sample = sample
        times, order, zone = self._times()
        self._reading = Reading(
            format=SOURCE_NAME,
            entries=[entry],
            messages=self.messages,
            chat=None if "chat" in columns.place else entry.stem,
            encoding=table.encoding,
            count=len(sample) if len(sample) < SAMPLE else 0,
            date_order=order,
            zone=zone,
            facts={"table": table.format, "columns": _pairs(columns)},
        )
        self.rows = Rows(entry, table, columns, times, self._reading.dropped)
        self._shape(times)

    @classmethod
    def of(cls, entry: Entry, options: Options) -> "_Export | None":
        """Survey a table; None: it is none, or not one of messages."""
        try:
            table = read_table(entry) if options.alone else open_table(entry)
            table = table and unguarded(table)
            sample = [row for _first, _last, row in islice(table.rows(), SAMPLE)] if table else []
        except Unreadable:
            if options.alone:
                raise
            return None
        if table is None:
            return None
        if options.alone:
            check_told(entry.label, table.columns, options.columns)
        columns = find(table.columns, sample, {**_known_shape(table), **options.columns})
        if columns is None and options.alone:
            raise refusal(entry.label, table.columns)
        if columns is None or not (options.alone or _is_ours(columns, options.columns)):
            return None
        return cls(entry, table, columns, sample, options)

    def reading(self) -> Reading:
        return self._reading

    def messages(self) -> Iterator[Message]:
        """Yield the messages; at the end the reading knows how many lines there were."""
        yield from self.rows.messages()
        self._reading.lines = self.rows.lines
        if self._reading.owner is None and self.rows.owner is not None:
            self._set_owner(self.rows.owner)

    def _times(self) -> tuple[Times, DateOrder | None, Zone]:
        """Return how times are read; where dates leave their order open, all rows are asked."""
        values = [moment(row, self.columns) for row in self.sample]
        times = Times(Zone.phones())
        zone = self.options.zone if any(map(times.is_utc, values)) else Zone.phones()
        if not any(map(is_numeric, values)):
            return Times(zone), None, zone
        spanish = plain(self.columns.name("time")).startswith(("fecha", "creado", "enviado"))
        hints = Hints("", "", spanish, self.entry.written, self.options.day_first)
        every = (moment(row, self.columns) for _first, _last, row in self.table.rows())
        return *learn(every, zone, hints), zone

    def _shape(self, times: Times) -> None:
        """Settle what the rows leave open, and say what was taken from where."""
        names, notes = set(self.table.columns), self._reading.notes
        weclone = self.columns.found().items() >= WECLONE.items()
        self.rows.bursts = names == ELVISBOT
        self.rows.other_kind = "media" if weclone else None
        self.rows.keys = ("chat", "id", "kind") if weclone else self._keys()
        found = self.columns.found().items()
        ours = found >= OURS.items() or found >= SHAPE.items()
        if ours:
            notes.append(_("written by sosias, and read back as it was; the origins are left out"))
        else:
            notes.append(_("taken from the columns: {pairs}").format(pairs=_pairs(self.columns)))
        if "author" not in self.columns.place:
            named = _("no column names the authors: they are called {author}")
            author = f"{OWNER}, Other" if self.rows.author == OWNER else self.rows.author
            notes.append(named.format(author=author))
        if not ours and self._runs_back(times):
            self.rows.newest_first = True
            notes.append(_("the newest row stands first: the rows are read from the end"))
        own = next((one for one in map(self.rows.owner_of, self.sample) if one is not None), None)
        if own is not None:
            self._set_owner(own)

    def _set_owner(self, name: str) -> None:
        self._reading.owner = name
        why = _("the column {column} says so").format(column=self.columns.name("is_owner"))
        self._reading.owner_why = why

    def _keys(self) -> tuple[str, ...]:
        """Return the column whose cells tell messages apart everywhere, if there is one."""
        if "id" not in self.columns.place:
            return ()
        ids = [shown(row[self.columns.place["id"]]) for row in self.sample]
        unique = len(set(ids)) == len(ids) and min(map(len, ids), default=0) >= SHORTEST_KEY
        return ("id",) if unique else ()

    def _runs_back(self, times: Times) -> bool:
        """Does the table begin with the newest?"""
        read = [times.read(moment(row, self.columns)) for row in self.sample]
        steps = [(one, following) for one, following in pairwise(filter(None, read))]
        back = sum(following < one for one, following in steps)
        return back >= RUNS_BACK and back >= 10 * sum(following > one for one, following in steps)


def _pairs(columns: Columns) -> str:
    """Return for a sentence what is taken from which column."""
    return ", ".join(f"{role} = {name}" for role, name in columns.found().items())


def _known_shape(table: Table) -> Mapping[str, str]:
    """Return the columns of tables whose shape is known, nothing of others."""
    names = set(table.columns)
    return next((shape for shape in (WECLONE, OURS, SHAPE) if names >= set(shape.values())), {})


def _is_ours(columns: Columns, told: Mapping[str, str]) -> bool:
    """Does a table among other files look like messages, or is it the one that the user speaks of?"""
    if told:
        return columns.found().items() >= told.items()
    return not columns.place.keys().isdisjoint(("author", "time", "is_owner"))
