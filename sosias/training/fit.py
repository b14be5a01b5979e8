"""The training loop: windows in, the best adapter found out; interruptible at any moment.

One optimiser step sees about `batch_tokens` tokens, in micro-batches; the loss is the mean over
the step's learnt tokens, however they are shared out, so the size of a micro-batch changes memory
and speed but not the result.
"""

import json
import math
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from torch import nn

from sosias.errors import SosiasError
from sosias.events import Listener, Notice, Progress
from sosias.language import translate as _
from sosias.models.likelihood import token_losses
from sosias.settings import TrainingSettings
from sosias.templates.window import Window
from sosias.training.batches import Step, collate, steps_from
from sosias.training.checkpoint import Checkpoint, State
from sosias.workspace import append_line, write_text

WARM_UP = 0.06
"""Share of the steps in which the learning rate rises to its peak."""
LAST_RATE = 0.1
"""What is left of the peak at the last step."""
LARGEST_GRADIENT = 1.0
"""Norm to which longer gradients are cut."""


class LossNotFinite(SosiasError):
    """The loss was no longer a number at step {step}: train with a lower learning_rate (it was
    {rate:g}); the weights from before are kept."""


class Learner(nn.Module):
    """A network that answers with its loss: what Accelerate wraps, so that gradients are shared."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Return the summed negative log-likelihood, in nats, of the labels that are not −100."""
        return token_losses(self.network, ids, labels).sum()


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
    """A run on given windows, with resolved settings; its folder keeps checkpoint and metrics."""

    def __init__(
        self,
        network: nn.Module,
        train: Sequence[Window],
        validation: Sequence[Window],
        settings: TrainingSettings,
        pad_id: int,
        folder: Path,
        listener: Listener,
    ) -> None:
        self.train, self.validation = train, validation
        self.settings, self.pad_id, self.folder, self.listener = settings, pad_id, folder, listener
        self.network = network
        self.trained = {name: value for name, value in network.named_parameters() if value.requires_grad}
        self.accelerator = Accelerator(cpu=not torch.cuda.is_available())
        optimizer = torch.optim.AdamW(
            self.trained.values(), lr=_peak(settings), weight_decay=0.0, betas=(0.9, 0.99), foreach=True
        )
        self.learner, self.optimizer = self.accelerator.prepare(Learner(network), optimizer)
        self.state = Checkpoint(0, {}, {}, math.inf, 0, {}, torch.get_rng_state())

    # --- one step ------------------------------------------------------------------------------

    def gradient(self, step: Step) -> tuple[float, int, int]:
        """Add up a step's gradient; return its mean loss, its tokens and its learnt tokens."""
        batches = [collate([self.train[i] for i in micro], self.pad_id) for micro in step]
        learnt = sum(int((labels != -100).sum()) for _ids, labels in batches)
        total = 0.0
        for ids, labels in batches:
            loss = self.learner(ids.to(self.accelerator.device), labels.to(self.accelerator.device)) / learnt
            self.accelerator.backward(loss)
            total += float(loss.detach())
        return total, sum(len(self.train[i].ids) for micro in step for i in micro), learnt

    def step(self, step: Step) -> float:
        """Take one optimiser step; return its mean loss in nats a learnt token."""
        rate = learning_rate(self.state.step, self.settings)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        loss, tokens, learnt = self.gradient(step)
        if not math.isfinite(loss):
            self._save()
            raise LossNotFinite(step=self.state.step, rate=rate)
        self.accelerator.clip_grad_norm_(self.trained.values(), LARGEST_GRADIENT)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.state.step += 1
        self.state.tokens += tokens
        self.state.supervised_tokens += learnt
        return loss

    def measure_speed(self) -> float:
        """Return the seconds of one step, measured on the first step's windows without learning."""
        _epoch, first = next(self._steps())
        random_state = torch.get_rng_state()
        self.gradient(first)  # the first pass pays for one-off preparations
        started = time.perf_counter()
        self.gradient(first)
        seconds = time.perf_counter() - started
        self.optimizer.zero_grad(set_to_none=True)
        torch.set_rng_state(random_state)
        return seconds

    def measure_validation(self) -> float:
        """Return the seconds that one validation takes."""
        started = time.perf_counter()
        mean_loss(self.network, self.validation, self.pad_id)
        return time.perf_counter() - started

    # --- the run -------------------------------------------------------------------------------

    def run(self) -> Fitted:
        """Train to the last step, to overfitting or to Ctrl-C, from the checkpoint if there is one.

        Afterwards the network holds the best weights (the latest, when interrupted).

        Raises:
            LossNotFinite: the best weights so far are in the checkpoint.
        """
        self._resume()
        total = self._total
        every = max(1, total // self.settings.validations)
        with _interrupts() as interrupted:
            stopped = self._loop(total, every, interrupted)
        if stopped != "interrupted":
            self._put(self.state.best_weights)
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

    @property
    def _total(self) -> int:
        assert self.settings.steps is not None
        return self.settings.steps

    def _loop(self, total: int, every: int, interrupted: threading.Event) -> str:
        self.learner.train()
        started = saved = time.perf_counter()
        before = self.state.seconds
        for epoch, step in self._steps():
            if self.state.step >= total or self.state.worse >= self.settings.patience:
                break
            loss = self.step(step)
            self.state.seconds = before + time.perf_counter() - started
            self._tell(epoch, loss, total)
            if self.state.step % every == 0 or self.state.step == total:
                self._validate(epoch, loss)
            now = time.perf_counter()
            if interrupted.is_set() or now - saved >= self.settings.checkpoint_seconds:
                self._save()
                saved = now
            if interrupted.is_set():
                return "interrupted"
        self._save()
        return "overfitting" if self.state.worse >= self.settings.patience else "finished"

    def _steps(self) -> Iterator[tuple[int, Step]]:
        return steps_from(
            [len(window.ids) for window in self.train],
            batch=self.settings.batch_tokens,
            micro=self.settings.micro_batch_tokens or self.settings.batch_tokens,
            seed=self.settings.seed,
            skip=self.state.step,
        )

    def _tell(self, epoch: int, loss: float, total: int) -> None:
        speed = self.state.tokens / self.state.seconds
        note = _("loss {loss:.3f} · {speed:.0f} tokens/s").format(loss=loss, speed=speed)
        self.listener(Progress("train", self.state.step, total, note))
        record = {"step": self.state.step, "epoch": epoch, "loss": round(loss, 5)}
        append_line(self.folder / "metrics.jsonl", record | {"seconds": round(self.state.seconds, 2)})

    def _validate(self, epoch: int, loss: float) -> None:
        value = mean_loss(self.network, self.validation, self.pad_id)
        self.state.losses.append(value)
        record = {"step": self.state.step, "epoch": epoch, "validation_loss": round(value, 5)}
        append_line(self.folder / "metrics.jsonl", record)
        if value < self.state.best_loss:
            self.state.best_loss, self.state.worse = value, 0
            self.state.best_weights = _copy(self.trained)
        else:
            self.state.worse += 1
        if self.state.worse == self.settings.patience:
            words = _("Stopped: the validation loss has risen while the training loss fell ({loss:.3f}).")
            self.listener(Notice(words.format(loss=loss)))
        self.learner.train()

    # --- the checkpoint ------------------------------------------------------------------------

    def _save(self) -> None:
        self.state.weights = _copy(self.trained)
        self.state.optimizer = self.optimizer.state_dict()
        self.state.random_state = torch.get_rng_state()
        self.state.save(self.folder / "checkpoint")

    def _resume(self) -> None:
        found = Checkpoint.load(self.folder / "checkpoint")
        if found is None:
            self.state.best_weights = _copy(self.trained)
            return
        self.state = found
        self._put(found.weights)
        self.optimizer.load_state_dict(found.optimizer)
        torch.set_rng_state(found.random_state)
        self._forget_later_metrics()

    def _forget_later_metrics(self) -> None:
        """Drop the lines of steps that a kill has lost: they will be taken again."""
        file = self.folder / "metrics.jsonl"
        if file.is_file():
            lines = file.read_text(encoding="utf-8").splitlines()
            kept = [line for line in lines if json.loads(line)["step"] <= self.state.step]
            write_text(file, "".join(f"{line}\n" for line in kept))

    def _put(self, weights: State) -> None:
        with torch.no_grad():
            for name, value in weights.items():
                self.trained[name].copy_(value)


def learning_rate(step: int, settings: TrainingSettings) -> float:
    """Return the rate of a step: linear warm-up, then half a cosine down to a tenth of the peak."""
    total = settings.steps or 1
    warm = max(1, round(WARM_UP * total))
    if step < warm:
        return _peak(settings) * (step + 1) / warm
    way = (step - warm) / max(1, total - warm)
    return _peak(settings) * (LAST_RATE + (1 - LAST_RATE) * (1 + math.cos(math.pi * way)) / 2)


def _peak(settings: TrainingSettings) -> float:
    assert settings.learning_rate is not None
    return settings.learning_rate


@torch.no_grad()
def mean_loss(network: nn.Module, windows: Sequence[Window], pad_id: int) -> float:
    """Return the mean negative log-likelihood of the windows' learnt tokens, in nats."""
    network.eval()
    total, count = 0.0, 0
    for first in range(0, len(windows), 4):
        ids, labels = collate(windows[first : first + 4], pad_id)
        losses = token_losses(network, ids, labels)
        total, count = total + float(losses.sum()), count + len(losses)
    return total / count


def _copy(parameters: dict[str, Any]) -> State:
    return {name: value.detach().clone().cpu() for name, value in parameters.items()}


@contextmanager
def _interrupts() -> Iterator[threading.Event]:
    """Turn the first Ctrl-C into an event that the loop looks at between steps; a second one ends at once."""
    event = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield event
        return

    def ask(_number: int, _frame: Any) -> None:
        if event.is_set():
            raise KeyboardInterrupt
        event.set()

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield event
    finally:
        signal.signal(signal.SIGINT, before)
