"""What an import says of itself: every file, every guess, every line that was left out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sosias.language import translate as _
from sosias.messages import Message
from sosias.sources.source import Reading


@dataclass
class FileReport:
    """One file of an import."""

    path: Path
    reading: Reading
    messages: int = 0
    """Messages in the file."""
    duplicates: int = 0
    """Those of them that the workspace had already."""
    people: Counter[str] = field(default_factory=Counter)
    """Messages by author."""
    by_kind: Counter[str] = field(default_factory=Counter)

    def count(self, messages: Sequence[Message]) -> None:
        """Take note of messages that were read."""
        self.messages += len(messages)
        self.people.update(message.author for message in messages if message.author is not None)
        self.by_kind.update(message.kind for message in messages)

    def as_json(self) -> dict[str, Any]:
        order = self.reading.date_order
        return {
            "path": str(self.path),
            "format": self.reading.format,
            "encoding": self.reading.encoding,
            "chat": self.reading.chat,
            "lines": self.reading.lines,
            "messages": self.messages,
            "people": dict(self.people.most_common()),
            "owner": self.reading.owner,
            "owner_why": self.reading.owner_why,
            "date_order": order and {"value": order.value, "evidence": order.evidence, "why": order.why},
            "duplicates": self.duplicates,
            "dropped": [{"line": one.line, "reason": one.reason} for one in self.reading.dropped],
        }


@dataclass
class ImportReport:
    """One import: what was read, and how much of it the workspace did not have."""

    files: list[FileReport]
    added: int = 0
    """Messages that are new in the workspace."""

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
            "files": [file.as_json() for file in self.files],
        }
