"""How well a network in training knows the persona's held-out words, and how soon it came to that."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from sosias.evaluation.measure import TOGETHER, word_losses
from sosias.templates import Window

EVALUATIONS = 20
"""How often in a run the quality is measured, with the clock stopped."""


class Point(NamedTuple):
    """The quality at a moment of a run."""

    step: int
    seconds: float
    """Of training alone."""
    bits_per_byte: float


def bits_per_byte(network: Any, windows: Sequence[Window], pad_id: int) -> float:
    """Return the bits that a byte of the persona's own words costs; leaves the network in evaluation mode."""
    network.eval()
    losses = [
        sum(word_losses(network, windows[first : first + TOGETHER], pad_id))
        for first in range(0, len(windows), TOGETHER)
    ]
    return sum(losses) / math.log(2) / sum(window.text_bytes for window in windows)


def is_due(step: int, total: int) -> bool:
    """Is the quality to be measured after this step?"""
    return step % max(1, total // EVALUATIONS) == 0 or step == total
