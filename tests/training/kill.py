"""Trainings that are killed with -9 at random moments, and gone on with.

    python -m tests.training.kill --times 20 [--way lora --way update]

Every one of them has to end in the same weights as a training that nobody killed, bit by bit.
"""

import argparse
import json
import math
import multiprocessing
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # tiny networks: threads would only wait for each other

import torch

from sosias.training import fit as fitting
from sosias.training import train as training
from sosias.training.checkpoint import Checkpoint
from sosias.training.update import update
from sosias.workspace import Run, Workspace
from tests.tiny import QUICK, SCRATCH, add_later, tiny_base, tiny_novels, tiny_persona

WARM = (
    "accelerate",
    "peft",
    "transformers.models.llama.modeling_llama",
    "sosias.training.fit",
    "sosias.training.methods",
    "sosias.training.scratch_run",
    "sosias.training.update",
)
"""What a server of processes imports once, so that a kill does not cost the time of an import."""
WAYS = ("lora", "dora", "full", "scratch", "update")
EAGER: dict[str, Any] = {"steps": 40, "validations": 8, "checkpoint_seconds": 1e-6}
"""A run of some seconds that has no step without a checkpoint."""
SELDOM: dict[str, dict[str, Any]] = {
    "full": {"checkpoint_seconds": 0.3},
    "update": {"checkpoint_seconds": 0.3},
}
"""Ways that go back over several steps, and over validations between them."""
DROPOUT = {"dora": 0.1, "update": 0.1}
"""Where a resumed run has to draw the same numbers; without it adapters have the quick layers. `full` draws
what its base's own configuration asks for."""


@dataclass(frozen=True)
class Straight:
    """A training that nobody killed, and the prepared workspace that it started from."""

    way: str
    prepared: Path
    weights: dict[str, torch.Tensor]
    seconds: float
    """From the beginning of the run to its end."""

    @classmethod
    def of(cls, way: str, folder: Path) -> "Straight":
        prepared = _prepared(way, folder)
        copy = Path(shutil.copytree(prepared, folder / "straight"))
        seconds = train_until(copy, way, math.inf)
        return cls(way, prepared, weights(copy, way), seconds)


def _prepared(way: str, folder: Path) -> Path:
    """Return a workspace in which the next training is the one to kill."""
    if way == "scratch":
        return tiny_novels(folder, SCRATCH.model_copy(update=EAGER))[0].folder
    method = "lora" if way == "update" else way
    own = {"method": method, "dropout": DROPOUT.get(way, 0.0)} | SELDOM.get(way, {})
    settings = QUICK.model_copy(update=EAGER | own)
    base = tiny_base(folder / "base", "llama")
    if way == "full":
        config = base / "config.json"
        config.write_text(json.dumps(json.loads(config.read_text()) | {"attention_dropout": 0.1}))
    workspace, persona = tiny_persona(folder / "prepared", base, settings)
    if way == "update":
        training.train(workspace, persona)
        add_later(workspace, persona)
    return workspace.folder


def train(folder: Path, way: str) -> None:
    """Train the workspace's persona, with checkpoints however long they take."""
    fitting.SAVING_SHARE = math.inf
    workspace = Workspace.open(folder)
    (update if way == "update" else training.train)(workspace, workspace.persona())


def train_until(folder: Path, way: str, moment: float) -> float:
    """Train in a process that is killed so many seconds after the run began; return how long it went on."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(WARM))
    process = context.Process(target=train, args=(folder, way))
    process.start()
    begun = run_of(folder, way).settings_file
    while process.is_alive() and not begun.is_file():
        time.sleep(0.001)
    started = time.perf_counter()
    process.join(None if math.isinf(moment) else moment)
    if process.is_alive():
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
    process.join()
    return time.perf_counter() - started


def run_of(folder: Path, way: str) -> Run:
    (persona,) = (folder / "personas").iterdir()
    return Run(persona / "runs" / ("002" if way == "update" else "001"))


def weights(folder: Path, way: str) -> dict[str, torch.Tensor]:
    """Return what the training ended in."""
    from safetensors.torch import load_file

    run = run_of(folder, way)
    (file,) = [*run.adapter_folder.glob("*.safetensors"), *run.weights_folder.glob("*.safetensors")]
    return load_file(file)


def kill_and_go_on(straight: Straight, folder: Path, moments: random.Random) -> int:
    """Kill a training at a random moment of its run, and go on; return the step that was kept.

    A moment that turns out to be after the end of the run is drawn again.
    """
    while True:
        shutil.copytree(straight.prepared, folder)
        train_until(folder, straight.way, moments.uniform(0, straight.seconds))
        run = run_of(folder, straight.way)
        if not run.is_finished:
            break
        shutil.rmtree(folder)
    kept = Checkpoint.load(run.checkpoint_folder)
    train(folder, straight.way)
    return kept.step if kept else 0


def same(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> bool:
    if first.keys() != second.keys():
        return False
    return all(torch.equal(value, second[name]) for name, value in first.items())


def main(ways: Sequence[str], times: int, seed: int) -> int:
    """Print a line a kill; return how many ended in other weights."""
    moments, wrong = random.Random(seed), 0
    with TemporaryDirectory() as folder:
        for way in ways:
            straight = Straight.of(way, Path(folder) / way)
            for number in range(times):
                killed = Path(folder) / way / f"killed-{number}"
                kept = kill_and_go_on(straight, killed, moments)
                equal = same(weights(killed, way), straight.weights)
                wrong += not equal
                ended = "the same weights" if equal else "OTHER WEIGHTS"
                sys.stdout.write(f"{way} {number + 1}: killed with step {kept} kept, ended in {ended}\n")
                sys.stdout.flush()
                shutil.rmtree(killed)
    return wrong


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--way", action="append", choices=WAYS)
    parser.add_argument("--seed", type=int, default=17)
    asked = parser.parse_args()
    raise SystemExit(main(asked.way or WAYS, asked.times, asked.seed))
