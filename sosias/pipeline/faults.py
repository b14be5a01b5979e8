"""A fault of ours as a report that can be shown to anybody: where it happened, and no value.

An exception's message or a frame's variables could hold the text of a message, so neither is kept.
"""

import platform
import traceback
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from platformdirs import user_log_path

from sosias import __version__
from sosias.workspace import Workspace, write_text


@dataclass(frozen=True)
class Fault:
    """An exception without its message: its kind, and the places it passed, outermost first."""

    kind: str
    places: tuple[str, ...]

    @classmethod
    def of(cls, error: BaseException) -> "Fault":
        """Return what may be kept of an exception and of what caused it."""
        chain = [error]
        while (cause := chain[-1].__cause__ or chain[-1].__context__) is not None and cause not in chain:
            chain.append(cause)
        frames = [frame for one in reversed(chain) for frame in traceback.extract_tb(one.__traceback__)]
        kind = " <- ".join(f"{type(one).__module__}.{type(one).__qualname__}" for one in chain)
        return cls(kind, tuple(f"{_place(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames))


def write_fault(folder: Path, fault: Fault, what: str) -> Path:
    """Write the report into the workspace, or the user's log folder where there is none; return it."""
    if (folder / "sosias.toml").is_file():
        path = Workspace(folder).fault_file
    else:
        path = user_log_path("sosias", appauthor=False) / "fault.txt"
    lines = (
        f"sosias {__version__}, Python {platform.python_version()}, {platform.platform()}",
        f"{datetime.now().isoformat(timespec='seconds')} in {what}",
        fault.kind,
        *(f"  {place}" for place in fault.places),
    )
    write_text(path, "\n".join(lines) + "\n")
    return path


def _place(filename: str) -> str:
    """Return a source file without the folders that tell whose machine it is."""
    parts = Path(filename).parts
    for root in ("site-packages", "sosias"):
        if root in parts:
            last = len(parts) - 1 - parts[::-1].index(root)
            return "/".join(parts[last + (root == "site-packages") :])
    return Path(filename).name
