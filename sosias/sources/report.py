"""What an import says of itself: every file, every guess, every line that was left out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sosias.language import translate as _
from sosias.messages import Message
from sosias.sources.entry import Entry
from sosias.sources.source import Identity, Reading


@dataclass
class FileReport:
    """One export: a file, a part of one, or several files that belong together."""

    reading: Reading
    messages: int = 0
    """Messages in it."""
    duplicates: int = 0
    """Those of them that the workspace had already."""
    people: Counter[str] = field(default_factory=Counter)
    """Messages by author."""
    chats: Counter[str] = field(default_factory=Counter)
    """Messages by chat."""
    by_kind: Counter[str] = field(default_factory=Counter)
    first: datetime | None = None
    last: datetime | None = None
    repaired: int = 0
    """Texts with half a character in them, which cannot be stored: U+FFFD stands there."""

    def count(self, messages: Sequence[Message]) -> None:
        """Take note of messages that were read."""
        self.messages += len(messages)
        self.people.update(message.author for message in messages if message.author is not None)
        self.chats.update(message.chat for message in messages)
        self.by_kind.update(message.kind for message in messages)
        times = [message.sent_at for message in messages if message.sent_at is not None]
        if times:
            self.first = min([*times, self.first or times[0]])
            self.last = max([*times, self.last or times[0]])

    def notes(self) -> list[str]:
        """Return what was seen and may surprise, a sentence each."""
        if not self.repaired:
            return self.reading.notes
        half = _("{count} texts hold half a character, which the export cut; � stands in its place")
        return [*self.reading.notes, half.format(count=self.repaired)]

    def as_json(self) -> dict[str, Any]:
        reading, order, zone = self.reading, self.reading.date_order, self.reading.zone
        return {
            "path": reading.path,
            "first_line": reading.first_line,
            "files": len(reading.entries),
            "format": reading.format,
            "encoding": reading.encoding,
            "chat": next(iter(self.chats)) if len(self.chats) == 1 else reading.chat,
            "chats": dict(self.chats.most_common()),
            "lines": reading.lines,
            "messages": self.messages,
            "by_kind": dict(self.by_kind.most_common()),
            "people": dict(self.people.most_common()),
            "first": self.first and self.first.isoformat(),
            "last": self.last and self.last.isoformat(),
            "owner": reading.owner,
            "owner_why": reading.owner_why,
            "date_order": order and {"value": order.value, "evidence": order.evidence, "why": order.why},
            "time_zone": {"value": zone.name, "evidence": zone.evidence, "why": zone.why},
            "duplicates": self.duplicates,
            "dropped": [
                {"file": file or reading.entries[0].origin, "line": line, "reason": reason}
                for file, line, reason in reading.dropped.listed()
            ],
            "dropped_by_reason": dict(reading.dropped.counts.most_common()),
            "notes": self.notes(),
        }


@dataclass
class ImportReport:
    """One import: what was read, and how much of it the workspace did not have."""

    files: list[FileReport]
    added: int = 0
    """Messages that are new in the workspace."""
    others: list[Entry] = field(default_factory=list)
    """Files that no format knows."""
    joined: list[Identity] = field(default_factory=list)
    """Names that are now known to be one person's."""

    @property
    def messages(self) -> int:
        """Return how many messages were read."""
        return sum(file.messages for file in self.files)

    @property
    def by_kind(self) -> Counter[str]:
        """Return how many of each kind."""
        return sum((file.by_kind for file in self.files), Counter())

    def owner(self) -> tuple[str | None, str]:
        """Return whose account exported, where the files that tell agree, and why."""
        told = {file.reading.owner: file.reading.owner_why for file in self.files if file.reading.owner}
        if len(told) > 1:
            return None, _("the files were exported by different people: {names}").format(
                names=", ".join(told)
            )
        if told:
            return next(iter(told.items()))
        return None, next((file.reading.owner_why for file in self.files), "")

    def as_json(self) -> dict[str, Any]:
        owner, why = self.owner()
        return {
            "messages": self.messages,
            "by_kind": dict(self.by_kind.most_common()),
            "added": self.added,
            "duplicates": sum(file.duplicates for file in self.files),
            "owner": owner,
            "owner_why": why,
            "joined": [{"name": one.name, "also": list(one.also), "why": one.why} for one in self.joined],
            "files": [file.as_json() for file in self.files],
            "others": dict(Counter(entry.suffix or entry.file_name for entry in self.others).most_common()),
        }
