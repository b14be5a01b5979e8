"""A persona's sessions to an adapter or weights: a run planned, begun or gone on with, its result written."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from sosias.corpus import prepared
from sosias.corpus.session import Session
from sosias.errors import SosiasError
from sosias.events import Choice, Listener, Notice, silent
from sosias.language import translate as _
from sosias.models.base import Base, open_base
from sosias.models.convert import to_hf
from sosias.models.network import need_torch
from sosias.settings import GenerationSettings, PersonaSettings, RunSettings, TrainingSettings
from sosias.templates import Template, Window, choose_template, open_template
from sosias.training.choices import after_windows, before_windows, choose_steps
from sosias.training.foreseen import Size, check_disk, choose_micro_batch, size_of
from sosias.training.learnt import key, write_learnt
from sosias.training.memory import available_bytes, peak_rss_mb
from sosias.training.samples import Prompt, Sampler, prompts
from sosias.workspace import BadSettings, Persona, Run, Workspace, private_folder, write_json, write_settings

OF_THE_MACHINE = ("steps", "micro_batch_tokens", "dtype")
"""What is chosen by what the machine can do at the moment: a run keeps its own when it is gone on with."""
LOOKED_AT = ("sample_steps",)
"""What changes no weight: a run is the same with another one, which then holds."""


class NothingToLearn(SosiasError):
    """The sessions of {name} give no window to learn from: look at them with sosias look."""


class NoBase(SosiasError):
    """No base has been chosen for {name}: train with --base NAME, one of those that sosias models list
    shows."""


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


def train(
    workspace: Workspace,
    persona: Persona,
    *,
    listener: Listener = silent,
    overrides: dict[str, Any] | None = None,
    samples: bool = False,
) -> dict[str, Any]:
    """Train the persona, going on with an unfinished run where there is one; return its result.

    `samples`: somebody looks on, and is told what the persona replies on the way (`Sample`).
    `overrides` replaces fields of the persona's training settings, and `base` and `template`. The
    same sessions and settings as in a finished run are not trained twice: its result is returned.
    The keys of the result are those of the design's `train`.

    Raises:
        NotPrepared, NothingToLearn: no sessions, or nothing to learn in them.
        BaseMissing: the base has not been pulled.
        NoMemoryForIt, NoRoomForIt: it is foreseen that memory or the disk are too small.
        LossNotFinite, NotEnoughMemory, NoSpace: it could not go on; the last checkpoint is kept.
    """
    with workspace.writing():
        wanted = requested(persona, overrides or {})
        if wanted.training.method == "scratch":
            need_torch()
            from sosias.training.scratch_run import train_from_scratch

            return train_from_scratch(persona, wanted, listener, samples=samples)
        plan = plan_run(persona, prepared.read_sessions(persona), wanted)
        return begin(plan, persona, listener, samples=samples)


def begin(plan: Plan, persona: Persona, listener: Listener, *, samples: bool = False) -> dict[str, Any]:
    """Carry a plan out in the newest run where that is of the same plan, else in a new one."""
    for choice in plan.choices:
        listener(choice)
    run = same_run(persona, plan) or persona.new_run()
    if run.is_finished:
        listener(Notice(_("Already trained with these settings: run {run}.").format(run=run.folder.name)))
        return run.result()
    return carry_out(plan, run, listener, samples=samples)


def requested(persona: Persona, overrides: dict[str, Any]) -> PersonaSettings:
    """Return the persona's settings with the overrides that are given (not None).

    Raises:
        BadSettings: an override out of its bounds.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    settings = persona.settings
    own: dict[str, Any] = {name: given.pop(name) for name in ("base", "template") if name in given}
    try:
        own["training"] = TrainingSettings.model_validate(settings.training.model_dump() | given)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadSettings(path=persona.settings_file, what=f"{where}: {first['msg']}") from error
    return settings.model_copy(update=own)


def plan_run(persona: Persona, sessions: list[Session], settings: PersonaSettings) -> Plan:
    """Choose what is left to choose, and cut the windows."""
    if settings.base is None:
        raise NoBase(name=persona.name)
    base = open_base(settings.base)
    size = size_of(base)
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
        base=settings.base,
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
        open=frozenset(name for name in OF_THE_MACHINE if getattr(settings.training, name) is None),
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


def same_run(persona: Persona, plan: Plan) -> Run | None:
    """Return the newest run if it is of this plan, finished or not, or none yet.

    Only the newest: it is what chats and reports use, so no older one may answer for it.
    """
    if not persona.runs():
        return None
    run = persona.runs()[-1]
    if not run.settings_file.is_file():
        return run
    found = run.settings
    own = {name: getattr(found.training, name) for name in (*plan.open, *LOOKED_AT)}
    training = plan.run.training.model_copy(update=own)
    return run if found == plan.run.model_copy(update={"training": training}) else None


# --- the run -------------------------------------------------------------------------------------


def carry_out(plan: Plan, run: Run, listener: Listener, *, samples: bool = False) -> dict[str, Any]:
    """Train as planned into the run's folder; return and write the result, unless interrupted."""
    from sosias.training.fit import Fit
    from sosias.training.methods import keep, trainable_network
    from sosias.training.source import Windows

    settings = run.settings if run.settings_file.is_file() else plan.run
    to_hf(plan.base, listener)
    check_disk(private_folder(run.folder), plan.size, settings.training)
    training = settings.training.model_copy(update={"sample_steps": plan.run.training.sample_steps})
    training, choices = _with_micro_batch(plan, training)
    network = trainable_network(plan.base, training, plan.parent)
    pad_id = plan.base.config.pad_id
    fit = Fit(
        network,
        Windows(plan.train, training, pad_id),
        plan.validation,
        training,
        pad_id,
        run.folder,
        listener,
        trained_before=plan.parent is not None,
        sampler=_sampler(plan, listener) if samples else None,
    )
    if training.steps is None:
        seconds = fit.measure_speed() if training.minutes else None
        validating = fit.measure_validation() if training.minutes else 0
        choices.append(choose_steps(training, fit.source.epoch_length, seconds, validating))
        training = training.model_copy(update={"steps": int(choices[-1].value)})
        fit.settings = training
    for choice in choices:
        listener(choice)
    settings = settings.model_copy(update={"training": training})
    write_learnt(run, plan.learnt)
    write_settings(run.settings_file, settings)
    fitted = fit.run()
    result = _result(replace(plan, choices=[*plan.choices, *choices]), settings) | {
        "steps": fitted.steps,
        "tokens": fitted.tokens,
        "supervised_tokens": fitted.supervised_tokens,
        "tokens_per_second": round(fitted.tokens / max(fitted.seconds, 1e-9), 1),
        "seconds": round(fitted.seconds, 1),
        "peak_rss_mb": peak_rss_mb(),
        "stopped": fitted.stopped,
        "validation_losses": [round(loss, 4) for loss in fitted.losses],
    }
    if fitted.stopped != "interrupted":
        keep(network, plan.base, training, run)
        write_json(run.result_file, result)
        shutil.rmtree(run.checkpoint_folder, ignore_errors=True)  # nothing goes on from it any more
    return result


def _sampler(plan: Plan, listener: Listener) -> Sampler:
    every = plan.run.training.sample_steps
    return Sampler(plan.template, plan.prompts, plan.generation, every, listener)


def _with_micro_batch(plan: Plan, training: TrainingSettings) -> tuple[TrainingSettings, list[Choice]]:
    """Choose how much goes through the network at once, unless the user or an earlier call has."""
    if training.micro_batch_tokens is not None:
        return training, []
    windows = plan.train
    tokens = sum(len(window.ids) for window in windows)
    choice = choose_micro_batch(
        plan.size,
        training,
        length=max(len(window.ids) for window in [*windows, *plan.validation]),
        learnt=sum(sum(window.learnt) for window in windows) / tokens,
        available=available_bytes(),
    )
    return training.model_copy(update={"micro_batch_tokens": int(choice.value)}), [choice]


def _result(plan: Plan, settings: RunSettings) -> dict[str, Any]:
    result: dict[str, Any] = {
        "base": settings.base,
        "method": settings.training.method,
        "template": settings.template,
        "choices": [{"what": one.what, "value": one.value, "why": one.why} for one in plan.choices],
    }
    return result | ({} if settings.parent is None else {"parent": settings.parent})
