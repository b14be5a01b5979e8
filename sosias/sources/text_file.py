"""A text export as lines: plain or inside a zip, decoded strictly, in bounded memory."""

import codecs
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from sosias.language import translate as _
from sosias.sources.source import Unreadable

CHUNK = 1 << 15
"""Bytes decoded at once: small enough for the processor's cache, twice as fast as eight times more."""
LONGEST = 1 << 20
"""Characters of a line or a message: sixteen times the 65,536 that WhatsApp lets one write."""
LARGEST = 4 << 30
"""Bytes of an unpacked text."""
PACKED_AT_MOST = 200
"""How many times smaller a zip may make a text: chats shrink 3 to 10 times, bombs 1,000 times."""
SMALL = 10 << 20
"""Bytes under which no ratio is a threat."""
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8 with byte order mark"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, RuntimeError, ValueError)
"""What zipfile raises on damaged archives and on packings it does not know."""


@dataclass(frozen=True)
class TextFile:
    """A text, a file of its own or a member of a zip."""

    path: Path
    member: zipfile.ZipInfo | None = None

    @property
    def written(self) -> datetime | None:
        """When it was last written: nothing in it can be later."""
        if self.member is None:
            return datetime.fromtimestamp(self.path.stat().st_mtime)
        try:
            return datetime(*self.member.date_time)
        except ValueError:
            return None

    def encoding(self) -> tuple[str, str]:
        """Return the codec by the byte order mark, UTF-8 without one, and its name for people."""
        with self._bytes() as stream:
            start = stream.read(4)
        for mark, codec, name in BYTE_ORDER_MARKS:
            if start.startswith(mark):
                return codec, name
        return "utf-8", "UTF-8"

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
                too_long(self.path, number + 1)
        if rest:
            yield rest

    def _decoded(self) -> Iterator[str]:
        codec, name = self.encoding()
        decoder = codecs.getincrementaldecoder(codec)()
        done = 0
        with self._bytes() as stream:
            while True:
                chunk = stream.read(CHUNK)
                try:
                    yield decoder.decode(chunk, not chunk)
                except UnicodeDecodeError as error:
                    what = _("after byte {byte} it is not {encoding} text").format(byte=done, encoding=name)
                    raise Unreadable(path=self.path, what=what) from error
                if not chunk:
                    return
                done += len(chunk)

    @contextmanager
    def _bytes(self) -> Iterator[IO[bytes]]:
        try:
            if self.member is None:
                with self.path.open("rb") as stream:
                    yield stream
            else:
                with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as stream:
                    yield stream
        except OSError as error:
            raise Unreadable(path=self.path, what=error.strerror or type(error).__name__) from error
        except BROKEN as error:
            raise Unreadable(path=self.path, what=_("the zip is broken")) from error


def too_long(path: Path, line: int) -> None:
    """Refuse a line or a message that no chat can hold."""
    what = _("what begins at line {line} is longer than any message").format(line=line)
    raise Unreadable(path=path, what=what)


def is_zip(path: Path) -> bool:
    """Say whether the file begins as a zip does."""
    with path.open("rb") as stream:
        return stream.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


def texts_in(path: Path) -> list[zipfile.ZipInfo]:
    """Return a zip's `.txt` members; nothing is ever unpacked to disk.

    Raises:
        Unreadable: not a sound zip.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except BROKEN as error:
        raise Unreadable(path=path, what=_("the zip is broken")) from error
    return [one for one in members if one.filename.lower().endswith(".txt") and not _is_shadow(one)]


def _is_shadow(member: zipfile.ZipInfo) -> bool:
    """Is it one of the companions that macOS puts into zips?"""
    return any(part == "__MACOSX" or part.startswith("._") for part in member.filename.split("/"))


def open_member(path: Path, member: zipfile.ZipInfo) -> TextFile:
    """Return a zip's member as a text.

    Raises:
        Unreadable: it is locked with a password, or a bomb.
    """
    if member.flag_bits & 1:
        raise Unreadable(path=path, what=_("the zip is locked with a password"))
    bomb = member.file_size > SMALL and member.file_size > PACKED_AT_MOST * member.compress_size
    if bomb or member.file_size > LARGEST:
        raise Unreadable(path=path, what=_("the text in the zip unpacks to an absurd size"))
    return TextFile(path, member)
