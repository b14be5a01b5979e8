"""An export to the file of token ids that all tools are given.

    python -m bench.windows FILE --base NAME --tokens 8192 [--corpus EXPORT]

The file holds private talk as token ids: whoever asks for it puts it into a private folder and
deletes it.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.material import FORM, Material
from bench.worker import answer
from sosias.corpus import prepare, prepared
from sosias.corpus.session import Session
from sosias.models.base import is_pulled, open_base
from sosias.models.catalogue import CATALOGUE
from sosias.models.convert import to_hf
from sosias.models.pull import pull
from sosias.settings import Consent, PersonaSettings, TrainingSettings
from sosias.sources.store import authors, import_files
from sosias.templates import Template, Window
from sosias.templates.window import cut
from sosias.training.plan import plan_run
from sosias.workspace import Workspace, write_text

SAMPLE = Path(__file__).parents[1] / "sosias" / "sample"
CONTEXT_TURNS = 4
"""Turns before each reply in the usual prompt and completion rows."""
LONGEST_ROW = 1024
"""TRL's default for `max_length`."""


def make(base: str, tokens: int, corpus: Path, folder: Path) -> Material:
    """Import an export into a new workspace in `folder`; return the windows of its busiest author."""
    if base in CATALOGUE and not is_pulled(base):
        pull(base)
    to_hf(open_base(base))
    workspace = Workspace.create(folder)
    import_files(workspace, [corpus])
    author = authors(workspace)[0][0]
    consent = Consent(kind="self", recorded=date.today())  # a form: all of this is deleted after the run
    persona = workspace.new_persona(PersonaSettings(name="bench", author=author, consent=consent, base=base))
    prepare.prepare(workspace, persona)
    sessions = prepared.read_sessions(persona)
    plan = plan_run(persona, sessions, persona.settings)
    drawn = _drawn(plan.train, tokens, plan.run.training)
    return Material(
        base=base,
        author=author,
        template=plan.template.name,
        training=plan.run.training,
        choices={choice.what: choice.why for choice in plan.choices},
        steps=len(drawn),
        timed=[window for step in drawn for window in step],
        train=plan.train,
        validation=plan.validation,
        rows=list(_rows(plan.template, sessions)),
    )


def _drawn(windows: Sequence[Window], tokens: int, training: TrainingSettings) -> list[list[Window]]:
    """Draw windows of about `tokens` tokens, as many for each step, so that a fixed batch size fits too."""
    mean = sum(len(window.ids) for window in windows) / len(windows)
    size = min(len(windows), max(1, round(training.batch_tokens / mean)))
    steps = min(max(1, round(tokens / training.batch_tokens)), len(windows) // size)
    drawn = random.Random(training.seed).sample(windows, steps * size)
    return [drawn[first : first + size] for first in range(0, len(drawn), size)]


def _rows(template: Template, sessions: Sequence[Session]) -> Iterator[Window]:
    for session in sessions:
        if session.split != "train":
            continue
        turns = template.merged(session.turns)
        for number, turn in enumerate(turns):
            if turn.persona:
                before = turns[max(0, number - CONTEXT_TURNS) : number]
                pieces = [template.turn(one, learnt=False) for one in before]
                pieces.append(template.turn(turn, learnt=True))
                yield from cut(pieces, template.start, session.number, LONGEST_ROW)


def write(arguments: argparse.Namespace) -> dict[str, Any]:
    """Write the file; return what there is to say about it."""
    corpus = arguments.corpus or next(SAMPLE.glob("*.txt"))
    with TemporaryDirectory() as folder:
        material = make(arguments.base, arguments.tokens, corpus, Path(folder))
    write_text(arguments.file, FORM.dump_json(material).decode())
    training = material.training
    return {
        "base": material.base,
        "template": material.template,
        "dtype": training.dtype,
        "dtype_why": material.choices.get("dtype"),
        "lora": {"rank": training.rank, "alpha": training.alpha, "targets": "all-linear"},
        "batch_tokens": training.batch_tokens,
        "steps": material.steps,
        "windows": len(material.timed),
        "tokens": sum(len(window.ids) for window in material.timed),
        "supervised_tokens": sum(sum(window.learnt) for window in material.timed),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--base", required=True)
    parser.add_argument("--tokens", type=int, required=True)
    parser.add_argument("--corpus", type=Path)
    answer(write, parser)
