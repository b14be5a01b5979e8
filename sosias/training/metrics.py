"""What a run says of itself while it trains: figures for whoever listens, and `metrics.jsonl`."""

import json
import time
from dataclasses import replace
from pathlib import Path

from sosias.events import Learning, Listener, Progress, Validated
from sosias.language import translate as _
from sosias.settings import TrainingSettings
from sosias.training.checkpoint import Checkpoint
from sosias.training.curves import read_curves, thinned
from sosias.training.memory import rss_mb
from sosias.training.schedule import learning_rate
from sosias.workspace import append_line, write_text

MOST_POINTS = 400
"""Of the curve that is told again when a run is gone on with: more than a screen has columns."""


class Metrics:
    """The lines of one run: a line a step, and a line a validation; figures alone, no words."""

    def __init__(self, folder: Path, listener: Listener) -> None:
        self.file = folder / "metrics.jsonl"
        self.listener = listener
        self._tokens, self._began = 0, 0.0

    def begin_step(self, state: Checkpoint) -> None:
        """Take the time before a step."""
        self._tokens, self._began = state.tokens, time.perf_counter()

    def step(self, state: Checkpoint, epoch: int, loss: float, settings: TrainingSettings) -> None:
        """Tell of a step that was taken; its line has the speed of the step itself."""
        seconds = time.perf_counter() - self._began
        memory, rate = rss_mb(), learning_rate(state.step - 1, settings)
        self.listener(
            Learning(state.step, settings.steps or 0, loss, state.tokens / state.seconds, memory, rate)
        )
        record = {"step": state.step, "epoch": epoch, "loss": round(loss, 5)}
        record |= {"seconds": round(state.seconds, 2), "learning_rate": float(f"{rate:.4g}")}
        record |= {"tokens_per_second": round((state.tokens - self._tokens) / seconds, 1), "rss_mb": memory}
        append_line(self.file, record)

    def progress(self, state: Checkpoint, loss: float, total: int) -> None:
        """Tell how far the run is, once all that belongs to its last step has been said."""
        speed = state.tokens / state.seconds
        note = _("loss {loss:.3f} · {speed:.0f} tokens/s").format(loss=loss, speed=speed)
        left = state.seconds / state.step * (total - state.step)
        self.listener(Progress("train", state.step, total, note, left))

    def validation(self, state: Checkpoint, epoch: int, loss: float, total: int) -> None:
        """Tell of a validation."""
        self.listener(Validated(state.step, total, loss, min(loss, state.best_loss)))
        record = {"step": state.step, "epoch": epoch, "validation_loss": round(loss, 5)}
        append_line(self.file, record)

    def resume(self, step: int) -> None:
        """Drop the lines of steps that a kill has lost, which are taken again; tell of those before."""
        self.forget_after(step)
        curves = read_curves(self.file)
        if curves.training or curves.validation:
            self.listener(replace(curves, training=tuple(thinned(curves.training, MOST_POINTS))))

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
