"""What every tool learns from, cut once by `bench.windows`: the same token ids, the same settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from sosias.settings import TrainingSettings
from sosias.templates import Window
from sosias.training.batches import Step, epoch_steps


@dataclass(frozen=True)
class Material:
    """The same for all tools: a base, resolved settings, and token ids."""

    base: str
    author: str
    template: str
    training: TrainingSettings
    choices: dict[str, str]
    """Why each automatic value was chosen."""
    steps: int
    """Steps of about `training.batch_tokens` tokens that `timed` makes."""
    timed: list[Window]
    """The windows whose training is timed: a random part of `train`."""
    train: list[Window]
    validation: list[Window]
    rows: list[Window]
    """The training sessions as prompt and completion: a row a reply, its context not learnt."""


FORM = TypeAdapter(Material)


def read(file: Path) -> Material:
    """Return what `bench.windows` wrote."""
    return FORM.validate_json(file.read_bytes())


def our_steps(windows: Sequence[Window], training: TrainingSettings, epoch: int = 0) -> list[Step]:
    """Return the steps in which Sosias passes over the windows."""
    return epoch_steps(
        [len(window.ids) for window in windows],
        batch=training.batch_tokens,
        micro=training.micro_batch_tokens or training.batch_tokens,
        seed=training.seed,
        epoch=epoch,
    )


def lora_config(training: TrainingSettings) -> Any:
    """Return the adapters that a run of these settings trains, as PEFT describes them."""
    from peft import LoraConfig

    return LoraConfig(
        r=training.rank,
        lora_alpha=training.alpha,
        lora_dropout=training.dropout,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )
