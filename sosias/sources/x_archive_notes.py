"""Long posts of an archive of X, and which of its cut posts each is.

A long post has a number of its own, so that the cut one is found by its second and by how it begins.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sosias.sources.entry import Entry
from sosias.sources.json_stream import Value
from sosias.sources.json_values import key, mapping, words
from sosias.sources.x_archive_file import NOTES, Archive, items, objects
from sosias.sources.x_archive_text import CUT, LINK, Typed, expanded

NEAR = (0, -1, 1)
"""Seconds between a long post and its cut one."""
TELLING = 30
"""Characters by which a long post is found that has another time."""


@dataclass
class Note:
    """A long post."""

    number: str
    seconds: int | None
    text: str
    """As it was typed, but for the links: here X codes nothing."""
    links: dict[str, str]
    entry: Entry
    place: Value
    joined: bool = False
    """A cut post is this one."""

    @classmethod
    def of(cls, raw: Mapping[str, Any], entry: Entry, place: Value) -> "Note":
        core = mapping(raw.get("core"))
        links = {
            words(one.get("shortUrl")): words(one.get("expandedUrl")) for one in objects(core.get("urls"))
        }
        seconds = iso_seconds(raw.get("createdAt"))
        return cls(key(raw.get("noteTweetId")), seconds, words(core.get("text")), links, entry, place)

    def whole(self, names: str = "") -> str:
        """Return the text with the links that were typed, without the names that X puts before a reply."""
        return expanded(self.text.removeprefix(f"{names} ") if names else self.text, self.links)

    def is_of(self, typed: Typed) -> bool:
        """Is a post the beginning of this one, or all of it?"""
        whole = _compared(self.text)
        begin = _compared(typed.text.removesuffix(CUT) if typed.is_cut else typed.text)
        starts = (begin, _compared(f"{typed.names} {begin}"))
        return bool(begin) and whole.startswith(starts) if typed.is_cut else whole in starts


class Notes:
    """The long posts of an archive: few, and held."""

    def __init__(self, archive: Archive) -> None:
        self._all: list[Note] = []
        self._by_second: dict[int, list[Note]] = defaultdict(list)
        self._by_start: dict[str, list[Note]] = defaultdict(list)
        for entry in archive.of(NOTES):
            for raw, value in items(entry, "noteTweet"):
                note = Note.of(raw, entry, value)
                if not note.text:
                    continue
                self._all.append(note)
                self._by_start[_compared(note.text)[:TELLING]].append(note)
                if note.seconds is not None:
                    self._by_second[note.seconds].append(note)

    def __len__(self) -> int:
        return len(self._all)

    def of(self, typed: Typed, seconds: int | None) -> Note | None:
        """Return the long post that a post is the beginning of; it is no other's then."""
        for note in self._near(typed, seconds):
            if not note.joined and note.is_of(typed):
                note.joined = True
                return note
        return None

    def alone(self) -> Iterator[Note]:
        """Yield those that no cut post is the beginning of."""
        return (note for note in self._all if not note.joined)

    def _near(self, typed: Typed, seconds: int | None) -> Iterator[Note]:
        if not self._all:
            return
        if seconds is not None:
            for away in NEAR:
                yield from self._by_second.get(seconds + away, ())
        if typed.is_cut:
            for text in (typed.text, f"{typed.names} {typed.text}"):
                yield from self._by_start.get(_compared(text)[:TELLING], ())


def _compared(text: str) -> str:
    """Return a text without its links, which are others in a long post and in its cut one."""
    return LINK.sub("", text).rstrip()


def iso_seconds(text: object) -> int | None:
    """Return the seconds since 1970 of a time such as `2024-01-30T08:14:27.000Z`."""
    milliseconds = iso_milliseconds(text)
    return None if milliseconds is None else milliseconds // 1000


def iso_milliseconds(text: object) -> int | None:
    """Return the milliseconds since 1970 of a time in UTC."""
    written = words(text)
    try:
        return round(1000 * datetime.fromisoformat(written).timestamp()) if written.endswith("Z") else None
    except (ValueError, OverflowError):
        return None
