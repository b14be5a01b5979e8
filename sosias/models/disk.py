"""A disk that fills up while a base is fetched or converted, said in one sentence."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sosias.errors import NoSpace, SosiasError, of_the_system


class DiskFull(SosiasError):
    """There is no room for {name} in {folder} ({needed} MB needed, {free} MB free): make room, or name
    another folder in SOSIAS_CACHE, and run the same command again."""


class NoRoomForExport(SosiasError):
    """There is no room for the export in {folder} ({free} MB are free there): make room, or write it to a
    folder on another disk."""


@contextmanager
def room_for_export(folder: Path) -> Iterator[None]:
    """Watch for the disk filling up under the folder that an export is put into.

    Raises:
        NoRoomForExport: it has.
    """
    try:
        yield
    except Exception as error:
        if isinstance(of_the_system(error, folder), NoSpace):
            raise NoRoomForExport(folder=folder, free=shutil.disk_usage(folder).free // 10**6) from error
        raise


def disk_full(name: str, folder: Path, needed: int) -> DiskFull:
    """Return the error for a disk that has not `needed` bytes left."""
    free = shutil.disk_usage(folder).free
    return DiskFull(name=name, folder=folder, needed=needed // 10**6 + 1, free=free // 10**6)


@contextmanager
def room_for(name: str, folder: Path, needed: int) -> Iterator[None]:
    """Check that `needed` bytes are free in an existing folder, and watch for the disk filling up.

    Raises:
        DiskFull: before or during the work.
    """
    if shutil.disk_usage(folder).free < needed:
        raise disk_full(name, folder, needed)
    try:
        yield
    except OSError as error:
        if isinstance(of_the_system(error, folder), NoSpace):
            raise disk_full(name, folder, needed) from error
        raise
