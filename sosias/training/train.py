"""A persona's sessions to an adapter or weights: a run planned, begun or gone on with, its result written."""

import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

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
from sosias.training.distributed import SHARED_METHODS, MethodAlone
from sosias.training.foreseen import Size, check_disk, size_of
from sosias.training.learnt import key, write_learnt
from sosias.training.samples import Prompt, Sampler, prompts
from sosias.workspace import BadSettings, Persona, Run, Workspace, private_folder, write_json, write_settings

if TYPE_CHECKING:
    from sosias.training.distributed_group import Ranks

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
    The keys of the result are those of the design's `train`. Started by torchrun, it is called in each
    process: the first chooses, writes and speaks.

    Raises:
        AccelerateLaunch, EachAlone, NoGroup: started as several processes that would each train alone.
        MethodAlone: several processes cannot train this method.
        LostAnother, DifferentViews: processes that cannot go on together.
        NotPrepared, NothingToLearn: no sessions, or nothing to learn in them.
        BaseMissing: the base has not been pulled.
        NoMemoryForIt, NoRoomForIt: it is foreseen that memory or the disk are too small.
        LossNotFinite, NotEnoughMemory, NoSpace: it could not go on; the last checkpoint is kept.
    """
    need_torch()
    from sosias.training.distributed_group import joined

    with joined(listener) as ranks, ExitStack() as held:
        if not ranks.first:
            listener = silent
        ranks.from_first(lambda: held.enter_context(workspace.writing()))
        wanted = requested(persona, overrides or {})
        if ranks.world > 1 and wanted.training.method not in SHARED_METHODS:
            raise MethodAlone(method=wanted.training.method)
        if wanted.training.method == "scratch":
            from sosias.training.scratch_run import train_from_scratch

            return train_from_scratch(persona, wanted, listener, samples=samples)
        plan = _plan_together(persona, wanted, ranks)
        return begin(plan, persona, listener, ranks, samples=samples)


def _plan_together(persona: Persona, wanted: PersonaSettings, ranks: "Ranks") -> Plan:
    """Plan as the first process does: what it measures and chooses holds for all.

    Raises:
        DifferentViews: they do not have the same sessions.
    """
    sessions = prepared.read_sessions(persona)
    plans: list[Plan] = []

    def plan_first() -> RunSettings:
        plans.append(plan_run(persona, sessions, wanted))
        return plans[0].run

    chosen = ranks.from_first(plan_first)
    own = {"base": chosen.base, "template": chosen.template, "training": chosen.training}
    plan = plans[0] if plans else plan_run(persona, sessions, wanted.model_copy(update=own))
    ranks.agree("sessions", plan.run)
    return plan


def begin(
    plan: Plan,
    persona: Persona,
    listener: Listener,
    ranks: "Ranks | None" = None,
    *,
    samples: bool = False,
) -> dict[str, Any]:
    """Carry a plan out in the newest run where that is of the same plan, else in a new one."""
    from sosias.training.distributed_group import ALONE

    ranks = ranks or ALONE
    for choice in plan.choices:
        listener(choice)
    run = ranks.from_first(lambda: same_run(persona, plan) or persona.new_run())
    result = ranks.from_first(lambda: run.result() if run.is_finished else None)
    if result is not None:
        listener(Notice(_("Already trained with these settings: run {run}.").format(run=run.folder.name)))
        return result
    return carry_out(plan, run, listener, ranks, samples=samples)


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


def carry_out(
    plan: Plan,
    run: Run,
    listener: Listener,
    ranks: "Ranks | None" = None,
    *,
    samples: bool = False,
) -> dict[str, Any]:
    """Train as planned into the run's folder; return and write the result, unless interrupted."""
    from sosias.training.distributed_group import ALONE
    from sosias.training.distributed_memory import fitted_to_machine
    from sosias.training.fit import Fit
    from sosias.training.methods import keep, trainable_network
    from sosias.training.source import Windows

    ranks = ranks or ALONE
    settings = ranks.from_first(lambda: run.settings if run.settings_file.is_file() else plan.run)
    wanted = settings.training.model_copy(update={"sample_steps": plan.run.training.sample_steps})
    ranks.from_first(lambda: _make_ready(plan, run, wanted, listener))
    training, choices, sharded = fitted_to_machine(plan.size, wanted, plan.train, plan.validation, ranks)
    network = trainable_network(plan.base, training, plan.parent)
    pad_id = plan.base.config.pad_id
    fit = Fit(
        network,
        Windows(plan.train, training, pad_id, ranks),
        plan.validation,
        training,
        pad_id,
        run.folder,
        listener,
        trained_before=plan.parent is not None,
        ranks=ranks,
        sharded=sharded,
        sampler=_sampler(plan, listener) if samples else None,
    )
    if training.steps is None:
        seconds = fit.measure_speed() if training.minutes else None
        validating = fit.measure_validation() if training.minutes else 0
        length = fit.source.epoch_length
        choices.append(ranks.from_first(lambda: choose_steps(training, length, seconds, validating)))
        training = training.model_copy(update={"steps": int(choices[-1].value)})
        fit.settings = training
    for choice in choices:
        listener(choice)
    settings = settings.model_copy(update={"training": training})
    if ranks.first:
        write_learnt(run, plan.learnt)
        write_settings(run.settings_file, settings)
    fitted = fit.run()
    result = _result(replace(plan, choices=[*plan.choices, *choices]), settings) | fitted.figures()
    if ranks.world > 1:
        result["processes"] = ranks.world
    if fitted.stopped != "interrupted":
        weights = fit.whole() if sharded else None

        def write() -> None:
            keep(network, plan.base, training, run, weights)
            write_json(run.result_file, result)
            shutil.rmtree(run.checkpoint_folder, ignore_errors=True)  # nothing goes on from it any more

        ranks.from_first(write)
    return result


def _make_ready(plan: Plan, run: Run, training: TrainingSettings, listener: Listener) -> None:
    """Convert the base, where that is still to be done, and see that there is room on the disk."""
    to_hf(plan.base, listener)
    check_disk(private_folder(run.folder), plan.size, training)


def _sampler(plan: Plan, listener: Listener) -> Sampler:
    every = plan.run.training.sample_steps
    return Sampler(plan.template, plan.prompts, plan.generation, every, listener)


def _result(plan: Plan, settings: RunSettings) -> dict[str, Any]:
    result: dict[str, Any] = {
        "base": settings.base,
        "method": settings.training.method,
        "template": settings.template,
        "choices": [{"what": one.what, "value": one.value, "why": one.why} for one in plan.choices],
    }
    return result | ({} if settings.parent is None else {"parent": settings.parent})
