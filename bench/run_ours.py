"""Sosias's own loop on the shared windows: `python -m bench.run_ours FILE [--quality PASSES]`."""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from bench.material import Material, our_steps, read
from bench.quality import Point, bits_per_byte, is_due
from bench.worker import answer
from sosias.events import silent
from sosias.models.base import open_base
from sosias.templates import Window
from sosias.training.fit import Fit
from sosias.training.memory import peak_rss_mb
from sosias.training.methods import trainable_network
from sosias.training.source import Windows


def speed(material: Material, folder: Path) -> dict[str, Any]:
    """Take one untimed step, then time a pass over the timed windows."""
    steps = our_steps(material.timed, material.training)
    fit = _fit(material, material.timed, len(steps) + 1, folder)
    fit.learner.train()
    first_loss = fit.step(steps[0])
    before, started = fit.state.tokens, time.perf_counter()
    for step in steps:
        fit.step(step)
    return {
        "tokens": fit.state.tokens - before,
        "seconds": time.perf_counter() - started,
        "peak_rss_mb": peak_rss_mb(),
        "threads": torch.get_num_threads(),
        "trained_parameters": sum(value.numel() for value in fit.trained.values()),
        "first_loss": first_loss,
    }


def quality(material: Material, passes: int, folder: Path) -> list[Point]:
    """Train as `sosias train --epochs PASSES` does; return the held-out quality along the way."""
    training = material.training
    epoch = len(our_steps(material.train, training))
    total = epoch * passes
    fit = _fit(material, material.train, total, folder)
    pad_id = open_base(material.base).config.pad_id
    points = [Point(0, 0.0, bits_per_byte(fit.network, material.validation, pad_id))]
    seconds = 0.0
    while fit.state.step < total:
        number, position = divmod(fit.state.step, epoch)
        fit.learner.train()
        started = time.perf_counter()
        fit.step(our_steps(material.train, training, number)[position])
        seconds += time.perf_counter() - started
        if is_due(fit.state.step, total):
            with fit.averaged():
                bits = bits_per_byte(fit.network, material.validation, pad_id)
            points.append(Point(fit.state.step, seconds, bits))
    return points


def _fit(material: Material, windows: Sequence[Window], steps: int, folder: Path) -> Fit:
    base = open_base(material.base)
    settings = material.training.model_copy(update={"steps": steps})
    network, pad_id = trainable_network(base, settings), base.config.pad_id
    source = Windows(windows, settings, pad_id)
    return Fit(network, source, material.validation, settings, pad_id, folder, silent)


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Measure what is asked for."""
    material, folder = read(arguments.file), arguments.file.parent
    if arguments.quality:
        return {"points": quality(material, arguments.quality, folder)}
    return speed(material, folder)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--quality", type=int, metavar="PASSES")
    answer(run, parser)
