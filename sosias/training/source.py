"""Where a run's tokens come from, as the loop sees it; and the windows of a persona as such a source."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch

from sosias.settings import TrainingSettings
from sosias.templates.window import Window
from sosias.training.batches import Step, collate, epoch_steps, steps_from
from sosias.training.distributed import Launch


@dataclass(frozen=True)
class Batch:
    """Rows that go through the network at once."""

    ids: torch.Tensor
    """[rows, tokens], padded on the right."""
    labels: torch.Tensor
    """The same, −100 where nothing is learnt."""
    tokens: int
    """Without padding."""

    @property
    def learnt(self) -> int:
        """How many labels there are; the first of a row has nothing before it to be told from."""
        return int((self.labels[:, 1:] != -100).sum())


class Source(Protocol):
    """Numbered rows of token ids, shared out to steps in an order that can be found again."""

    @property
    def epoch_length(self) -> int:
        """Steps in one pass over all rows."""
        ...

    def steps(self, skip: int) -> Iterator[tuple[int, Step]]:
        """Yield (epoch, step) for ever, but for the first `skip`: a step is micro-batches of row numbers.

        Of several processes each gets its own rows of the same steps, none where there are too few.
        """
        ...

    def batch(self, rows: Sequence[int]) -> Batch:
        """Return rows as tensors."""
        ...


class Windows:
    """A persona's windows, in memory."""

    def __init__(
        self,
        windows: Sequence[Window],
        settings: TrainingSettings,
        pad_id: int,
        ranks: Launch = Launch(),  # noqa: B008  frozen
    ) -> None:
        assert settings.batch_tokens is not None
        self.windows = windows
        self.pad_id = pad_id
        self._lengths = [len(window.ids) for window in windows]
        self._batch = settings.batch_tokens
        self._micro = settings.micro_batch_tokens or settings.batch_tokens
        self._seed = settings.seed
        self._ranks = ranks

    @property
    def epoch_length(self) -> int:
        """See `Source`."""
        return len(epoch_steps(self._lengths, batch=self._batch, micro=self._micro, seed=self._seed, epoch=0))

    def steps(self, skip: int) -> Iterator[tuple[int, Step]]:
        """See `Source`."""
        return steps_from(
            self._lengths,
            batch=self._batch,
            micro=self._micro,
            seed=self._seed,
            skip=skip,
            rank=self._ranks.rank,
            world=self._ranks.world,
        )

    def batch(self, rows: Sequence[int]) -> Batch:
        """See `Source`."""
        ids, labels = collate([self.windows[row] for row in rows], self.pad_id)
        return Batch(ids, labels, sum(self._lengths[row] for row in rows))
