"""Windows to losses: the persona's words alone, under the untuned and the tuned model."""

from collections.abc import Sequence
from typing import Any

import torch

from sosias.evaluation.interval import SessionLoss
from sosias.events import Listener, Progress
from sosias.models.likelihood import token_losses
from sosias.templates import Window
from sosias.training.batches import collate

TOGETHER = 4
"""Windows that go through the model at once."""


def session_losses(
    network: Any, windows: Sequence[Window], pad_id: int, listener: Listener
) -> list[SessionLoss]:
    """Return each session's summed loss of the persona's words, base and tuned on the same windows.

    Args:
        network: a PEFT model; untuned is the same network with its adapter switched off.
    """
    listener(Progress("evaluate", 0, len(windows)))
    sums: dict[int, list[float]] = {}
    network.eval()
    for first in range(0, len(windows), TOGETHER):
        some = windows[first : first + TOGETHER]
        with network.disable_adapter():
            base = word_losses(network, some, pad_id)
        tuned = word_losses(network, some, pad_id)
        for window, *both in zip(some, base, tuned, strict=True):
            of_session = sums.setdefault(window.session, [0.0, 0.0, 0, 0])
            for place, value in enumerate((*both, window.text_bytes, window.text_words)):
                of_session[place] += value
        listener(Progress("evaluate", min(first + TOGETHER, len(windows)), len(windows)))
    return [
        SessionLoss(number, base, tuned, int(size), int(words))
        for number, (base, tuned, size, words) in sorted(sums.items())
        if size
    ]


@torch.no_grad()
def word_losses(network: Any, windows: Sequence[Window], pad_id: int) -> list[float]:
    """Return for each window the summed negative log-likelihood, in nats, of the persona's words."""
    ids, labels = collate(windows, pad_id, "words")
    losses = token_losses(network, ids, labels)
    counts = (labels[:, 1:] != -100).sum(1).tolist()
    return [float(part.sum()) for part in torch.split(losses, counts)]
