"""A persona's sessions to an adapter or weights: a run planned, begun or gone on with, its result written."""

import shutil
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sosias.corpus import prepared
from sosias.events import Listener, Notice, silent
from sosias.language import translate as _
from sosias.models.convert import to_hf
from sosias.models.network import need_torch
from sosias.settings import PersonaSettings, RunSettings, TrainingSettings
from sosias.training.distributed import SHARED_METHODS, MethodAlone
from sosias.training.foreseen import check_disk
from sosias.training.learnt import write_learnt
from sosias.training.plan import Plan, asked_now, idle, new_run, plan_run, remembered, requested, same_run
from sosias.training.samples import Sampler
from sosias.workspace import Persona, Run, Workspace, private_folder, write_json, write_settings

if TYPE_CHECKING:
    from sosias.training.distributed_group import Ranks


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
        if nothing := idle(wanted.training):
            said = _("{names} under [training] in persona.toml: nothing comes of it with --method {method}.")
            listener(Notice(said.format(names=", ".join(nothing), method=wanted.training.method)))
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
    wanted = (persona, plan.run, plan.open)
    run = ranks.from_first(lambda: same_run(*wanted) or new_run(*wanted, listener))
    result = ranks.from_first(lambda: run.result() if run.is_finished else None)
    if result is not None:
        listener(Notice(_("Already trained with these settings: run {run}.").format(run=run.folder.name)))
        return result
    return carry_out(plan, run, listener, ranks, samples=samples)


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
    from sosias.training.methods import trainable_network
    from sosias.training.source import Windows

    ranks = ranks or ALONE
    settings = ranks.from_first(lambda: run.settings if run.settings_file.is_file() else plan.run)
    earlier = settings.training.micro_batch_tokens
    wanted = settings.training.model_copy(update=asked_now(plan.run.training))
    ranks.from_first(lambda: _make_ready(plan, run, wanted, listener))
    training, choices, sharded = fitted_to_machine(
        plan.size, wanted, plan.train, plan.validation, ranks, earlier
    )
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
    choices += fit.choose_steps()
    training = fit.settings
    for choice in choices:
        listener(choice)
    settings = settings.model_copy(update={"training": training})
    known = [*plan.choices, *choices]
    if ranks.first:
        write_learnt(run, plan.learnt)
        write_settings(run.settings_file, settings)
        known = remembered(run, known, plan.open)
    fitted = fit.run()
    result = _result(replace(plan, choices=known), settings) | fitted.figures()
    if ranks.world > 1:
        result["processes"] = ranks.world
    if fitted.stopped != "interrupted":
        weights = fit.whole() if sharded else None
        ranks.from_first(lambda: _end(plan, run, network, training, weights, result))
    return result


def _end(
    plan: Plan, run: Run, network: Any, training: TrainingSettings, weights: Any, result: dict[str, Any]
) -> None:
    """Write what a run has come to; nothing goes on from its checkpoint any more."""
    from sosias.training.methods import keep

    keep(network, plan.base, training, run, weights)
    write_json(run.result_file, result)
    shutil.rmtree(run.checkpoint_folder, ignore_errors=True)


def _make_ready(plan: Plan, run: Run, training: TrainingSettings, listener: Listener) -> None:
    """Convert the base, where that is still to be done, and see that there is room on the disk."""
    to_hf(plan.base, listener)
    run.clear_left()
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
