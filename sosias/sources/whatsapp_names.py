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
NEWLINE = "\n"
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
    """Gathers what follows a file's headers, then tells author from text."""

    title: str | None
    """The chat's, by the file's name."""
    apple: bool = False
    """On an iPhone every line has an author, and some lose the space after the colon."""
    heads: Counter[str] = field(default_factory=Counter)
    """What stands before the first colon."""
    _plain: set[str] = field(default_factory=set)
    """Heads after which no more colons need to be looked for."""
    _next: dict[str, str | None] = field(default_factory=dict)
    """What stands before the next colon, as long as it is always the same."""
    _colons: set[str] = field(default_factory=set)
    """Names proven to hold a colon."""
    _authors: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """By head: how lines of the author begin, and the name; the longest first."""

    def see(self, body: str) -> None:
        """Count what follows a header."""
        end = body.find(COLON, 0, LONGEST_NAME)
        if end < 0:
            self._see_bare(body)
            return
        head = body[:end]
        self.heads[head] += 1
        if head not in self._plain:
            self._see_next(head, body)

    def _see_bare(self, body: str) -> None:
        head, colon, text = body.partition(":")
        if self.apple and colon and not text.startswith("//"):
            self.heads[head] += 1

    def _see_next(self, head: str, body: str) -> None:
        """Look for the next colon, until it is clear that it is not in the name."""
        second = body.find(COLON, len(head) + 2, LONGEST_NAME)
        follows = body[len(head) + 2 : second] if second > 0 else NEWLINE
        if NEWLINE in follows or self._next.setdefault(head, follows) != follows:
            self._next[head] = None
        title = folded(self.title or "")
        if second > 0 and folded(body[:second]) == title:
            self._colons.add(body[:second])
        if self._next[head] is None and not title.startswith(folded(head)):
            self._plain.add(head)

    def prove(self, body: str) -> None:
        """Learn a name with a colon from a line that goes on with a placeholder."""
        line = body.rstrip(".")
        ending = next((one for one in PLACEHOLDERS if line.endswith(one)), None)
        name = line.removesuffix(ending or "")
        if ending and COLON in name and NEWLINE not in name:
            self._colons.add(name)

    def settle(self) -> None:
        """Decide on the names, once the whole file has been seen."""
        for head, follows in self._next.items():
            if follows is not None and self.heads[head] >= ALWAYS:
                self._colons.add(head + COLON + follows)
        heads = [head for head in self.heads if bare(head).strip() and NEWLINE not in head]
        saved = {bare(head) for head in heads}
        for name in sorted([*heads, *self._colons], key=len, reverse=True):
            head = name.partition(COLON)[0]
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

    def split(self, body: str) -> tuple[str | None, str]:
        """Return the author and the text of what follows a header; None: no author's."""
        end = body.find(COLON, 0, LONGEST_NAME)
        if end < 0:
            return self._without_space(body)
        for start, name in self._authors.get(body[:end], ()):
            if body.startswith(start):
                return name, body[len(start) :]
        return None, body

    def _without_space(self, body: str) -> tuple[str | None, str]:
        """`Bob:` alone is an empty message, or one whose trailing space was lost."""
        head, colon, text = body.partition(":")
        return (self._authors[head][-1][1], text) if colon and head in self._authors else (None, body)


def _shown(name: str, saved: set[str]) -> str:
    """Return the name without `~`, unless a contact has the same one: these are two people."""
    shown = bare(name)
    plain = bare(UNSAVED.sub("", shown, count=1)) if shown.startswith("~") else shown
    return shown if not plain or (plain != shown and plain in saved) else plain
