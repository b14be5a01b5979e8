"""TRL's SFTTrainer on the shared windows: `python -m bench.run_trl FILE [--quality RATE PASSES]`."""

import argparse
import time
from pathlib import Path
from typing import Any

import torch
from transformers import TrainerCallback

from bench.material import Material, read
from bench.quality import Point, bits_per_byte, is_due
from bench.trl_trainer import batches_of, trainer_for
from bench.worker import answer
from sosias.models.base import open_base
from sosias.training.memory import peak_rss_mb


def speed(material: Material, folder: Path) -> dict[str, Any]:
    """Take one untimed step, then time a pass over the timed windows."""
    size = len(material.timed) // material.steps
    batches = batches_of(material.timed, size, epochs=1, seed=material.training.seed)
    stopwatch = Stopwatch()
    trainer = trainer_for(material, [batches[0], *batches], folder, stopwatch)
    trainer.train()
    return {
        "tokens": stopwatch.tokens,
        "seconds": stopwatch.seconds,
        "peak_rss_mb": peak_rss_mb(),
        "threads": torch.get_num_threads(),
        "trained_parameters": sum(one.numel() for one in trainer.model.parameters() if one.requires_grad),
        "first_loss": trainer.state.log_history[0]["loss"],
    }


def quality(material: Material, rate: float, passes: int, folder: Path) -> list[Point]:
    """Train on prompt and completion rows, so many times over; return the held-out quality along the way."""
    training = material.training
    mean = sum(len(row.ids) for row in material.rows) / len(material.rows)
    size = min(len(material.rows), max(1, round(training.batch_tokens / mean)))
    batches = batches_of(material.rows, size, epochs=passes, seed=training.seed)
    curve = Curve(material, len(batches))
    trainer_for(material, batches, folder, curve, rate).train()
    return curve.points


class Stopwatch(TrainerCallback):  # type: ignore[misc]
    """Counts time and tokens from the end of the first step to the end of the last."""

    def __init__(self) -> None:
        self.ends: list[tuple[float, int]] = []

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ARG002
        self.ends.append((time.perf_counter(), int(state.num_input_tokens_seen)))

    @property
    def seconds(self) -> float:
        return self.ends[-1][0] - self.ends[0][0]

    @property
    def tokens(self) -> int:
        return self.ends[-1][1] - self.ends[0][1]


class Curve(TrainerCallback):  # type: ignore[misc]
    """Measures the held-out quality now and then, with the clock stopped."""

    def __init__(self, material: Material, total: int) -> None:
        self.material, self.total = material, total
        self.pad_id = open_base(material.base).config.pad_id
        self.points: list[Point] = []
        self.seconds = self.started = 0.0

    def on_train_begin(self, args: Any, state: Any, control: Any, model: Any, **kwargs: Any) -> None:  # noqa: ARG002
        self._measure(0, model)

    def on_step_end(self, args: Any, state: Any, control: Any, model: Any, **kwargs: Any) -> None:  # noqa: ARG002
        if is_due(state.global_step, self.total):
            self.seconds += time.perf_counter() - self.started
            self._measure(state.global_step, model)

    def _measure(self, step: int, model: Any) -> None:
        bits = bits_per_byte(model, self.material.validation, self.pad_id)
        self.points.append(Point(step, self.seconds, bits))
        model.train()
        self.started = time.perf_counter()


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Measure what is asked for."""
    material, folder = read(arguments.file), arguments.file.parent
    if arguments.quality is not None:
        rate, passes = arguments.quality
        return {"points": quality(material, float(rate), int(passes), folder)}
    return speed(material, folder)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--quality", nargs=2, metavar=("RATE", "PASSES"))
    answer(run, parser)
