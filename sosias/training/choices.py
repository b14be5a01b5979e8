"""What a run's settings leave open, chosen from base, method and data: each value with its reason."""

import math
import random
from collections.abc import Sequence
from typing import Any

from sosias.corpus.session import Session, Turn
from sosias.errors import SosiasError
from sosias.events import Choice
from sosias.language import translate as _
from sosias.models.base import Base
from sosias.models.network import cpu_dtype
from sosias.settings import Consent, ConsentKind, TrainingSettings
from sosias.templates import Template, Window
from sosias.templates.asking import check_attributes, settle_loss
from sosias.training.foreseen import Size

FINE_TUNING_SHARE = 0.1
"""Of the rate from scratch: what is known already is only to be bent."""
ADAPTER_SHARE = 2.0
"""Of the rate from scratch, for adapters: see docs/findings/defaults.md. Schulman et al. (LoRA Without
Regret, 2025) found ten times the rate for all weights best, and fifteen times in short runs."""
STEP_LEARNT = 800
"""Learnt tokens of a step at that rate: of 1,024, without names and separators. Where fewer are learnt, the
step is less sure of its direction, and the rate is less by the root of how many fewer (Malladi et al. 2022,
arXiv 2205.10287)."""
RANK, LARGEST_RANK = 16, 256
"""16 is the rank of the figures in docs/findings/defaults.md."""
ALPHA, SPREAD = 32, 0.035
"""The scale of adapters for a base whose weights are so large, and for smaller ones. The same for every
rank: then the best rate is the same, too (Schulman et al. 2025)."""
NUMBERS_A_TOKEN = 0.5
"""Trained numbers that a learnt token asks for: a number holds about two bits (Allen-Zhu & Li 2024,
arXiv 2404.05405), and a token of chat brings about one that the base did not know."""
WINDOW, LONGEST_WINDOW = 1024, 1536
"""Tokens: what is said makes more sense with what was said before (docs/findings/defaults.md)."""
BATCH, LARGEST_BATCH = 1024, 4096
STEPS_AN_EPOCH = 512
"""At least so many where batches are larger than `BATCH`: adapters learn more from many small steps."""
EPOCHS, EPOCHS_FROM_SCRATCH = 1, 3
"""A second pass makes held-out words dearer again: see docs/findings/defaults.md."""
VALIDATING_SHARE = 0.25
"""The most of the minutes that validations may take."""
PUBLISHED: tuple[ConsentKind, ...] = ("fiction", "public")
"""Kinds of consent under which nobody's words are private."""
LOOKED_AT = 2000
"""Turns that are looked at to choose the length of windows."""


class WindowTooLong(SosiasError):
    """window_tokens is {wanted}, and the base {base} reads {most} tokens at once: set it to {most} or less in
    persona.toml, or leave it out."""


def from_scratch_rate(weights: int) -> float:
    """Return the peak rate at which a network of so many weights is trained from scratch.

    A power of its size through the ends of GPT-3's table, 6e-4 at 125 million and 1e-4 at 13 billion
    weights (Brown et al. 2020, arXiv 2005.14165, table 2.1), 1e-3 at most.
    """
    return float(min(1e-3, 6e-4 * (weights / 125e6) ** -0.386))


def before_windows(
    training: TrainingSettings, consent: Consent, base: Base, template: Template, sessions: Sequence[Session]
) -> tuple[TrainingSettings, list[Choice]]:
    """Choose what windows are cut by: how long they are, and whose turns are learnt.

    Raises:
        LossNotThere, NoAttributes: the template cannot learn that, or not from these sessions.
        WindowTooLong: the base does not read so much at once.
    """
    choices = []
    most = base.config.context_length
    if training.window_tokens is not None and training.window_tokens > most:
        raise WindowTooLong(wanted=training.window_tokens, base=base.name, most=most)
    if training.window_tokens is None:
        turns = [turn for one in sessions if one.split == "train" for turn in one.turns]
        choices.append(choose_window(template, turns, most))
    if usual := settle_loss(template, training.loss):
        choices.append(usual)
    elif training.loss is None:
        choices.append(choose_loss(consent))
    check_attributes(template, sessions)
    return _with(training, choices), choices


def after_windows(
    training: TrainingSettings, size: Size, windows: Sequence[Window]
) -> tuple[TrainingSettings, list[Choice]]:
    """Choose how they are learnt: number format, length of a step, learning rate, rank, scale."""
    from sosias.training.batches import epoch_steps  # it needs torch, and other choices do not

    choices = []
    lengths = [len(window.ids) for window in windows]
    learnt = sum(sum(window.learnt) for window in windows)
    if training.dtype is None:
        choices.append(cpu_dtype()[1])
    if training.batch_tokens is None:
        choices.append(choose_batch(sum(lengths)))
    if training.learning_rate is None:
        batch = training.batch_tokens or int(choices[-1].value)
        steps = epoch_steps(lengths, batch=batch, micro=batch, seed=training.seed, epoch=0)
        choices.append(choose_rate(training.method, size, learnt / max(1, len(steps))))
    if training.rank is None and training.method != "full":
        choices.append(choose_rank(size, learnt))
    if training.alpha is None and training.method != "full":
        choices.append(choose_alpha(size))
    return _with(training, choices), choices


def _with(training: TrainingSettings, choices: Sequence[Choice]) -> TrainingSettings:
    """Return the settings with the choices in them."""
    values: dict[str, Any] = training.model_dump() | {choice.what: choice.value for choice in choices}
    return TrainingSettings.model_validate(values)


def choose_window(template: Template, turns: Sequence[Turn], context_length: int) -> Choice:
    """Return the longest window: room for nearly every turn beside what it answers, in tokens."""
    some = random.Random(0).sample(turns, min(len(turns), LOOKED_AT))
    lengths = sorted(len(template.encode("\n".join(turn.bubbles))) for turn in some)
    long = lengths[int(0.9 * len(lengths))] if lengths else 0
    window = WINDOW if 2 * long <= WINDOW else LONGEST_WINDOW
    if window > context_length:
        return Choice("window_tokens", str(context_length), _("the base reads no more at once"))
    why = _("nine turns in ten are shorter than {tokens} tokens").format(tokens=long + 1)
    return Choice("window_tokens", str(window), why)


def choose_loss(consent: Consent) -> Choice:
    """Learn everybody's turns where all of them are published, else the persona's alone.

    Everybody's turns teach the language of the talk, which a persona of few words gains from; but a
    network can repeat what it has learnt, and the others in a private chat have not agreed to that.
    """
    if consent.kind in PUBLISHED:
        why = _("the talk is {kind}: everybody's turns teach its language (docs/findings/defaults.md)")
        return Choice("loss", "all", why.format(kind=consent.kind))
    return Choice("loss", "persona", _("the others' words are private: they are read and not learnt"))


def choose_rate(method: str, size: Size, learnt: float = STEP_LEARNT) -> Choice:
    """Return the peak learning rate.

    Args:
        learnt: tokens that are learnt in a step.
    """
    scratch = from_scratch_rate(size.weights)
    share = FINE_TUNING_SHARE
    reason = _("a tenth of {rate:.1g}, by GPT-3's table that for {weights:.0f} million weights from scratch")
    if method != "full":
        share = ADAPTER_SHARE
        reason = _(
            "adapters learn best at twice the rate that GPT-3's table has for {weights:.0f} million weights"
            " from scratch, {rate:.1g}"
        )
        if learnt < STEP_LEARNT:
            share *= math.sqrt(learnt / STEP_LEARNT)
            reason += _(", and at less where a step learns only {learnt:.0f} tokens")
    said = reason.format(rate=scratch, weights=size.weights / 1e6, learnt=learnt)
    return Choice("learning_rate", f"{share * scratch:.2g}", said)


def choose_rank(size: Size, learnt: int) -> Choice:
    """Return the rank of the adapters: 16, or more where the corpus has more to learn than fits into it."""
    rank = RANK
    while rank * size.linear < NUMBERS_A_TOKEN * learnt and rank < LARGEST_RANK:
        rank *= 2
    why = _("adapters of {numbers:.1f} million numbers have room for {learnt} learnt tokens")
    return Choice("rank", str(rank), why.format(numbers=rank * size.linear / 1e6, learnt=learnt))


def choose_alpha(size: Size) -> Choice:
    """Return the scale of the adapters: larger weights have to be moved further to say something else.

    Of a factor that begins at zero, Adam moves each number by about the rate in a step, whatever its
    gradient, and what it adds to the weights is that times alpha. So weights move by the same share of
    what they are, at the same rate. Figures: docs/findings/defaults.md.
    """
    if size.spread is None:
        return Choice("alpha", str(ALPHA), _("how large the base's weights are cannot be seen in its files"))
    alpha = max(ALPHA, round(ALPHA * size.spread / SPREAD))
    why = _("the base's weights are {spread:.2g} large (32 where they are {usual:g} or smaller)")
    return Choice("alpha", str(alpha), why.format(spread=size.spread, usual=SPREAD))


def choose_batch(tokens: int) -> Choice:
    """Return the tokens of an optimiser step."""
    batch = BATCH
    while 2 * batch * STEPS_AN_EPOCH <= tokens and batch < LARGEST_BATCH:
        batch *= 2
    why = _("{tokens} tokens an epoch are {steps} steps")
    return Choice("batch_tokens", str(batch), why.format(tokens=tokens, steps=max(1, round(tokens / batch))))


def with_time_to_learn(training: TrainingSettings, validating: float) -> TrainingSettings:
    """Return the settings with no more validations than a quarter of the minutes has room for.

    Args:
        validating: seconds of a validation.
    """
    if training.minutes is None or not validating:
        return training
    room = int(VALIDATING_SHARE * training.minutes * 60 / validating)
    return training.model_copy(update={"validations": max(1, min(training.validations, room))})


def epochs_of(training: TrainingSettings) -> float:
    """Return how often the training windows are gone through, at most."""
    if training.epochs is not None:
        return training.epochs
    return EPOCHS_FROM_SCRATCH if training.method == "scratch" else EPOCHS


def choose_steps(
    training: TrainingSettings, epoch_length: int, seconds: float | None, validating: float
) -> Choice:
    """Return the number of steps: the epochs asked for, or fewer where the minutes end sooner.

    Args:
        epoch_length: steps of an epoch.
        seconds: of a step, measured; None where no minutes are given.
        validating: seconds of a validation.
    """
    epochs = epochs_of(training)
    wanted = max(1, round(epoch_length * epochs))
    if training.minutes is None or seconds is None:
        if training.epochs is None and epochs == EPOCHS:
            return Choice("steps", str(wanted), _("one epoch: what is gone over again is learnt by heart"))
        return Choice("steps", str(wanted), _("epochs: {epochs:g}").format(epochs=epochs))
    left = training.minutes * 60 - validating * training.validations
    possible = max(1, int(left / seconds))
    why = _("epochs: {epochs:g}, in {wanted} steps; minutes: {minutes:g}, in {possible} of {seconds:.2f} s")
    said = why.format(
        epochs=epochs,
        wanted=wanted,
        minutes=training.minutes,
        possible=possible,
        seconds=seconds,
    )
    return Choice("steps", str(min(wanted, possible)), said)
