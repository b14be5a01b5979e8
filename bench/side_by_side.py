"""Trainings side by side: the same messages, the same held-out words, runs that are kept in a file."""

import json
import math
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import torch

from sosias.corpus import prepare
from sosias.evaluation.interval import SessionLoss
from sosias.messages import Message, to_table, with_ids
from sosias.models.base import is_pulled, open_base
from sosias.models.convert import to_hf
from sosias.models.likelihood import token_losses
from sosias.models.pull import pull
from sosias.settings import Consent, ConsentKind, PersonaSettings, PreparationSettings
from sosias.templates import Window
from sosias.training.batches import collate
from sosias.workspace import Persona, Workspace

WORDS = "words"
"""What is measured: all of the persona's words."""

Run = dict[str, Any]
"""What was asked of a training, and what came of it."""
Sums = dict[str, list[float]]
"""By a session's number: nats of the persona's words, their bytes, their count."""


def ready(base: str) -> None:
    """Have a base at hand, in the form that is trained."""
    if not Path(base).is_dir() and not is_pulled(base):
        pull(base)
    to_hf(open_base(base))


def persona_in(
    folder: Path,
    messages: Sequence[Message],
    author: str,
    consent: ConsentKind,
    base: str,
    preparation: PreparationSettings,
) -> Persona:
    """Return a persona that has been prepared in a new workspace."""
    workspace = Workspace.create(folder)
    pq.write_table(to_table(with_ids(messages)), workspace.messages_folder / "000001.parquet")
    settings = PersonaSettings(
        name="bench",
        author=author,
        consent=Consent(kind=consent, recorded=date.today()),
        base=base,
        preparation=preparation,
    )
    persona = workspace.new_persona(settings)
    prepare.prepare(workspace, persona)
    return persona


# --- the same words ------------------------------------------------------------------------------


@torch.no_grad()
def word_losses(network: Any, windows: Sequence[Window], pad_id: int) -> list[torch.Tensor]:
    """Return for each window the loss of each of the persona's words' tokens, in nats."""
    ids, labels = collate(windows, pad_id, "words")
    counts = (labels[:, 1:] != -100).sum(1).tolist()
    return list(torch.split(token_losses(network, ids, labels), counts))


def add(sums: Sums, window: Window, nats: float) -> None:
    """Count a window into its session."""
    of_session = sums.setdefault(str(window.session), [0.0, 0, 0])
    for place, value in enumerate((nats, window.text_bytes, window.text_words)):
        of_session[place] += value


def bits(sums: Sums) -> float:
    """Return bits per byte over all sessions."""
    return sum(nats for nats, *_ in sums.values()) / math.log(2) / sum(size for _, size, _ in sums.values())


def paired(other: Sums, one: Sums) -> list[SessionLoss]:
    """Put the losses of two trainings side by side, session by session.

    Raises:
        AssertionError: they were not measured on the same words.
    """
    assert {n: s[1:] for n, s in other.items()} == {n: s[1:] for n, s in one.items()}
    return [
        SessionLoss(int(number), base, one[number][0], int(size), int(words))
        for number, (base, size, words) in other.items()
    ]


# --- kept runs -----------------------------------------------------------------------------------


class Kept:
    """Runs in a file of JSON lines, or nowhere: those that are in it are not made again."""

    def __init__(self, file: Path | None) -> None:
        self.file = file
        there = file is not None and file.is_file()
        self.runs = [json.loads(line) for line in file.read_text("utf-8").splitlines()] if there else []

    def find(self, wanted: Run, needed: str) -> Run | None:
        """Return the first run that was asked for so, and has what is needed."""
        return next((one for one in self.runs if wanted.items() <= one.items() and needed in one), None)

    def keep(self, run: Run) -> Run:
        """Write a run down, and return it."""
        self.runs.append(run)
        if self.file is not None:
            with self.file.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(run) + "\n")
        return run


def say(text: str) -> None:
    """Tell on the way how far it is."""
    print(text, file=sys.stderr, flush=True)
