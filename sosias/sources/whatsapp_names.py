"""Who wrote a WhatsApp line: names in headers, where a contact's name may itself hold a colon.

`Ann: Work: hi` is by `Ann` or by `Ann: Work`. The chat's title settles it, and a placeholder that
stands after the name; failing that, what follows `Ann: ` every time. Lines without an author
(`Ann changed the subject from "Plan: A" to "Plan: B"`) hold colons too.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from sosias.sources.whatsapp_bodies import SYSTEM
from sosias.sources.whatsapp_header import MARKS, SPACE
from sosias.sources.whatsapp_words import LANGUAGES

COLON = ": "
NEWLINE = "\n"
LONGEST_NAME = 120
"""Characters; WhatsApp cuts profile names at 25, contacts' names are longer but not endless."""
ALWAYS = 10
"""Messages that all go on with the same `Work: ` before it is held to be a part of the name."""
SELDOM = 3
"""Times that one notice is repeated at most; who is called so writes more."""
PLACEHOLDERS = tuple(
    COLON + line
    for words in LANGUAGES
    for line in (*words.omitted, *words.deleted, *words.you_deleted)
    if len(line.split()) > 1
)
EDGES = re.compile(rf"^[{MARKS}]+|[{MARKS}]+$")
UNSAVED = re.compile(rf"~{SPACE}*")
"""Before a name that is not in the telephone's contacts."""
SPACES = (" ", "\u00a0", "\u202f")
"""Before the colon, in Korean and French exports."""
QUOTES = "\"“«„'"
RENAMED = re.compile(rf"\b(?:{'|'.join(words.renamed for words in LANGUAGES)})\b.*[{QUOTES}]")
GOES_ON = re.compile(rf"(?:['’]s)?{SPACE}")
"""What follows a name in a notice."""
CHANGED = re.compile(rf"(?P<who>.+?) (?:{'|'.join(words.changed for words in LANGUAGES)}) ")
YOU = {one for words in LANGUAGES for one in words.you}


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
    simple: dict[str, str] = field(default_factory=dict)
    """The authors that a head alone tells: once settled, all but those whose names hold colons."""
    _plain: set[str] = field(default_factory=set)
    """Heads after which no more colons need to be looked for."""
    _next: dict[str, str | None] = field(default_factory=dict)
    """What stands before the next colon, as long as it is always the same."""
    _colons: set[str] = field(default_factory=set)
    """Names proven to hold a colon."""
    _tight: set[str] = field(default_factory=set)
    """Names that stood before a colon without a space."""
    _authors: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """By head: how lines of the author begin, and the name; the longest first."""

    def see(self, bodies: Sequence[str]) -> list[str]:
        """Count what follows headers: in one go what stands before a colon, one by one what is new.

        Return those that have no name before a colon.
        """
        heads = [body.partition(COLON)[0] for body in bodies]
        counts = Counter(heads)
        known = self._plain.intersection(counts)
        for head in known:
            self.heads[head] += counts[head]
        if len(known) == len(counts):
            return []
        new = [(head, body) for head, body in zip(heads, bodies, strict=True) if head not in known]
        return [body for head, body in new if not self._see(head, body)]

    def _see(self, head: str, body: str) -> bool:
        """Count what may be a name; say whether there is one."""
        if len(head) == len(body) or len(head) > LONGEST_NAME:
            self._see_bare(body)
            return False
        if not self.apple and RENAMED.search(head):
            return False
        self.heads[head] += 1
        if head not in self._plain:
            self._see_next(head, body)
        return True

    def _see_bare(self, body: str) -> None:
        head, colon, text = body.partition(":")
        if self.apple and colon and len(head) <= LONGEST_NAME and not text.startswith("//"):
            self.heads[head] += 1
            self._tight.add(head)

    def _see_next(self, head: str, body: str) -> None:
        """Look for the next colon, until it is clear that it is not in the name."""
        second = body.find(COLON, len(head) + 2, LONGEST_NAME)
        if second < 0 and not self.apple and SYSTEM.search(body[:LONGEST_NAME]):
            return  # a notice, perhaps, about somebody whose name holds the colon
        follows = body[len(head) + 2 : second] if second > 0 else NEWLINE
        if NEWLINE in follows or self._next.setdefault(head, follows) != follows:
            self._next[head] = None
        title, start = folded(self.title or ""), folded(head)
        if second > 0 and folded(body[:second]) == title:
            self._colons.add(body[:second])
        if self._next[head] is None and (title == start or not title.startswith(start)):
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
        spaced = 2 * sum(self.heads[one] for one in heads if one.endswith(SPACES)) > self.heads.total()
        for name in sorted([*heads, *self._colons], key=len, reverse=True):
            head = name.partition(COLON)[0]
            if name in self._colons or not (
                self._is_notice(name) or self._is_tight(name) or self._is_of_others(name)
            ):
                shown = _shown(name.rstrip("".join(SPACES)) if spaced else name)
                self._authors.setdefault(head, []).append((name + COLON, shown))
        for head, authors in self._authors.items():
            if len(authors) == 1 and authors[0][0] == head + COLON:
                self.simple[head] = authors[0][1]

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
        if RENAMED.search(head):
            return True
        changed = CHANGED.match(head) if self.heads[head] <= SELDOM else None
        return changed is not None and (changed["who"] in self.heads or changed["who"] in YOU)

    def _is_of_others(self, head: str) -> bool:
        """Is it `Your security code with Ann`, of a notice about `Ann: Work`?"""
        if self.apple or not SYSTEM.search(head):
            return False
        return any(head.endswith(" " + name.partition(COLON)[0]) for name in self._colons)

    def _is_of_one(self, name: str, body: str) -> bool:
        """Is it `Ann: Work left`, a notice about one whose name holds a colon? Ann may write herself."""
        if self.apple or name not in self._colons or not body.startswith(name):
            return False
        follows = body[len(name) :]
        writes_too = self._next.get(name.partition(COLON)[0]) is None
        return GOES_ON.match(follows) is not None and (not writes_too or bool(SYSTEM.search(follows)))

    def _is_tight(self, head: str) -> bool:
        """Is it `Bob:Hi` of `Bob:Hi: there`, without a space after the name?"""
        name, colon, _text = head.partition(":")
        return bool(colon) and name in self._tight and self.heads[head] <= SELDOM

    def split(self, body: str) -> tuple[str | None, str]:
        """Return the author and the text of what follows a header; None: no author's."""
        end = body.find(COLON, 0, LONGEST_NAME + len(COLON))
        if end < 0:
            return self._without_space(body)
        for start, name in self._authors.get(body[:end], ()):
            if body.startswith(start):
                return name, body[len(start) :]
            if self._is_of_one(start.removesuffix(COLON), body):
                return None, body
        return self._without_space(body) if self._is_tight(body[:end]) else (None, body)

    def _without_space(self, body: str) -> tuple[str | None, str]:
        """`Bob:` alone is an empty message, or one whose trailing space was lost."""
        head, colon, text = body.partition(":")
        return (self._authors[head][-1][1], text) if colon and head in self._authors else (None, body)


def _shown(name: str) -> str:
    """Return the name, with `~` if it has one: `~ Bob` need not be the contact Bob of another chat."""
    shown = bare(name)
    plain = bare(UNSAVED.sub("", shown, count=1)) if shown.startswith("~") else ""
    return f"~{plain}" if plain else shown
