"""What each recipe learns from and is measured on: a talk's past in its own grouping, later words in all.

A recipe's grouping is made of the messages before the first session that the default preparation holds
out, so that nobody learns from what anybody is measured on. All are measured on the test sessions of the
default preparation, written in the recipe's own template.
"""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from bench.corpus_material import TALKS, _duraspace, _talk
from bench.recipes_known import Recipe
from bench.side_by_side import persona_in
from sosias.corpus import prepare
from sosias.corpus.engine import read_messages
from sosias.corpus.session import Session, from_table
from sosias.messages import Message, to_table, with_ids
from sosias.models.base import Base
from sosias.settings import ConsentKind, PersonaSettings, PreparationSettings, TrainingSettings
from sosias.templates import Template, Window, open_template
from sosias.templates.markers import end_of_text
from sosias.training.choices import after_windows, choose_rate
from sosias.training.foreseen import Size, choose_micro_batch
from sosias.training.memory import available_bytes
from sosias.training.plan import plan_run, requested, split_windows
from sosias.workspace import Persona

MOST_AT_ONCE = 1024
"""Tokens that go through the network at once, at most: 32 windows together would take the whole memory."""


@dataclass(frozen=True)
class Corpus:
    """A talk, and who is imitated in it."""

    author: str
    consent: ConsentKind
    base: str
    newest: int
    """How many of its last messages are taken; 0: all."""


PRESIDENT = "PRESIDENTE ANDRÉS MANUEL LÓPEZ OBRADOR"
CORPORA = {
    "duraspace": Corpus(TALKS["duraspace"], "public", "smollm2-135m-instruct", 8_000),
    "amlo": Corpus(PRESIDENT, "public", "gemma3-270m", 6_000),
    "sample": Corpus(TALKS["sample"], "fiction", "gemma3-270m", 0),
}


def messages_of(corpus: str) -> list[Message]:
    """Return a corpus's newest messages."""
    found = _conferences() if corpus == "amlo" else _talk(corpus)
    return found[-CORPORA[corpus].newest :]


def _conferences() -> list[Message]:
    """Return what was said in a year of press conferences.

    The transcripts have no clock times. A minute a turn, from seven in the morning on, makes each day a
    session, and no silence where there was none.
    """
    path = _duraspace().parents[1] / "speech_es_amlo" / "amlo_2021.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    return [
        Message(
            "speech",
            "conferences",
            number,
            datetime.fromisoformat(one["date"]) + timedelta(hours=7, minutes=one["turn"]),
            one["speaker"],
            "text",
            one["text"],
            file=path.name,
            first_line=number + 1,
            last_line=number + 1,
        )
        for number, one in enumerate(lines)
    ]


def persona_of(corpus: str, messages: Sequence[Message], base: str, folder: Path) -> Persona:
    """Return the corpus's persona in a new workspace, without stand-ins, which are drawn anew."""
    told = CORPORA[corpus]
    preparation = PreparationSettings(pseudonyms=False)
    return persona_in(folder, messages, told.author, told.consent, base, preparation)


@dataclass(frozen=True)
class Lesson:
    """What is learnt, how, and what it is measured on."""

    base: Base
    training: TrainingSettings
    train: list[Window]
    test: list[Window]
    recipe: Recipe | None = None
    """None: the defaults."""


# --- the defaults --------------------------------------------------------------------------------


def default_lesson(
    persona: Persona, sessions: list[Session], wanted: Mapping[str, Any] | None = None
) -> tuple[Lesson, Size, Template]:
    """Return what `sosias train` does with the sessions; and the base's size, and the template.

    `wanted` are training settings that are not left open.
    """
    plan = plan_run(persona, sessions, requested(persona, dict(wanted or {})))
    training = plan.run.training
    test = _measured(split_windows(plan.template, sessions, "test", training), plan.base)
    training = _that_fits(plan.size, training, plan.train)
    return Lesson(plan.base, training, plan.train, test), plan.size, plan.template


def _that_fits(size: Size, training: TrainingSettings, windows: Sequence[Window]) -> TrainingSettings:
    """Choose how much goes through the network at once, as `sosias train` does."""
    learnt = sum(sum(window.learnt) for window in windows) / sum(len(window.ids) for window in windows)
    longest = max(len(window.ids) for window in windows)
    at_once = training.model_copy(update={"batch_tokens": min(training.batch_tokens or 0, MOST_AT_ONCE)})
    choice = choose_micro_batch(size, at_once, length=longest, learnt=learnt, available=available_bytes())
    return training.model_copy(update={"micro_batch_tokens": int(choice.value)})


def _measured(windows: Sequence[Window], base: Base) -> list[Window]:
    """Return windows in which every word is told from something.

    One that begins within a turn, where the base puts nothing first, would leave its first word out, and
    windows of another length another word. It gets the end of a text in front.
    """
    first = end_of_text(base)
    return [
        replace(
            window,
            ids=(first, *window.ids),
            learnt=(False, *window.learnt),
            words=(False, *window.words),
        )
        if window.words[0]
        else window
        for window in windows
    ]


# --- a recipe ------------------------------------------------------------------------------------


def lesson(
    recipe: Recipe,
    persona: Persona,
    sessions: list[Session],
    messages: Sequence[Message],
    default: Lesson,
    size: Size,
    usual: Template,
    folder: Path,
) -> Lesson:
    """Return what a recipe learns, and the default's held-out words as it writes them.

    Args:
        sessions: of the default preparation, split.
        messages: what they were made of.
        default, size, usual: what `default_lesson` returned.
        folder: where the messages of the past may be put.
    """
    base = default.base
    name = recipe.template or usual.name
    template = open_template(name, base, usual.persona, group=usual.group)
    training = _training(recipe, persona.settings, base, size)
    past = _past(recipe, persona.settings, sessions, messages, folder)
    train = split_windows(template, past, "train", training, loss=recipe.loss)
    training, _choices = after_windows(training, size, train)
    if recipe.rows:
        longest = max(len(window.ids) for window in train)
        training = training.model_copy(update={"batch_tokens": max(16, recipe.rows * longest)})
    training = _that_fits(size, training, train)
    if recipe.template is None:
        return Lesson(base, training, train, default.test, recipe)
    heard = _alone(sessions) if recipe.own_texts else sessions
    test = _measured(split_windows(template, heard, "test", training), base)
    return Lesson(base, training, train, test, recipe)


def _training(recipe: Recipe, settings: PersonaSettings, base: Base, size: Size) -> TrainingSettings:
    method = "lora" if recipe.targets else "full"
    wanted: dict[str, Any] = recipe.adapters | {
        "method": method,
        "learning_rate": recipe.rate or float(choose_rate(method, size).value),
        "window_tokens": min(recipe.window, base.config.context_length),
        "loss": recipe.loss,
    }
    return TrainingSettings.model_validate(settings.training.model_dump() | wanted)


def _past(
    recipe: Recipe,
    settings: PersonaSettings,
    sessions: Sequence[Session],
    messages: Sequence[Message],
    folder: Path,
) -> list[Session]:
    """Return what was said before the first held-out session, grouped as the recipe does; all is learnt."""
    until = first_held_out(sessions)
    file = folder / "past.parquet"
    pq.write_table(to_table(with_ids([one for one in messages if one.sent_at and one.sent_at < until])), file)
    preparation = PreparationSettings(pseudonyms=False, **recipe.grouping)
    grouped = settings.model_copy(update={"preparation": preparation})
    found = from_table(prepare.session_table(read_messages([file]), grouped))
    past = [replace(session, split="train") for session in found]
    return _alone(past) if recipe.own_texts else past


def first_held_out(sessions: Sequence[Session]) -> datetime:
    """Return when the first session begins that is not learnt from."""
    return min(turn.start for one in sessions if one.split != "train" for turn in one.turns if turn.start)


def _alone(sessions: Sequence[Session]) -> list[Session]:
    """Leave out what the others say."""
    return [replace(one, turns=tuple(turn for turn in one.turns if turn.persona)) for one in sessions]
