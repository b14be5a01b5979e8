"""A WhatsApp export cut into blocks: a header, and all that stands between it and the next."""

import re
from collections.abc import Iterator

from sosias.sources.text_file import LONGEST, TextFile, too_long
from sosias.sources.whatsapp_header import Grammar

NEWLINE = "\n"
"""Every header follows one; the file's first is given one."""
Block = tuple[re.Match[str] | None, str]
"""A header with the newline before it, and what follows; the first may have none."""


class Blocks:
    """The blocks of a file; joined, they are the file, but for a newline before it and one at its end."""

    def __init__(self, file: TextFile, grammar: Grammar) -> None:
        self._file = file
        self._grammar = grammar
        self.lines = 0
        """Of the file, as far as it has been read."""

    def __iter__(self) -> Iterator[list[Block]]:
        """Yield the blocks in lots.

        Raises:
            Unreadable: the file cannot be read, or what follows a header is longer than any message.
        """
        rest = "\r" * self._grammar.guarded + NEWLINE
        header = re.compile(rest + self._grammar.spelling.pattern)
        self.lines, opened = 0, False
        for text in self._file.texts():
            whole = rest + text
            found = list(header.finditer(whole))
            starts = [one.start() for one in found]
            if found and not opened:
                yield [(None, whole[: starts[0]])]
                opened = True
            ends = [one.end() for one in found]
            pieces = [whole[end:start] for end, start in zip(ends, starts[1:], strict=False)]
            yield list(zip(found, pieces, strict=False))
            rest = whole[starts[-1] :] if starts else whole
            self.lines += whole.count(NEWLINE, 0, len(whole) - len(rest))
            if len(rest) > LONGEST:
                too_long(self._file.entry.label, self.lines + 1)
        rest = rest.removesuffix(NEWLINE)
        self.lines += rest.count(NEWLINE)
        last = header.match(rest)
        yield [(last, rest[last.end() :] if last else rest)]

    def clean(self, body: str) -> str:
        """Return a body without the carriage returns that only end its lines."""
        if self._grammar.carriage and "\r" in body:
            return body.removesuffix("\r").replace("\r\n", "\n")
        return body
