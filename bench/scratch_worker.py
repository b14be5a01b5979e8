"""A process that trains a slice whenever it is told to, by processor time, and measures at the end."""

import json
import math
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from sosias.training.memory import peak_rss_mb
from sosias.training.shards import Shards

TOGETHER = 16
"""Blocks measured at once."""
Logits = Callable[[torch.Tensor], torch.Tensor]


@dataclass
class Clock:
    """How much of the time is used: that of the processor, which stands still while another one trains."""

    seconds: float
    threads: int
    started: float = 0.0

    def start(self) -> None:
        """Begin to count."""
        self.started = time.process_time()

    @property
    def used(self) -> float:
        """Seconds of all threads together, divided by their number."""
        return (time.process_time() - self.started) / self.threads

    @property
    def share(self) -> float:
        """Of the time that there is, at most 1."""
        return min(1.0, self.used / self.seconds)


def serve(clock: Clock, step: Callable[[float], float], tokens_of_a_step: int) -> dict[str, Any]:
    """Train in slices until the time is used; return what it came to.

    Each line that comes in is a number of seconds to go on for; each slice is answered with a line.
    `step` takes the share of the time that is used, and returns its loss.
    """
    steps, loss = 0, 0.0
    clock.start()
    while clock.share < 1:
        line = sys.stdin.readline()
        until = clock.used + float(line)
        while clock.used < until and clock.share < 1:
            loss = step(clock.share)
            steps += 1
        print(
            json.dumps({"steps": steps, "loss": round(loss, 4), "share": round(clock.share, 4)}), flush=True
        )
    return {
        "steps": steps,
        "tokens": steps * tokens_of_a_step,
        "seconds": round(clock.used, 1),
        "tokens_per_second": round(steps * tokens_of_a_step / clock.used),
        "last_loss": round(loss, 4),
        "peak_rss_mb": peak_rss_mb(),
    }


@torch.no_grad()
def bits_per_byte(logits: Logits, folder: Path, material: dict[str, Any], context: int) -> float:
    """Return the mean bits for each byte of the held-out novels.

    Every token is told from at least half a context before it (but at the very beginning): blocks overlap
    by half, and of each the second half counts.
    """
    held = Shards(folder / "held")
    ids = torch.from_numpy(np.concatenate([[material["end"]], held.read(0, len(held))]))
    half = context // 2
    total = _nats(logits, ids[None, : context + 1], 0)
    starts = range(half, len(ids) - context, half)
    for first in range(0, len(starts), TOGETHER):
        blocks = [ids[start : start + context + 1] for start in starts[first : first + TOGETHER]]
        total += _nats(logits, torch.stack(blocks), half)
    done = context + 1 + len(starts) * half
    rest = ids[None, max(0, done - half) :]
    if done < len(ids):
        total += _nats(logits, rest, done - 1 - max(0, done - half))
    return total / math.log(2) / int(material["held_bytes"])


def _nats(logits: Logits, ids: torch.Tensor, first: int) -> float:
    """Return the summed loss of all ids but the first of each row and `first` more after it."""
    found = logits(ids[:, :-1])[:, first:].float().flatten(0, 1)
    targets = ids[:, 1 + first :].flatten()
    return float(torch.nn.functional.cross_entropy(found, targets, reduction="sum"))
