"""Trainings that are killed with -9 at random moments, and gone on with.

    python -m tests.training.kill --times 20 [--method lora --method full]

Every one of them has to end in the same weights as a training that nobody killed, bit by bit.
"""

import argparse
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

os.environ.setdefault("OMP_NUM_THREADS", "1")  # tiny networks: threads would only wait for each other

import torch

from sosias.settings import TrainingSettings
from sosias.training import fit as fitting
from sosias.training import train as training
from sosias.workspace import Run, Workspace
from tests.tiny import QUICK, tiny_base, tiny_persona

WARM = (
    "accelerate",
    "peft",
    "transformers.models.llama.modeling_llama",
    "sosias.training.fit",
    "sosias.training.methods",
    "sosias.training.train",
)
"""What a server of processes imports once, so that a kill does not cost the time of an import."""
METHODS = ("lora", "full")


def settings(method: str) -> TrainingSettings:
    """Return a run of some seconds that has no step without a checkpoint, and draws random numbers."""
    changed = {"method": method, "steps": 40, "validations": 8, "checkpoint_seconds": 1e-6, "dropout": 0.1}
    return QUICK.model_copy(update=changed)


@dataclass(frozen=True)
class Straight:
    """A training that nobody killed, and the prepared workspace that it started from."""

    prepared: Path
    weights: dict[str, torch.Tensor]
    seconds: float

    @classmethod
    def of(cls, method: str, folder: Path) -> "Straight":
        base = tiny_base(folder / "base", "llama")
        workspace, _persona = tiny_persona(folder / "prepared", base, settings(method))
        copy = Path(shutil.copytree(workspace.folder, folder / "straight"))
        result = train(copy)
        return cls(workspace.folder, weights(copy), result)


def train(folder: Path) -> float:
    """Train the workspace's persona, a checkpoint after every step; return the seconds of its steps."""
    fitting.SAVING_SHARE = math.inf
    workspace = Workspace.open(folder)
    return float(training.train(workspace, workspace.persona())["seconds"])


def run_of(folder: Path) -> Run:
    return Run(folder / "personas" / "ana" / "runs" / "001")


def weights(folder: Path) -> dict[str, torch.Tensor]:
    """Return what the training ended in."""
    from safetensors.torch import load_file

    run = run_of(folder)
    (file,) = [*run.adapter_folder.glob("*.safetensors"), *run.weights_folder.glob("*.safetensors")]
    return load_file(file)


def kill_and_go_on(straight: Straight, folder: Path, moment: float) -> int | None:
    """Kill a training so many seconds after it began, and go on; return the step that was kept.

    None where the training had ended before the moment came.
    """
    shutil.copytree(straight.prepared, folder)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(WARM))
    process = context.Process(target=train, args=(folder,))
    process.start()
    begun = run_of(folder).settings_file
    while process.is_alive() and not begun.is_file():
        time.sleep(0.001)
    process.join(moment)
    if process.is_alive():
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
    process.join()
    kept = fitting.Checkpoint.load(run_of(folder).checkpoint_folder)
    finished = run_of(folder).is_finished
    train(folder)
    return None if finished else kept.step if kept else 0


def same(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> bool:
    if first.keys() != second.keys():
        return False
    return all(torch.equal(value, second[name]) for name, value in first.items())


def main(methods: Sequence[str], times: int, seed: int) -> int:
    """Print a line a kill; return how many ended in other weights."""
    moments, wrong = random.Random(seed), 0
    with TemporaryDirectory() as folder:
        for method in methods:
            straight = Straight.of(method, Path(folder) / method)
            for number in range(times):
                killed = Path(folder) / method / f"killed-{number}"
                kept = kill_and_go_on(straight, killed, moments.uniform(0, 0.8 * straight.seconds))
                equal = same(weights(killed), straight.weights)
                wrong += not equal
                where = "after its end" if kept is None else f"with step {kept} kept"
                ended = "the same weights" if equal else "OTHER WEIGHTS"
                sys.stdout.write(f"{method} {number + 1}: killed {where}, ended in {ended}\n")
                sys.stdout.flush()
                shutil.rmtree(killed)
    return wrong


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--method", action="append", choices=METHODS)
    parser.add_argument("--seed", type=int, default=17)
    asked = parser.parse_args()
    raise SystemExit(main(asked.method or METHODS, asked.times, asked.seed))
