"""What one file of an Instagram or Messenger thread holds, learnt by walking through it once."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from sosias.sources.entry import Entry
from sosias.sources.json_stream import Value, beginning, walk
from sosias.sources.json_values import items, mapping, words
from sosias.sources.meta_encoding import Encoding
from sosias.sources.meta_lines import is_the_owners
from sosias.sources.meta_messages import ENCRYPTED, Item

MESSAGES = "messages"
INSIDE = {(), (MESSAGES,)}
LIST = rf'"{MESSAGES}"\s*:\s*\['
BEGINNING = re.compile(
    rf'\s*\{{(?:\s*"participants"\s*:\s*\[\s*(?:\]|\{{\s*"name"|").*|.*{LIST}.*"(?:sender_name|senderName)"\s*:)',
    re.DOTALL,
)
"""How a thread begins: with its participants or, by hand, with something else before the messages."""
ENDING = re.compile(r"_(\d{5,}|[A-Za-z0-9-]{10})$")
"""What follows the name in a thread's folder: the name changes, this does not."""
NUMBERED = re.compile(r"_\d+$")
"""What the encrypted download puts after a chat's name."""


@dataclass
class Survey:
    """One file of a thread."""

    entry: Entry
    encoding: Encoding = field(default_factory=Encoding)
    encrypted: bool = False
    """Of the end-to-end encrypted download, which never mangles."""
    names: list[str] = field(default_factory=list)
    """The participants, as the file spells them;"""
    raw_title: str = ""
    path: str = ""
    """where the thread lies in the download: `inbox/ann_1234567890`."""
    senders: Counter[str] = field(default_factory=Counter)
    owners: Counter[str] = field(default_factory=Counter)
    """Senders of lines that speak to the owner."""
    span: tuple[int, int] | None = None
    """Its oldest and its newest message, in milliseconds since 1970."""
    falls: int = 0
    """How much more often the next message is older than newer."""
    lines: int = 0

    @classmethod
    def of(cls, entry: Entry) -> "Survey":
        """Walk through a file.

        Raises:
            Unreadable: it is damaged.
        """
        survey, before = cls(entry), None
        for value in walk(entry, INSIDE):
            survey.lines = value.last_line
            if item := item_of(value):
                survey._see(item, before)
                survey.encrypted |= ENCRYPTED in value.value
                before = item.milliseconds if item.milliseconds is not None else before
            else:
                survey._learn(value)
        for text in (*survey.names, survey.raw_title):
            survey.encoding.see(text)
        if survey.encrypted:
            survey.encoding = Encoding()
        return survey

    @property
    def participants(self) -> list[str]:
        return [self.encoding.mend(name) for name in self.names]

    @property
    def title(self) -> str:
        title = self.encoding.mend(self.raw_title)
        return NUMBERED.sub("", title) if self.encrypted else title

    @property
    def folder(self) -> str:
        """The name of the thread's folder, which all its files share; empty: it has none."""
        parent = PurePosixPath(self.entry.name).parent
        path = self.path or (str(parent) if len(parent.parts) > 1 else "")
        return "" if self.encrypted else PurePosixPath(path).name

    @property
    def key(self) -> str:
        """What tells the thread from others in every download."""
        if not self.folder:
            return "\n".join(sorted(self.participants)) or self.title or self.entry.stem
        found = ENDING.search(self.folder)
        return found[1] if found else self.folder

    def _see(self, item: Item, before: int | None) -> None:
        self.senders[item.sender] += 1
        if is_the_owners(item.text):
            self.owners[item.sender] += 1
        for text in item.strings():
            self.encoding.see(text)
        if (time := item.milliseconds) is not None:
            oldest, newest = self.span or (time, time)
            self.span = min(oldest, time), max(newest, time)
            if before is not None:
                self.falls += (before > time) - (before < time)

    def _learn(self, value: Value) -> None:
        match value.path:
            case ("participants",):
                found = (words(one) or words(mapping(one).get("name")) for one in items(value.value))
                self.names = [name for name in found if name]
            case ("title",) | ("threadName",):
                self.raw_title = words(value.value)
                self.encrypted |= value.path == ("threadName",)
            case ("thread_path",):
                self.path = words(value.value)


def item_of(value: Value) -> Item | None:
    """Return the item that a value is; None: it is something else."""
    if value.path == (MESSAGES, "*") and isinstance(value.value, dict):
        return Item.of(value.value)
    return None


def surveys(entries: Iterable[Entry]) -> Iterator[Survey]:
    """Yield what the threads' files among the entries hold.

    Raises:
        Unreadable: one is damaged.
    """
    for entry in entries:
        start = beginning(entry)
        if BEGINNING.match(start):
            survey = Survey.of(entry)
            if survey.senders or re.search(LIST, start):
                yield survey
