"""A WhatsApp export cut into blocks: a header, and all that stands between it and the next."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sosias.sources.text_file import LONGEST, TextFile, too_long
from sosias.sources.whatsapp_header import Grammar

NEWLINE = "\n"
"""Every header follows one; the file's first is given one."""
CUT = 3
"""Pieces of a block: its header up to the date's end, the rest of the header, and the body."""


@dataclass(slots=True)
class Lot:
    """Blocks that follow each other, column by column, for speed."""

    dates: list[str]
    """How the headers begin, with the newline before them and up to the date's end,"""
    times: list[str]
    """and how they go on, with what closes them."""
    bodies: list[str]


class Blocks:
    """The blocks of a file; joined, they are the file, but for a newline before it and one at its end."""

    def __init__(self, file: TextFile, grammar: Grammar, is_day: Callable[[str], bool]) -> None:
        """`is_day` says whether a date, as written, exists: a header with one that does not is text."""
        self._file = file
        self._grammar = grammar
        self._is_day = is_day
        self.lines = 0
        """Of the file, as far as it has been read."""
        self.preamble = ""
        """What stands before the first header, with the newline before it."""

    def __iter__(self) -> Iterator[Lot]:
        """Yield the blocks in lots.

        Raises:
            Unreadable: the file cannot be read, or what follows a header is longer than any message.
        """
        rest = "\r" * self._grammar.guarded + NEWLINE
        split = re.compile(self._grammar.spelling.pattern(rest)).split
        self.lines, self.preamble, text = 0, "", NEWLINE
        for text in self._file.texts():
            self.lines += text.count(NEWLINE)
            pieces = self._checked(split(rest + text))
            if len(pieces) <= CUT:
                rest += text
            else:
                self.preamble = self.preamble or pieces[0]
                rest = "".join(pieces[-CUT:])
                yield Lot(pieces[1:-CUT:CUT], pieces[2:-CUT:CUT], pieces[3:-CUT:CUT])
            if len(rest) > LONGEST:
                too_long(self._file.entry.label, self.lines - rest.count(NEWLINE) + 2)
        yield self._last(split, rest)

    def _last(self, split: Callable[[str], list[str]], rest: str) -> Lot:
        """Return the last block, or none, if there was no header at all."""
        self.lines += not rest.endswith(NEWLINE)
        pieces = self._checked(split(rest.removesuffix(NEWLINE) + NEWLINE))
        pieces[-1] = pieces[-1].removesuffix(NEWLINE)
        self.preamble = self.preamble or pieces[0]
        return Lot(pieces[1::CUT], pieces[2::CUT], pieces[3::CUT])

    def clean(self, bodies: list[str]) -> list[str]:
        """Return bodies without the carriage returns that only end their lines."""
        if not self._grammar.carriage:
            return bodies
        return [body.removesuffix("\r").replace("\r\n", "\n") if "\r" in body else body for body in bodies]

    def _checked(self, pieces: list[str]) -> list[str]:
        """Return what a split gave, with headers that have no such day joined to what is before them."""
        if all(map(self._is_day, set(pieces[1::CUT]))):
            return pieces
        checked = pieces[:1]
        for date, time, body in zip(pieces[1::CUT], pieces[2::CUT], pieces[3::CUT], strict=True):
            if self._is_day(date):
                checked += (date, time, body)
            else:
                checked[-1] += date + time + body
        return checked
