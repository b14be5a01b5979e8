"""How one line of an export was read: to which message it belongs, or why to none."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sosias.errors import SosiasError
from sosias.messages import Message
from sosias.sources.entry import Entry
from sosias.sources.source import Options, Reading, recognise
from sosias.sources.text_file import TextFile

SHOWN = 500
"""Characters of a physical line that are shown."""
PIECE = 1 << 16
"""Bytes of a line read at once."""
TEXTS = (".txt", ".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".js", ".md", ".xml")
"""Files that have lines; of others a record has a number."""


class NoSuchLine(SosiasError):
    """{path} has no line {line}: it has {lines}."""


@dataclass(frozen=True)
class Explanation:
    """One line of one file of an export."""

    file: str
    reading: Reading
    written: str | None
    """The line as it stands there, cut where it is very long; None where the file has no lines."""
    message: Message | None
    """The message that it belongs to,"""
    reason: str | None
    """or why it was left out. Neither: it belongs to the file's own frame, such as a bracket."""

    def as_json(self) -> dict[str, Any]:
        message = self.message
        order, zone = self.reading.date_order, self.reading.zone
        return {
            "file": self.file,
            "format": self.reading.format,
            "written": self.written,
            "message": message
            and {
                "first_line": message.first_line,
                "last_line": message.last_line,
                "chat": message.chat,
                "sent_at": message.sent_at and message.sent_at.isoformat(),
                "author": message.author,
                "kind": message.kind,
                "is_owner": message.is_owner,
                "edited": message.edited,
                "forwarded": message.forwarded,
                "attributes": message.attributes,
                "text": message.text,
            },
            "dropped": self.reason,
            "date_order": order and {"value": order.value, "evidence": order.evidence, "why": order.why},
            "time_zone": {"value": zone.name, "evidence": zone.evidence, "why": zone.why},
            "facts": self.reading.facts,
        }


def explain(path: Path, line: int, options: Options | None = None) -> list[Explanation]:
    """Return how a line was read, once for each file at the path that has so many lines.

    Raises:
        Unreadable, NotAnExport: as `recognise`.
        NoSuchLine: no file there is so long.
    """
    readings = recognise(path, options).readings
    found = [one for reading in readings for one in _of(reading, line)]
    if not found:
        raise NoSuchLine(path=path, line=line, lines=max(reading.lines for reading in readings))
    told = {one.file for one in found if one.message or one.reason}
    return [one for one in found if one.message or one.reason or one.file not in told]


def _of(reading: Reading, line: int) -> Iterator[Explanation]:
    """Yield how the reading's files have it; parts of a joined file know their own lines alone."""
    messages = {one.file: one for one in reading.messages() if one.first_line <= line <= one.last_line}
    for entry in reading.entries:
        reason = reading.dropped.reason(line, entry.origin)
        message = messages.get(entry.origin)
        written = _written(entry, line)
        if message or reason or written is not None:
            yield Explanation(entry.origin, reading, written, message, None if message else reason)


def _written(entry: Entry, line: int) -> str | None:
    """Return the beginning of a physical line; lines of any length are passed over in pieces."""
    if entry.suffix not in TEXTS:
        return None
    codec, _name = TextFile(entry).encoding()
    number = 1
    with entry.open() as stream:
        while piece := stream.readline(PIECE):
            if number == line:
                return piece.decode(codec, "replace").rstrip("\r\n")[:SHOWN]
            number += piece.endswith(b"\n")
    return None
