"""What Reddit gives its users of themselves: a zip of tables, without what others wrote.

Columns as of 2023 to 2025: `comments.csv`, `posts.csv`, `messages.csv`, `messages_archive.csv`,
`chat_history.csv`, and `statistics.csv` with the account's name. Whose a table is, is told by its columns.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from sosias.language import translate as _
from sosias.messages import Message, native_id
from sosias.sources.entry import Entry
from sosias.sources.in_order import in_order
from sosias.sources.problems import Unreadable
from sosias.sources.reddit_record import (
    SOURCE_NAME,
    Record,
    Records,
    decoded,
    fact,
    full_name,
    moment,
    seconds_of,
)
from sosias.sources.reddit_rows import as_record
from sosias.sources.source import OWNER, Options, Reading
from sosias.sources.table_file import Table, open_table, read_table

LINK = re.compile("/comments/([0-9a-z]+)")
ENCODED = re.compile(r"(?:[^&<>]|&(?:amp|lt|gt);)*")
"""A text that the API may have encoded; with any other `&`, `<` or `>` in it, it is as it was written."""
NAME_ROW = "account name"
SHAPES = {
    "comments": {"id", "permalink", "date", "subreddit", "link", "parent", "body"},
    "posts": {"id", "permalink", "date", "subreddit", "title", "url", "body"},
    "messages": {"id", "permalink", "date", "from", "to", "body"},
    "chats": {"message_id", "created_at", "username", "message", "channel_url"},
    "statistics": {"statistic", "value"},
}
"""The columns that a table of the export has, at least."""


def account_readings(entries: Sequence[Entry], options: Options) -> list[Reading]:
    """Return the readings of personal exports, a table each; none, if there are none.

    Raises:
        Unreadable: a table is of such an export, and damaged.
    """
    tables = [(entry, shape) for entry in entries if entry.suffix == ".csv" and (shape := _shape(entry))]
    owners = {_folder(entry): (entry, _owner(entry)) for entry, shape in tables if shape == "statistics"}
    readings = []
    for entry, shape in tables:
        if shape != "statistics" and (table := read_table(entry)):
            told, owner = owners.get(_folder(entry), (None, None))
            files = [entry, *([told] if told else [])]
            readings.append(_Account(files, table, shape, owner, options).reading)
    return readings


def _shape(entry: Entry) -> str | None:
    """Return which table of the export an entry is; None: it is none."""
    try:
        start = entry.start
    except Unreadable:
        return None
    header = start.removeprefix(b"\xef\xbb\xbf").partition(b"\n")[0].decode("utf-8", "replace")
    names = {one.strip(' "\r') for one in header.split(",")}
    return next((shape for shape, columns in SHAPES.items() if columns <= names), None)


def _folder(entry: Entry) -> tuple[object, PurePosixPath]:
    return entry.path if entry.archive else None, PurePosixPath(entry.name).parent


def _owner(entry: Entry) -> str | None:
    table = open_table(entry)
    for _first, _last, row in table.rows() if table else ():
        if row and row[0] == NAME_ROW and len(row) > 1 and row[1]:
            return str(row[1])
    return None


def _written(text: str) -> str:
    return decoded(text) if ENCODED.fullmatch(text) else text


class _Account:
    """One table of an export."""

    def __init__(
        self, entries: Sequence[Entry], table: Table, shape: str, owner: str | None, options: Options
    ) -> None:
        """`entries`: the table's, and that of the one which names the owner."""
        self.entry = entries[0]
        self.table = table
        self.owner = owner
        self.records = Records(self.entry.origin, options.zone, owner or OWNER, _written)
        readers: dict[str, Callable[[int, int, Record], Message]] = {
            "comments": self._comment,
            "posts": self._post,
            "messages": self._letter,
            "chats": self._chat,
        }
        self.read = readers[shape]
        self.reading = Reading(
            format=SOURCE_NAME,
            entries=entries,
            messages=self.messages,
            encoding=table.encoding,
            zone=self.records.zone,
            owner=owner,
            owner_why=_("statistics.csv names the account")
            if owner
            else _("there is no statistics.csv, which names the account"),
        )

    def messages(self) -> Iterator[Message]:
        """Yield the messages in the order of time, whichever the table has."""
        self.reading.dropped.clear()
        for seq, message in enumerate(in_order(self._timed(), newest_first=False)):
            message.seq = seq
            yield message

    def _timed(self) -> Iterator[tuple[int, Message]]:
        """Yield the messages as they lie there, with their times in microseconds."""
        for first, last, row in self.table.rows():
            self.reading.lines = last
            if any(row):
                record = as_record(self.table.columns, row)
                time = seconds_of(record.get("date") or record.get("created_at"))
                yield int(1_000_000 * (time or 0)), self.read(first, last, record)
            else:
                why = _("an empty line, or no record")
                self.reading.dropped.add(first, why, self.entry.origin)

    def _comment(self, first: int, last: int, row: Record) -> Message:
        link = LINK.search(fact(row.get("link"))) or LINK.search(fact(row.get("permalink")))
        record = {
            **self._own(row),
            "body": row.get("body") or "",
            "link_id": link[1] if link else None,
            "parent_id": row.get("parent"),
        }
        return self.records.comment(first, last, record)

    def _post(self, first: int, last: int, row: Record) -> Message:
        url = fact(row.get("url"))
        own = not url or ("/comments/" in url and fact(row.get("id")) in url)
        record = {**self._own(row), "title": row.get("title"), "selftext": row.get("body") or "", "url": url}
        return self.records.post(first, last, {**record, "is_self": own})

    def _own(self, row: Record) -> dict[str, object]:
        author, date = self.records.owner, row.get("date")
        facts = {"id": row.get("id"), "subreddit": row.get("subreddit"), "media": row.get("media")}
        return {**facts, "author": author, "created_utc": date}

    def _letter(self, first: int, last: int, row: Record) -> Message:
        """Read one of the site's old private messages."""
        author, other = fact(row.get("from")), fact(row.get("to"))
        partner = other if author == self.owner else author
        key = full_name(row.get("id"), "t4_")
        message = self._told(author, row.get("body"), row.get("date"), first, last)
        chat = f"messages/{partner}"
        subject = fact(row.get("subject"))
        facts = {"subject": subject} if subject else {}
        return replace(message, chat=chat, attributes=facts, id=native_id(SOURCE_NAME, key) if key else "")

    def _chat(self, first: int, last: int, row: Record) -> Message:
        """Read a message of a chat."""
        message = self._told(
            fact(row.get("username")), row.get("message"), row.get("created_at"), first, last
        )
        message.chat = "chat/" + (fact(row.get("channel_name")) or fact(row.get("channel_url")))
        if key := fact(row.get("message_id")):
            message.id = native_id(SOURCE_NAME, "chat", key)
        if parent := fact(row.get("thread_parent_message_id")):
            message.reply_to = native_id(SOURCE_NAME, "chat", parent)
        return message

    def _told(self, author: str, text: object, time: object, first: int, last: int) -> Message:
        return Message(
            SOURCE_NAME,
            "",
            0,
            moment(time, self.records.zone),
            author or None,
            "text",
            _written(fact(text)),
            None if self.owner is None else author == self.owner,
            file=self.entry.origin,
            first_line=first,
            last_line=last,
        )
