"""`python -m tests.fuzz [--source NAME] [--minutes M]`: damaged exports, and what becomes of them.

Every source gets its minutes in a process of its own, with a limit of time for each case and of
memory. An exception that is no SosiasError, a broken promise (`tests/fuzz/check.py`), a hang or the end
of the process is a fault: its input is kept, with the command that reads it again.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.fuzz.case import Case
from tests.fuzz.check import check
from tests.fuzz.run import fuzz
from tests.fuzz.seeds import names

KEPT = Path("fuzz-failures")


def main(arguments: Sequence[str] | None = None) -> None:
    """Fuzz, or repeat a fault; end with 1 where there are faults."""
    asked = _parser().parse_args(arguments)
    if asked.replay:
        repeat(asked.replay)
        return
    faults = []
    for source in [asked.source] if asked.source else names():
        _say(f"{source}: {asked.minutes:g} minutes")
        options = ["--blind"] if asked.blind else []
        result = fuzz(source, 60 * asked.minutes, asked.seed, KEPT / source, *options)
        _say(f"  {result.cases} cases, {result.read} of them read, {len(result.faults)} faults")
        for fault in result.faults:
            _say(f"  {fault.name}: python -m tests.fuzz --replay '{fault}'")
        faults += result.faults
    raise SystemExit(bool(faults))


def repeat(folder: Path) -> None:
    """Read a kept input once more, and import it; whatever goes wrong is shown as it is."""
    [path] = (folder / "input").iterdir()
    with tempfile.TemporaryDirectory() as workspace:
        count = check(path, Case.read(path).number, Path(workspace))
    _say(f"No fault: {count} messages")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.splitlines()[0])
    parser.add_argument("--source", choices=names(), help="one source (default: all, one after the other)")
    parser.add_argument("--minutes", type=float, default=5, help="for each source")
    parser.add_argument("--seed", type=int, default=0, help="draw other cases")
    parser.add_argument("--blind", action="store_true", help="do without atheris")
    parser.add_argument("--replay", type=Path, metavar="FOLDER", help="repeat a kept fault")
    return parser


if __name__ == "__main__":
    main()
