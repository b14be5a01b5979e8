"""Paired intervals: how sure a difference is, when both models are measured on the same sessions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

RESAMPLES = 10_000
SEED = 17


@dataclass(frozen=True)
class SessionLoss:
    """What the persona's words of one session cost both models, in nats, and how long they are."""

    session: int
    base: float
    tuned: float
    text_bytes: int
    text_words: int


def mean_fall(folds: Sequence[Sequence[SessionLoss]]) -> float:
    """Return the fall of the loss from base to tuned as a share of base, the mean over folds."""
    return float(np.mean([1 - sum(s.tuned for s in fold) / sum(s.base for s in fold) for fold in folds]))


def paired_interval(folds: Sequence[Sequence[SessionLoss]], level: float = 0.95) -> tuple[float, float]:
    """Return the ends of the bootstrap interval of `mean_fall`.

    Sessions are drawn with replacement within each fold, both models on the same draw (Efron's
    percentile interval; Efron & Tibshirani 1993, chapter 13). Sessions, and not messages, because
    the messages of one session depend on each other.
    """
    random = np.random.default_rng(SEED)
    falls = np.zeros(RESAMPLES)
    for fold in folds:
        base = np.array([s.base for s in fold])
        tuned = np.array([s.tuned for s in fold])
        drawn = random.integers(len(fold), size=(RESAMPLES, len(fold)))
        falls += (1 - tuned[drawn].sum(1) / base[drawn].sum(1)) / len(folds)
    low, high = np.quantile(falls, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
