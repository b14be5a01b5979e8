"""A network that answers with its loss, and what it comes to on windows that it does not learn from."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from sosias.models.likelihood import summed_loss
from sosias.templates.window import Window
from sosias.training.attention import in_blocks
from sosias.training.batches import collate
from sosias.training.distributed_group import ALONE, Ranks
from sosias.training.source import Batch

TOGETHER = 4
"""Windows that are validated at once, where there is memory for so many."""


class Learner(nn.Module):
    """A network that answers with its loss: what Accelerate wraps, so that gradients are shared."""

    def __init__(self, network: nn.Module, *, mixed: bool = False) -> None:
        super().__init__()
        self.network = network
        self.mixed = mixed
        """Compute products in bfloat16 with weights in float32."""

    def forward(self, ids: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Return the summed negative log-likelihood, in nats, of the labels that are not −100."""
        mixed = torch.autocast(ids.device.type, torch.bfloat16, enabled=self.mixed)
        with mixed, in_blocks(self.network, ids):
            return summed_loss(self.network, ids, labels)


def nothing(pad_id: int) -> Batch:
    """Return a batch that teaches nothing: for a process that waits for others in a pass."""
    ids = torch.full((1, 2), pad_id)
    return Batch(ids, torch.full_like(ids, -100), 0)


@torch.no_grad()
def mean_loss(
    learner: Any, windows: Sequence[Window], pad_id: int, ranks: Ranks = ALONE, *, together: int = TOGETHER
) -> float:
    """Return the mean negative log-likelihood of the windows' learnt tokens, in nats.

    `together`: windows that go through the network at once.
    """
    learner.eval()
    device = next(learner.parameters()).device
    windows = ranks.share(windows)
    (passes,) = ranks.most(-(-len(windows) // together))
    total, count = 0.0, 0
    for first in range(0, together * passes, together):
        part = windows[first : first + together]
        ids, labels = collate(part, pad_id) if part else (nothing(pad_id).ids, nothing(pad_id).labels)
        total += float(learner(ids.to(device), labels.to(device)))
        count += int((labels[:, 1:] != -100).sum())
    loss, learnt = ranks.total(total, count)
    return loss / learnt
