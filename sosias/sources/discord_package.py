"""The package of data that Discord sends on request: what one wrote, channel by channel, nobody else's words.

`messages/c<number>/messages.json` (older: `.csv`) with a `channel.json` beside it, `messages/index.json`
with the channels' names, and `account/user.json`; the folders' names are in the account's language.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from sosias.language import translate as _
from sosias.messages import Message, native_id
from sosias.sources.discord_exporter import Channel, snowflake
from sosias.sources.entry import Entry
from sosias.sources.in_order import in_order
from sosias.sources.json_stream import Value, beginning, walk
from sosias.sources.json_values import Odd, instant, key, mapping, words
from sosias.sources.naming import apart
from sosias.sources.problems import Unreadable
from sosias.sources.source import OWNER, Drops
from sosias.sources.text_file import TextFile
from sosias.sources.zones import Zone

NAMES = ("messages.json", "messages.csv")
BESIDE = ("channel.json", "index.json", "user.json")
RECORDS = re.compile(r'\s*\[\s*\{\s*"ID"\s*:\s*"?\d+"?\s*,\s*"Timestamp"\s*:')
NOTHING = re.compile(r"\s*\[\s*\]\s*$")
HEADER = "ID,Timestamp,Contents"
DIRECT = re.compile(r"^Direct Message with (.*?)(?:#\d{1,4})?$")
"""What the index calls a talk of two."""
UNTITLED = ("", "None", "Unknown channel", "Direct Message with Unknown Participant")


@dataclass
class File:
    """What one wrote in a channel."""

    entry: Entry
    channel: Channel
    is_sorted: bool = True
    count: int = 0


@dataclass
class Package:
    """One account's package."""

    entries: list[Entry] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    account: dict[str, Any] = field(default_factory=dict)
    index: dict[str, Any] = field(default_factory=dict)
    """Names of channels, by their numbers."""
    lines: int = 0

    @property
    def author(self) -> str:
        return words(self.account.get("global_name")) or words(self.account.get("username")) or OWNER

    def messages(self, zone: Zone, dropped: Drops) -> Iterator[Message]:
        """Yield the messages channel by channel, each in the order of time."""
        dropped.clear()
        titles = apart({file.channel.id or file.entry.name: file.channel.title for file in self.files})
        places: dict[str, int] = {}
        for file in self.files:
            chat = titles[file.channel.id or file.entry.name]
            found = self._read(file, chat, zone, dropped)
            told = (one for _key, one in found) if file.is_sorted else in_order(found, newest_first=True)
            for seq, one in enumerate(told, places.get(chat, 0)):
                one.seq = seq
                places[chat] = seq + 1
                yield one

    def _read(self, file: File, chat: str, zone: Zone, dropped: Drops) -> Iterator[tuple[int, Message]]:
        for value in _records(file.entry):
            try:
                record = _checked(value.value)
                time = _time(record.get("Timestamp"), zone)
            except Odd as error:
                dropped.add(value.first_line, str(error), file.entry.origin)
                continue
            number, text = key(record.get("ID")), words(record.get("Contents"))
            attached = words(record.get("Attachments"))
            message = Message("discord", chat, 0, time, self.author, "text", text, True)
            if attached:
                message.attributes["media"] = ", ".join(map(_file_name, attached.split()))
            if not text:
                message.kind = "media" if attached else "system"
            message.file = file.entry.origin
            message.first_line, message.last_line = value.first_line, value.last_line
            message.id = native_id("discord", number) if number else ""
            yield snowflake(number), message


def packages(entries: Sequence[Entry]) -> list[Package]:
    """Return the packages among the entries, surveyed.

    Raises:
        Unreadable: a file of theirs is cut off or damaged.
    """
    beside = {one.name: one for one in entries if one.file_name in BESIDE}
    found: dict[str, Package] = {}
    for entry in entries:
        if entry.file_name in NAMES and _is_record(entry, beside):
            root = PurePosixPath(entry.name).parent.parent
            if str(root) not in found:
                found[str(root)] = _opened(root, beside)
            _add(found[str(root)], entry, beside)
    return list(found.values())


def _is_record(entry: Entry, beside: dict[str, Entry]) -> bool:
    start = beginning(entry)
    if entry.suffix == ".csv":
        return start.startswith(HEADER)
    has_channel = str(PurePosixPath(entry.name).with_name("channel.json")) in beside
    return bool(RECORDS.match(start)) or (has_channel and bool(NOTHING.match(start)))


def _opened(root: PurePosixPath, beside: dict[str, Entry]) -> Package:
    """Return a package with what is known of its account."""
    package = Package()
    for name, entry in beside.items():
        path = PurePosixPath(name)
        if path.name == "user.json" and path.parent.parent == root.parent:
            package.account = _whole(entry)
            package.entries.append(entry)
        elif path.name == "index.json" and path.parent == root:
            package.index = _whole(entry)
            package.entries.append(entry)
    return package


def _add(package: Package, entry: Entry, beside: dict[str, Entry]) -> None:
    """Survey a channel's file."""
    channel = _channel(entry, package, beside)
    file, last = File(entry, channel), 0
    lines = 0
    for value in _records(entry):
        number = snowflake(mapping(value.value).get("ID"))
        file.count += 1
        file.is_sorted = file.is_sorted and last <= number
        last, lines = number, value.last_line
    package.lines += lines
    package.files.append(file)
    package.entries.insert(len(package.files) - 1, entry)


def _channel(entry: Entry, package: Package, beside: dict[str, Entry]) -> Channel:
    path = PurePosixPath(entry.name)
    about = beside.get(str(path.with_name("channel.json")))
    told = _whole(about) if about else {}
    if about:
        package.entries.append(about)
    channel = Channel(key(told.get("id")) or path.parent.name.removeprefix("c"))
    channel.guild = words(mapping(told.get("guild")).get("name"))
    listed = words(package.index.get(channel.id))
    name = words(told.get("name")) or ("" if listed in UNTITLED else DIRECT.sub(r"\1", listed))
    channel.name = name or f"Channel {channel.id}".strip()
    return channel


def _whole(entry: Entry) -> dict[str, Any]:
    """Return what a small file says."""
    return {value.path[0]: value.value for value in walk(entry, {()}) if len(value.path) == 1}


def _records(entry: Entry) -> Iterator[Value]:
    if entry.suffix == ".csv":
        return _rows(entry)
    return (value for value in walk(entry, {()}) if value.path == ("*",))


def _rows(entry: Entry) -> Iterator[Value]:
    reader = csv.reader(line + "\n" for line in TextFile(entry).lines())
    try:
        header = [name.removeprefix("\ufeff") for name in next(reader, [])]
        first = reader.line_num + 1
        for row in reader:
            yield Value(("*",), dict(zip(header, row, strict=False)), first, reader.line_num)
            first = reader.line_num + 1
    except csv.Error as error:
        what = _("line {line}: it is no CSV").format(line=reader.line_num)
        raise Unreadable(path=entry.label, what=what) from error


def _checked(record: object) -> dict[str, Any]:
    """Return a record.

    Raises:
        Odd: it is none.
    """
    if not isinstance(record, dict):
        raise Odd(_("it is no message"))
    if not isinstance(record.get("Contents"), str | None):
        raise Odd(_("its text is no text"))
    return record


def _time(written: object, zone: Zone) -> datetime | None:
    """Return what the clock of a zone showed; without an offset a time is UTC.

    Raises:
        Odd: it is no time.
    """
    text = words(written)
    try:
        time = datetime.fromisoformat(text)
        shown = instant((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp(), zone)
    except (ValueError, OverflowError):
        shown = None
    if shown is None and written is not None:
        raise Odd(_("its time cannot be read"))
    return shown


def _file_name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2] or url
