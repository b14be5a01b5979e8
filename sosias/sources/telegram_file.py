"""Telegram Desktop's result.json as records: one chat, or all of an account; what it is, and who is in it.

The shapes are those that Telegram Desktop writes (`export_output_json.cpp` in its source).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sosias.sources.entry import Entry
from sosias.sources.json_stream import START, Value, beginning, walk
from sosias.sources.json_values import items, key, local, mapping, number, words

LISTS = (("chats", "list", "*"), ("left_chats", "list", "*"))
INSIDE = {
    (),
    ("messages",),
    *(path[:length] for path in LISTS for length in (1, 2, 3)),
    *((*path, "messages") for path in LISTS),
}
ONE = re.compile(
    r'"type"\s*:\s*(?:null|"(?:saved_messages|replies|verify_codes|(?:personal|bot)_chat'
    r'|private_group|(?:private|public)_(?:supergroup|channel))")\s*,\s*"id"\s*:\s*-?\d+\s*,\s*"messages"\s*:'
)
"""What stands before the messages of one chat,"""
ALL = re.compile(
    r'\s*\{\s*"about"\s*:.*"(?:personal_information|profile_pictures|stories|contacts|frequent_contacts'
    r'|sessions|web_sessions|chats|left_chats)"\s*:',
    re.DOTALL,
)
"""and at the beginning of all that an account has."""
OWN = ("saved_messages", "replies", "verify_codes")
"""Chats without a name; Telegram writes none for them."""
NAMES = {"saved_messages": "Saved Messages", "replies": "Replies", "verify_codes": "Verification Codes"}
PEOPLE = ("personal_chat", "bot_chat", *OWN)
GROUP = "private_group"
EPOCH = datetime(1970, 1, 1)
LATEST = 1 << 40
"""Seconds after which no clock shows a time."""
WIDEST = 15 * 60
"""Minutes between UTC and the clocks farthest from it, and a little."""


def is_export(entry: Entry) -> bool:
    """Does it begin as Telegram Desktop writes its JSON?"""
    if entry.suffix != ".json":
        return False
    start = beginning(entry)
    return bool(ALL.match(start) or ONE.search(start))


@dataclass
class Chat:
    """A chat's head; its messages follow it."""

    name: str = ""
    type: str = ""
    id: str = ""

    @property
    def peer(self) -> str:
        """Who or what it is with, as messages name it: `user5`, `chat5`, `channel5`; empty: unknown."""
        what = "user" if self.type in PEOPLE else "chat" if self.type == GROUP else "channel"
        return what + self.id if self.id else ""


Record = tuple[int, str, Value]
"""The chat's number, 0 for one that has the file to itself, the key, and the value; the key is empty for
what has no place."""


def records(entry: Entry) -> Iterator[Record]:
    """Yield what a file has on its chats; each message has the key `message`.

    Raises:
        Unreadable: it is cut off, or no JSON.
    """
    number = 0
    for value in walk(entry, INSIDE, starts=LISTS):
        path = value.path
        if value.value is START:
            number += 1
        elif path[-2:] == ("messages", "*"):
            yield number if len(path) > 2 else 0, "message", value
        elif path[:-1] in LISTS:
            yield number, path[-1], value
        elif len(path) == 1:
            yield 0, path[0], value
        elif path in LISTS:
            yield 0, "", value


@dataclass
class Survey:
    """What only the whole of a file tells."""

    entry: Entry
    chats: dict[int, Chat] = field(default_factory=dict)
    names: dict[str, dict[str, str]] = field(default_factory=dict)
    """Of each account the names that it has, and when it wrote last under them."""
    offsets: dict[int, float] = field(default_factory=dict)
    """Minutes from UTC to the clock that the times are told by, and when it was so: seconds of UTC."""
    account: dict[str, Any] = field(default_factory=dict)
    """Who exported, where all was exported."""
    count: int = 0
    lines: int = 0
    last: str = ""
    """When the last message was sent."""

    @classmethod
    def of(cls, entry: Entry) -> "Survey":
        """Read a file once.

        Raises:
            Unreadable: it is cut off, or no JSON.
        """
        survey = cls(entry)
        day = ""
        for chat, what, value in records(entry):
            survey.lines = value.last_line
            if what == "message":
                survey.count += 1
                if isinstance(value.value, dict):
                    day = survey._message(value.value, day)
            else:
                survey._head(chat, what, value.value)
        return survey

    def _head(self, number: int, what: str, value: object) -> None:
        if what == "personal_information":
            self.account = mapping(value)
        elif what in ("name", "type"):
            setattr(self.chats.setdefault(number, Chat()), what, words(value))
        elif what == "id":
            self.chats.setdefault(number, Chat()).id = key(value)

    def _message(self, record: dict[str, Any], day: str) -> str:
        """Learn from a message; return its day."""
        date = record.get("date")
        if not isinstance(date, str):
            return day
        self.last = max(self.last, date)
        if sender := account_of(record.get("from_id")):
            self._called(sender, record.get("from"), date)
        for reaction in items(record.get("reactions")):
            for one in items(mapping(reaction).get("recent")):
                self._called(account_of(mapping(one).get("from_id")), mapping(one).get("from"), "")
        if date[:10] != day:
            self._offset(date, record.get("date_unixtime"))
        return date[:10]

    def _called(self, sender: str, name: object, date: str) -> None:
        names = self.names.setdefault(sender, {})
        if isinstance(name, str) and name and sender:
            names[name] = max(date, names.get(name, ""))

    def _offset(self, date: str, seconds: object) -> None:
        time, since = local(date), number(seconds)
        if time is None or since is None or not 0 < since < LATEST:
            return
        minutes = ((time - EPOCH).total_seconds() - since) / 60
        if abs(minutes) <= WIDEST and minutes == int(minutes):
            self.offsets.setdefault(int(minutes), since)


def account_of(value: object) -> str:
    """Return an account's identifier; before 2021 they were numbers."""
    found = key(value)
    return f"user{found}" if found.isdecimal() else found
