"""The defaults beside the recipes of others, on the same talk, base, time and held-out words.

    python -m bench.recipes [--json] --corpus duraspace|amlo|sample [--minutes 3] [--folds 1] [--keep FILE]

What is the same, what each recipe is and what came of it: docs/findings/recipes.md.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.machine import machine
from bench.recipes_figures import summary
from bench.recipes_fit import Pace, measure, own_end
from bench.recipes_known import DEFAULT, RECIPES
from bench.recipes_material import CORPORA, Lesson, default_lesson, lesson, messages_of, persona_of
from bench.side_by_side import Kept, Run, ready, say
from sosias.corpus import prepared


def main(arguments: Sequence[str] | None = None) -> None:
    """Train and measure; print a table or one line of JSON."""
    asked = _parser().parse_args(arguments)
    with TemporaryDirectory() as folder:
        runs = compare(asked, Path(folder))
    result = summary(runs) | machine(("sosias", "torch", "transformers", "peft"))
    if asked.json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        show(result)


def compare(asked: argparse.Namespace, folder: Path) -> list[Run]:
    """Return the figures of each run; those that are kept in a file are not made again."""
    base = asked.base or CORPORA[asked.corpus].base
    ready(base)
    messages = messages_of(asked.corpus)
    persona = persona_of(asked.corpus, messages, base, folder / "chats")
    setting = {"corpus": asked.corpus, "base": base, "folds": asked.folds}
    kept = Kept(asked.keep)
    runs: list[Run] = []
    for fold in range(asked.folds):
        sessions = prepared.fold(persona, fold, asked.folds)
        ours, size, template = default_lesson(persona, sessions)
        lessons = {DEFAULT: ours} | {
            name: lesson(RECIPES[name], persona, sessions, messages, ours, size, template, folder)
            for name in asked.recipes
        }
        say(f"Fold {fold + 1} of {asked.folds}: " + ", ".join(map(_described, lessons.items())))
        here = setting | {"fold": fold}
        runs += in_equal_time(lessons, here, asked.minutes * 60, kept, folder)
    return runs


def in_equal_time(
    lessons: dict[str, Lesson], here: Run, seconds: float, kept: Kept, folder: Path
) -> list[Run]:
    """Return a run of each lesson in the same time, and of the defaults in that of what ends sooner."""
    here = here | {"minutes": seconds / 60}
    ours = _Runs(lessons[DEFAULT], DEFAULT, here, kept, folder)
    runs = [ours.run(seconds)]
    for name, one in lessons.items():
        if name == DEFAULT:
            continue
        theirs = _Runs(one, name, here, kept, folder).run(seconds)
        if theirs["beside"] not in [default["allowed"] for default in runs]:
            runs.append(ours.run(theirs["beside"]))
        runs.append(theirs)
    return runs


class _Runs:
    """Runs of one lesson, made or found."""

    def __init__(self, one: Lesson, name: str, here: Run, kept: Kept, folder: Path) -> None:
        self.one, self.name, self.kept, self.folder = one, name, kept, folder
        self.here = here | {"variant": name}

    def run(self, seconds: float) -> Run:
        """Return a run of so many seconds, or to its own end; `beside`: of how many it is to be compared."""
        wanted = self.here | {"allowed": seconds}
        found = self.kept.find(wanted, "losses")
        if found is not None:
            return found
        say(f"{self.name}: {seconds:.0f} s")
        pace = Pace(seconds=seconds, steps=own_end(self.one))
        figures = measure(self.one, pace, self.folder, untuned=self.name == DEFAULT)
        beside = min(seconds, figures["elapsed"])
        return self.kept.keep(wanted | {"beside": beside} | figures)


def _described(named: tuple[str, Lesson]) -> str:
    name, one = named
    return f"{name} {len(one.train)} windows"


def show(result: dict[str, Any]) -> None:
    """Print a table for people."""
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table

    title = f"{result['corpus']}, {result['base']}: bits per byte of {result['words']} words"
    title += f" in {result['sessions']} sessions, untuned {result['untuned']}"
    table = Table(title=title, box=SIMPLE, padding=(0, 1, 0, 0))
    for column in ("", "theirs", "ours", "fall %", "95 %", "s", "steps", "tokens"):
        table.add_column(column, justify="right" if column else "left", no_wrap=True)
    for one in result["recipes"]:
        bits = f"{one['bits_per_byte']:.4f}", f"{one['default']['bits_per_byte']:.4f}"
        ends = f"{100 * one['low']:.2f} to {100 * one['high']:.2f}"
        work = (f"{one[name]:.0f}" for name in ("elapsed", "steps", "tokens"))
        table.add_row(one["recipe"], *bits, f"{100 * one['fall']:.2f}", ends, *work)
    Console().print(table)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.recipes", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of a table")
    parser.add_argument("--corpus", choices=sorted(CORPORA), default="duraspace")
    parser.add_argument("--recipes", nargs="+", choices=list(RECIPES), default=list(RECIPES))
    parser.add_argument("--base", help="a catalogue name or a folder (default: the corpus's)")
    parser.add_argument("--minutes", type=float, default=3, help="time that each trains for")
    parser.add_argument("--folds", type=int, default=1, help="stretches of time to measure on")
    parser.add_argument("--keep", type=Path, help="a file of JSON lines: runs in it are not made again")
    return parser


if __name__ == "__main__":
    main()
