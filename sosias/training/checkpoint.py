"""What a training must not lose: everything that the next step depends on, in one file."""

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import torch

from sosias.errors import SosiasError
from sosias.workspace import atomic_file, private_folder

FILE = "state.pt"
State = dict[str, torch.Tensor]


class BadCheckpoint(SosiasError):
    """The checkpoint in {folder} cannot be read: delete that folder and train again."""


@dataclass
class Checkpoint:
    """The position of a run. The order of the windows and the learning rate follow from `step`."""

    step: int
    weights: State
    best_weights: State
    best_loss: float
    worse: int
    """Validations in a row without a better one."""
    optimizer: dict[str, Any]
    random_state: torch.Tensor
    tokens: int = 0
    supervised_tokens: int = 0
    seconds: float = 0
    losses: list[float] = field(default_factory=list)
    """Validation losses so far."""

    def save(self, folder: Path) -> None:
        """Take the place of the checkpoint in `folder` at once."""
        private_folder(folder)
        with atomic_file(folder / FILE) as new:
            torch.save({one.name: getattr(self, one.name) for one in fields(self)}, new)

    @classmethod
    def load(cls, folder: Path) -> "Checkpoint | None":
        """Return the checkpoint in `folder`, None where there is none.

        Raises:
            BadCheckpoint: the file is damaged. Only tensors and plain values are ever unpickled.
        """
        if not (folder / FILE).is_file():
            return None
        try:
            return cls(**torch.load(folder / FILE, weights_only=True))
        except Exception as error:
            raise BadCheckpoint(folder=folder) from error
