"""One file of what the user gave: on disk, in a zip, or in a zip within a zip; unpacked as it is read."""

import gzip
import io
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO, Any, NoReturn, cast

from sosias.language import translate as _
from sosias.sources.archive import LARGEST, Archive, unmangled
from sosias.sources.packing import BROKEN, PACKINGS, unpacked
from sosias.sources.problems import Unreadable
from sosias.workspace import SETTINGS_FILE

DEEPEST = 2
"""Zips within zips that are opened."""
BUFFER = 1 << 16
"""Bytes read at once,"""
COPIED = 1 << 20
"""and copied."""
WRITTEN = (SETTINGS_FILE, "people.toml", "messages", "personas", "report", "fault.txt", "server-token")
"""What sosias itself writes into a workspace: never imported with the exports that lie beside it."""
DOCUMENTS = frozenset(
    (
        *(".docx", ".docm", ".dotx", ".xlsx", ".xlsm", ".xltx", ".pptx", ".pptm", ".odt", ".ods", ".odp"),
        *(".odg", ".pages", ".numbers", ".key", ".epub"),
    )
)
"""Endings of what is a zip inside, and holds nothing of ours."""


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
    def is_too_deep(self) -> bool:
        """Is it a zip within so many others that it is not opened?"""
        return self.archive is not None and self.suffix == ".zip"

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
                stream = stack.enter_context(unpacked(raw))
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
            if one.name in WRITTEN and (folder / SETTINGS_FILE).is_file():
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
    if entry.suffix in DOCUMENTS:
        return False
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
