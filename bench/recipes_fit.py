"""Training by a recipe or by the defaults, for a time; and what the held-out words cost afterwards."""

import gc
import random
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import torch

from bench.recipes_known import Recipe
from bench.recipes_material import Lesson
from bench.side_by_side import WORDS, Run, Sums, add, least_seconds, take, timed_steps, word_losses
from sosias.evaluation.measure import TOGETHER
from sosias.events import silent
from sosias.models.network import load_network
from sosias.training.batches import Step, _micro_batches
from sosias.training.choices import epochs_of
from sosias.training.fit import Fit
from sosias.training.lora import quicken
from sosias.training.methods import trainable_network
from sosias.training.source import Source, Windows

TIMED_TOKENS = 4096
TIMED_STEPS = 1, 24
"""The speed is measured on so many tokens, in so many steps at least and at most."""


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
                yield epoch, _micro_batches(order[first : first + self.rows], self._lengths, self._micro)
            skip = max(0, skip - self.epoch_length)
            epoch += 1


class Scheduled(torch.optim.AdamW):
    """AdamW with a rate of its own at each step."""

    def __init__(self, parameters: Any, recipe: Recipe, peak: float, steps: int) -> None:
        super().__init__(parameters, lr=peak, weight_decay=recipe.decay, fused=not recipe.targets)
        self.recipe, self.peak, self.steps, self.taken = recipe, peak, steps, 0

    def step(self, closure: Any = None) -> Any:
        """Take a step at the schedule's rate, whatever the loop has set."""
        for group in self.param_groups:
            group["lr"] = self.peak * self.recipe.schedule.share(self.taken, self.steps)
        self.taken += 1
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
    return network


def source_of(lesson: Lesson) -> Source:
    """Return the windows in the order in which they are learnt."""
    one = lesson.train, lesson.training, lesson.base.config.pad_id
    rows = lesson.recipe and lesson.recipe.rows
    return Rows(rows, *one) if rows else Windows(*one)


def fit_of(lesson: Lesson, steps: int, folder: Path) -> Fit:
    """Return a run of so many steps."""
    training = lesson.training.model_copy(update={"steps": steps})
    network, optimizer = network_of(lesson), None
    if lesson.recipe is not None:
        trained = [value for value in network.parameters() if value.requires_grad]
        optimizer = Scheduled(trained, lesson.recipe, training.learning_rate or 0, steps)
    pad_id = lesson.base.config.pad_id
    return Fit(network, source_of(lesson), [], training, pad_id, folder, silent, optimizer=optimizer)


# --- equal time ----------------------------------------------------------------------------------


def step_seconds(lessons: Mapping[str, Lesson], folder: Path) -> dict[str, float]:
    """Return the seconds of a mean step of each, with the optimiser's work in them."""
    timed = {name: partial(_timed, lesson, folder) for name, lesson in lessons.items()}
    found = least_seconds(timed)
    return {name: seconds * _longer(lessons[name]) for name, seconds in found.items()}


def _timed(lesson: Lesson, folder: Path) -> list[float]:
    """Take some steps on a fresh network, of which there is never more than one."""
    gc.collect()
    fit = fit_of(lesson, 1000, folder)
    timed_steps(fit, 1)  # pays for one-off preparations, and the optimiser's moments
    return timed_steps(fit, _timed_steps(lesson))


def _timed_steps(lesson: Lesson) -> int:
    least, most = TIMED_STEPS
    return max(least, min(most, round(TIMED_TOKENS / mean_step(lesson))))


def mean_step(lesson: Lesson) -> float:
    """Return the tokens of a mean step."""
    return epoch_tokens(lesson) / source_of(lesson).epoch_length


def epoch_tokens(lesson: Lesson) -> int:
    """Return the tokens of all windows."""
    return sum(len(window.ids) for window in lesson.train)


def _longer(lesson: Lesson) -> float:
    """Return how much longer a mean step is than those that were timed."""
    count = _timed_steps(lesson)
    steps = islice(source_of(lesson).steps(0), count)
    tokens = sum(len(lesson.train[row].ids) for _epoch, step in steps for rows in step for row in rows)
    return mean_step(lesson) * count / tokens


def own_end(lesson: Lesson) -> float:
    """Return the steps after which a recipe or the defaults end by their own count; infinite: never."""
    if lesson.recipe is None:
        return max(1, round(epochs_of(lesson.training) * source_of(lesson).epoch_length))
    return min(lesson.recipe.most_steps, lesson.recipe.most_epochs * source_of(lesson).epoch_length)


# --- a run ---------------------------------------------------------------------------------------


def measure(lesson: Lesson, steps: int, folder: Path, *, untuned: bool = False) -> Run:
    """Take so many steps on a lesson; return figures and losses. `untuned`: the base's losses too."""
    gc.collect()
    fit = fit_of(lesson, steps, folder)
    seconds = take(fit, steps)
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
