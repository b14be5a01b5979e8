"""Who wrote a WhatsApp line: names in headers, where a contact's name may itself hold a colon.

`Ann: Work: hi` is by `Ann` or by `Ann: Work`. The chat's title settles it, and a placeholder that
stands after the name; failing that, what follows `Ann: ` every time. Lines without an author
(`Ann changed the subject from "Plan: A" to "Plan: B"`) hold colons too.
"""

import re
from collections import Counter
from dataclasses import dataclass, field

from sosias.sources.whatsapp_header import MARKS, SPACE

COLON = ": "
LONGEST_NAME = 120
"""Characters; WhatsApp cuts profile names at 25, contacts' names are longer but not endless."""
ALWAYS = 10
"""Messages that all go on with the same `Work: ` before it is held to be a part of the name."""
PLACEHOLDERS = tuple(
    COLON + line
    for line in (
        "<Media omitted>",
        "<Multimedia omitido>",
        "This message was deleted",
        "You deleted this message",
        "Se eliminó este mensaje",
        "Eliminaste este mensaje",
    )
)
EDGES = re.compile(rf"^[{MARKS}]+|[{MARKS}]+$")
UNSAVED = re.compile(rf"~{SPACE}*")
"""Before a name that is not in the telephone's contacts."""
QUOTES = "\"“«„'"
SUBJECT = re.compile(
    r"\b(?:created (?:the |this )?group|changed the (?:subject|group name)"
    rf"|creó (?:el |este )?grupo|creaste (?:el )?grupo|cambi(?:ó|aste) el (?:asunto|nombre))\b.*[{QUOTES}]"
)
ABOUT = re.compile(
    r"(?P<who>.+?) (?:added|removed|invited|changed|was|joined|añadió|agregó|eliminó|invitó|cambió|se unió) "
)
YOU = ("You", "Tú", "Usted")


def folded(name: str) -> str:
    """Return the letters and digits alone, as a file's name keeps them."""
    return "".join(character for character in name.casefold() if character.isalnum())


def bare(name: str) -> str:
    """Return a name without the exporter's direction marks around it."""
    return EDGES.sub("", name)


@dataclass
class Names:
    """Gathers a file's lines after their headers, then tells author from text."""

    title: str | None
    """The chat's, by the file's name."""
    apple: bool = False
    """On an iPhone every line has an author, and some lose the space after the colon."""
    heads: Counter[str] = field(default_factory=Counter)
    """What stands before the first colon."""
    _next: dict[str, str | None] = field(default_factory=dict)
    """What stands before the next colon, as long as it is always the same."""
    _colons: set[str] = field(default_factory=set)
    """Names proven to hold a colon."""
    _authors: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def see(self, rest: str) -> None:
        """Count what follows a header."""
        end = rest.find(COLON, 0, LONGEST_NAME)
        if end < 0:
            if self.apple and not rest.partition(":")[2].startswith("//"):
                self.heads[rest.partition(":")[0]] += ":" in rest[:LONGEST_NAME]
            return
        head = rest[:end]
        self.heads[head] += 1
        second = rest.find(COLON, end + 2, LONGEST_NAME)
        if second < 0:
            self._next[head] = None
            return
        follows = rest[end + 2 : second]
        if self._next.setdefault(head, follows) != follows:
            self._next[head] = None
        self._prove(rest, second)

    def _prove(self, rest: str, second: int) -> None:
        ending = next((one for one in PLACEHOLDERS if rest.rstrip(".").endswith(one)), None)
        if ending:
            name = rest.rstrip(".").removesuffix(ending)
            if COLON in name and "\n" not in name:
                self._colons.add(name)
        if self.title and folded(rest[:second]) == folded(self.title):
            self._colons.add(rest[:second])

    def settle(self) -> None:
        """Decide on the names, once the whole file has been seen."""
        for head, follows in self._next.items():
            if follows is not None and self.heads[head] >= ALWAYS:
                self._colons.add(head + COLON + follows)
        saved = {bare(head) for head in self.heads}
        for name in sorted([*self.heads, *self._colons], key=len, reverse=True):
            head = name.partition(COLON)[0]
            if not bare(head).strip():
                continue
            if name in self._colons or not self._is_notice(name):
                self._authors.setdefault(head, []).append((name + COLON, _shown(name, saved)))

    def people(self) -> set[str]:
        """Return the names of all who write in the file, or seem to."""
        always = {head for head, follows in self._next.items() if follows is not None}
        colons = {name.partition(COLON)[0] for name in self._colons}
        return {
            shown
            for head, names in self._authors.items()
            for start, shown in names
            if start != head + COLON or not (head in always and head in colons)
        }

    def _is_notice(self, head: str) -> bool:
        """Does a line of WhatsApp's own begin so, whose colon is in a title or a name?"""
        about = ABOUT.match(head)
        known = about is not None and (about["who"] in self.heads or about["who"] in YOU)
        return known or SUBJECT.search(head) is not None

    def split(self, rest: str) -> tuple[str | None, str]:
        """Return the author and the body of what follows a header; None: no author's."""
        end = rest.find(COLON, 0, LONGEST_NAME)
        if end < 0:
            return self._without_space(rest)
        for start, name in self._authors.get(rest[:end], ()):
            if rest.startswith(start):
                return name, rest[len(start) :]
        return None, rest

    def _without_space(self, rest: str) -> tuple[str | None, str]:
        """`Bob:` alone is an empty message, or one whose trailing space was lost."""
        head, colon, body = rest.partition(":")
        return (self._authors[head][-1][1], body) if colon and head in self._authors else (None, rest)


def _shown(name: str, saved: set[str]) -> str:
    """Return the name without `~`, unless a contact has the same one: these are two people."""
    shown = bare(name)
    plain = bare(UNSAVED.sub("", shown, count=1)) if shown.startswith("~") else shown
    return shown if not plain or (plain != shown and plain in saved) else plain
