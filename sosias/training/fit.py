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
from sosias.models.likelihood import summed_loss
from sosias.settings import TrainingSettings
from sosias.templates.window import Window
from sosias.training.batches import Step, collate
from sosias.training.checkpoint import Checkpoint, State, load_best, save_best
from sosias.training.interrupts import interrupts
from sosias.training.memory import NotEnoughMemory, is_out_of_memory
from sosias.training.metrics import Metrics
from sosias.training.samples import SHARE, Sampler
from sosias.training.schedule import learning_rate
from sosias.training.source import Source

LARGEST_GRADIENT = 1.0
"""Norm to which longer gradients are cut."""
SAVING_SHARE = 0.05
"""The most of the time that checkpoints may take; those of whole networks are written less often."""


class LossNotFinite(SosiasError):
    """The loss was no longer a number at step {step}: train with a lower learning_rate (it was
    {rate:g}); the weights from before are kept."""


class Learner(nn.Module):
    """A network that answers with its loss: what Accelerate wraps, so that gradients are shared."""

    def __init__(self, network: nn.Module, *, mixed: bool = False) -> None:
        super().__init__()
        self.network = network
        self.mixed = mixed
        """Compute products in bfloat16 with weights in float32."""

    def forward(self, ids: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Return the summed negative log-likelihood, in nats, of the labels that are not −100."""
        with torch.autocast(ids.device.type, torch.bfloat16, enabled=self.mixed):
            return summed_loss(self.network, ids, labels)


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


class Fit:
    """A run on a source, with resolved settings; its folder keeps checkpoint and metrics.

    Args:
        network: what of it requires a gradient is trained.
        source: what is learnt from.
        validation: what the loss is watched on.
        trained_before: what the network comes with counts as a result, too.
        accelerator: what shares the work out; None: one of this process.
        optimizer: what takes the steps; None: AdamW without decay.
        sampler: what lets the network speak for who looks on; only of one process.
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
        sampler: Sampler | None = None,
    ) -> None:
        self.source, self.validation = source, validation
        self.settings, self.pad_id, self.listener = settings, pad_id, listener
        self.checkpoint_folder = folder / "checkpoint"
        self.metrics = Metrics(folder, listener)
        self.trained_before = trained_before
        self.network = network
        self.trained = {name: value for name, value in network.named_parameters() if value.requires_grad}
        self.accelerator = accelerator or Accelerator(cpu=not torch.cuda.is_available())
        whole = settings.method == "full"
        learner = Learner(network, mixed=whole and settings.dtype == "bfloat16")
        optimizer = optimizer or torch.optim.AdamW(
            self.trained.values(),
            lr=settings.learning_rate or 0,
            weight_decay=0.0,
            betas=(0.9, 0.99),
            # the fused step makes no copies of the moments, which count where all weights are trained
            **({"fused": True} if whole else {"foreach": True}),
        )
        self.learner, self.optimizer = self.accelerator.prepare(learner, optimizer)
        self.sampler = sampler if self.accelerator.num_processes == 1 else None
        self.state = Checkpoint()

    # --- one step ------------------------------------------------------------------------------

    def gradient(self, step: Step) -> tuple[float, int, int]:
        """Add up a step's gradient; return its mean loss, its tokens and its learnt tokens."""
        batches = [self.source.batch(rows) for rows in step]
        learnt = sum(batch.learnt for batch in batches)
        total = 0.0
        for batch in batches:
            device = self.accelerator.device
            loss = self.learner(batch.ids.to(device), batch.labels.to(device)) / learnt
            self.accelerator.backward(loss)
            total += float(loss.detach())
        return total, sum(batch.tokens for batch in batches), learnt

    def step(self, step: Step) -> float:
        """Take one optimiser step; return its mean loss in nats a learnt token.

        Raises:
            LossNotFinite: the weights are as they were before.
        """
        rate = learning_rate(self.state.step, self.settings)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        loss, tokens, learnt = self._gradient_that_fits(step)
        norm = self.accelerator.clip_grad_norm_(self.trained.values(), LARGEST_GRADIENT)
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
        mean_loss(self.learner, self.validation, self.pad_id)
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
        with interrupts() as interrupted:
            stopped = self._loop(interrupted)
        if stopped != "interrupted":
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
            self.metrics.step(self.state, epoch, loss, self.settings)
            validated = self.state.step % every == 0 or self.state.step == total
            if validated:
                self._validate(epoch, loss)
            if self.sampler is not None and self.sampler.is_due(self.state.step, validated=validated):
                self.sampler.speak(self.network, self.state.step)
            self.metrics.progress(self.state, loss, total)
            if interrupted.is_set() or time.perf_counter() - saved >= pause:
                saving = self._save()
                saved = time.perf_counter()
                pause = max(self.settings.checkpoint_seconds, saving / SAVING_SHARE)
            if interrupted.is_set():
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
        value = mean_loss(self.learner, self.validation, self.pad_id)
        self.state.losses.append(value)
        self.metrics.validation(self.state, epoch, value, self.settings.steps or 0)
        if value < self.state.best_loss:
            self.state.best_loss, self.state.worse = value, 0
            save_best(self.checkpoint_folder, self._weights())
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
        self.state.weights = self._weights()
        self.state.optimizer = self.optimizer.state_dict()
        self.state.random_state = torch.get_rng_state()
        self.state.save(self.checkpoint_folder)
        return time.perf_counter() - started

    def _resume(self) -> None:
        found = Checkpoint.load(self.checkpoint_folder)
        self.metrics.resume(found.step if found else -1)
        if found is None:
            return
        self.state = found
        self._put(found.weights)
        self.optimizer.load_state_dict(found.optimizer)
        torch.set_rng_state(found.random_state)
        found.weights, found.optimizer = {}, {}  # copied where they belong

    def _weights(self) -> State:
        """Return what is trained, without copying it."""
        return {name: value.detach() for name, value in self.trained.items()}

    def _put(self, weights: State) -> None:
        with torch.no_grad():
            for name, value in weights.items():
                self.trained[name].copy_(value)


def halved(step: Step) -> Step:
    """Return the step with every micro-batch of several rows cut in two, rows of like length together."""
    parts: Step = []
    for rows in step:
        middle = (len(rows) + 1) // 2
        parts += [part for part in (rows[:middle], rows[middle:]) if part]
    return parts


@torch.no_grad()
def mean_loss(learner: Any, windows: Sequence[Window], pad_id: int) -> float:
    """Return the mean negative log-likelihood of the windows' learnt tokens, in nats."""
    learner.eval()
    total, count = 0.0, 0
    for first in range(0, len(windows), 4):
        ids, labels = collate(windows[first : first + 4], pad_id)
        total += float(learner(ids, labels))
        count += int((labels[:, 1:] != -100).sum())
    return total / count
