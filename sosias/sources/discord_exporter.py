"""DiscordChatExporter's JSON: a channel in one file, or in several parts; what it is, and who is in it."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from sosias.sources.entry import Entry
from sosias.sources.json_stream import Value, beginning, walk
from sosias.sources.json_values import items, key, mapping, words

INSIDE = {(), ("messages",)}
MESSAGE = ("messages", "*")
HEAD = re.compile(r'\s*\{\s*"guild"\s*:\s*(?:\{|null).*"channel"\s*:\s*\{', re.DOTALL)
PART = re.compile(r" \[part (\d+)\]$")
"""What stands at the end of the names of a channel's second file, and of those after it."""
NOBODYS = ("", "0")
"""The guild of direct messages."""


def is_export(entry: Entry) -> bool:
    """Does it begin as DiscordChatExporter writes its JSON?"""
    return entry.suffix == ".json" and HEAD.match(beginning(entry)) is not None


def channels(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Return the files together that are parts of one export, in their order."""
    together: dict[str, list[tuple[int, Entry]]] = defaultdict(list)
    for entry in entries:
        part = PART.search(entry.stem)
        folder = PurePosixPath(entry.name).parent
        together[f"{folder}/{PART.sub('', entry.stem)}"].append((int(part[1]) if part else 1, entry))
    return [[entry for _part, entry in sorted(one, key=lambda it: it[0])] for one in together.values()]


@dataclass
class Channel:
    """What an export says of the channel that it is of."""

    id: str = ""
    name: str = ""
    guild: str = ""
    """Empty: direct messages."""

    @property
    def title(self) -> str:
        return f"{self.guild} #{self.name}" if self.guild else self.name


@dataclass
class Survey:
    """What only the whole of a channel's files tells."""

    entries: Sequence[Entry]
    channel: Channel = field(default_factory=Channel)
    names: dict[str, dict[str, str]] = field(default_factory=dict)
    """Of each account the names that it has, and when it used them last."""
    writers: set[str] = field(default_factory=set)
    """Accounts of people that wrote."""
    count: int = 0
    lines: int = 0
    is_sorted: bool = True
    """Do the messages rise in number? They are numbered by time."""

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> "Survey":
        """Read a channel's files once.

        Raises:
            Unreadable: one is cut off, or no JSON.
        """
        survey = cls(entries)
        last = 0
        for entry in entries:
            lines = 0
            for value in walk(entry, INSIDE):
                lines = value.last_line
                if value.path == MESSAGE:
                    last = survey._message(mapping(value.value), last)
                else:
                    survey._head(value)
            survey.lines += lines
        return survey

    def _head(self, value: Value) -> None:
        found = mapping(value.value)
        if value.path == ("guild",) and key(found.get("id")) not in NOBODYS:
            self.channel.guild = words(found.get("name"))
        elif value.path == ("channel",):
            self.channel.id, self.channel.name = key(found.get("id")), words(found.get("name"))

    def _message(self, record: dict[str, Any], last: int) -> int:
        self.count += 1
        author, date = mapping(record.get("author")), words(record.get("timestamp"))
        if self._called(author, date) and author.get("isBot") is not True:
            self.writers.add(key(author["id"]))
        for one in [*items(record.get("mentions")), *reacting(record)]:
            self._called(mapping(one), "")
        number = snowflake(record.get("id"))
        self.is_sorted = self.is_sorted and last <= number
        return number

    def _called(self, user: dict[str, Any], date: str) -> bool:
        """Learn what an account is called; what people see comes after what it is registered as."""
        if not (account := key(user.get("id"))):
            return False
        names = self.names.setdefault(account, {})
        for name, shown in ((words(user.get("name")), "0"), (words(user.get("nickname")), "1")):
            if name:
                names[name] = max(names.get(name, ""), date + shown)
        return True


def reacting(record: dict[str, Any]) -> Iterator[Any]:
    """Yield those who reacted to a message."""
    for reaction in items(record.get("reactions")):
        yield from items(mapping(reaction).get("users"))


def snowflake(value: object) -> int:
    """Return a message's number; 0: it has none."""
    found = key(value)
    return int(found) if found.isdecimal() and len(found) < 20 else 0
