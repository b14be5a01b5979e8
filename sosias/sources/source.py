"""What a format gives: a `SOURCE` in a module of this folder, and a `Reading` of each export it knows.

A new format is one new file here that holds a `SOURCE`; nothing else names it.
"""

import importlib
import pkgutil
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Literal, Protocol

import sosias.sources as room
from sosias.language import translate as _
from sosias.messages import Message
from sosias.sources.entry import Entry, entries
from sosias.sources.problems import NotAnExport, TooDeep, Unreadable
from sosias.sources.zones import Zone

__all__ = ["NotAnExport", "Unreadable"]

OWNER = "Me"
"""The author of the owner's messages where an export does not name its owner."""
MOST_LINES = 100_000
"""Dropped lines that are listed for one reason; more are only counted."""


@dataclass(frozen=True)
class Options:
    """What the user said of the files."""

    day_first: bool | None = None
    """What 1/2/24 means where a file leaves it open."""
    zone: Zone = field(default_factory=Zone.here)
    """By which clock times are told that an export gives in UTC."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Of a table: `text`, `author`, `time`, `chat` … and the name of the column that has it."""
    texts: bool = False
    """The files are plain texts, such as novels, and no chats."""
    alone: bool = True
    """There is but one file: why it is not taken is said, where it looks like a format's."""


@dataclass(frozen=True)
class DateOrder:
    """In which order a file's dates are written, and how that is known."""

    value: str
    """`D/M/Y`, `M/D/Y`, `Y/M/D` …"""
    evidence: Literal["proven", "guessed"]
    why: str


@dataclass(frozen=True)
class Identity:
    """Names that are one person's, as an export itself tells."""

    name: str
    also: tuple[str, ...]
    why: str


@dataclass
class Drops:
    """The lines that belong to no message, by file and reason: eight bytes a line, and bounded."""

    counts: Counter[str] = field(default_factory=Counter)
    _lines: dict[tuple[str, str], "array[int]"] = field(default_factory=dict)

    def add(self, line: int, reason: str, file: str = "") -> None:
        """Note a line; `file` is the `Entry.origin` of its file, needless where an export is one file."""
        self.counts[reason] += 1
        if self.counts[reason] <= MOST_LINES:
            self._lines.setdefault((file, reason), array("q")).append(line)

    def clear(self) -> None:
        self.counts.clear()
        self._lines.clear()

    def __len__(self) -> int:
        return self.counts.total()

    def __iter__(self) -> Iterator[tuple[int, str]]:
        """Yield each line that is listed, and its reason, in order."""
        return iter(sorted((line, reason) for _file, line, reason in self.listed()))

    def listed(self) -> Iterator[tuple[str, int, str]]:
        """Yield each line that is listed with its file, empty where there is but one, and its reason."""
        for (file, reason), lines in sorted(self._lines.items()):
            for line in lines:
                yield file, line, reason

    def reason(self, line: int, file: str) -> str | None:
        """Return why a line of a file was dropped, None where it was not."""
        for (where, reason), lines in self._lines.items():
            if where in ("", file) and line in lines:
                return reason
        return None


@dataclass
class Reading:
    """One export, surveyed: what is known of it before its messages are read, and how to read them.

    An export is one file, or several that belong together. What only the whole of it tells (`lines`,
    `owner`, `identities`, `notes`, `dropped`) may be completed while the messages are read.
    """

    format: str
    entries: Sequence[Entry]
    """Its files; the first stands for it."""
    messages: Callable[[], Iterator[Message]]
    """Starts reading: the order of each chat is that of its `seq`; holds no more than it must. Messages
    without an id get the hash of their content; see `sosias.messages.native_id`."""
    chat: str | None = None
    """Its chat, where it is one."""
    encoding: str = "UTF-8"
    lines: int = 0
    """Physical lines of the files; records, where they are not text."""
    count: int = 0
    """Messages that will be read, about; 0: unknown."""
    date_order: DateOrder | None = None
    zone: Zone = field(default_factory=Zone.phones)
    owner: str | None = None
    """The author whose account exported."""
    owner_why: str = ""
    identities: list[Identity] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """Sentences on what was seen and may surprise: placeholders that no rule knows …"""
    facts: dict[str, str] = field(default_factory=dict)
    """What else was learnt of the export, by name, for `--explain`."""
    dropped: Drops = field(default_factory=Drops)
    first_line: int = 1
    """Where it begins in its file: exports joined in one file have a reading each."""

    @property
    def path(self) -> str:
        """Where it is, for people."""
        return self.entries[0].label


class Source(Protocol):
    """A format of exports."""

    name: str
    """What `Message.source` says."""
    title: str
    """What the files are called, for people."""
    rank: int
    """−1: takes what the user calls so, before all others; 0: knows its files by their content; 1: takes
    what looks like it, after all others."""

    def readings(self, entries: Sequence[Entry], options: Options) -> list[Reading]:
        """Survey those of the entries that are of this format; none, if there are none.

        The entries are what one path led to: a file, a folder or a zip, and not taken by a format
        asked before.

        Raises:
            SosiasError: one is of this format, and cannot be read.
        """
        ...


@cache
def sources() -> tuple[Source, ...]:
    """Return the formats of this folder, in the order in which they are asked."""
    names = sorted(module.name for module in pkgutil.iter_modules(room.__path__))
    modules = [importlib.import_module(f"{room.__name__}.{name}") for name in names]
    found = [_source(module) for module in modules if hasattr(module, "SOURCE")]
    return tuple(sorted(found, key=lambda source: source.rank))


def _source(module: ModuleType) -> Source:
    """Return a module's format; anything else of that name is a fault of ours, and is said here."""
    found: Source = module.SOURCE
    if not callable(getattr(found, "readings", None)):
        raise TypeError(f"SOURCE of {module.__name__} has no readings, so it is no format")
    return found


@dataclass(frozen=True)
class Found:
    """What one path led to."""

    readings: list[Reading]
    others: list[Entry]
    """Files that no format knows: photographs, pages … they are left alone, and counted."""


def recognise(path: Path, options: Options | None = None) -> Found:
    """Return the readings of a file, a folder or a zip by the formats that know what is in it.

    Raises:
        Unreadable, NotAnExport: there is nothing there, it cannot be read, or no format knows any of it.
        SosiasError: what a format found wrong with it.
    """
    left = entries(path)
    options = replace(options or Options(), alone=len(left) == 1)
    if left and all(one.is_too_deep for one in left):
        raise _too_deep(left[0])
    found: list[Reading] = []
    for source in sources():
        readings = source.readings(left, options)
        taken = {id(entry) for reading in readings for entry in reading.entries}
        left = [entry for entry in left if id(entry) not in taken]
        found += readings
    if not found:
        if deep := next((one for one in left if one.is_too_deep), None):
            raise _too_deep(deep)
        raise NotAnExport(path=path, known="; ".join(source.title for source in sources()))
    return Found(found, left)


def _too_deep(entry: Entry) -> TooDeep:
    return TooDeep(path=entry.label, what=_("it is a zip within too many others"))
