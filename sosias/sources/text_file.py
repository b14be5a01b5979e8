"""A text export as lines, decoded strictly, in bounded memory."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass

from sosias.language import translate as _
from sosias.sources.entry import Entry
from sosias.sources.problems import Unreadable, WrongEncoding

CHUNK = 1 << 15
"""Bytes decoded at once: small enough for the processor's cache, twice as fast as eight times more."""
LONGEST = 1 << 20
"""Characters of a line or a message: sixteen times the 65,536 that WhatsApp lets one write."""
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8 with byte order mark"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)


@dataclass(frozen=True)
class TextFile:
    """A text, a file of its own or a member of a zip."""

    entry: Entry

    @property
    def first(self) -> int:
        """The line on which it begins."""
        return 1

    def encoding(self) -> tuple[str, str]:
        """Return the codec by the byte order mark, UTF-8 without one, and its name for people."""
        start = self.entry.start
        for mark, codec, name in BYTE_ORDER_MARKS:
            if start.startswith(mark):
                return codec, name
        return "utf-8", "UTF-8"

    def opening(self) -> list[str]:
        """Return the lines of its first bytes, for a look at what it is; what cannot be decoded is U+FFFD.

        Raises:
            Unreadable: it cannot be opened.
        """
        text = self.entry.start.decode(self.encoding()[0], "replace")
        return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")

    def texts(self) -> Iterator[str]:
        """Yield the text piece by piece, its lines ended by `\\n`.

        A carriage return before it stays, for the format to judge. Only in a text without any `\\n` at
        its start `\\r` is taken to end lines.

        Raises:
            Unreadable: not the encoding it should be, or a broken or hostile zip.
        """
        lone: bool | None = None
        for text in self._decoded():
            if text and lone is None:
                lone = "\r" in text and "\n" not in text
            yield text.replace("\r", "\n") if lone else text

    def lines(self) -> Iterator[str]:
        """Yield the lines, without the newline that ends them.

        Raises:
            Unreadable: as `texts`, or a line is too long.
        """
        rest, number = "", 0
        for text in self.texts():
            *lines, rest = (rest + text).split("\n")
            yield from lines
            number += len(lines)
            if len(rest) > LONGEST:
                too_long(self.entry.label, number + 1)
        if rest:
            yield rest

    def _decoded(self) -> Iterator[str]:
        codec, name = self.encoding()
        decoder = codecs.getincrementaldecoder(codec)()
        done = 0
        with self.entry.open() as stream:
            while True:
                chunk = stream.read(CHUNK)
                try:
                    yield decoder.decode(chunk, not chunk)
                except UnicodeDecodeError as error:
                    place = done + len(chunk) - len(error.object) + error.start
                    what = _("after byte {byte} it is not {encoding} text").format(byte=place, encoding=name)
                    raise WrongEncoding(path=self.entry.label, what=what) from error
                if not chunk:
                    return
                done += len(chunk)


@dataclass(frozen=True)
class Passage(TextFile):
    """Some lines of a text, from one up to, not including, another; None: to its end."""

    start: int
    end: int | None

    @property
    def first(self) -> int:
        return self.start

    def texts(self) -> Iterator[str]:
        skipped, left = self.start - 1, None if self.end is None else self.end - self.start
        for text in super().texts():
            breaks = text.count("\n")
            if skipped > breaks or (skipped and not breaks):
                skipped -= breaks
                continue
            if skipped:
                text = text.split("\n", skipped)[-1]
                skipped, breaks = 0, breaks - skipped
            if left is not None and breaks >= left:
                yield text[: len(text) - len(text.split("\n", left)[-1])]
                return
            if left is not None:
                left -= breaks
            yield text


class TooLong(Unreadable):
    """{path} cannot be read ({what}): give a file that was exported whole and that you may read."""


def too_long(path: str, line: int) -> None:
    """Refuse a line or a message that no chat can hold."""
    what = _("what begins at line {line} is longer than any message").format(line=line)
    raise TooLong(path=path, what=what)
