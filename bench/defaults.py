"""What the defaults of training rest on: the sample's held-out words after each epoch, setting by setting.

    python -m bench.defaults [--base gemma3-270m] [--epochs 3] [--fold 0] rate=2e-4,loss=all …

Prints for every setting the fall of bits per byte (words alone, in percent of the untuned base) on
the validation and on the test sessions of a fold. Nothing is kept.
"""

import argparse
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.windows import SAMPLE
from sosias.corpus import prepare, prepared
from sosias.evaluation.interval import mean_fall
from sosias.evaluation.measure import session_losses
from sosias.events import silent
from sosias.settings import Consent, PersonaSettings
from sosias.sources.store import import_files
from sosias.training.batches import epoch_steps
from sosias.training.fit import Fit
from sosias.training.methods import trainable_network
from sosias.training.plan import plan_run, requested, split_windows
from sosias.training.source import Windows
from sosias.workspace import Persona, Workspace

FOLDS = 3


def main() -> None:
    """Try each setting in turn."""
    parser = argparse.ArgumentParser()
    parser.add_argument("settings", nargs="+", help="rate=2e-4,loss=all")
    parser.add_argument("--base", default="gemma3-270m")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--fold", type=int, default=0, choices=range(FOLDS))
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        persona = sample_persona(Path(folder), asked.base)
        for one in asked.settings:
            given = dict(part.split("=") for part in one.split(","))
            wanted = {"learning_rate": float(given["rate"]), "loss": given["loss"]}
            attempt(persona, asked.fold, asked.epochs, wanted, Path(folder) / "run")


def sample_persona(folder: Path, base: str) -> Persona:
    """Return the demo's persona, prepared in a new workspace."""
    workspace = Workspace.create(folder / "chats")
    import_files(workspace, [next(SAMPLE.glob("*.txt"))])
    consent = Consent(kind="fiction", recorded=date.today())
    persona = workspace.new_persona(
        PersonaSettings(name="placido", author="Plácido", consent=consent, base=base)
    )
    prepare.prepare(workspace, persona)
    return persona


def attempt(persona: Persona, fold: int, epochs: int, wanted: dict[str, Any], folder: Path) -> None:
    """Train on a fold with the wanted settings, and print the falls after each epoch."""
    sessions = prepared.fold(persona, fold, FOLDS)
    plan = plan_run(persona, sessions, requested(persona, wanted))
    settings = plan.run.training
    lengths = [len(window.ids) for window in plan.train]
    batch = settings.batch_tokens
    an_epoch = len(epoch_steps(lengths, batch=batch, micro=batch, seed=settings.seed, epoch=0))
    settings = settings.model_copy(update={"steps": an_epoch * epochs})
    network = trainable_network(plan.base, settings)
    pad_id = plan.base.config.pad_id
    source = Windows(plan.train, settings, pad_id)
    fit = Fit(network, source, plan.validation, settings, pad_id, folder, silent)
    held_out = {
        split: split_windows(plan.template, sessions, split, settings) for split in ("validation", "test")
    }
    fit.learner.train()
    for _epoch, step in fit._steps():
        fit.step(step)
        if fit.state.step % an_epoch == 0:
            falls = {
                split: mean_fall([session_losses(network, windows, pad_id, silent)])
                for split, windows in held_out.items()
            }
            said = ", ".join(f"{split} {100 * fall:.2f} %" for split, fall in falls.items())
            print(f"{wanted}, fold {fold + 1}, epoch {fit.state.step // an_epoch}: {said}", flush=True)
            fit.learner.train()
        if fit.state.step == settings.steps:
            break


if __name__ == "__main__":
    main()
