"""The rows of a table as messages, in the order in which they were written."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import Any

from sosias.language import translate as _
from sosias.messages import Kind, Message, native_id
from sosias.sources.entry import Entry
from sosias.sources.in_order import in_order
from sosias.sources.source import OWNER, Drops
from sosias.sources.table_file import Table
from sosias.sources.tables_columns import Columns
from sosias.sources.tables_kinds import kind_of, yes
from sosias.sources.tables_times import Times

SOURCE_NAME = "table"
OTHER = "Other"
"""The author of what is not the owner's, where only that is told."""
BREAK = " <|brk|> "
"""What ElvisBot puts between the messages of a burst."""
LARGEST_SEQ = 1 << 60
NAMED_BY = ("name", "username", "screen_name", "login", "display_name")
"""Keys by which an object that stands for a person tells the name."""


class Rows:
    """Reads the messages of one table."""

    def __init__(self, entry: Entry, table: Table, columns: Columns, times: Times, dropped: Drops) -> None:
        self._chats_name, self._file = entry.stem, entry.origin
        self._table = table
        self._columns = columns
        self._times = times
        self._dropped = dropped
        self._others = columns.others()
        self.author: str | None = OWNER if "is_owner" in columns.place else entry.stem
        """Of what no column names an author for."""
        self.newest_first = False
        self.keys: tuple[str, ...] = ()
        """What tells a message from all others; empty: its content."""
        self.bursts = False
        """Texts are ElvisBot's bursts."""
        self.other_kind: Kind | None = None
        """Of rows whose kind has a name that is not known; None: it is not a kind that is named."""
        self.owner: str | None = None
        """The author of the rows that are the owner's, as far as they were read."""
        self.lines = 0

    def messages(self) -> Iterator[Message]:
        """Yield the messages, the oldest first; each chat's counted in `seq`."""
        self._dropped.clear()
        self.owner, seqs = None, dict[str, int]()
        read = self._read()
        if self.newest_first:
            read = in_order(((0, message) for message in read), newest_first=True)
        for message in read:
            following = seqs.get(message.chat, -1) + 1
            given = message.seq if following <= message.seq < LARGEST_SEQ else following
            message.seq = seqs[message.chat] = given
            yield message

    def owner_of(self, row: list[Any]) -> str | None:
        """Return who wrote a row, if it is the owner."""
        place = self._columns.place.get("is_owner")
        return self._author(row, {}, True) if place is not None and yes(row[place]) else None

    def _read(self) -> Iterator[Message]:
        for first, last, row in self._table.rows():
            self.lines = last
            if row.count(None) + row.count("") == len(row):
                self._dropped.add(first, _("an empty row, or one that is not JSON"))
                continue
            message = self._message(row)
            message.first_line, message.last_line = first, last
            if self.bursts and BREAK in message.text:
                yield from _pieces(message)
            else:
                yield message

    def _message(self, row: list[Any]) -> Message:
        """Return a row's message; its seq is the one that the row gives, else −1."""
        place = self._columns.place
        attributes = self._attributes(row)
        own = yes(row[place["is_owner"]]) if "is_owner" in place else None
        author = self._author(row, attributes, own)
        if own and author is not None:
            self.owner = author
        chat = self._chat(row)
        text = row[place["text"]]
        return Message(
            source=SOURCE_NAME,
            chat=chat,
            seq=self._seq(row),
            sent_at=self._time(row, attributes),
            author=author,
            kind=self._kind(row, attributes),
            text=text if isinstance(text, str) else shown(text),
            is_owner=own,
            reply_to=self._replied(row, attributes),
            edited=self._flag(row, "edited"),
            forwarded=self._flag(row, "forwarded"),
            attributes=attributes,
            file=self._file,
            id=self._id(row, attributes),
        )

    def _attributes(self, row: list[Any]) -> dict[str, str]:
        """Return all that stands in other columns, and beyond them."""
        found = {name: shown(row[at]) for at, name in self._others if row[at] is not None and row[at] != ""}
        for at in range(len(self._columns.names), len(row)):
            beyond = row[at]
            if not isinstance(beyond, dict):
                beyond = {_("column {number}").format(number=at + 1): beyond}
            found |= {str(key): shown(value) for key, value in beyond.items() if value is not None}
        if "attributes" in self._columns.place:
            found |= _flat(row[self._columns.place["attributes"]])
        return found

    def _author(self, row: list[Any], attributes: dict[str, str], own: bool | None) -> str | None:
        place = self._columns.place.get("author")
        value = row[place] if place is not None else None
        if isinstance(value, dict):
            attributes[self._columns.name("author")] = shown(value)
            value = next((value[key] for key in NAMED_BY if isinstance(value.get(key), str)), None)
        if value is not None and value != "":
            return shown(value)
        if own is not None:
            return OWNER if own else OTHER
        return None if place is not None else self.author

    def _chat(self, row: list[Any]) -> str:
        place = self._columns.place.get("chat")
        value = row[place] if place is not None else None
        return self._chats_name if value is None or value == "" else shown(value)

    def _seq(self, row: list[Any]) -> int:
        value = row[self._columns.place["seq"]] if "seq" in self._columns.place else None
        return value if type(value) is int else -1

    def _time(self, row: list[Any], attributes: dict[str, str]) -> Any:
        """Return when it was sent; what is no time becomes an attribute."""
        value = moment(row, self._columns)
        if value is None or value == "":
            return None
        time = self._times.read(value)
        if time is None:
            attributes[self._columns.name("time")] = shown(value)
        return time

    def _kind(self, row: list[Any], attributes: dict[str, str]) -> Kind:
        text = row[self._columns.place["text"]]
        if "kind" in self._columns.place:
            value = row[self._columns.place["kind"]]
            kind = kind_of(value)
            if value is not None and value != kind:
                attributes[self._columns.name("kind")] = shown(value)
            if kind or self.other_kind:
                return kind or self.other_kind or "text"
        return "text" if shown(text) else "media"

    def _replied(self, row: list[Any], attributes: dict[str, str]) -> str | None:
        place = self._columns.place.get("reply_to")
        if place is None or row[place] is None or row[place] == "":
            return None
        if self.keys == ("id",):
            return native_id(SOURCE_NAME, shown(row[place]))
        attributes[self._columns.name("reply_to")] = shown(row[place])
        return None

    def _id(self, row: list[Any], attributes: dict[str, str]) -> str:
        place = self._columns.place
        if "id" in place and row[place["id"]] is not None:
            attributes[self._columns.name("id")] = shown(row[place["id"]])
            if self.keys:
                return native_id(SOURCE_NAME, *(shown(row[place[role]]) for role in self.keys))
        return ""

    def _flag(self, row: list[Any], role: str) -> bool:
        place = self._columns.place.get(role)
        return place is not None and yes(row[place]) is True


def moment(row: list[Any], columns: Columns) -> Any:
    """Return what a row says of its time, date and time of day joined."""
    if "time" not in columns.place:
        return None
    day = row[columns.place["time"]]
    clock = row[columns.place["clock"]] if "clock" in columns.place else None
    return f"{day} {clock}" if isinstance(day, str) and day and isinstance(clock, str) and clock else day


def shown(value: Any) -> str:
    """Return a cell as text; what is nested as JSON."""
    if isinstance(value, str):
        return value
    if value is None or value != value:  # not a number: how pandas writes that there is nothing
        return ""
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, date):  # a datetime too
        return value.isoformat()
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (RecursionError, ValueError):
        return "…"


def _flat(value: Any) -> dict[str, str]:
    """Return the attributes that sosias itself has written: an object, as JSON in CSV, pairs in Parquet."""
    if isinstance(value, str) and value.startswith("{"):
        with suppress(ValueError, RecursionError):
            value = json.loads(value)
    if isinstance(value, list) and all(isinstance(pair, tuple) for pair in value):
        value = dict(value)
    if not isinstance(value, dict):
        return {} if value is None or value == "" else {"attributes": shown(value)}
    return {key: shown(one) for key, one in value.items()}


def _pieces(message: Message) -> Iterator[Message]:
    for text in message.text.split(BREAK):
        yield Message(
            source=message.source,
            chat=message.chat,
            seq=-1,
            sent_at=message.sent_at,
            author=message.author,
            kind="text",
            text=text,
            is_owner=message.is_owner,
            attributes=dict(message.attributes),
            file=message.file,
            first_line=message.first_line,
            last_line=message.last_line,
        )
