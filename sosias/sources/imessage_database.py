"""A SQLite file of Apple's, opened to be read and never written: with its newest rows, which lie beside it.

SQLite writes what is new into `chat.db-wal` first. It reads both only where it may write, so then a
private copy of both is opened; a file without such a companion is read where it lies.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import NoReturn

from sosias.language import translate as _
from sosias.sources.entry import Entry
from sosias.sources.problems import InUse, Unreadable

MAGIC = b"SQLite format 3\x00"
VERSIONS = slice(18, 20)
"""Bytes that say 2 where the file is written by way of a `-wal`."""
NEWER = ("-wal", "-journal")
"""Companions without which the file is not whole."""
COMPANIONS = (*NEWER, "-shm")
PATIENCE = 2.0
"""Seconds that another program is waited for."""
LONGEST = 1 << 28
"""Bytes of one value: SQLite would make a thousand million of them if a file asked for it."""


@dataclass(frozen=True)
class Database:
    """A SQLite file and what lies beside it."""

    entry: Entry
    beside: tuple[Entry, ...] = ()
    """Its `-wal`, `-shm` or `-journal`."""

    @property
    def newer(self) -> list[Entry]:
        """The companions that hold rows."""
        return [one for one in self.beside if _plain(one).endswith(NEWER)]

    @property
    def lacks_newest(self) -> bool:
        """Is it written by way of a companion that is not there?"""
        return not self.newer and 2 in self.entry.start[VERSIONS]

    @classmethod
    def of(cls, entry: Entry, entries: Sequence[Entry]) -> "Database":
        """Return the file with its companions: among the entries, or beside it on disk."""
        names = {_plain(entry) + end for end in COMPANIONS}
        beside = [one for one in entries if _place(one) == _place(entry) and _plain(one) in names]
        if not beside and entry.archive is None and entry.path.name.casefold() == _plain(entry):
            paths = [entry.path.with_name(entry.path.name + end) for end in NEWER]
            beside = [
                Entry(path, entry.name + path.name[len(entry.path.name) :]) for path in paths if _full(path)
            ]
        return cls(entry, tuple(beside))

    @contextmanager
    def opened(self) -> Iterator[sqlite3.Connection]:
        """Open it; what SQLite finds wrong while it is read is said in a sentence.

        Raises:
            Unreadable: it is damaged, cut off, locked, or laid out otherwise than was asked for.
        """
        with ExitStack() as stack:
            try:
                address = stack.enter_context(self._address())
                connection = sqlite3.connect(address, uri=True, timeout=PATIENCE, isolation_level=None)
                stack.callback(connection.close)
                connection.text_factory = partial(str, encoding="utf-8", errors="replace")
                connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
                connection.execute("PRAGMA query_only = 1")
                connection.execute("PRAGMA trusted_schema = 0")
                yield connection
            except (sqlite3.Error, UnicodeDecodeError) as error:  # SQLite quotes damaged bytes as they are
                self._refuse(error)

    @contextmanager
    def _address(self) -> Iterator[str]:
        """Give the address of a file that SQLite may read without writing beside the user's own."""
        with ExitStack() as stack:
            path = stack.enter_context(self.entry.on_disk())
            if not self.newer:
                own = path == self.entry.path and 2 not in self.entry.start[VERSIONS]
                yield _uri(path, "mode=ro" if own else "mode=ro&immutable=1")
                return
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sosias-")))
            copy = folder / "copy.db"
            shutil.copyfile(path, copy)
            for one in self.newer:
                end = next(end for end in NEWER if _plain(one).endswith(end))
                with one.on_disk() as newer:
                    shutil.copyfile(newer, folder / f"copy.db{end}")
            yield _uri(copy, "mode=rw")

    def _refuse(self, error: Exception) -> NoReturn:
        """Say in a sentence what SQLite came upon."""
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
        what = {
            sqlite3.SQLITE_BUSY: _("another program holds it locked"),
            sqlite3.SQLITE_LOCKED: _("another program holds it locked"),
            sqlite3.SQLITE_FULL: _("there is no space left for its temporary copy"),
            sqlite3.SQLITE_CANTOPEN: _("it cannot be opened"),
            sqlite3.SQLITE_ERROR: foreign(),
        }.get(code, _("it is damaged or cut off"))
        in_use = code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
        raise (InUse if in_use else Unreadable)(path=self.entry.label, what=what) from error


def foreign() -> str:
    """Return what is wrong with a database that has not the tables it should have."""
    return _("its tables are not those of any Messages database that sosias knows")


def is_sqlite(entry: Entry) -> bool:
    return entry.start.startswith(MAGIC)


def columns(connection: sqlite3.Connection) -> dict[str, frozenset[str]]:
    """Return the columns of each table, in small letters: of tables alone, for a view can run for ever."""
    found = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE TABLE%'"
    )
    names = [name for (name,) in found.fetchall() if isinstance(name, str)]
    return {name.casefold(): frozenset(_columns(connection, name)) for name in names}


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    rows = connection.execute("SELECT name FROM pragma_table_info(?)", [table])
    return [str(name).casefold() for (name,) in rows]


def _place(entry: Entry) -> tuple[Path | None, PurePosixPath]:
    return entry.path if entry.archive is not None else None, PurePosixPath(entry.name).parent


def _plain(entry: Entry) -> str:
    """Return its name without `.gz` and the like."""
    return (entry.stem + entry.suffix).casefold()


def _full(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _uri(path: Path, options: str) -> str:
    return f"{path.absolute().as_uri()}?{options}"
