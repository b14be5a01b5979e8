"""What a run is to be, chosen: what is trained on what, in which windows, how, and why."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from sosias.corpus import prepared
from sosias.corpus.session import Session
from sosias.errors import SosiasError
from sosias.events import Choice, Listener, Notice
from sosias.language import translate as _
from sosias.models.base import Base, open_base, started_from, stored_name, whole_name
from sosias.models.spread import spread_of
from sosias.settings import GenerationSettings, PersonaSettings, RunSettings, TrainingSettings
from sosias.templates import Template, Window, choose_template, open_template
from sosias.training.choices import after_windows, before_windows
from sosias.training.curves import read_curves
from sosias.training.foreseen import Size, size_of
from sosias.training.learnt import key
from sosias.training.samples import Prompt, prompts
from sosias.workspace import BadSettings, Persona, Run, root_of, write_text

OF_THE_MACHINE = ("steps", "micro_batch_tokens", "dtype")
"""What is chosen by what the machine can do at the moment: a run keeps its own when it is gone on with."""
CHOICES = "choices.json"
NO_OTHER_RUN = ("sample_steps", "validations", "checkpoint_seconds", "micro_batch_tokens")
"""How often one looks at a run or saves it, and how much of it is computed at once: it is the same with
another number (of validations it keeps its own)."""


class NothingToLearn(SosiasError):
    """The sessions of {name} give no window to learn from: look at them with sosias look."""


class NoBase(SosiasError):
    """No base has been chosen for {name}: train with --base NAME, one of those that sosias models list
    shows."""


class NotFromScratch(SosiasError):
    """{option} does not go with --method scratch, which makes a network and a template of its own: leave it
    out."""


class OnlyFromScratch(SosiasError):
    """--size is for --method scratch: leave it out, or add that."""


@dataclass(frozen=True)
class Plan:
    """Everything a run needs, chosen: what is trained on what, and why."""

    base: Base
    size: Size
    template: Template
    run: RunSettings
    open: frozenset[str]
    """Training settings of the machine that the user left open."""
    train: list[Window]
    validation: list[Window]
    learnt: frozenset[str]
    """Keys of the sessions that the run will have learnt."""
    choices: list[Choice] = field(default_factory=list)
    parent: Run | None = None
    """The run to go on from."""
    prompts: list[Prompt] = field(default_factory=list, repr=False)
    """Held-out talk that samples reply to."""
    generation: GenerationSettings = field(default_factory=GenerationSettings)
    """How they are drawn."""


def requested(persona: Persona, overrides: dict[str, Any]) -> PersonaSettings:
    """Return the persona's settings with the overrides that are given (not None).

    Raises:
        BadSettings: an override out of its bounds.
        NotFromScratch, OnlyFromScratch: overrides that mean nothing together.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    settings = persona.settings
    if (given.get("method") or settings.training.method) == "scratch":
        for name in ("base", "template"):
            if name in given:
                raise NotFromScratch(option=f"--{name}")
    elif "size" in given:
        raise OnlyFromScratch
    own: dict[str, Any] = {name: given.pop(name) for name in ("base", "template") if name in given}
    if "base" in own:
        own["base"] = whole_name(own["base"])  # it was typed here; the file's begins at the workspace
    try:
        own["training"] = TrainingSettings.model_validate(settings.training.model_dump() | given)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadSettings(path=persona.settings_file, what=f"{where}: {first['msg']}") from error
    return settings.model_copy(update=own)


def idle(training: TrainingSettings) -> list[str]:
    """Return the names of what is set and does nothing with the method."""
    names: list[str] = []
    if training.whole:
        names += ["rank", "alpha", "dropout"]
    names += ["gap_markers"] if training.method == "scratch" else ["size", "layout"]
    return [name for name in names if getattr(training, name) != TrainingSettings.model_fields[name].default]


def plan_run(persona: Persona, sessions: list[Session], settings: PersonaSettings) -> Plan:
    """Choose what is left to choose, and cut the windows."""
    if settings.base is None:
        raise NoBase(name=persona.name)
    root = root_of(persona.folder)
    base = open_base(settings.base, root)
    size = size_of(base)
    if settings.training.method != "full" and settings.training.alpha is None:
        size = replace(size, spread=spread_of(base))
    group = prepared.is_group(sessions)
    choices = [] if settings.template else [choose_template(base, group=group)]
    template_name = settings.template or choices[0].value
    author = prepared.persona_name(settings)
    markers = settings.training.gap_markers
    template = open_template(template_name, base, author, group=group, gap_markers=markers)
    training, first = before_windows(settings.training, settings.consent, base, template, sessions)
    learnt = split_windows(template, sessions, "train", training, loss=training.loss)
    validation = split_windows(template, sessions, "validation", training)
    if not learnt or not validation:
        raise NothingToLearn(name=persona.name)
    training, then = after_windows(training, size, learnt)
    run = RunSettings(
        base=stored_name(base, root),
        template=template_name,
        persona_author=author,
        partner=prepared.partner(sessions),
        group=group,
        training=training,
        sessions_sha256=prepared.fingerprint(persona),
    )
    return Plan(
        base=base,
        size=size,
        template=template,
        run=run,
        open=open_settings(settings.training),
        train=learnt,
        validation=validation,
        learnt=frozenset(key(session) for session in sessions if session.split == "train"),
        choices=choices + first + then,
        prompts=prompts(template, sessions),
        generation=settings.generation,
    )


def split_windows(
    template: Template,
    sessions: Sequence[Session],
    split: str,
    training: TrainingSettings,
    *,
    loss: str | None = "persona",
) -> list[Window]:
    """Return the windows of one split; only training learns more than the persona's turns."""
    assert training.window_tokens is not None
    return [
        window
        for session in sessions
        if session.split == split
        for window in template.windows(session, training.window_tokens, loss=loss or "persona")
    ]


def same_run(persona: Persona, wanted: RunSettings, left_open: Iterable[str]) -> Run | None:
    """Return the newest run if it is of these settings, finished or not, or has none yet.

    Only the newest: it is what chats and reports use, so no older one may answer for it. What was
    `left_open` is as the run has it.
    """
    if not persona.runs():
        return None
    run = persona.runs()[-1]
    if not run.settings_file.is_file():
        return run
    return None if _differing(run, wanted, left_open) else run


def open_settings(training: TrainingSettings) -> frozenset[str]:
    """Return the names of what the machine decides and the user has left open."""
    return frozenset(name for name in OF_THE_MACHINE if getattr(training, name) is None)


def asked_now(training: TrainingSettings) -> dict[str, Any]:
    """Return the settings that a run which is gone on with takes from those of today."""
    return {name: getattr(training, name) for name in NO_OTHER_RUN if name != "validations"}


def new_run(persona: Persona, wanted: RunSettings, left_open: Iterable[str], listener: Listener) -> Run:
    """Begin a run; where it leaves the newest one behind, unfinished, tell so."""
    from sosias.training.checkpoint import STATE  # it needs torch, and planning does not

    earlier, run = persona.runs()[-1:], persona.new_run()
    for left in earlier:
        if not left.is_finished and (left.checkpoint_folder / STATE).is_file():
            _tell_of_left(persona.name, left, run, _differing(left, wanted, left_open), listener)
    return run


def _tell_of_left(name: str, left: Run, run: Run, differing: Sequence[str], listener: Listener) -> None:
    size = sum(file.stat().st_size for file in left.folder.rglob("*") if file.is_file())
    taken = read_curves(left.metrics_file).training
    said = _(
        "Run {left} of {name} stands unfinished at step {step} with other settings ({differing}): run {new}"
        " begins anew. When {left} is of no more use, delete its folder: it takes {size} MB."
    )
    if {"base", "template", *TrainingSettings.model_fields}.issuperset(differing):  # others are no options
        said += " " + _(
            "To go on with {left} instead, delete the folder of {new} and train with the settings of {left}."
        )
    words = said.format(
        left=left.folder.name,
        name=name,
        step=taken[-1][0] if taken else 0,
        differing=", ".join(differing),
        new=run.folder.name,
        size=size // 10**6 + 1,
    )
    listener(Notice(words))


def _differing(run: Run, wanted: RunSettings, left_open: Iterable[str]) -> list[str]:
    """Return the names of the settings by which a run is another one than what is wanted."""
    found = run.settings
    if found.base != wanted.base:
        found = found.model_copy(update={"base": _base_now(run)})
    own = {name: getattr(found.training, name) for name in (*left_open, *NO_OTHER_RUN)}
    wanted = wanted.model_copy(update={"training": wanted.training.model_copy(update=own)})
    pairs = [(found.training, wanted.training), (found, wanted)]
    names = [
        name
        for one, other in pairs
        for name in type(one).model_fields
        if name != "training" and getattr(one, name) != getattr(other, name)
    ]
    return ["sessions" if name == "sessions_sha256" else name for name in names]


def _base_now(run: Run) -> str:
    """Return what the base of a run is called today: earlier runs have it as it was typed."""
    try:
        return stored_name(started_from(run), root_of(run.folder))
    except SosiasError:
        return run.settings.base


def remembered(run: Run, choices: Sequence[Choice], left_open: Iterable[str]) -> list[Choice]:
    """Keep what was chosen for a run; return it with what earlier calls chose and this one found settled.

    What an earlier call chose of the machine's and is not `left_open` any more, the user has set since.
    """
    file = run.folder / CHOICES
    earlier = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else []
    now = {choice.what for choice in choices} | (set(OF_THE_MACHINE) - set(left_open))
    found = [one for one in (Choice(**values) for values in earlier) if one.what not in now]
    found += choices
    write_text(file, json.dumps([asdict(one) for one in found], ensure_ascii=False) + "\n")
    return found
