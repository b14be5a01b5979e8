"""What a run says of itself while it trains: progress for whoever listens, and `metrics.jsonl`."""

import json
from pathlib import Path

from sosias.events import Listener, Progress
from sosias.language import translate as _
from sosias.training.checkpoint import Checkpoint
from sosias.workspace import append_line, write_text


class Metrics:
    """The lines of one run: a line a step, and a line a validation."""

    def __init__(self, folder: Path, listener: Listener) -> None:
        self.file = folder / "metrics.jsonl"
        self.listener = listener

    def step(self, state: Checkpoint, epoch: int, loss: float, total: int) -> None:
        """Tell of a step that was taken."""
        speed = state.tokens / state.seconds
        note = _("loss {loss:.3f} · {speed:.0f} tokens/s").format(loss=loss, speed=speed)
        self.listener(Progress("train", state.step, total, note))
        record = {"step": state.step, "epoch": epoch, "loss": round(loss, 5)}
        append_line(self.file, record | {"seconds": round(state.seconds, 2)})

    def validation(self, state: Checkpoint, epoch: int, loss: float) -> None:
        """Tell of a validation."""
        record = {"step": state.step, "epoch": epoch, "validation_loss": round(loss, 5)}
        append_line(self.file, record)

    def forget_after(self, step: int) -> None:
        """Drop the lines of steps that a kill has lost: they will be taken again."""
        if not self.file.is_file():
            return
        lines = self.file.read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if _step_of(line) <= step]
        write_text(self.file, "".join(f"{line}\n" for line in kept))


def _step_of(line: str) -> float:
    """Return the step that a line tells of; a line that a kill has cut in two belongs to no step kept."""
    try:
        return float(json.loads(line)["step"])
    except (ValueError, KeyError, TypeError):
        return float("inf")
