"""The training loop: rows of tokens in, the best weights found out; interruptible at any moment."""

import math
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from torch import nn

from sosias.events import Choice, Listener, Notice, silent
from sosias.language import translate as _
from sosias.settings import TrainingSettings
from sosias.templates.window import Window
from sosias.training.choices import choose_steps, with_time_to_learn
from sosias.training.distributed import RankOutOfMemory
from sosias.training.distributed_group import ALONE, Ranks
from sosias.training.interrupts import interrupts
from sosias.training.learner import TOGETHER, mean_loss
from sosias.training.memory import NotEnoughMemory, is_out_of_memory, peak_rss_mb
from sosias.training.metrics import Metrics
from sosias.training.resumable import Resumable
from sosias.training.samples import SHARE, Sampler
from sosias.training.source import Source
from sosias.training.stepper import LossNotFinite

SAVING_SHARE = 0.05
"""The most of the time that checkpoints may take; those of whole networks are written less often."""


@dataclass(frozen=True)
class Fitted:
    """What a run came to; `stopped` is finished, overfitting, plateau, diverged or interrupted."""

    stopped: str
    steps: int
    tokens: int
    supervised_tokens: int
    seconds: float
    best_loss: float
    losses: list[float]

    def figures(self) -> dict[str, Any]:
        """Return what a run's result tells of how it went."""
        return {
            "steps": self.steps,
            "tokens": self.tokens,
            "supervised_tokens": self.supervised_tokens,
            "tokens_per_second": round(self.tokens / max(self.seconds, 1e-9), 1),
            "seconds": round(self.seconds, 1),
            "peak_rss_mb": peak_rss_mb(),
            "stopped": self.stopped,
            "validation_losses": [round(loss, 4) for loss in self.losses],
        }


class Fit(Resumable):
    """A run on a source, with resolved settings; its folder keeps checkpoint and metrics.

    Args:
        validation: what the loss is watched on.
        trained_before: what the network comes with counts as a result, too.
        sampler: what lets the network speak for who looks on; only of one process.

    The others are those of `Stepper`.
    """

    def __init__(
        self,
        network: nn.Module,
        source: Source,
        validation: Sequence[Window],
        settings: TrainingSettings,
        pad_id: int,
        folder: Path,
        listener: Listener = silent,
        *,
        trained_before: bool = False,
        accelerator: Accelerator | None = None,
        optimizer: torch.optim.Optimizer | None = None,
        ranks: Ranks = ALONE,
        sharded: bool = False,
        sampler: Sampler | None = None,
    ) -> None:
        super().__init__(
            network,
            source,
            settings,
            pad_id,
            listener,
            accelerator=accelerator,
            optimizer=optimizer,
            ranks=ranks,
            sharded=sharded,
        )
        self.validation = validation
        self.checkpoint_folder = folder / "checkpoint"
        self.metrics = Metrics(folder, listener)
        self.trained_before = trained_before
        self.sampler = sampler if ranks.world == 1 else None

    def measure_validation(self) -> float:
        """Return the seconds that one validation takes, with its part of the time for samples."""
        started = time.perf_counter()
        self._mean_loss()
        samples = SHARE * 60 * (self.settings.minutes or 0) / self.settings.validations
        return time.perf_counter() - started + (samples if self.sampler else 0)

    def choose_steps(self) -> list[Choice]:
        """Fix the number of steps, unless the user or an earlier call has; return what was chosen."""
        if self.settings.steps is not None:
            return []
        timed = self.settings.minutes is not None
        seconds = self.measure_speed() if timed else None
        validating = self.measure_validation() if timed else 0.0
        settings = self.ranks.from_first(lambda: with_time_to_learn(self.settings, validating))
        length = self.source.epoch_length
        choice = self.ranks.from_first(lambda: choose_steps(settings, length, seconds, validating))
        self.settings = settings.model_copy(update={"steps": int(choice.value)})
        return [choice]

    def run(self) -> Fitted:
        """Train to the last step, to overfitting or to Ctrl-C, from the checkpoint if there is one.

        Afterwards the network holds the best weights (the latest, when interrupted).

        Raises:
            LossNotFinite: before a validation of what this run has learnt; after one its best weights are the
                result.
            NotEnoughMemory, NoSpace: what was trained before is in the checkpoint.
        """
        resumed = self._resume()
        if self.ranks.first:
            self.metrics.resume(self.state.step if resumed else -1)
        with interrupts(patient=self.ranks.world > 1) as interrupted:
            try:
                stopped = self._loop(interrupted)
            except LossNotFinite as error:
                if self._best_validation == 0:  # nothing was learnt, or an update only made it worse
                    raise
                self._tell_what_is_kept(error)
                stopped = "diverged"
        if stopped != "interrupted":
            self._take_best()
        state = self.state
        return Fitted(
            stopped,
            state.step,
            state.tokens,
            state.supervised_tokens,
            state.seconds,
            state.best_loss,
            state.losses,
        )

    def _loop(self, interrupted: threading.Event) -> str:
        assert self.settings.steps is not None
        total, every = self.settings.steps, self._every
        if self.trained_before and not self.state.losses:
            self._validate(0, 0.0)
        summed, steps = self.state.since
        if steps and (self.state.step % every == 0 or self.state.step == total):  # memory ran out in it
            epoch, _step = next(self.source.steps(self.state.step - 1))
            self._validate(epoch, summed / steps)
        self.learner.train()
        started = saved = time.perf_counter()
        pause, before = self.settings.checkpoint_seconds, self.state.seconds
        for epoch, step in self._steps():
            if self.state.step >= total or self.state.worse >= self.settings.patience:
                break
            self.metrics.begin_step(self.state)
            loss = self._step_or_save(step)
            self.state.since = (self.state.since[0] + loss, self.state.since[1] + 1)
            self.state.seconds = before + time.perf_counter() - started
            if self.ranks.first:
                self.metrics.step(self.state, epoch, loss, self.settings)
            validated = self.state.step % every == 0 or self.state.step == total
            if validated:
                self._validate(epoch, loss)
            if self.sampler is not None and self.sampler.is_due(self.state.step, validated=validated):
                with self.averaged():
                    self.sampler.speak(self.network, self.state.step)
            if self.ranks.first:
                self.metrics.progress(self.state, loss, total)
            stop, due = self.ranks.most(interrupted.is_set(), time.perf_counter() - saved >= pause)
            if stop or due:
                saving = self._save()
                saved = time.perf_counter()
                pause = max(self.settings.checkpoint_seconds, saving / SAVING_SHARE)
            if stop:
                return "interrupted"
        self._save()
        if self.state.worse < self.settings.patience:
            return "finished"
        return "overfitting" if self._learns_by_heart() else "plateau"

    @property
    def _every(self) -> int:
        """How many steps there are from one validation to the next."""
        return max(1, (self.settings.steps or 0) // self.settings.validations)

    @property
    def _best_validation(self) -> int:
        """Which validation was the best, the one before the first step not counted; 0: none since then."""
        return len(self.state.losses) - self.state.worse - int(self.trained_before)

    def _tell_what_is_kept(self, error: LossNotFinite) -> None:
        words = _(
            "The loss was no longer a number at step {step}: the weights of the best validation (step {best})"
            " are kept. A lower learning_rate (it was {rate:g}) may go further."
        )
        self.listener(Notice(words.format(best=self._best_validation * self._every, **error.fields)))

    def _validate(self, epoch: int, loss: float) -> None:
        value = self._held_out_loss()
        self.state.losses.append(value)
        summed, steps = self.state.since
        self.state.training_losses.append(summed / steps if steps else math.inf)
        self.state.since = (0.0, 0)
        if self.ranks.first:
            self.metrics.validation(self.state, epoch, value, self.settings.steps or 0)
        if value < self.state.best_loss:
            self.state.best_loss, self.state.worse = value, 0
            self._keep_as_best()
        else:
            self.state.worse += 1
        if self.state.worse == self.settings.patience:
            words = _("Stopped: neither validation nor training loss falls any more ({loss:.3f}).")
            if self._learns_by_heart():
                words = _("Stopped: the validation loss has risen while the training loss fell ({loss:.3f}).")
            self.listener(Notice(words.format(loss=loss)))
        self.learner.train()

    def _learns_by_heart(self) -> bool:
        """Has the training loss fallen since the best validation, or since the first steps after it?"""
        losses = self.state.training_losses
        at_best = losses[-1 - self.state.worse]
        if math.isinf(at_best):  # no step led to what an update starts from
            at_best = losses[-self.state.worse]
        return losses[-1] < at_best

    def _held_out_loss(self) -> float:
        """Return the loss on the validation windows.

        Raises:
            NotEnoughMemory: what was trained before is kept.
            LossNotFinite: the weights are broken; the checkpoint from before is left as it is.
        """
        try:
            value = self._mean_loss()
        except NotEnoughMemory:
            self._save()
            raise
        if not math.isfinite(value):
            raise LossNotFinite(step=self.state.step, rate=self.optimizer.param_groups[0]["lr"])
        return value

    def _mean_loss(self) -> float:
        """Return the loss on as many windows at once as a micro-batch has room for, or as fit.

        Raises:
            NotEnoughMemory, RankOutOfMemory: one window alone does not fit.
        """
        longest = max((len(window.ids) for window in self.validation), default=1)
        room = (self.settings.micro_batch_tokens or TOGETHER * longest) >> self.state.halvings
        together = max(1, min(TOGETHER, room // longest))
        while True:
            try:
                with self.averaged():
                    return mean_loss(
                        self.learner, self.validation, self.pad_id, self.ranks, together=together
                    )
            except (MemoryError, RuntimeError) as error:
                if not is_out_of_memory(error):
                    raise
                if self.ranks.world > 1:
                    raise RankOutOfMemory(rank=self.ranks.rank, world=self.ranks.world) from error
                if together == 1:
                    raise NotEnoughMemory from error
            together //= 2
