"""What grouping is worth: marks of silences, windows against repeated context, line breaks between bubbles.

    python -m bench.grouping [--json] [--corpus sample|duraspace] [--minutes 1.5] [--folds 3] [--keep FILE]

Every variant trains for the same time on the same base with the same settings, and the persona's
words in the same held-out sessions are measured. docs/findings/grouping.md says what came of it.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet as pq

from bench.corpus_material import TALKS, _talk
from bench.grouping_figures import summary
from bench.grouping_fit import measure, step_seconds
from bench.grouping_variants import VARIANTS, Lesson, lesson
from bench.machine import machine
from sosias.corpus import prepare, prepared
from sosias.corpus.session import Session
from sosias.messages import to_table, with_ids
from sosias.models.base import is_pulled, open_base
from sosias.models.convert import to_hf
from sosias.models.pull import pull
from sosias.settings import Consent, PersonaSettings, PreparationSettings
from sosias.workspace import Persona, Workspace

BASES = {"sample": "gemma3-270m", "duraspace": "smollm2-135m-instruct"}
CONSENTS: dict[str, Any] = {"sample": "fiction", "duraspace": "public"}
NEWEST = {"sample": None, "duraspace": 8_000}
"""How many of the newest messages are taken: all of DuraSpace would take long to measure on."""

Run = dict[str, Any]


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
    if not Path(base).is_dir() and not is_pulled(base):
        pull(base)
    to_hf(open_base(base))
    persona = persona_of(asked.corpus, base, asked.gap, folder / "chats")
    setting = {"corpus": asked.corpus, "base": base, "gap": asked.gap, "folds": asked.folds}
    kept = _read(asked.keep)
    speed = next((one for one in kept if setting.items() <= one.items() and "speed" in one), None)
    runs = []
    for fold in range(asked.folds):
        lessons = _lessons(persona, prepared.fold(persona, fold, asked.folds))
        if speed is None:
            timed = {name: one for name, one in lessons.items() if VARIANTS[name].timed_as == name}
            speed = setting | {"speed": step_seconds(timed, folder)}
            _keep(asked.keep, speed)
        for name, one in lessons.items():
            wanted = setting | {"minutes": asked.minutes, "fold": fold, "variant": name}
            run = next((run for run in kept if wanted.items() <= run.items()), None)
            if run is None:
                _say(f"Fold {fold + 1} of {asked.folds}: {name}")
                a_step = speed["speed"][VARIANTS[name].timed_as]
                steps = max(1, round(asked.minutes * 60 / a_step))
                seconds = round(steps * a_step, 1)
                figures = measure(one, steps, folder, untuned=name == "default")
                run = wanted | {"seconds": seconds} | figures
                _keep(asked.keep, run)
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
    workspace = Workspace.create(folder)
    messages = _talk(corpus)[-(NEWEST[corpus] or 0) :]
    pq.write_table(to_table(with_ids(messages)), workspace.messages_folder / "000001.parquet")
    settings = PersonaSettings(
        name="bench",
        author=TALKS[corpus],
        consent=Consent(kind=CONSENTS[corpus], recorded=date.today()),
        base=base,
        preparation=PreparationSettings(pseudonyms=False, gap_minutes=gap),
    )
    persona = workspace.new_persona(settings)
    prepare.prepare(workspace, persona)
    return persona


def _read(file: Path | None) -> list[Run]:
    if file is None or not file.is_file():
        return []
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def _keep(file: Path | None, run: Run) -> None:
    if file is not None:
        with file.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(run) + "\n")


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


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


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
