"""The messages of a Messages database, row by row, in the order of time.

Nine in ten rows are words and nothing else: those are read with one look at the table, all others with
a second one that fetches what they need.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sosias.language import translate as _
from sosias.messages import Message, native_id
from sosias.sources.imessage_body import PLACE, decoded
from sosias.sources.imessage_chats import Chat, Chats
from sosias.sources.imessage_people import People
from sosias.sources.imessage_special import Found, Special
from sosias.sources.imessage_tapbacks import COMPARED, REMEMBERED, STARTS, Recent, sentence
from sosias.sources.source import Drops
from sosias.sources.zones import Zone

EPOCH = 978_307_200
"""2001-01-01 UTC, where Apple's clock begins, in seconds since 1970."""
SECONDS_AT_MOST = 100_000_000_000
"""Older systems count seconds, those since 2017 thousand-millionths of them."""
SECOND, QUARTER = 10**9, 900 * 10**9
"""In such units: a second, and the quarter of an hour within which no clock is ever changed."""

DELETED = "SELECT message_id FROM chat_recoverable_message_join WHERE message_id IS NOT NULL"
REPEATED = """
SELECT ROWID FROM message WHERE guid IN (SELECT guid FROM message GROUP BY guid HAVING count(*) > 1)
AND ROWID NOT IN (SELECT min(ROWID) FROM message GROUP BY guid)"""
UNIQUE = """
SELECT 1 FROM pragma_index_list('message') i WHERE i."unique" AND NOT i.partial
AND (SELECT group_concat(name) FROM pragma_index_info(i.name)) = 'guid'"""
ROWS = """
SELECT m.ROWID, m.guid, m.date, m.is_from_me, m.handle_id, j.chat_id, {words}, {special}
FROM (SELECT ROWID AS number FROM message {where} ORDER BY date, ROWID LIMIT -1) k
CROSS JOIN message m ON m.ROWID = k.number
LEFT JOIN chat_message_join j ON j.message_id = k.number"""
"""Sorts the keys alone, not the rows; without its LIMIT the inner order would not bind the outer."""
NUMBERS = (
    "item_type",
    "associated_message_type",
    "cache_has_attachments",
    "date_edited",
    "date_retracted",
    "is_spam",
    "is_system_message",
    "is_service_message",
    "is_auto_reply",
    "is_forward",
)
TEXTS = "thread_originator_guid", "balloon_bundle_id", "subject"
"""Columns that ask for a second look where they say something."""


def left_out(connection: sqlite3.Connection, have: Mapping[str, frozenset[str]]) -> list[tuple[str, str]]:
    """Return which rows are not read, as conditions none of which holds where an earlier does, and why."""
    queries = []
    if "message_id" in have.get("chat_recoverable_message_join", frozenset()):
        queries.append((DELETED, _("it was deleted a short while ago")))
    if not connection.execute(UNIQUE).fetchone():
        queries.append((REPEATED, _("it is there twice")))
    found, earlier = [], ""
    for query, why in queries:
        found.append((f"ROWID IN ({query}){earlier}", why))
        earlier += f" AND ROWID NOT IN ({query})"
    return found


@dataclass
class Rows:
    """The messages of one database, to be read once."""

    file: str
    people: People
    chats: Chats
    owner: str
    zone: Zone
    have: Mapping[str, frozenset[str]]
    dropped: Drops
    _recent: Recent = field(default_factory=Recent)
    _quarter: int = -1 << 62
    _wall: datetime = datetime.min

    def read(self, connection: sqlite3.Connection) -> Iterator[Message]:
        """Yield the messages."""
        skipped = left_out(connection, self.have)
        for condition, why in skipped:
            for (row,) in connection.execute(f"SELECT max(ROWID, 0) FROM message WHERE {condition}"):
                self.dropped.add(row, why, self.file)
        query = self._query([condition for condition, _why in skipped])
        special = Special(connection, self.have)
        chats, orphan, authors, recent = self.chats.by_row, self.chats.orphan, self._authors(), self._recent
        owner: Author = self.owner, {}
        sent_at, file, last = self._sent_at, self.file, None
        for row, guid, date, own, handle, part, words, unusual in connection.execute(query):
            if row == last:
                continue  # it is in two chats
            last, line = row, max(row, 0)
            chat = chats.get(part) or orphan(handle)
            author, facts = owner if own else authors.get(handle) or _unknown(chat)
            text = words if type(words) is str else decoded(words) if type(words) is bytes else None
            message = Message(
                "imessage",
                chat.name,
                chat.count,
                sent_at(date),
                author,
                "text",
                text or "",
                bool(own),
                None,
                False,
                False,
                facts.copy(),
                file,
                line,
                line,
                native_id("imessage", guid) if guid else "",
            )
            if unusual or not text or PLACE in text:
                found = special.read(row, text, damaged=text is None and words is not None)
                if isinstance(found, str):
                    self.dropped.add(line, found, self.file)
                    continue
                self._complete(message, found)
            if message.text[:1] in STARTS and message.kind == "text":
                self._hear(message)
            if len(recent.now) > REMEMBERED:
                recent.rotate()
            recent.now[chat.name, message.text[:COMPARED]] = guid, message.text
            chat.count += 1
            yield message

    def _query(self, skipped: list[str]) -> str:
        """Return the query for all rows that are read, by the columns that this database has."""
        have = self.have["message"]
        words = ["nullif(m.text, '')"] if "text" in have else []
        words += ["m.attributedBody"] if "attributedbody" in have else []
        special = [f"m.{name}" for name in NUMBERS if name in have]
        special += [f"m.{name} <> ''" for name in TEXTS if name in have]
        return ROWS.format(
            words=f"coalesce({', '.join(words)}, NULL)",
            special=" OR ".join(special) or "0",
            where=f"WHERE NOT ({' OR '.join(skipped)})" if skipped else "",
        )

    def _authors(self) -> dict[object, "Author"]:
        """Return what each handle's messages say of their author."""
        found: dict[object, Author] = {}
        for handle, person in self.people.by_handle.items():
            address = self.people.addresses[handle]
            found[handle] = person.name, {} if address == person.name else {"handle": address}
        return found

    def _sent_at(self, date: Any) -> datetime | None:
        """Return what the clock showed; None where the row has no time, or none that there was."""
        try:
            if -SECONDS_AT_MOST < date < SECONDS_AT_MOST:
                if not date:
                    return None
                date *= SECOND
            quarter, rest = divmod(date, QUARTER)
            if quarter != self._quarter:
                self._wall = self.zone.wall(EPOCH + 900 * quarter)
                self._quarter = quarter
            return self._wall + timedelta(0, 0, rest // 1000)
        except (TypeError, ValueError, OverflowError, OSError):
            return None

    def _complete(self, message: Message, found: Found) -> None:
        """Put into a message what it turned out to be."""
        message.kind, message.text, message.reply_to = found.kind, found.text, found.reply_to
        message.edited, message.forwarded = found.edited, found.forwarded
        message.attributes |= found.attributes
        if not found.has_author:
            whom = self.people.by_handle.get(found.whom)
            about = {"by": message.author, "whom": whom and whom.name}
            message.attributes |= {name: person for name, person in about.items() if person}
            message.author = message.is_owner = None

    def _hear(self, message: Message) -> None:
        """See whether words are the sentence by which a telephone tells of a reaction."""
        found = sentence(message.text, message.chat, self._recent)
        if found is not None:
            sign, removed, guid = found
            message.kind = "reaction"
            message.reply_to = native_id("imessage", guid) if guid else message.reply_to
            message.attributes["reaction"] = sign
            if removed:
                message.attributes["removed"] = "true"


Author = tuple[str | None, dict[str, str]]
"""A name, and the facts that go with each message of theirs."""


def _unknown(chat: Chat) -> Author:
    """Return who wrote a message that names no handle: in a chat of two there is but one."""
    return (chat.other.name if chat.other is not None else None), {}
