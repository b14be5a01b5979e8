"""What a training must not lose: everything that the next step depends on, and the best weights so far.

Two files, each replaced at once: `state.pt` holds what is trained, its optimiser's two moments and the
position, twelve bytes for each number that is trained, and of adapters their mean, four more; `best.pt`
holds the best weights, and is only written when a validation finds better ones. Steps repeat exactly,
so a `best.pt` that is newer than `state.pt` is found again by the steps in between.
"""

import errno
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

import torch

from sosias.errors import NoSpace, SosiasError
from sosias.training.memory import NotEnoughMemory, is_out_of_memory
from sosias.workspace import atomic_file, private_folder

STATE = "state.pt"
BEST = "best.pt"
State = dict[str, torch.Tensor]
Read = TypeVar("Read")
FULL_DISK = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG)
BYTES_STATE, BYTES_MEAN, BYTES_BEST = 12, 4, 4
"""For each number that is trained: itself and two moments; its mean, of adapters; itself."""


class BadCheckpoint(SosiasError):
    """The checkpoint in {folder} cannot be read: delete that folder and train again."""


@dataclass
class Checkpoint:
    """The position of a run. The order of the rows and the learning rate follow from `step`."""

    step: int = 0
    weights: State = field(default_factory=dict)
    mean: State = field(default_factory=dict)
    """Of the weights on the way, where one is kept."""
    best_loss: float = float("inf")
    worse: int = 0
    """Validations in a row without a better one."""
    halvings: int = 0
    """How many times micro-batches were halved because memory ran out."""
    optimizer: dict[str, Any] = field(default_factory=dict)
    random_state: torch.Tensor = field(default_factory=torch.get_rng_state)
    tokens: int = 0
    supervised_tokens: int = 0
    seconds: float = 0
    losses: list[float] = field(default_factory=list)
    """Validation losses so far."""
    training_losses: list[float] = field(default_factory=list)
    """The mean training loss before each of them, since the one before."""
    since: tuple[float, int] = (0.0, 0)
    """The sum of the training losses since the last validation, and the number of steps."""

    def save(self, folder: Path) -> None:
        """Take the place of the checkpoint in `folder` at once.

        Raises:
            NoSpace: the disk is full; the checkpoint from before is there still.
        """
        _write(folder / STATE, {one.name: getattr(self, one.name) for one in fields(self)})

    @classmethod
    def load(cls, folder: Path) -> "Checkpoint | None":
        """Return the checkpoint in `folder`, None where there is none.

        Raises:
            BadCheckpoint: the file is damaged. Only tensors and plain values are ever unpickled.
        NotEnoughMemory, OSError: it cannot be read now.
        """
        return _read(folder / STATE, lambda values: cls(**values))


def save_best(folder: Path, weights: State) -> None:
    """Keep the best weights so far.

    Raises:
        NoSpace: the disk is full; those from before are there still.
    """
    _write(folder / BEST, weights)


def load_best(folder: Path) -> State | None:
    """Return the best weights, None where no validation has found any.

    Raises:
        BadCheckpoint: the file is damaged.
    """
    return _read(folder / BEST, lambda values: {name: values[name] for name in values})


def _write(path: Path, value: Any) -> None:
    private_folder(path.parent)
    try:
        with atomic_file(path) as new, new.open("wb") as file:
            # through a file of our own: torch's writer turns the system's error into one without a number
            torch.save(value, file)
    except (OSError, RuntimeError) as error:
        if not _is_full(error):
            raise
        raise NoSpace(path=path.parent) from error


def _is_full(error: BaseException | None) -> bool:
    """Is a full disk among what led to an error?"""
    while error is not None:
        if isinstance(error, OSError) and error.errno in FULL_DISK:
            return True
        error = error.__cause__ or error.__context__
    return False


def _read(path: Path, made: Callable[[Any], Read]) -> Read | None:
    if not path.is_file():
        return None
    try:
        return made(torch.load(path, map_location="cpu", weights_only=True))
    except Exception as error:
        if is_out_of_memory(error):
            raise NotEnoughMemory from error
        if isinstance(error, OSError) and error.errno is not None:
            raise  # it could not be read now; it may be whole
        raise BadCheckpoint(folder=path.parent) from error
