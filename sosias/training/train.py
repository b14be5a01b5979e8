"""A persona's sessions to an adapter: settings resolved, a run continued or begun, its result written."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sosias.corpus import prepare
from sosias.corpus.session import Session
from sosias.errors import SosiasError
from sosias.events import Choice, Listener, Notice, silent
from sosias.language import translate as _
from sosias.models.adapter import write_adapter_gguf
from sosias.models.base import Base, open_base
from sosias.models.convert import to_hf
from sosias.models.layouts import LAYOUTS
from sosias.models.network import cpu_dtype, load_network
from sosias.settings import Consent, ConsentKind, PersonaSettings, RunSettings, TrainingSettings
from sosias.templates import Template, Window, choose_template, open_template
from sosias.training.batches import epoch_steps
from sosias.training.fit import Fit, Fitted
from sosias.training.lora import quicken
from sosias.training.memory import peak_rss_mb
from sosias.workspace import BadSettings, Persona, Run, Workspace, atomic_folder, write_json, write_settings

LORA_RATE = 2e-4
"""Peak rate for adapters of small bases: see docs/findings/defaults.md."""


PUBLISHED: tuple[ConsentKind, ...] = ("fiction", "public")
"""Kinds of consent under which nobody's words are private."""


class NothingToLearn(SosiasError):
    """The sessions of {name} give no window to learn from: look at them with sosias look."""


class NoBase(SosiasError):
    """No base has been chosen for {name}: train with --base NAME, one of those that sosias models list
    shows."""


@dataclass(frozen=True)
class Plan:
    """Everything a run needs, chosen: what is trained on what, and why."""

    base: Base
    template: Template
    run: RunSettings
    train: list[Window]
    validation: list[Window]
    choices: list[Choice]


def train(
    workspace: Workspace,
    persona: Persona,
    *,
    listener: Listener = silent,
    overrides: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Train the persona, going on with an unfinished run where there is one; return its result.

    `overrides` replaces fields of the persona's training settings, and `base` and `template`. The
    same sessions and settings as in a finished run are not trained twice: its result is returned.
    The keys of the result are those of the design's `train`.

    Raises:
        NotPrepared, NothingToLearn: no sessions, or nothing to learn in them.
        BaseMissing: the base has not been pulled.
        LossNotFinite: the loss was no longer a number.
    """
    with workspace.writing():
        plan = plan_run(persona, prepare.read_sessions(persona), requested(persona, overrides or {}))
        for choice in plan.choices:
            listener(choice)
        run = _same_run(persona, plan.run) or persona.new_run()
        if run.is_finished:
            listener(Notice(_("Already trained with these settings: run {run}.").format(run=run.folder.name)))
            return run.result()
        return carry_out(plan, run, listener)


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
    group = prepare.is_group(sessions)
    choices = [] if settings.template else [choose_template(base, group=group)]
    template_name = settings.template or choices[0].value
    author = prepare.persona_name(settings)
    training, why = _resolve(settings.training, settings.consent)
    markers = training.gap_markers
    template = open_template(template_name, base, author, group=group, gap_markers=markers)
    run = RunSettings(
        base=settings.base,
        template=template_name,
        persona_author=author,
        partner=prepare.partner(sessions),
        group=group,
        training=training,
        sessions_sha256=prepare.fingerprint(persona),
    )
    learnt = split_windows(template, sessions, "train", training, loss=training.loss)
    validation = split_windows(template, sessions, "validation", training)
    if not learnt or not validation:
        raise NothingToLearn(name=persona.name)
    return Plan(base, template, run, learnt, validation, choices + why)


def split_windows(
    template: Template,
    sessions: list[Session],
    split: str,
    training: TrainingSettings,
    *,
    loss: str | None = "persona",
) -> list[Window]:
    """Return the windows of one split; only training learns more than the persona's turns."""
    return [
        window
        for session in sessions
        if session.split == split
        for window in template.windows(session, training.window_tokens, loss=loss or "persona")
    ]


def carry_out(plan: Plan, run: Run, listener: Listener) -> dict[str, Any]:
    """Train as planned into the run's folder; return and write the result, unless interrupted."""
    resumed = run.settings_file.is_file()
    settings = run.settings if resumed else plan.run
    to_hf(plan.base, listener)
    network = adapted_network(plan.base, settings.training)
    fit = Fit(
        network,
        plan.train,
        plan.validation,
        settings.training,
        plan.base.config.pad_id,
        run.folder,
        listener,
    )
    if settings.training.steps is None:
        steps = _steps(fit, settings.training)
        listener(steps)
        plan.choices.append(steps)
        settings = settings.model_copy(
            update={"training": settings.training.model_copy(update={"steps": int(steps.value)})}
        )
        fit.settings = settings.training
    write_settings(run.settings_file, settings)
    fitted = fit.run()
    result = _result(plan, settings, fitted)
    if fitted.stopped != "interrupted":
        _keep(network, plan.base, run)
        write_json(run.result_file, result)
    return result


def adapted_network(base: Base, training: TrainingSettings) -> Any:
    """Return the base's network with fresh LoRA factors in fp32 on every linear layer of its body."""
    import torch
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(training.seed)
    network = load_network(base, dtype=training.dtype or "float32")
    lora = LoraConfig(
        r=training.rank,
        lora_alpha=training.alpha,
        lora_dropout=training.dropout,
        target_modules="all-linear",
        base_model_name_or_path=base.name,
        task_type="CAUSAL_LM",
    )
    adapted = get_peft_model(network, lora)
    quicken(adapted)
    if not torch.cuda.is_available():
        # On a CPU, plain products beat the fused kernel at the length of a window: forward and
        # backward of the attention took half the time (384 tokens, heads of 256; docs/benchmarks.md).
        adapted.get_base_model().set_attn_implementation("eager")
    return adapted


def _resolve(training: TrainingSettings, consent: Consent) -> tuple[TrainingSettings, list[Choice]]:
    """Return the settings with the automatic values filled in (but for steps), and the reasons."""
    chosen: dict[str, Any] = {}
    choices: list[Choice] = []
    if training.dtype is None:
        dtype, why = cpu_dtype()
        chosen["dtype"] = dtype
        choices.append(why)
    if training.learning_rate is None:
        chosen["learning_rate"] = LORA_RATE
        reason = _("best of those tried for adapters on small bases (docs/findings/defaults.md)")
        choices.append(Choice("learning_rate", f"{LORA_RATE:g}", reason))
    if training.loss is None:
        choices.append(_choose_loss(consent))
        chosen["loss"] = choices[-1].value
    if training.micro_batch_tokens is None:
        chosen["micro_batch_tokens"] = training.batch_tokens
    return training.model_copy(update=chosen), choices


def _choose_loss(consent: Consent) -> Choice:
    """Learn everybody's turns where all of them are published, else the persona's alone.

    Everybody's turns teach the language of the talk, which a persona of few words gains from; but a
    network can repeat what it has learnt, and the others in a private chat have not agreed to that.
    """
    if consent.kind in PUBLISHED:
        why = _("the talk is {kind}: everybody's turns teach its language (docs/findings/defaults.md)")
        return Choice("loss", "all", why.format(kind=consent.kind))
    return Choice("loss", "persona", _("the others' words are private: they are read and not learnt"))


def _steps(fit: Fit, training: TrainingSettings) -> Choice:
    """Choose the number of steps: the epochs asked for, or fewer where the minutes end sooner."""
    lengths = [len(window.ids) for window in fit.train]
    batch, micro = training.batch_tokens, training.micro_batch_tokens or training.batch_tokens
    steps = len(epoch_steps(lengths, batch=batch, micro=micro, seed=training.seed, epoch=0))
    wanted = max(1, round(steps * training.epochs))
    if training.minutes is None:
        return Choice("steps", str(wanted), _("{epochs:g} epochs").format(epochs=training.epochs))
    seconds = fit.measure_speed()
    validating = fit.measure_validation() * training.validations
    possible = max(1, int((training.minutes * 60 - validating) / seconds))
    why = _("{epochs:g} epochs are {wanted} steps; {minutes:g} minutes are {possible} of {seconds:.2f} s")
    said = why.format(
        epochs=training.epochs,
        wanted=wanted,
        minutes=training.minutes,
        possible=possible,
        seconds=seconds,
    )
    return Choice("steps", str(min(wanted, possible)), said)


def _same_run(persona: Persona, wanted: RunSettings) -> Run | None:
    """Return the newest run if it has these settings, finished or not, or none yet.

    Only the newest: it is what chats and reports use, so no older one may answer for it.
    """
    if not persona.runs():
        return None
    run = persona.runs()[-1]
    if not run.settings_file.is_file():
        return run
    found = run.settings
    steps = found.training.steps if wanted.training.steps is None else wanted.training.steps
    training = wanted.training.model_copy(update={"steps": steps})
    return run if found == wanted.model_copy(update={"training": training}) else None


def _keep(network: Any, base: Base, run: Run) -> None:
    with atomic_folder(run.adapter_folder) as folder:
        network.save_pretrained(folder)
        _forget_paths(folder, base)
    if base.config.layout in LAYOUTS:  # the others speak through torch
        write_adapter_gguf(run.adapter_folder, base, run.adapter_gguf)


def _forget_paths(adapter: Path, base: Base) -> None:
    """Leave no path of this machine, and no half-written card, in what may be handed on."""
    (adapter / "README.md").unlink(missing_ok=True)
    file = adapter / "adapter_config.json"
    config = json.loads(file.read_text(encoding="utf-8"))
    config["base_model_name_or_path"] = Path(base.name).name
    file.write_text(json.dumps(config, indent=2, ensure_ascii=False), encoding="utf-8")


def _result(plan: Plan, settings: RunSettings, fitted: Fitted) -> dict[str, Any]:
    return {
        "base": settings.base,
        "method": settings.training.method,
        "template": settings.template,
        "steps": fitted.steps,
        "tokens": fitted.tokens,
        "supervised_tokens": fitted.supervised_tokens,
        "tokens_per_second": round(fitted.tokens / max(fitted.seconds, 1e-9), 1),
        "seconds": round(fitted.seconds, 1),
        "peak_rss_mb": peak_rss_mb(),
        "stopped": fitted.stopped,
        "validation_losses": [round(loss, 4) for loss in fitted.losses],
        "choices": [{"what": one.what, "value": one.value, "why": one.why} for one in plan.choices],
    }
