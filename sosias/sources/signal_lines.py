"""Texts of messages that begin with a header line: which lines belong to which."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sosias.sources.entry import Entry
from sosias.sources.text_file import LONGEST, TextFile, too_long


@dataclass
class Block:
    """A message's lines."""

    header: re.Match[str] | None
    """None: lines before the first message."""
    lines: list[str]
    """What follows the header's line."""
    first_line: int
    last_line: int


def blocks(entry: Entry, header: re.Pattern[str]) -> Iterator[Block]:
    """Yield the blocks that lines which match `header` begin; a carriage return before a newline goes.

    Raises:
        Unreadable: it is no text, or a message is too long.
    """
    held = Block(None, [], 1, 0)
    length = 0
    for number, raw in enumerate(TextFile(entry).lines(), 1):
        line = raw.removesuffix("\r")
        if found := header.match(line):
            if held.last_line:
                yield held
            held, length = Block(found, [], number, number), 0
        else:
            held.lines.append(line)
            held.last_line = number
            length += len(line) + 1
            if length > LONGEST:
                too_long(entry.label, held.first_line)
    if held.last_line:
        yield held
