"""Train the only persona of a workspace, as one of the processes that torchrun has started.

`torchrun -m tests.training.ranks FOLDER SHARING [STEP [breaks]]`: the network is held as SHARING says; at
STEP the last process is interrupted, or its weights are no numbers any more.
"""

import math
import signal
import sys
from pathlib import Path
from typing import Any

from sosias.events import Choice
from sosias.training import distributed_memory, fit
from sosias.training.distributed import leave, place
from sosias.training.train import train
from sosias.workspace import Workspace


def disturb_at(step: int, *, breaks: bool) -> None:
    """Send the last process a Ctrl-C while it takes a step, or break its weights before it."""
    steps = fit.Fit.step

    def interrupted(self: fit.Fit, rows: Any) -> float:
        if self.state.step == step and self.ranks.rank == self.ranks.world - 1:
            if breaks:
                next(iter(self.trained.values())).data.fill_(math.nan)
            else:
                signal.raise_signal(signal.SIGINT)
        return steps(self, rows)

    fit.Fit.step = interrupted  # type: ignore[method-assign]


if __name__ == "__main__":
    folder, sharing, *step = sys.argv[1:]
    distributed_memory.choose_sharing = lambda *_given, **_named: Choice("sharing", sharing, "a test's")
    if step:
        disturb_at(int(step[0]), breaks="breaks" in step)
    workspace = Workspace.open(Path(folder))
    result = train(workspace, workspace.persona())
    if place().first:
        sys.stdout.write(f"{result['stopped']}\n")
    leave(0)  # as the command does
