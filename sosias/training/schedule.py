"""The learning rate of each step: a pure function of its number, so that a resumed run needs no more."""

import math

from sosias.settings import TrainingSettings

WARM_UP = 0.06
"""Share of the steps in which the learning rate rises to its peak."""
LAST_RATE = 0.1
"""What is left of the peak at the last step, where all weights are trained."""


def learning_rate(step: int, settings: TrainingSettings) -> float:
    """Return the rate of a step: linear warm-up to the peak; of all weights, then half a cosine to a tenth.

    Adapters stay at it: they end in the mean of their weights (`running_mean`), which does what a falling
    rate is for (Hägele et al. 2024, arXiv 2405.18392; docs/findings/defaults.md).
    """
    assert settings.learning_rate is not None
    total = settings.steps or 1
    warm = max(1, round(WARM_UP * total))
    if step < warm:
        return settings.learning_rate * (step + 1) / warm
    if not settings.whole:
        return settings.learning_rate
    way = (step - warm) / max(1, total - warm)
    return settings.learning_rate * (LAST_RATE + (1 - LAST_RATE) * (1 + math.cos(math.pi * way)) / 2)
