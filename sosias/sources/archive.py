"""A zip, with what makes one dangerous to open refused: ways out of it, and bombs."""

import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sosias.language import translate as _
from sosias.sources.problems import Locked, Unreadable

LARGEST = 4 << 30
"""Bytes of one unpacked file of a zip."""
PACKED_AT_MOST = 200
"""How many times smaller a zip may make a file: chats shrink 3 to 10 times, bombs 1,000 times."""
SMALL = 10 << 20
"""Bytes under which no ratio is a threat."""
MOST = 1_000_000
"""Files of one zip."""
BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    RuntimeError,
    ValueError,
)
"""What zipfile raises on damaged archives and on packings it does not know."""
DRIVE = re.compile("[A-Za-z]:")


class Archive:
    """A zip, opened once for all its entries."""

    def __init__(self, path: Path, stream: IO[bytes] | None = None) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(stream or path)
        except BROKEN_ZIP as error:
            raise Unreadable(path=path, what=_("the zip is broken")) from error

    def members(self) -> list[zipfile.ZipInfo]:
        """Return the files, without folders and what macOS puts beside them.

        Raises:
            Unreadable: one has no name, a path leads out of the zip, or there are absurdly many.
        """
        if not all(one.filename for one in self._zip.infolist()):
            raise Unreadable(path=self.path, what=_("the zip is broken"))
        infos = [one for one in self._zip.infolist() if not one.is_dir() and not _is_shadow(one.filename)]
        if len(infos) > MOST:
            raise Unreadable(path=self.path, what=_("it holds more than a million files"))
        for info in infos:
            name = unmangled(info).replace("\\", "/")
            if name.startswith("/") or DRIVE.match(name) or ".." in name.split("/"):
                raise Unreadable(path=self.path, what=_("a file in the zip has a path that leads out of it"))
        return infos

    def check(self, member: zipfile.ZipInfo) -> None:
        """Refuse a member that is locked, or a bomb.

        Raises:
            Unreadable: which, and why.
        """
        if member.flag_bits & 1:
            raise Locked(path=self.path, what=_("the zip is locked with a password"))
        bomb = member.file_size > SMALL and member.file_size > PACKED_AT_MOST * member.compress_size
        if bomb or member.file_size > LARGEST:
            raise Unreadable(path=self.path, what=_("the text in the zip unpacks to an absurd size"))

    @contextmanager
    def open(self, member: zipfile.ZipInfo) -> Iterator[IO[bytes]]:
        self.check(member)
        with self._zip.open(member) as stream:
            yield stream


def _is_shadow(name: str) -> bool:
    """Is it one of the companions that macOS puts into zips, or hidden?"""
    return any(part == "__MACOSX" or part.startswith("._") for part in name.split("/"))


def unmangled(member: zipfile.ZipInfo) -> str:
    """Return a member's name as UTF-8 where zipfile has taken it for an old code page."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.filename
