"""Training by a recipe or by the defaults, for a time; and what the held-out words cost afterwards."""

import gc
import math
import random
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import torch

from bench.recipes_material import Lesson
from bench.side_by_side import WORDS, Run, Sums, add, word_losses
from sosias.evaluation.measure import TOGETHER
from sosias.events import silent
from sosias.models.network import load_network
from sosias.training.batches import Step, _micro_batches
from sosias.training.choices import epochs_of
from sosias.training.fit import Fit
from sosias.training.lora import quicken
from sosias.training.methods import trainable_network
from sosias.training.norms import quicken_norms
from sosias.training.schedule import learning_rate
from sosias.training.source import Source, Windows

FIRST_GUESS = 20
"""Steps of a run that is to go on for some time, before the first of them tells more."""


class Rows(Windows):
    """Windows, a fixed number of which are a step, whatever their length."""

    def __init__(self, rows: int, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.rows = rows

    @property
    def epoch_length(self) -> int:
        """See `Source`."""
        return -(-len(self.windows) // self.rows)

    def steps(self, skip: int) -> Iterator[tuple[int, Step]]:
        """See `Source`."""
        epoch = 0
        while True:
            order = list(range(len(self.windows)))
            random.Random(f"{self._seed}-{epoch}").shuffle(order)
            for first in range(self.rows * skip, len(order), self.rows):
                chosen = sorted(order[first : first + self.rows], key=lambda i: -self._lengths[i])
                yield epoch, _micro_batches(chosen, self._lengths, self._micro)
            skip = max(0, skip - self.epoch_length)
            epoch += 1


class Pace:
    """How far a run is, which ends after so many seconds, or after so many steps where these end sooner."""

    def __init__(self, *, seconds: float = math.inf, steps: float = math.inf) -> None:
        self.seconds, self.steps = seconds, steps
        self.taken, self.used = 0, 0.0

    @property
    def over(self) -> bool:
        """Has it come to its end?"""
        return self.taken >= self.steps or self.used >= self.seconds

    @property
    def expected(self) -> int:
        """Return how many steps it will come to, as it looks now."""
        in_time = self.taken * max(1.0, self.seconds / self.used) if self.taken else FIRST_GUESS
        return int(self.steps if math.isinf(self.seconds) else min(self.steps, round(in_time)))


class Scheduled(torch.optim.AdamW):
    """AdamW with a rate of its own at each step: that of how far the run is.

    Args:
        rate: of a step, from its number and how many there will be.
        others: those of AdamW.
    """

    def __init__(self, parameters: Any, rate: Callable[[int, int], float], pace: Pace, **others: Any) -> None:
        super().__init__(parameters, **others)
        self.rate, self.pace = rate, pace

    def step(self, closure: Any = None) -> Any:
        """Take a step at the schedule's rate, whatever the loop has set."""
        for group in self.param_groups:
            group["lr"] = self.rate(self.pace.taken, self.pace.expected)
        return super().step(closure)


def network_of(lesson: Lesson) -> Any:
    """Return the base with what is trained requiring a gradient."""
    if lesson.recipe is None or not lesson.recipe.targets:
        return trainable_network(lesson.base, lesson.training)
    from peft import LoraConfig, get_peft_model

    training = lesson.training
    torch.manual_seed(training.seed)
    plain = load_network(lesson.base, dtype=training.dtype or "float32")
    lora = LoraConfig(
        r=training.rank,
        lora_alpha=training.alpha,
        lora_dropout=training.dropout,
        target_modules=list(lesson.recipe.targets),
        task_type="CAUSAL_LM",
    )
    network = get_peft_model(plain, lora)
    quicken(network)
    quicken_norms(network)
    return network


def source_of(lesson: Lesson) -> Source:
    """Return the windows in the order in which they are learnt."""
    one = lesson.train, lesson.training, lesson.base.config.pad_id
    rows = lesson.recipe and lesson.recipe.rows
    return Rows(rows, *one) if rows else Windows(*one)


def fit_of(lesson: Lesson, pace: Pace, folder: Path) -> Fit:
    """Return a run of that length."""
    training = lesson.training
    network = network_of(lesson)
    trained = [value for value in network.parameters() if value.requires_grad]
    optimizer = Scheduled(trained, _rates(lesson), pace, **_adamw(lesson))
    training = training.model_copy(update={"steps": 1})  # the optimiser knows better
    pad_id = lesson.base.config.pad_id
    fit = Fit(network, source_of(lesson), [], training, pad_id, folder, silent, optimizer=optimizer)
    if lesson.recipe is not None:
        fit.mean = None  # theirs end in their last weights
    return fit


def _rates(lesson: Lesson) -> Callable[[int, int], float]:
    training, recipe = lesson.training, lesson.recipe
    if recipe is None:
        return lambda step, steps: learning_rate(step, training.model_copy(update={"steps": steps}))
    return lambda step, steps: (training.learning_rate or 0) * recipe.schedule.share(step, steps)


def _adamw(lesson: Lesson) -> dict[str, Any]:
    """Return how the optimiser is made: as `sosias train` does, or as PyTorch does and the recipe says."""
    if lesson.recipe is None:
        quick = {"fused": True} if lesson.training.method == "full" else {"foreach": True}
        return {"weight_decay": 0.0, "betas": (0.9, 0.99)} | quick
    return {"weight_decay": lesson.recipe.decay, "fused": not lesson.recipe.targets}


def take(fit: Fit, pace: Pace) -> float:
    """Take steps to the end of the run; return the seconds."""
    started = time.perf_counter()
    fit.learner.train()
    for _epoch, step in fit._steps():
        if pace.over:
            break
        fit.step(step)
        pace.taken, pace.used = pace.taken + 1, time.perf_counter() - started
    return pace.used


def epoch_tokens(lesson: Lesson) -> int:
    """Return the tokens of all windows."""
    return sum(len(window.ids) for window in lesson.train)


def own_end(lesson: Lesson) -> float:
    """Return the steps after which a recipe or the defaults end by their own count; infinite: never."""
    if lesson.recipe is None:
        return max(1, round(epochs_of(lesson.training) * source_of(lesson).epoch_length))
    return min(lesson.recipe.most_steps, lesson.recipe.most_epochs * source_of(lesson).epoch_length)


# --- a run ---------------------------------------------------------------------------------------


def measure(lesson: Lesson, pace: Pace, folder: Path, *, untuned: bool = False) -> Run:
    """Train on a lesson; return figures and losses. `untuned`: the base's losses too."""
    gc.collect()
    fit = fit_of(lesson, pace, folder)
    seconds = take(fit, pace)
    with fit.averaged():
        losses = {WORDS: session_sums(fit.network, lesson)}
    if untuned:
        losses[f"untuned {WORDS}"] = session_sums(fit.network, lesson, bare=True)
    return {
        "dtype": lesson.training.dtype,
        "threads": torch.get_num_threads(),
        "method": lesson.training.method,
        "rate": lesson.training.learning_rate,
        "trained": sum(value.numel() for value in fit.trained.values()),
        "elapsed": round(seconds, 1),
        "steps": fit.state.step,
        "tokens": fit.state.tokens,
        "supervised_tokens": fit.state.supervised_tokens,
        "epochs": round(fit.state.tokens / epoch_tokens(lesson), 3),
        "losses": losses,
    }


def session_sums(network: Any, lesson: Lesson, *, bare: bool = False) -> Sums:
    """Return what the words of each held-out session cost; `bare`: without the adapter."""
    sums: Sums = {}
    pad_id = lesson.base.config.pad_id
    windows = sorted(lesson.test, key=lambda window: -len(window.ids))
    network.eval()
    asked = {name: value.requires_grad for name, value in network.named_parameters()}
    network.requires_grad_(False)  # then logits are computed in pieces
    # all weights are kept in float32, and multiplied as they were in training
    mixed = lesson.training.method == "full" and lesson.training.dtype == "bfloat16"
    with (
        network.disable_adapter() if bare else nullcontext(),
        torch.autocast("cpu", torch.bfloat16, enabled=mixed),
    ):
        for first in range(0, len(windows), TOGETHER):
            some = windows[first : first + TOGETHER]
            for window, each in zip(some, word_losses(network, some, pad_id), strict=True):
                add(sums, window, float(each.sum()))
    for name, value in network.named_parameters():
        value.requires_grad_(asked[name])
    return {number: found for number, found in sums.items() if found[1]}
