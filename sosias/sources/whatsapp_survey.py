"""The first pass over a WhatsApp export: what must be known before its messages can be told apart."""

import re
from collections import Counter
from dataclasses import dataclass, field

from sosias.sources.dates import DateEvidence
from sosias.sources.text_file import TextFile
from sosias.sources.whatsapp_blocks import Blocks
from sosias.sources.whatsapp_bodies import MARK, SYSTEM, YOU_DELETED
from sosias.sources.whatsapp_header import Grammar, numbers
from sosias.sources.whatsapp_names import COLON, PLACEHOLDERS, Names, bare

SPANISH_LINES = ("<Multimedia omitido>", "eliminó este mensaje", "Eliminaste este mensaje", " omitida")
OWN_DELETIONS = tuple(
    f"{COLON}{mark}{line}{stop}" for line in YOU_DELETED for mark in ("", MARK) for stop in ("", ".")
)
TELLING = (*SPANISH_LINES, *OWN_DELETIONS, *PLACEHOLDERS)
"""Ends of lines that say more than their message."""
ENCRYPTED = re.compile(rf"[^:\n]+: {MARK}(?:Messages and calls|Messages to this|Los mensajes )")


@dataclass
class Survey:
    """What the first pass over a file finds."""

    blocks: Blocks
    names: Names
    dates: DateEvidence
    spanish: bool
    """The export's name, or a placeholder in it, is Spanish."""
    lines: int = 0
    headers: int = 0
    meridiem: str = ""
    own_deletions: Counter[str] = field(default_factory=Counter)
    """Lines that only the telephone of their author writes so."""
    marked: Counter[str] = field(default_factory=Counter)
    """Bodies that begin with a direction mark, by what stands before the colon."""
    notices: Counter[str] = field(default_factory=Counter)
    """Those of them that are WhatsApp's own: an iPhone puts them under the chat's name."""
    subject: str | None = None
    """The chat's name, by such lines."""

    @classmethod
    def of(cls, file: TextFile, grammar: Grammar, title: str | None, *, spanish: bool) -> "Survey":
        """Read the file once.

        Raises:
            Unreadable: it cannot be read, or a message in it is too long.
        """
        names = Names(title, grammar.spelling.bracketed)
        survey = cls(Blocks(file, grammar), names, DateEvidence(grammar.spelling.year_place), spanish)
        survey._read()
        names.settle()
        return survey

    def _read(self) -> None:
        written, readable = "", False
        for lot in self.blocks:
            for header, body in lot:
                if header is None:
                    continue
                if header[1] != written:
                    written = header[1]
                    readable = self.dates.see(numbers(written))
                    self.meridiem = self.meridiem or header[5]
                if readable:
                    self.headers += 1
                    self._see(self.blocks.clean(body))
        self.lines = self.blocks.lines

    def _see(self, body: str) -> None:
        """Take note of what follows a header."""
        self.names.see(body)
        if body.endswith(TELLING):
            self.names.prove(body)
            self.spanish = self.spanish or body.endswith(SPANISH_LINES)
            if body.endswith(OWN_DELETIONS):
                self.own_deletions[body] += 1
        if MARK in body:
            self._see_mark(body)

    def _see_mark(self, line: str) -> None:
        head, _colon, body = line.partition(COLON)
        self.marked[head] += body.startswith(MARK)
        self.notices[head] += body.startswith(MARK) and bool(SYSTEM.search(body))
        if self.subject is None and ENCRYPTED.match(line):
            self.subject = bare(head)

    def chats_own(self) -> set[str]:
        """Return the names that never write, and stand for the chat alone."""
        return {
            bare(head)
            for head, count in self.notices.items()
            if count and self.marked[head] == self.names.heads[head]
        }
