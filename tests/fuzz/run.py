"""Keeps a fuzzing process at work: one that hangs, falls or is killed is followed by another."""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.work import keep

ROOT = Path(__file__).parents[2]
STARTING = 60
"""Seconds that a process may take beyond its time: it imports libraries, and ends a last case."""


@dataclass
class Result:
    """What became of the cases."""

    cases: int = 0
    read: int = 0
    """Those with at least one message."""
    faults: list[Path] = field(default_factory=list)
    """Folders with an input and `why.txt`."""


def fuzz(source: str, seconds: float, seed: int, target: Path, *options: str) -> Result:
    """Fuzz one source; the inputs that failed are put into `target`. The options are `tests.fuzz.work`'s."""
    result, until = Result(), time.monotonic() + seconds
    shutil.rmtree(target, ignore_errors=True)
    started = 0
    while not started or time.monotonic() < until - 2:
        with tempfile.TemporaryDirectory(prefix="sosias-fuzz-") as name:
            folder = Path(name)
            _work([source, name, str(until - time.monotonic()), str(seed + started), *options], folder)
            counts = folder / "counts.json"
            told = json.loads(counts.read_text()) if counts.exists() else {}
            result.cases += told.get("cases", 0)
            result.read += told.get("read", 0)
            for fault in sorted(folder.glob("failures/*")):
                keep(fault / "input", target / fault.name, (fault / "why.txt").read_text())
        started += 1
    result.faults = sorted(target.glob("*"))
    return result


def _work(arguments: list[str], folder: Path) -> None:
    """Run one process to its end; where it falls, the case that it was reading is its fault."""
    command = [sys.executable, "-m", "tests.fuzz.work", *arguments]
    with (folder / "said.txt").open("w+b") as said:
        try:
            patience = float(arguments[2]) + STARTING
            code = subprocess.run(command, cwd=ROOT, stdout=said, stderr=said, timeout=patience).returncode
        except subprocess.TimeoutExpired:
            code = 1
        said.seek(0)
        words = said.read().decode("utf-8", "replace")
    if not code:
        return
    if not (folder / "now" / "input").is_dir():
        raise RuntimeError(f"the fuzzer itself fell:\n{words}")
    kind = "hang" if "Timeout (" in words else "fall"
    keep(folder / "now" / "input", folder / "failures" / f"{kind}-{_place(words)}", words)


def _place(words: str) -> str:
    """Return where in our code the process was: faulthandler names the innermost frame first."""
    frames = [line for line in words.splitlines() if "/sosias/" in line and ", line " in line]
    if not frames:
        return "unknown"
    name, _line, rest = frames[0].partition(", line ")
    module = Path(name.strip().removeprefix("File ").strip('"')).stem
    return f"{module}-{rest.split()[0]}"
