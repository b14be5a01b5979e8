"""The mean of what a training passes through: what it is validated by, shows and ends in.

Steps at a rate that is still high land around a good place, and their mean lies nearer to it. It leaves
the first steps behind as polynomial-decay averaging does (Shamir and Zhang 2013, arXiv 1212.1824, section
4), which needs no number of steps: of step t it takes the share (η + 1) / (t + η).
docs/findings/defaults.md has what it gains.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch.optim.swa_utils import get_ema_multi_avg_fn

from sosias.training.checkpoint import State

ETA = 1
"""With it the last half of many steps makes up three quarters of the mean."""


class RunningMean:
    """The mean of weights that are being trained, in the same number format."""

    def __init__(self, weights: dict[str, torch.nn.Parameter]) -> None:
        self._weights = weights
        self.values: State = {name: weight.detach().clone() for name, weight in weights.items()}

    @torch.no_grad()
    def take(self, step: int) -> None:
        """Take in the weights after a step, the first of which is 1."""
        left = 1 - (ETA + 1) / (step + ETA)
        # torch gives what it returns no types
        get_ema_multi_avg_fn(left)(list(self.values.values()), list(self._weights.values()), step)  # type: ignore[no-untyped-call]

    def put(self, values: State) -> None:
        """Go on from another mean."""
        for name, value in values.items():
            self.values[name].copy_(value)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Let the network have the mean for its weights meanwhile."""
        self._exchange()
        try:
            yield
        finally:
            self._exchange()

    def _exchange(self) -> None:
        for name, weight in self._weights.items():
            weight.data, self.values[name] = self.values[name], weight.data
