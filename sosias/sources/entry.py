"""One file of what the user gave: on disk, in a zip, or in a zip within a zip; unpacked as it is read."""

import bz2
import gzip
import io
import lzma
import re
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO, Any, NoReturn, cast

import zstandard

from sosias.language import translate as _
from sosias.sources.problems import Unreadable

LARGEST = 4 << 30
"""Bytes of one unpacked file of a zip."""
PACKED_AT_MOST = 200
"""How many times smaller a zip may make a file: chats shrink 3 to 10 times, bombs 1,000 times."""
SMALL = 10 << 20
"""Bytes under which no ratio is a threat."""
DEEPEST = 2
"""Zips within zips that are opened."""
MOST = 1_000_000
"""Files of one folder or zip."""
BUFFER = 1 << 16
"""Bytes read at once,"""
COPIED = 1 << 20
"""and copied."""
FED = 1 << 12
"""Packed bytes that are unpacked at once: four of them can become 128 KiB, so these at most 128 MiB."""
WINDOW = 1 << 31
"""Bytes that zstd may look back: Reddit's archives are packed with the longest window."""
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
BROKEN = (*BROKEN_ZIP, zstandard.ZstdError)
DRIVE = re.compile("[A-Za-z]:")
PACKINGS = {b"\x1f\x8b": ".gz", b"BZh": ".bz2", b"\x28\xb5\x2f\xfd": ".zst", b"\xfd7zXZ\x00": ".xz"}
"""First bytes of a packed file, and how it is called."""


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
            raise Unreadable(path=self.path, what=_("the zip is locked with a password"))
        bomb = member.file_size > SMALL and member.file_size > PACKED_AT_MOST * member.compress_size
        if bomb or member.file_size > LARGEST:
            raise Unreadable(path=self.path, what=_("the text in the zip unpacks to an absurd size"))

    @contextmanager
    def open(self, member: zipfile.ZipInfo) -> Iterator[IO[bytes]]:
        self.check(member)
        with self._zip.open(member) as stream:
            yield stream


@dataclass(frozen=True)
class Entry:
    """A file that may be, or be a part of, an export."""

    path: Path
    """On disk: the file, or the zip that it is in."""
    name: str
    """Its path from what the user gave, with `/`: `messages/inbox/ann_1/message_1.json`."""
    archive: Archive | None = None
    member: zipfile.ZipInfo | None = None

    @property
    def label(self) -> str:
        """Where it is, for people: the path on disk, or the zip's and the path in it."""
        return str(self.path) if self.archive is None else f"{self.path}/{self.name}"

    @property
    def origin(self) -> str:
        """Where it is, without the folders around what the user gave: what messages keep."""
        return self.name if self.archive is None else f"{self.path.name}/{self.name}"

    @property
    def file_name(self) -> str:
        """The last part of its name."""
        return PurePosixPath(self.name).name

    @property
    def stem(self) -> str:
        """Its name without folders, without `.gz`, `.zst` … and without the ending before these."""
        return PurePosixPath(self._plain).stem

    @property
    def suffix(self) -> str:
        """`.txt`, `.json` …, in small letters; of what is in it where it is packed."""
        return PurePosixPath(self._plain).suffix.lower()

    @property
    def _plain(self) -> str:
        name = PurePosixPath(self.name)
        return name.stem if name.suffix.lower() in PACKINGS.values() else name.name

    @property
    def size(self) -> int:
        """Bytes, as it lies there."""
        return self.path.stat().st_size if self.member is None else self.member.file_size

    @cached_property
    def written(self) -> datetime | None:
        """When it was last written: nothing in it can be later."""
        if self.member is None:
            return datetime.fromtimestamp(self.path.stat().st_mtime)
        try:
            return datetime(*self.member.date_time)
        except ValueError:
            return None

    @cached_property
    def start(self) -> bytes:
        """Its first 4,096 bytes, unpacked; the formats tell themselves by it.

        Raises:
            Unreadable: it cannot be read.
        """
        with self.open() as stream:
            return stream.read(4096)

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open the bytes; what is packed with gzip, bzip2, xz or zstd is unpacked while it is read.

        Raises:
            Unreadable: it cannot be opened or read, also while it is read.
        """
        with ExitStack() as stack:
            try:
                raw = stack.enter_context(self._raw())
                stream = stack.enter_context(_unpacked(raw))
            except (OSError, *BROKEN) as error:
                self.refuse(error)
            yield stack.enter_context(io.BufferedReader(_Guarded(stream, self), BUFFER))

    def refuse(self, error: Exception) -> NoReturn:
        """Say in a sentence what reading it came upon."""
        if isinstance(error, OSError) and error.strerror and not isinstance(error, gzip.BadGzipFile):
            raise Unreadable(path=self.label, what=error.strerror) from error
        what = _("it is damaged or cut off") if self.archive is None else _("the zip is broken")
        raise Unreadable(path=self.label, what=what) from error

    @contextmanager
    def _raw(self) -> Iterator[IO[bytes]]:
        if self.archive is None:
            with self.path.open("rb") as file:
                yield file
        else:
            with self.archive.open(cast(zipfile.ZipInfo, self.member)) as stream:
                yield stream

    @contextmanager
    def on_disk(self) -> Iterator[Path]:
        """Give a file on disk with the bytes, for libraries that want one: itself, or a private copy.

        Raises:
            Unreadable: as `open`.
        """
        with self.open() as stream:
            if self.archive is None and self._plain == self.file_name:
                yield self.path
                return
            with tempfile.TemporaryDirectory(prefix="sosias-") as folder:
                path = Path(folder) / self._plain
                with path.open("wb") as copy:
                    _copy(stream, copy, self.label)
                yield path


class _Guarded(io.RawIOBase):
    """Reads an entry's bytes; what goes wrong while reading, and nothing else, is the entry's fault."""

    def __init__(self, stream: IO[bytes], entry: Entry) -> None:
        super().__init__()
        self._stream = stream
        self._entry = entry

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._stream.read(len(buffer))
        except (OSError, *BROKEN) as error:
            self._entry.refuse(error)
        buffer[: len(data)] = data
        return len(data)


class _Frames:
    """Unpacks zstd, frame after frame. The library's own reader takes a file that is cut off for its end."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._decompressor = zstandard.ZstdDecompressor(max_window_size=WINDOW)
        self._frame: zstandard.ZstdDecompressionObj | None = None
        self._packed = b""
        self._unpacked = io.BytesIO()

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes, none at the end.

        Raises:
            EOFError: the last frame is cut off.
        """
        while not (found := self._unpacked.read(size)):
            self._packed = self._packed or self._stream.read(FED)
            if not self._packed:
                if self._frame is not None:
                    raise EOFError
                return b""
            self._frame = self._frame or self._decompressor.decompressobj()
            self._unpacked = io.BytesIO(self._frame.decompress(self._packed))
            self._packed = self._frame.unused_data
            if self._frame.eof:
                self._frame = None
        return found


def entries(path: Path) -> list[Entry]:
    """Return the files of what the user gave: a file, or those in a folder or a zip, by name.

    Zips are opened in their place. Names that begin with a dot are passed over, and so are links
    within a folder: they could lead anywhere.

    Raises:
        Unreadable: there is no such file, it cannot be read, or a zip is broken or hostile.
    """
    if path.is_dir():
        found = [one for file in _files(path) for one in _opened(Entry(file, _within(path, file)))]
        if not found:
            raise Unreadable(path=path, what=_("the folder is empty"))
        return found
    _check(path)
    return _opened(Entry(path, path.name))


def _within(folder: Path, file: Path) -> str:
    return file.relative_to(folder).as_posix()


def _files(folder: Path) -> list[Path]:
    files = []
    try:
        for one in sorted(folder.iterdir()):
            if one.name.startswith(".") or one.name == "__MACOSX" or one.is_symlink():
                continue
            files += _files(one) if one.is_dir() else [one] if _is_sound(one) else []
    except OSError as error:
        raise Unreadable(path=folder, what=error.strerror or type(error).__name__) from error
    return files


def _is_sound(path: Path) -> bool:
    found = path.stat()
    return stat.S_ISREG(found.st_mode) and found.st_size > 0


def _check(path: Path) -> None:
    if not path.exists():
        raise Unreadable(path=path, what=_("there is no such file"))
    if not path.is_file():
        raise Unreadable(path=path, what=_("it is not a file"))
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except OSError as error:
        raise Unreadable(path=path, what=error.strerror or type(error).__name__) from error
    if empty:
        raise Unreadable(path=path, what=_("it is empty"))


def _opened(entry: Entry, depth: int = 0) -> list[Entry]:
    """Return the entries of a zip, or the entry itself."""
    if depth >= DEEPEST or not _is_zip(entry):
        return [entry]
    archive = Archive(entry.path) if depth == 0 else _copied(entry)
    inner = []
    for member in archive.members():
        name = unmangled(member) if depth == 0 else f"{entry.name}/{unmangled(member)}"
        inner += _opened(Entry(entry.path, name, archive, member), depth + 1)
    return inner


def _is_zip(entry: Entry) -> bool:
    """Documents of word processors are zips too; nothing of ours is in them."""
    if entry.archive is None:
        with entry.path.open("rb") as file:
            return file.read(4) == b"PK\x03\x04" or zipfile.is_zipfile(entry.path)
    return entry.suffix == ".zip"


def _copied(entry: Entry) -> Archive:
    """Return a zip that is in a zip: reading one needs jumping about in it."""
    copy = tempfile.TemporaryFile(prefix="sosias-")  # noqa: SIM115 - lives as long as the archive
    with entry.open() as stream:
        _copy(stream, copy, entry.label)
    return Archive(entry.path, copy)


def _copy(stream: IO[bytes], copy: IO[bytes], label: str) -> None:
    done = 0
    while chunk := stream.read(COPIED):
        done += len(chunk)
        if done > LARGEST:
            raise Unreadable(path=label, what=_("it unpacks to an absurd size"))
        copy.write(chunk)
    copy.flush()


@contextmanager
def _unpacked(stream: IO[bytes]) -> Iterator[IO[bytes]]:
    start = stream.peek(6)[:6] if hasattr(stream, "peek") else b""
    packing = next((suffix for mark, suffix in PACKINGS.items() if start.startswith(mark)), None)
    with ExitStack() as stack:
        if packing == ".gz":
            yield cast(IO[bytes], stack.enter_context(gzip.GzipFile(fileobj=stream)))
        elif packing == ".bz2":
            yield cast(IO[bytes], stack.enter_context(bz2.BZ2File(stream)))
        elif packing == ".xz":
            yield cast(IO[bytes], stack.enter_context(lzma.LZMAFile(stream)))
        elif packing == ".zst":
            yield cast(IO[bytes], _Frames(stream))
        else:
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
