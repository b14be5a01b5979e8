"""A persona to a measured report: bits per byte and perplexity on sessions it has not seen."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sosias.corpus import prepared
from sosias.corpus.session import Session
from sosias.errors import Interrupted, SosiasError
from sosias.evaluation.interval import SessionLoss, mean_fall, paired_interval
from sosias.evaluation.measure import run_losses
from sosias.events import Listener, Notice, silent
from sosias.language import translate as _
from sosias.models.base import started_from
from sosias.settings import RunSettings
from sosias.templates import open_template
from sosias.training.learnt import key, read_learnt, unseen
from sosias.training.plan import plan_run, split_windows
from sosias.training.train import carry_out
from sosias.workspace import Persona, Run, Workspace, private_folder, write_json


class NotThatManyFolds(SosiasError):
    """{folds} folds of {test:.0%} of the talk each leave too little to train the first one on: ask for
    at most {most}."""


class ChangedSessions(SosiasError):
    """The sessions of {name} have changed since it was trained: run sosias -p {name} train first."""


class FoldsFromScratch(SosiasError):
    """{name} is a network from scratch: each fold would need a vocabulary and a network of its own, and none
    is trained. Leave --folds out."""


class FoldsOfUpdate(SosiasError):
    """The newest run of {name} is an update, and a fold is trained from the base, so their mean would be of
    two different things: leave --folds out, or train anew with sosias -p {name} train first."""


class NothingHeldOut(SosiasError):
    """Among the sessions of {name} none is left to measure on that no training has learnt: import newer
    messages, or more of them, and run sosias -p {name} prepare."""


class NothingInFold(SosiasError):
    """Fold {fold} holds out no session to measure on: ask for fewer folds."""


class FoldDiverged(SosiasError):
    """In fold {fold} the loss was no longer a number after some steps, so a mean would be of trainings of
    different lengths: train with a lower learning_rate (it was {rate:g}), or leave --folds out."""


class FoldInterrupted(Interrupted):
    """The evaluation was interrupted in fold {fold}: the same command goes on where it stopped."""


def evaluate(
    workspace: Workspace, persona: Persona, *, folds: int = 0, listener: Listener = silent
) -> dict[str, Any]:
    """Measure the newest finished run on the test sessions, or train and measure `folds` of them.

    Returns (and writes to `report/report.json`) the keys of the design's `evaluate`; `fall` is a
    share of the base's bits per byte, and `low` and `high` are the ends of its 95 % interval.

    A run is measured on the preparation that it was trained on, or on a later one in which each session
    that it has learnt still stands word for word among those to train on.

    Raises:
        NotTrained, ChangedSessions: there is no run, or it was trained on other sessions.
        NothingHeldOut: there is no session to measure on.
        NotThatManyFolds, FoldsFromScratch, FoldsOfUpdate: the folds would leave nothing to train on, or
            not be trained as the run was.
        NothingInFold, FoldDiverged: a fold cannot be measured, or not beside the others.
    """
    with workspace.writing():
        run = persona.finished_run()
        settings = run.settings
        if folds:
            _check_folds(persona, settings, folds)
        unchanged = settings.sessions_sha256 == prepared.fingerprint(persona)
        # what is unchanged may be a corpus, of which what is held out is enough
        sessions = prepared.read_sessions(persona, "test" if unchanged else None)
        if not unchanged and (folds or not _is_learnt_apart(persona, run, sessions)):
            raise ChangedSessions(name=persona.name)
        if folds:
            losses = [_fold_losses(persona, run, number, folds, listener) for number in range(folds)]
        else:
            losses = [_run_losses(persona, run, sessions, listener)]
        report = summarise(losses) | {"run": run.folder.name, "base": settings.base}
        write_json(persona.report_folder / "report.json", report)
        return report


def summarise(folds: Sequence[Sequence[SessionLoss]]) -> dict[str, Any]:
    """Return bits per byte and perplexity, base and tuned: means over folds, and each fold's own."""
    low, high = paired_interval(folds)
    each = [_figures(fold) for fold in folds]
    count = len(each)
    bits = {name: sum(one["bits_per_byte"][name] for one in each) / count for name in ("base", "tuned")}
    perplexity = {
        name: math.exp(sum(math.log(one["perplexity"][name]) for one in each) / count)
        for name in ("base", "tuned")
    }
    return {
        "bits_per_byte": _rounded(bits | {"fall": mean_fall(folds), "low": low, "high": high}),
        "perplexity": {name: round(value, 1) for name, value in perplexity.items()},
        "folds": [
            one
            | {
                "bits_per_byte": _rounded(one["bits_per_byte"]),
                "perplexity": {name: round(value, 1) for name, value in one["perplexity"].items()},
            }
            for one in each
        ],
    }


def _figures(losses: Sequence[SessionLoss]) -> dict[str, Any]:
    size = sum(one.text_bytes for one in losses)
    words = sum(one.text_words for one in losses)
    nats = {"base": sum(one.base for one in losses), "tuned": sum(one.tuned for one in losses)}
    return {
        "bits_per_byte": {name: value / math.log(2) / size for name, value in nats.items()}
        | {"fall": mean_fall([losses])},
        "perplexity": {name: math.exp(value / words) for name, value in nats.items()},
        "sessions": len(losses),
        "words": words,
    }


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in values.items()}


def _is_learnt_apart(persona: Persona, run: Run, sessions: Sequence[Session]) -> bool:
    """Is every session that the run has learnt still one to train on, as it was, of the same people?

    No message of the persona is in two sessions, and what repeats is taken out of those held out, so
    nothing that was learnt is then in these.
    """
    learnt, settings = read_learnt(run), run.settings
    same_persona = prepared.persona_name(persona.settings) == settings.persona_author
    same_kind = prepared.is_group(sessions) == settings.group
    to_train_on = {key(session) for session in sessions if session.split == "train"}
    return same_persona and same_kind and bool(learnt) and learnt <= to_train_on


def _run_losses(persona: Persona, run: Run, sessions: list[Session], listener: Listener) -> list[SessionLoss]:
    """Return the losses of a finished run on the test sessions."""
    settings = run.settings
    base = started_from(run)
    template = open_template(
        settings.template,
        base,
        settings.persona_author,
        group=settings.group,
        gap_markers=settings.training.gap_markers,
    )
    held_out = unseen(sessions, read_learnt(run))
    windows = split_windows(template, held_out, "test", settings.training)
    if not windows:
        raise NothingHeldOut(name=persona.name)
    return run_losses(base, run, windows, listener)


def _fold_losses(
    persona: Persona, finished: Run, number: int, folds: int, listener: Listener
) -> list[SessionLoss]:
    """Train fold `number` with the run's settings, unless it is there already; return its losses.

    The last fold is the split that the run itself was trained on, so a run of whole epochs is it.
    """
    settings = finished.settings
    listener(Notice(_("Fold {number} of {folds}").format(number=number + 1, folds=folds)))
    if number == folds - 1 and settings.training.minutes is None:
        return _fold_losses_of(persona, finished, number, prepared.read_sessions(persona), listener)
    sessions = prepared.fold(persona, number, folds)
    run = Run(private_folder(_folds_folder(persona, settings, folds) / str(number + 1)))
    if not run.is_finished:
        chosen = {one["what"] for one in finished.result()["choices"]}
        steps = None if "steps" in chosen else settings.training.steps  # a fold has less to choose them by
        training = settings.training.model_copy(update={"steps": steps, "minutes": None})
        same = {"base": settings.base, "template": settings.template, "training": training}
        plan = plan_run(persona, sessions, persona.settings.model_copy(update=same))
        if not split_windows(plan.template, sessions, "test", plan.run.training):
            raise NothingInFold(fold=number + 1)
        if carry_out(plan, run, listener)["stopped"] == "interrupted":
            raise FoldInterrupted(fold=number + 1)
    return _fold_losses_of(persona, run, number, sessions, listener)


def _fold_losses_of(
    persona: Persona, run: Run, number: int, sessions: list[Session], listener: Listener
) -> list[SessionLoss]:
    """Return the losses of a fold's finished run, unless it was cut short by a loss that is no number."""
    if run.result()["stopped"] == "diverged":
        raise FoldDiverged(fold=number + 1, rate=run.settings.training.learning_rate)
    return _run_losses(persona, run, sessions, listener)


def _folds_folder(persona: Persona, settings: RunSettings, folds: int) -> Path:
    """Return where the folds of these settings are kept, so that no other settings' are taken for them."""
    name = f"{folds}-{settings.fingerprint()}"
    return persona.report_folder / "folds" / name


def _check_folds(persona: Persona, settings: RunSettings, folds: int) -> None:
    if settings.training.method == "scratch":
        raise FoldsFromScratch(name=persona.name)
    if settings.parent is not None:
        raise FoldsOfUpdate(name=persona.name)
    preparation = persona.settings.preparation
    most = int((1 - preparation.validation) / preparation.test / 2)
    if folds > most:
        raise NotThatManyFolds(folds=folds, test=preparation.test, most=most)
