"""How others train, as data: the recipes that `bench.recipes` puts beside the defaults.

What is given as its project has it, and what had to be assumed, is told in docs/findings/recipes.md.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

MOST_WARMING = 0.1
"""Share of the steps that a warm-up of a fixed number may take: in a short run it would never end."""


@dataclass(frozen=True)
class Schedule:
    """How a rate rises and falls over a run, as a share of its peak."""

    fall: Literal["constant", "linear", "cosine"]
    warm_up: int | float = 0
    """Steps, where it is whole; else a share of all steps."""

    def warming(self, steps: int) -> int:
        """Return the steps of the warm-up, in a run of so many."""
        if isinstance(self.warm_up, int):
            return min(self.warm_up, int(MOST_WARMING * steps))
        return math.ceil(self.warm_up * steps)

    def share(self, step: int, steps: int) -> float:
        """Return what is given of the peak at a step, counted from 0."""
        warm = self.warming(steps)
        if step < warm:
            return (step + 1) / (warm + 1)
        way = min(1.0, (step - warm) / max(1, steps - warm))
        return FALLS[self.fall](way)


FALLS: dict[str, Callable[[float], float]] = {
    "constant": lambda _way: 1.0,
    "linear": lambda way: 1 - way,
    "cosine": lambda way: (1 + math.cos(math.pi * way)) / 2,
}


@dataclass(frozen=True)
class Recipe:
    """One way to train on a talk."""

    grouping: dict[str, Any]
    """Settings of the preparation, over its defaults."""
    schedule: Schedule
    template: str | None = None
    """None: the one that the defaults take."""
    own_texts: bool = False
    """The persona's texts alone, without what the others say."""
    window: int = 1024
    """Tokens, at most."""
    rows: int | None = None
    """Windows in a step; None: as many tokens as the defaults take."""
    loss: Literal["persona", "all"] = "persona"
    targets: tuple[str, ...] = ()
    """Linear layers that get adapters; none: all weights are trained."""
    adapters: dict[str, Any] = field(default_factory=dict)
    """Their rank, alpha and dropout."""
    rate: float | None = None
    """None: a tenth of that from scratch."""
    decay: float = 0.0
    """Of the weights, in AdamW."""
    most_epochs: float = math.inf
    most_steps: float = math.inf
    """It ends after so many, also where there is time left."""


ENDLESS = {"gap_minutes": math.inf}
"""All of a chat is one stream."""

RECIPES = {
    "weclone": Recipe(
        grouping={"preset": "weclone", "pairs": True},
        window=2048,
        rows=32,
        targets=("q_proj", "v_proj"),
        adapters={"rank": 8, "alpha": 16, "dropout": 0.25},
        rate=1e-4,
        decay=0.1,
        schedule=Schedule("cosine", 0.1),
        most_epochs=2,
    ),
    "famaf": Recipe(
        grouping={"preset": "famaf"},
        targets=("q_proj", "k_proj", "v_proj", "o_proj"),
        adapters={"rank": 16, "alpha": 32, "dropout": 0.0},
        rate=2e-4,
        schedule=Schedule("linear"),
    ),
    "elvisbot": Recipe(
        grouping={"preset": "elvisbot"},
        template="question-answer",
        rows=2,
        rate=5e-4,
        schedule=Schedule("linear", 100),
        most_epochs=10,
    ),
    "drunk-chatbot": Recipe(
        grouping=ENDLESS,
        template="me-others",
        rows=1,
        loss="all",
        rate=1e-4,
        schedule=Schedule("constant"),
    ),
    "toastme": Recipe(
        grouping=ENDLESS,
        template="document",
        own_texts=True,
        rows=1,
        loss="all",
        schedule=Schedule("constant"),
        most_steps=775,
    ),
    "político": Recipe(
        grouping=ENDLESS,
        template="document",
        own_texts=True,
        window=512,
        rows=2,
        loss="all",
        rate=5e-5,
        schedule=Schedule("linear", 250),
        most_epochs=10,
    ),
}
DEFAULT = "default"
"""The name of our own, which is not a recipe but whatever `sosias train` chooses."""
