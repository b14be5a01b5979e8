"""What a format gives: a `SOURCE` in a module of this folder, and a `Reading` of each file it knows.

A new format is one new file here that holds a `SOURCE`; nothing else names it.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal, Protocol

import sosias.sources as room
from sosias.errors import SosiasError
from sosias.language import translate as _
from sosias.messages import Message


class NotAnExport(SosiasError):
    """{path} is not a chat export that sosias knows ({known}): export the chat again and give that file,
    unchanged."""


class Unreadable(SosiasError):
    """{path} cannot be read ({what}): give a file that was exported whole and that you may read."""


@dataclass(frozen=True)
class DateOrder:
    """In which order a file's dates are written, and how that is known."""

    value: str
    """`D/M/Y`, `M/D/Y`, `Y/M/D` …"""
    evidence: Literal["proven", "guessed"]
    why: str


@dataclass(frozen=True)
class Dropped:
    """A line that belongs to no message."""

    line: int
    reason: str


@dataclass
class Reading:
    """One file, surveyed: what is known of it before its messages are read, and how to read them."""

    format: str
    encoding: str
    chat: str
    lines: int
    """Physical lines of the file."""
    count: int
    """Messages that will be read."""
    messages: Callable[[], Iterator[Message]]
    """Starts reading: in file order, without ids, holding no more than one message at a time."""
    people: dict[str, int] = field(default_factory=dict)
    """Messages by author."""
    date_order: DateOrder | None = None
    owner: str | None = None
    """The author whose account exported."""
    owner_why: str = ""
    dropped: list[Dropped] = field(default_factory=list)


class Source(Protocol):
    """A format of exports."""

    name: str
    """What `Message.source` says."""
    title: str
    """What the files are called, for people."""

    def reading(self, path: Path, *, day_first: bool | None) -> Reading | None:
        """Survey the file; None: it is not of this format.

        Raises:
            SosiasError: it is, and cannot be read.
        """
        ...


@cache
def sources() -> tuple[Source, ...]:
    """Return the formats of this folder, by name of their module."""
    names = sorted(module.name for module in pkgutil.iter_modules(room.__path__))
    modules = [importlib.import_module(f"{room.__name__}.{name}") for name in names]
    return tuple(module.SOURCE for module in modules if hasattr(module, "SOURCE"))


def recognise(path: Path, *, day_first: bool | None = None) -> Reading:
    """Return the reading of a file by the format that knows it.

    Raises:
        Unreadable, NotAnExport: there is no such file, it cannot be read, or no format knows it.
        SosiasError: what its format found wrong with it.
    """
    _check(path)
    for source in sources():
        reading = source.reading(path, day_first=day_first)
        if reading is not None:
            return reading
    raise NotAnExport(path=path, known=", ".join(source.title for source in sources()))


def _check(path: Path) -> None:
    if path.is_dir():
        raise Unreadable(path=path, what=_("it is a folder"))
    if not path.exists():
        raise Unreadable(path=path, what=_("there is no such file"))
    if not path.is_file():
        raise Unreadable(path=path, what=_("it is not a file"))
    try:
        empty = not path.open("rb").read(1)
    except OSError as error:
        raise Unreadable(path=path, what=error.strerror or type(error).__name__) from error
    if empty:
        raise Unreadable(path=path, what=_("it is empty"))
