"""A process that fuzzes one source for a while: `python -m tests.fuzz.work SOURCE FOLDER SECONDS SEED`.

In FOLDER it leaves `now/`, the case that is being read: what is left there when the process is no
more was its end; `failures/`, a folder a fault; and `counts.json`. Cases are drawn from the seeds,
and from cases drawn before. Where atheris is installed, it chooses them: it follows which code a
case runs, and keeps those that came to new places.
"""

import argparse
import faulthandler
import importlib
import json
import shutil
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from random import Random

from tests.fuzz.case import Case
from tests.fuzz.mutate import mutated

SLOWEST = 20
"""Seconds after which a case hangs. Most take some milliseconds; the machine may be busy."""
MEMORY = 2 << 30
"""Bytes that the process may hold: a tenth of it is the libraries'."""
IMPORTED = 16
"""One case in as many is imported into a workspace as well, which takes longer than reading it."""
KEPT = 256
"""Damaged cases that are damaged further."""

Check = Callable[[Path, int, Path | None], int]


@dataclass
class Trial:
    """Cases given to a check, one after the other; its faults written down."""

    check: Check
    folder: Path
    slowest: float = SLOWEST
    counts: dict[str, int] = field(
        default_factory=lambda: {"cases": 0, "read": 0, "messages": 0, "faults": 0}
    )
    _told: float = 0.0

    def run(self, case: Case) -> None:
        """Check one case; a fault is kept, a hang ends the process."""
        now = self.folder / "now"
        shutil.rmtree(now, ignore_errors=True)
        try:
            path = case.write(now / "input")
        except (OSError, ValueError):  # a name that this system does not have
            return
        number = case.number
        faulthandler.dump_traceback_later(self.slowest, exit=True)
        try:
            messages = self.check(path, number, None if number // 8 % IMPORTED else now / "workspace")
        except Exception as error:
            self.counts["faults"] += 1
            keep(now / "input", self.folder / "failures" / signature(error), traceback.format_exc())
        else:
            self.counts["read"] += messages > 0
        finally:
            faulthandler.cancel_dump_traceback_later()
        self.counts["cases"] += 1
        shutil.rmtree(now, ignore_errors=True)
        if time.monotonic() - self._told > 1:
            self.tell()

    def tell(self) -> None:
        """Write the counts down; now and then, for who knows how the process ends."""
        self._told = time.monotonic()
        (self.folder / "counts.json").write_text(json.dumps(self.counts))


def signature(error: BaseException) -> str:
    """Return a name for a fault: one that is met a thousand times is kept once."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "sosias" in Path(frame.filename).parts] or frames
    what = "-".join(word for word in str(error).split() if word.isalpha())[:60]
    place = f"{Path(ours[-1].filename).stem}-{ours[-1].lineno}"
    return f"{type(error).__name__}-{what if type(error).__name__ == 'Broken' else place}"


def keep(found: Path, target: Path, why: str) -> None:
    """Keep an input that failed, the first of its kind, and why it did."""
    if target.exists():
        return
    shutil.copytree(found, target / "input")
    (target / "why.txt").write_text(why)


def draw(trial: Trial, seeds: list[Case], until: float, random: Random) -> None:
    """Give the seeds as they are, then damaged ones, to the end of the time."""
    for case in seeds:
        trial.run(case)
    pool = list(seeds)
    while time.monotonic() < until:
        case = mutated(random.choice(pool), random.choice(seeds), random)
        trial.run(case)
        if len(pool) < len(seeds) + KEPT:
            pool.append(case)
        elif random.random() < 0.1:
            pool[random.randrange(len(seeds), len(pool))] = case


def follow(trial: Trial, seeds: list[Case], seconds: float, random: Random) -> None:
    """Let atheris choose; it ends the process when the time is over."""
    import atheris

    corpus = trial.folder / "corpus"
    corpus.mkdir(exist_ok=True)
    for number, case in enumerate(seeds):
        (corpus / f"seed-{number}").write_bytes(case.packed())

    def one(data: bytes) -> None:
        if case := Case.unpacked(data):
            trial.run(case)

    def other(data: bytes, _longest: int, seed: int) -> bytes:
        draw = Random(seed)
        return mutated(Case.unpacked(data) or draw.choice(seeds), draw.choice(seeds), draw).packed()

    options = ["-max_len=2000000", "-len_control=0", "-rss_limit_mb=0", f"-timeout={10 * SLOWEST}"]
    options += [f"-max_total_time={max(1, round(seconds))}", f"-seed={random.randrange(1, 1 << 31)}"]
    atheris.Setup([sys.argv[0], *options, "-verbosity=0", str(corpus)], one, custom_mutator=other)
    atheris.Fuzz()


def _check(name: str, *, guided: bool) -> Check:
    """Load the check and all that it reads with, watched by atheris if that is to guide."""
    module, _colon, function = name.partition(":")
    if not guided:
        return _loaded(module, function)
    import atheris

    with atheris.instrument_imports(include=["sosias.sources", "sosias.messages"]):
        return _loaded(module, function)


def _loaded(module: str, function: str) -> Check:
    check: Check = getattr(importlib.import_module(module), function)
    importlib.import_module("sosias.sources.source").sources()
    return check


def _hold_memory() -> None:
    """Let the system refuse more memory than a case may take, where it can."""
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))


def main() -> None:
    """Fuzz as the command line says."""
    asked = _parser().parse_args()
    guided = bool(find_spec("atheris")) and not asked.blind
    until = time.monotonic() + asked.seconds
    check = _check(asked.check, guided=guided)
    from tests.fuzz.seeds import cases

    trial = Trial(check, asked.folder, asked.slowest)
    seeds = cases(asked.source, asked.folder / "seeds")
    faulthandler.enable()
    _hold_memory()
    random = Random(asked.seed)
    if guided:
        follow(trial, seeds, until - time.monotonic(), random)
    draw(trial, seeds, until, random)
    trial.tell()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    parser.add_argument("source")
    parser.add_argument("folder", type=Path)
    parser.add_argument("seconds", type=float)
    parser.add_argument("seed", type=int)
    parser.add_argument("--blind", action="store_true", help="do without atheris")
    parser.add_argument("--slowest", type=float, default=SLOWEST)
    parser.add_argument("--check", default="tests.fuzz.check:check")
    return parser


if __name__ == "__main__":
    main()
