"""The training loop: rows of tokens in, the best weights found out; interruptible at any moment.

One optimiser step sees about `batch_tokens` tokens, in micro-batches; the loss is the mean over
the step's learnt tokens, however they are shared out, so the size of a micro-batch changes memory
and speed but not the result.
"""

import math
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from torch import nn

from sosias.errors import SosiasError
from sosias.events import Listener, Notice, silent
from sosias.language import translate as _
from sosias.models.likelihood import parts
from sosias.settings import TrainingSettings
from sosias.templates.window import Window
from sosias.training.batches import Step
from sosias.training.checkpoint import Checkpoint, State, load_best, save_best
from sosias.training.distributed import OneProcessStep, RankOutOfMemory, launch
from sosias.training.distributed_group import ALONE, Ranks
from sosias.training.distributed_network import (
    as_copies,
    gathered,
    in_parts,
    is_in_parts,
    like,
    optimizer_like,
    passing,
)
from sosias.training.interrupts import interrupts
from sosias.training.learner import Learner, mean_loss, nothing
from sosias.training.memory import NotEnoughMemory, is_out_of_memory, peak_rss_mb
from sosias.training.metrics import Metrics
from sosias.training.samples import SHARE, Sampler
from sosias.training.schedule import learning_rate
from sosias.training.source import Batch, Source

LARGEST_GRADIENT = 1.0
"""Norm to which longer gradients are cut."""
SAVING_SHARE = 0.05
"""The most of the time that checkpoints may take; those of whole networks are written less often."""


class LossNotFinite(SosiasError):
    """The loss was no longer a number at step {step}: train with a lower learning_rate (it was
    {rate:g}); the weights from before are kept."""


@dataclass(frozen=True)
class Fitted:
    """What a run came to; `stopped` is finished, overfitting or interrupted."""

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


class Fit:
    """A run on a source, with resolved settings; its folder keeps checkpoint and metrics.

    Args:
        network: what of it requires a gradient is trained.
        source: what is learnt from.
        validation: what the loss is watched on.
        trained_before: what the network comes with counts as a result, too.
        accelerator: what shares the work out; None: one of this process.
        optimizer: what takes the steps; None: AdamW without decay.
        ranks: the processes that train together; the source shares its rows out among them.
        sharded: each of them holds a part of the weights instead of a copy of all; only where all learn.
        sampler: what lets the network speak for who looks on; only of one process.

    Raises:
        AccelerateLaunch, EachAlone, OneProcessStep: other processes were started that `ranks` does not know.
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
        self.source, self.validation = source, validation
        self.settings, self.pad_id, self.listener = settings, pad_id, listener
        self.checkpoint_folder = folder / "checkpoint"
        self.metrics = Metrics(folder, listener)
        self.trained_before = trained_before
        self.network = network
        if launch().world != ranks.world:
            raise OneProcessStep
        self.ranks = ranks
        self.accelerator = accelerator or Accelerator(cpu=not torch.cuda.is_available())
        assert self.accelerator.num_processes == ranks.world, "one of several processes would train alone"
        whole = settings.method == "full"
        learner: nn.Module = Learner(network, mixed=whole and settings.dtype == "bfloat16")
        if ranks.world > 1:
            learner = learner.to(self.accelerator.device)
        if sharded:
            in_parts(learner, parts(network)[0], ranks, self.accelerator.device)
        self.trained = {name: value for name, value in network.named_parameters() if value.requires_grad}
        optimizer = optimizer or torch.optim.AdamW(
            self.trained.values(),
            lr=settings.learning_rate or 0,
            weight_decay=0.0,
            betas=(0.9, 0.99),
            # the fused step makes no copies of the moments, which count where all weights are trained
            **({"fused": True} if whole else {"foreach": True}),
        )
        if ranks.world == 1:
            self.learner, self.optimizer = self.accelerator.prepare(learner, optimizer)
        else:
            self.learner = learner if sharded else as_copies(learner)
            self.optimizer = self.accelerator.prepare(optimizer)
        self.sampler = sampler if ranks.world == 1 else None
        self.state = Checkpoint()

    # --- one step ------------------------------------------------------------------------------

    def gradient(self, step: Step) -> tuple[float, int, int]:
        """Add up a step's gradient; return its mean loss, its tokens and its learnt tokens."""
        batches = [self.source.batch(rows) for rows in step]
        learnt, tokens = map(int, self.ranks.total(*_counted(batches)))
        (passes,) = self.ranks.most(len(batches))
        batches += [nothing(self.pad_id)] * (passes - len(batches))  # all take part in each pass
        total = 0.0
        for number, batch in enumerate(batches, start=1):
            device = self.accelerator.device
            with passing(self.learner, last=number == passes):
                loss = self.learner(batch.ids.to(device), batch.labels.to(device)) / learnt
                self.accelerator.backward(loss * self.ranks.world)  # the processes' gradients are averaged
            total += float(loss.detach())
        return self.ranks.total(total)[0], tokens, learnt

    def step(self, step: Step) -> float:
        """Take one optimiser step; return its mean loss in nats a learnt token.

        Raises:
            LossNotFinite: the weights are as they were before.
        """
        rate = learning_rate(self.state.step, self.settings)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.ranks.seed(self.settings.seed, self.state.step)
        loss, tokens, learnt = self._gradient_that_fits(step)
        norm = self.accelerator.clip_grad_norm_(self.trained.values(), LARGEST_GRADIENT)
        norm = gathered(norm, keep=True)
        if not (math.isfinite(loss) and math.isfinite(float(norm))):
            self.optimizer.zero_grad(set_to_none=True)
            raise LossNotFinite(step=self.state.step, rate=rate)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.state.step += 1
        self.state.tokens += tokens
        self.state.supervised_tokens += learnt
        return loss

    def _gradient_that_fits(self, step: Step) -> tuple[float, int, int]:
        """As `gradient`; where memory runs out the step is begun again in halves, and so are all later ones.

        Raises:
            NotEnoughMemory: one row alone does not fit.
            RankOutOfMemory: one of several processes cannot begin again while the others go on.
        """
        for _number in range(self.state.halvings):
            step = halved(step)
        while True:
            random_state = torch.get_rng_state()
            try:
                return self.gradient(step)
            except (MemoryError, RuntimeError) as error:
                if not is_out_of_memory(error):
                    raise
                if self.ranks.world > 1:
                    raise RankOutOfMemory(rank=self.ranks.rank, world=self.ranks.world) from error
                if all(len(rows) == 1 for rows in step):
                    raise NotEnoughMemory from error
            self.optimizer.zero_grad(set_to_none=True)
            torch.set_rng_state(random_state)
            self.state.halvings += 1
            step = halved(step)
            self.listener(Notice(_("Memory ran out: half as much goes through the model at once now.")))

    def measure_speed(self) -> float:
        """Return the seconds of one step, measured on the first step's rows without learning."""
        _epoch, first = next(self._steps())
        random_state = torch.get_rng_state()
        self._gradient_that_fits(first)  # the first pass pays for one-off preparations
        started = time.perf_counter()
        self._gradient_that_fits(first)
        seconds = time.perf_counter() - started
        self.optimizer.zero_grad(set_to_none=True)
        torch.set_rng_state(random_state)
        return seconds

    def measure_validation(self) -> float:
        """Return the seconds that one validation takes, with its part of the time for samples."""
        started = time.perf_counter()
        mean_loss(self.learner, self.validation, self.pad_id, self.ranks)
        samples = SHARE * 60 * (self.settings.minutes or 0) / self.settings.validations
        return time.perf_counter() - started + (samples if self.sampler else 0)

    # --- the run -------------------------------------------------------------------------------

    def run(self) -> Fitted:
        """Train to the last step, to overfitting or to Ctrl-C, from the checkpoint if there is one.

        Afterwards the network holds the best weights (the latest, when interrupted).

        Raises:
            LossNotFinite, NotEnoughMemory, NoSpace: what was trained before is in the checkpoint.
        """
        self._resume()
        with interrupts(patient=self.ranks.world > 1) as interrupted:
            stopped = self._loop(interrupted)
        if stopped != "interrupted":
            self.ranks.wait()  # until the first has written them
            self._put(load_best(self.checkpoint_folder) or {})
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
        total = self.settings.steps
        every = max(1, total // self.settings.validations)
        if self.trained_before and not self.state.losses:
            self._validate(0, 0.0)
        self.learner.train()
        started = saved = time.perf_counter()
        pause, before = self.settings.checkpoint_seconds, self.state.seconds
        for epoch, step in self._steps():
            if self.state.step >= total or self.state.worse >= self.settings.patience:
                break
            self.metrics.begin_step(self.state)
            loss = self._step_or_save(step)
            self.state.seconds = before + time.perf_counter() - started
            if self.ranks.first:
                self.metrics.step(self.state, epoch, loss, self.settings)
            validated = self.state.step % every == 0 or self.state.step == total
            if validated:
                self._validate(epoch, loss)
            if self.sampler is not None and self.sampler.is_due(self.state.step, validated=validated):
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
        return "overfitting" if self.state.worse >= self.settings.patience else "finished"

    def _steps(self) -> Iterator[tuple[int, Step]]:
        return self.source.steps(self.state.step)

    def _step_or_save(self, step: Step) -> float:
        """Take a step; where it cannot be taken, keep what there was before it."""
        try:
            return self.step(step)
        except (LossNotFinite, NotEnoughMemory):
            self._save()
            raise

    def _validate(self, epoch: int, loss: float) -> None:
        value = mean_loss(self.learner, self.validation, self.pad_id, self.ranks)
        self.state.losses.append(value)
        if self.ranks.first:
            self.metrics.validation(self.state, epoch, value, self.settings.steps or 0)
        if value < self.state.best_loss:
            self.state.best_loss, self.state.worse = value, 0
            weights = self.whole()
            if self.ranks.first:
                save_best(self.checkpoint_folder, weights)
        else:
            self.state.worse += 1
        if self.state.worse == self.settings.patience:
            words = _("Stopped: the validation loss has risen while the training loss fell ({loss:.3f}).")
            self.listener(Notice(words.format(loss=loss)))
        self.learner.train()

    # --- the checkpoint ------------------------------------------------------------------------

    def _save(self) -> float:
        """Write the checkpoint; return the seconds that it took."""
        started = time.perf_counter()
        self.state.weights = self.whole()
        self.state.optimizer = gathered(self.optimizer.state_dict(), keep=self.ranks.first)
        self.state.random_state = torch.get_rng_state()
        if self.ranks.first:
            self.state.save(self.checkpoint_folder)
        if is_in_parts(self.learner):
            self.state.weights, self.state.optimizer = {}, {}  # whole only while they are written
        return time.perf_counter() - started

    def _resume(self) -> None:
        found = Checkpoint.load(self.checkpoint_folder)
        self.ranks.agree("checkpoint", found and found.step)
        if self.ranks.first:
            self.metrics.resume(found.step if found else -1)
        if found is None:
            return
        self.state = found
        self._put(found.weights)
        if is_in_parts(self.learner):
            found.optimizer = optimizer_like(found.optimizer, self.optimizer)
        self.optimizer.load_state_dict(found.optimizer)
        torch.set_rng_state(found.random_state)
        found.weights, found.optimizer = {}, {}  # copied where they belong

    def whole(self) -> State:
        """Return what is trained, without copying it; parts are put together, for the first process alone."""
        weights = {name: value.detach() for name, value in self.trained.items()}
        return gathered(weights, keep=self.ranks.first)  # type: ignore[no-any-return]

    def _put(self, weights: State) -> None:
        with torch.no_grad():
            for name, value in weights.items():
                self.trained[name].copy_(like(value, self.trained[name]))


def halved(step: Step) -> Step:
    """Return the step with every micro-batch of several rows cut in two, rows of like length together."""
    parts: Step = []
    for rows in step:
        middle = (len(rows) + 1) // 2
        parts += [part for part in (rows[:middle], rows[middle:]) if part]
    return parts


def _counted(batches: Sequence[Batch]) -> tuple[int, int]:
    """Return how many tokens are learnt, and how many there are."""
    return sum(batch.learnt for batch in batches), sum(batch.tokens for batch in batches)
