"""The processes that train together, as one of them sees it; and one alone, who asks nothing of others."""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
import torch.distributed as dist

from sosias.errors import SosiasError
from sosias.events import Listener, Notice
from sosias.language import translate as _
from sosias.training.distributed import DifferentViews, Launch, LostAnother, NoGroup, launch

Value = TypeVar("Value")
LOST = ("Connection closed by peer", "Connection reset by peer", "Broken pipe", "Timed out waiting")
"""How gloo says that another process is gone."""


@dataclass(frozen=True)
class Ranks(Launch):
    """What the processes tell each other. Every method is called by all of them, in the same order."""

    def share(self, rows: Sequence[Value]) -> Sequence[Value]:
        """Return this process's part of rows: every `world`-th, so that sorted rows are shared out evenly."""
        return rows[self.rank :: self.world]

    def total(self, *numbers: float) -> list[float]:
        """Return the sums of the numbers over all processes."""
        return self._reduced(numbers, torch.float64, dist.ReduceOp.SUM)

    def most(self, *numbers: int) -> list[int]:
        """Return the largest of each number over all processes."""
        return [int(one) for one in self._reduced(numbers, torch.int64, dist.ReduceOp.MAX)]

    def _reduced(self, numbers: Sequence[float], kind: torch.dtype, how: Any) -> list[float]:
        if self.world == 1:
            return list(numbers)
        held = torch.tensor(numbers, dtype=kind)
        dist.all_reduce(held, how)
        return held.tolist()

    def from_first(self, do: Callable[[], Value]) -> Value:
        """Let the first process do something while the others wait; return its result to all.

        Raises:
            SosiasError: as the first process raised it, in all of them.
        """
        if self.world == 1:
            return do()
        outcome: list[Value | SosiasError | None] = [None]
        if self.first:
            try:
                outcome = [do()]
            except SosiasError as error:
                outcome = [error]
        dist.broadcast_object_list(outcome, src=0)
        if isinstance(outcome[0], SosiasError):
            raise outcome[0]
        return outcome[0]  # type: ignore[return-value]

    def agree(self, what: str, value: object) -> None:
        """Make sure that all processes have the same value, compared by how it is written.

        Raises:
            DifferentViews: they have not.
        """
        if self.world == 1:
            return
        said: list[str | None] = [None] * self.world
        dist.all_gather_object(said, repr(value))
        if len(set(said)) > 1:
            raise DifferentViews(what=what)

    def wait(self) -> None:
        """Return when all processes have come here."""
        self.total(0)

    def seed(self, seed: int, step: int) -> None:
        """Draw the random numbers of a step from its number and this process's: none has to be kept.

        One process alone goes on with its own, which its checkpoint keeps.
        """
        if self.world > 1:
            torch.manual_seed(random.Random(f"{seed}-{step}-{self.rank}").getrandbits(63))


ALONE = Ranks()


@contextmanager
def joined(listener: Listener) -> Iterator[Ranks]:
    """Join the processes that torchrun has started with this one, if any, until the work is done.

    Raises:
        AccelerateLaunch, EachAlone: started in a way in which each would train alone.
        NoGroup: they did not find each other.
        LostAnother: one of them ended on the way.
    """
    here = launch()
    if here.world == 1:
        yield ALONE
        return
    ranks = Ranks(here.rank, here.world, here.local_rank, here.local_world)
    if ranks.first:
        listener(Notice(_("{world} processes train together.").format(world=here.world)))
    _open_group(ranks)
    try:
        yield ranks
    except RuntimeError as error:
        if not any(sign in str(error) for sign in LOST):
            raise
        raise LostAnother(world=ranks.world) from error
    finally:
        dist.destroy_process_group()


def _open_group(ranks: Ranks) -> None:
    """Begin the process group, and see that it is as large as torchrun has said."""
    on_gpu = torch.cuda.is_available()
    if on_gpu:
        torch.cuda.set_device(ranks.local_rank)
    try:
        dist.init_process_group("cpu:gloo,cuda:nccl" if on_gpu else "gloo")
    except (RuntimeError, ValueError) as error:
        raise NoGroup(world=ranks.world, what=type(error).__name__) from error
    if (dist.get_rank(), dist.get_world_size()) != (ranks.rank, ranks.world):
        raise NoGroup(world=ranks.world, what=f"{dist.get_world_size()}")
