"""Training of a variant, and what the persona's held-out words cost afterwards, session by session."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import torch

from bench.grouping_variants import Lesson
from bench.side_by_side import WORDS, Sums, add, word_losses
from sosias.evaluation.measure import TOGETHER
from sosias.events import silent
from sosias.training.fit import Fit
from sosias.training.methods import trainable_network
from sosias.training.source import Windows

ROUNDS = 3
"""How often the speed is measured."""
STEPS = 2
"""On how many steps of each variant the speed is measured."""
INNER = "inner"
"""A second measure: `Lesson.inner`."""


def step_seconds(lessons: Mapping[str, Lesson], folder: Path) -> dict[str, float]:
    """Return the seconds of a variant's step, measured on the same steps of each with one network."""
    first = next(iter(lessons.values()))
    network = trainable_network(first.plan.base, first.plan.run.training)
    fits = {name: _fit(network, lesson, 1, folder) for name, lesson in lessons.items()}
    for fit in fits.values():
        fit.measure_speed()  # the first pass pays for one-off preparations
    return least_seconds({name: partial(timed_steps, fit, STEPS) for name, fit in fits.items()})


def least_seconds(measures: Mapping[str, Callable[[], Sequence[float]]]) -> dict[str, float]:
    """Return the seconds of a step of each: of each step the least over some rounds, in which all take turns.

    Other work on the machine would otherwise decide how much is learnt in its time.
    """
    rounds = [{name: measure() for name, measure in measures.items()} for _round in range(ROUNDS)]
    least = {name: list(map(min, *(one[name] for one in rounds))) for name in measures}
    return {name: sum(seconds) / len(seconds) for name, seconds in least.items()}


def timed_steps(fit: Fit, count: int) -> list[float]:
    """Take the first steps of a training; return the seconds of each."""
    fit.learner.train()
    seconds = []
    for _epoch, step in islice(fit.source.steps(0), count):
        started = time.perf_counter()
        fit.step(step)
        seconds.append(time.perf_counter() - started)
    return seconds


def take(fit: Fit, steps: int) -> float:
    """Take so many steps; return the seconds."""
    started = time.perf_counter()
    fit.learner.train()
    for _epoch, step in islice(fit._steps(), steps):
        fit.step(step)
    return time.perf_counter() - started


def measure(lesson: Lesson, steps: int, folder: Path, *, untuned: bool) -> dict[str, Any]:
    """Take so many steps on a lesson; return figures and losses. `untuned`: the base's losses too."""
    plan = lesson.plan
    pad_id = plan.base.config.pad_id
    fit = _fit(trainable_network(plan.base, plan.run.training), lesson, steps, folder)
    seconds = take(fit, steps)
    with fit.averaged():
        losses = session_sums(fit.network, lesson, pad_id)
    if untuned:
        bare = session_sums(fit.network, lesson, pad_id, bare=True)
        losses |= {f"untuned {name}": sums for name, sums in bare.items()}
    return {
        "dtype": plan.run.training.dtype,
        "threads": torch.get_num_threads(),
        "elapsed": round(seconds, 1),
        "steps": fit.state.step,
        "tokens": fit.state.tokens,
        "supervised_tokens": fit.state.supervised_tokens,
        "epoch_tokens": sum(len(window.ids) for window in lesson.train),
        "epoch_supervised": sum(sum(window.learnt) for window in lesson.train),
        "losses": losses,
    }


def _fit(network: Any, lesson: Lesson, steps: int, folder: Path) -> Fit:
    plan = lesson.plan
    pad_id = plan.base.config.pad_id
    settings = plan.run.training.model_copy(update={"steps": steps})
    source = Windows(lesson.train, settings, pad_id)
    return Fit(network, source, plan.validation, settings, pad_id, folder, silent)


def session_sums(network: Any, lesson: Lesson, pad_id: int, *, bare: bool = False) -> dict[str, Sums]:
    """Return by measure what the words of each session cost; `bare`: without the adapter."""
    sums: dict[str, Sums] = {WORDS: {}, INNER: {}}
    pairs = sorted(zip(lesson.test, lesson.inner, strict=True), key=lambda pair: -len(pair[0].ids))
    network.eval()
    with network.disable_adapter() if bare else nullcontext():
        for first in range(0, len(pairs), TOGETHER):
            some = pairs[first : first + TOGETHER]
            losses = word_losses(network, [words for words, _inner in some], pad_id)
            for (words, inner), each in zip(some, losses, strict=True):
                add(sums[WORDS], words, float(each.sum()))
                # the first token of a window has nothing before it to be told from
                flags = zip(words.words[1:], inner.words[1:], strict=True)
                chosen = [flag for word, flag in flags if word]
                add(sums[INNER], inner, float(each[torch.tensor(chosen, dtype=torch.bool)].sum()))
    return {name: {number: found for number, found in of.items() if found[1]} for name, of in sums.items()}
