"""Does what was written out say what the persona says? Next-token probabilities, side by side.

The distance is the total variation: half the sum of the absolute differences of two distributions.
0: the same, 1: nothing in common.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sosias.voice.engine import Engine

Distributions = list[NDArray[np.float64]]
"""One [vocabulary] for each prompt."""

BEGINNINGS = (
    "Hola, ¿cómo estás hoy?",
    "Pues yo creo que",
    "¡Qué va! Mañana a las 10",
    "I don't know what to say about",
    "No, 3.14 😂",
    "a",
)
LONG = "Ayer fui al mercado y compré pan, queso, dos kilos de naranjas y un ramo de flores. "
LONG_TOKENS = 700
"""Past the sliding window of Gemma 3, which is 512."""


@dataclass(frozen=True)
class Agreement:
    """How far an export is from the persona, over fixed prompts."""

    prompts: int
    largest: float
    mean: float
    moved: float | None
    """How far training has moved the persona from its base, on average: what a lost adapter would cost."""

    def as_json(self, tolerance: float) -> dict[str, float | int | None]:
        rounded = None if self.moved is None else round(self.moved, 5)
        return {
            "prompts": self.prompts,
            "largest_difference": round(self.largest, 5),
            "mean_difference": round(self.mean, 5),
            "tolerance": tolerance,
            "training_moved": rounded,
        }


def probabilities(engine: Engine, prompts: Sequence[Sequence[int]], *, tuned: bool = True) -> Distributions:
    """Return what comes next after each prompt."""
    return [engine.next_token_probabilities(prompt, tuned=tuned) for prompt in prompts]


def distances(one: Distributions, other: Distributions) -> list[float]:
    """Return the total variation for each prompt; a vocabulary padded to more rows has nothing there."""
    found = []
    for a, b in zip(one, other, strict=True):
        rows = max(len(a), len(b))
        padded = [np.pad(part, (0, rows - len(part))) for part in (a, b)]
        found.append(float(np.abs(padded[0] - padded[1]).sum() / 2))
    return found


def agreement(persona: Distributions, export: Distributions, base: Distributions | None) -> Agreement:
    """Compare an export with the persona, and the persona with its base where there is one."""
    apart = distances(persona, export)
    moved = None if base is None else float(np.mean(distances(persona, base)))
    return Agreement(len(apart), max(apart), float(np.mean(apart)), moved)
