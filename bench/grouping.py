"""What grouping is worth: marks of silences, windows against repeated context, line breaks between bubbles.

    python -m bench.grouping [--json] [--corpus sample|duraspace] [--minutes 1.5] [--folds 3] [--keep FILE]

Every variant trains for the same time on the same base with the same settings, and the persona's
words in the same held-out sessions are measured. docs/findings/grouping.md says what came of it.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.corpus_material import TALKS, _talk
from bench.grouping_figures import summary
from bench.grouping_fit import measure, step_seconds
from bench.grouping_variants import VARIANTS, Lesson, lesson
from bench.machine import machine
from bench.side_by_side import Kept, Run, persona_in, ready, say
from sosias.corpus import prepared
from sosias.corpus.session import Session
from sosias.settings import PreparationSettings
from sosias.workspace import Persona

BASES = {"sample": "gemma3-270m", "duraspace": "smollm2-135m-instruct"}
CONSENTS: dict[str, Any] = {"sample": "fiction", "duraspace": "public"}
NEWEST = {"sample": None, "duraspace": 8_000}
"""How many of the newest messages are taken: all of DuraSpace would take long to measure on."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Train and measure every variant on every fold; print a table or one line of JSON."""
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
    base = asked.base or BASES[asked.corpus]
    ready(base)
    persona = persona_of(asked.corpus, base, asked.gap, folder / "chats")
    setting = {"corpus": asked.corpus, "base": base, "gap": asked.gap, "folds": asked.folds}
    kept = Kept(asked.keep)
    speed = kept.find(setting, "speed")
    runs = []
    for fold in range(asked.folds):
        lessons = _lessons(persona, prepared.fold(persona, fold, asked.folds))
        if speed is None:
            timed = {name: one for name, one in lessons.items() if VARIANTS[name].timed_as == name}
            speed = kept.keep(setting | {"speed": step_seconds(timed, folder)})
        for name, one in lessons.items():
            wanted = setting | {"minutes": asked.minutes, "fold": fold, "variant": name}
            run = kept.find(wanted, "losses")
            if run is None:
                say(f"Fold {fold + 1} of {asked.folds}: {name}")
                a_step = speed["speed"][VARIANTS[name].timed_as]
                steps = max(1, round(asked.minutes * 60 / a_step))
                seconds = round(steps * a_step, 1)
                figures = measure(one, steps, folder, untuned=name == "default")
                run = kept.keep(wanted | {"seconds": seconds} | figures)
            runs.append(run)
    return runs


def _lessons(persona: Persona, sessions: list[Session]) -> dict[str, Lesson]:
    """Return the lessons of a fold, without those that learn the same as what they are compared with."""
    lessons: dict[str, Lesson] = {}
    for name, variant in VARIANTS.items():
        one = lesson(persona, sessions, variant)
        other = lessons.get(variant.against or "")
        if other is None or one.train != other.train:
            lessons[name] = one
    return lessons


def persona_of(corpus: str, base: str, gap: float | None, folder: Path) -> Persona:
    """Return the corpus's persona, prepared in a new workspace, without stand-ins, which are drawn anew."""
    messages = _talk(corpus)[-(NEWEST[corpus] or 0) :]
    preparation = PreparationSettings(pseudonyms=False, gap_minutes=gap)
    return persona_in(folder, messages, TALKS[corpus], CONSENTS[corpus], base, preparation)


def show(result: dict[str, Any]) -> None:
    """Print a table for people."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table(title=f"{result['corpus']}, {result['base']}, {result['folds']} folds")
    for column in ("", "bits per byte", "fall, %", "95 %", "seconds", "tokens", "learnt", "epochs"):
        table.add_column(column, justify="left" if not column else "right")
    for one in result["variants"]:
        name = one["variant"] + (f" against {one['against']}" if one["against"] else "")
        fall = f"{100 * one['fall']:.2f}" if one["against"] else ""
        ends = f"{100 * one['low']:.2f} to {100 * one['high']:.2f}" if one["against"] else ""
        figures = (f"{one['seconds']:.0f}", str(one["tokens"]), str(one["supervised_tokens"]))
        bits = f"{one['bits_per_byte']:.4f}"
        table.add_row(f"{name} ({one['measure']})", bits, fall, ends, *figures, f"{one['epochs']:.2f}")
    console.print(table)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.grouping", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of a table")
    parser.add_argument("--corpus", choices=sorted(TALKS), default="sample")
    parser.add_argument("--base", help="a catalogue name or a folder (default: the corpus's language's)")
    parser.add_argument("--minutes", type=float, default=1.5, help="time that each variant trains for")
    parser.add_argument("--folds", type=int, default=3, help="stretches of time to measure on")
    parser.add_argument("--gap", type=float, help="gap_minutes of the preparation")
    parser.add_argument("--keep", type=Path, help="a file of JSON lines: runs in it are not made again")
    return parser


if __name__ == "__main__":
    main()
