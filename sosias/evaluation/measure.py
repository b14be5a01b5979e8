"""Windows to losses: the persona's words alone, under the untuned and the tuned model."""

from collections.abc import Sequence
from typing import Any

import torch

from sosias.evaluation.interval import SessionLoss
from sosias.events import Listener, Progress
from sosias.models.base import Base
from sosias.models.likelihood import token_losses
from sosias.models.network import load_network
from sosias.templates import Window
from sosias.training.batches import collate
from sosias.training.methods import tuned_network
from sosias.workspace import Run

TOGETHER = 4
"""Windows that go through the model at once."""


def session_losses(
    network: Any, windows: Sequence[Window], pad_id: int, listener: Listener
) -> list[SessionLoss]:
    """Return each session's summed loss of the persona's words, base and tuned on the same windows.

    Args:
        network: a PEFT model; untuned is the same network with its adapter switched off.
    """
    with network.disable_adapter():
        base = _all_losses(network, windows, pad_id, listener, first=0)
    return _by_session(windows, base, _all_losses(network, windows, pad_id, listener, first=1))


def run_losses(base: Base, run: Run, windows: Sequence[Window], listener: Listener) -> list[SessionLoss]:
    """As `session_losses`, of a finished run; where all weights were trained, one network after the other."""
    pad_id = base.config.pad_id
    if not run.weights_folder.is_dir():
        return session_losses(tuned_network(base, run), windows, pad_id, listener)
    dtype = run.settings.training.dtype or "float32"
    untuned = _all_losses(load_network(base, dtype=dtype), windows, pad_id, listener, first=0)
    return _by_session(
        windows, untuned, _all_losses(tuned_network(base, run), windows, pad_id, listener, first=1)
    )


def _all_losses(
    network: Any, windows: Sequence[Window], pad_id: int, listener: Listener, *, first: int
) -> list[float]:
    """Return each window's loss; `first`: how many of the two models have been measured before this one."""
    network.eval()
    losses: list[float] = []
    for start in range(0, len(windows), TOGETHER):
        listener(Progress("evaluate", first * len(windows) + start, 2 * len(windows)))
        losses += word_losses(network, windows[start : start + TOGETHER], pad_id)
    listener(Progress("evaluate", (first + 1) * len(windows), 2 * len(windows)))
    return losses


def _by_session(
    windows: Sequence[Window], base: Sequence[float], tuned: Sequence[float]
) -> list[SessionLoss]:
    sums: dict[int, list[float]] = {}
    for window, *both in zip(windows, base, tuned, strict=True):
        of_session = sums.setdefault(window.session, [0.0, 0.0, 0, 0])
        for place, value in enumerate((*both, window.text_bytes, window.text_words)):
            of_session[place] += value
    return [
        SessionLoss(number, base, tuned, int(size), int(words))
        for number, (base, tuned, size, words) in sorted(sums.items())
        if size
    ]


@torch.no_grad()
def word_losses(network: Any, windows: Sequence[Window], pad_id: int) -> list[float]:
    """Return for each window the summed negative log-likelihood, in nats, of the persona's words."""
    ids, labels = collate(windows, pad_id, "words")
    device = next(network.parameters()).device  # packed in four bits, a base is on the GPU from the start
    losses = token_losses(network, ids.to(device), labels.to(device))
    counts = (labels[:, 1:] != -100).sum(1).tolist()
    return [float(part.sum()) for part in torch.split(losses, counts)]
