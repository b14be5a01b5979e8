"""The steps of a training: gradients over micro-batches, shared out among processes, and what takes them.

One optimiser step sees about `batch_tokens` tokens, in micro-batches; the loss is the mean over
the step's learnt tokens, however they are shared out, so the size of a micro-batch changes memory
and speed but not the result.
"""

import math
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext

import torch
from accelerate import Accelerator
from torch import nn

from sosias.errors import SosiasError
from sosias.events import Listener, Notice, silent
from sosias.language import translate as _
from sosias.models.likelihood import parts
from sosias.settings import TrainingSettings
from sosias.training.batches import Step
from sosias.training.checkpoint import Checkpoint
from sosias.training.distributed import OneProcessStep, RankOutOfMemory, launch
from sosias.training.distributed_group import ALONE, Ranks
from sosias.training.distributed_network import as_copies, gathered, in_parts, passing
from sosias.training.learner import Learner, nothing
from sosias.training.memory import NotEnoughMemory, is_out_of_memory
from sosias.training.running_mean import RunningMean
from sosias.training.schedule import learning_rate
from sosias.training.source import Batch, Source

TRIED_SHARE = 0.1
"""Of the minutes of a run: what a second measurement of a step may take."""
LARGEST_GRADIENT = 1.0
"""Norm to which longer gradients are cut."""


class LossNotFinite(SosiasError):
    """The loss was no longer a number at step {step}, and no validation had seen anything learnt: write a
    lower learning_rate (it was {rate:g}) under [training] in persona.toml and give the command again. That
    begins a new run; the same settings come to this step again."""


class Stepper:
    """A network, a source and an optimiser: what takes one step after the other.

    Args:
        network: what of it requires a gradient is trained.
        source: what is learnt from.
        accelerator: what shares the work out; None: one of this process.
        optimizer: what takes the steps; None: AdamW without decay.
        ranks: the processes that train together; the source shares its rows out among them.
        sharded: each of them holds a part of the weights instead of a copy of all; only where all learn.

    Raises:
        AccelerateLaunch, EachAlone, OneProcessStep: other processes were started that `ranks` does not know.
    """

    def __init__(
        self,
        network: nn.Module,
        source: Source,
        settings: TrainingSettings,
        pad_id: int,
        listener: Listener = silent,
        *,
        accelerator: Accelerator | None = None,
        optimizer: torch.optim.Optimizer | None = None,
        ranks: Ranks = ALONE,
        sharded: bool = False,
    ) -> None:
        if launch().world != ranks.world:
            raise OneProcessStep
        self.network, self.source, self.settings, self.pad_id = network, source, settings, pad_id
        self.listener, self.ranks = listener, ranks
        self.accelerator = accelerator or Accelerator(cpu=not torch.cuda.is_available())
        assert self.accelerator.num_processes == ranks.world, "one of several processes would train alone"
        whole = settings.method == "full"
        learner: nn.Module = Learner(network, mixed=whole and settings.dtype == "bfloat16")
        if ranks.world > 1:
            learner = learner.to(self.accelerator.device)
        if sharded:
            in_parts(learner, parts(network)[0], ranks, self.accelerator.device)
        self.trained = {name: value for name, value in network.named_parameters() if value.requires_grad}
        optimizer = optimizer or torch.optim.AdamW(
            self.trained.values(),
            lr=settings.learning_rate or 0,
            weight_decay=0.0,
            betas=(0.9, 0.99),
            # the fused step makes no copies of the moments, which count where all weights are trained
            **({"fused": True} if whole else {"foreach": True}),
        )
        if ranks.world == 1:
            self.learner, self.optimizer = self.accelerator.prepare(learner, optimizer)
        else:
            self.learner = learner if sharded else as_copies(learner)
            self.optimizer = self.accelerator.prepare(optimizer)
        # now that the weights are where they are trained
        self.mean = None if settings.whole else RunningMean(self.trained)
        self.state = Checkpoint()

    def gradient(self, step: Step) -> tuple[float, int, int]:
        """Add up a step's gradient; return its mean loss, its tokens and its learnt tokens."""
        batches = [self.source.batch(rows) for rows in step]
        learnt, tokens = map(int, self.ranks.total(*_counted(batches)))
        assert learnt, "a step without a learnt token has no mean loss"
        (passes,) = self.ranks.most(len(batches))
        batches += [nothing(self.pad_id)] * (passes - len(batches))  # all take part in each pass
        total = 0.0
        for number, batch in enumerate(batches, start=1):
            device = self.accelerator.device
            with passing(self.learner, last=number == passes):
                loss = self.learner(batch.ids.to(device), batch.labels.to(device)) / learnt
                self.accelerator.backward(loss * self.ranks.world)  # the processes' gradients are averaged
            total += float(loss.detach())
        return self.ranks.total(total)[0], tokens, learnt

    def step(self, step: Step) -> float:
        """Take one optimiser step; return its mean loss in nats a learnt token.

        Raises:
            LossNotFinite: the weights are as they were before.
        """
        rate = learning_rate(self.state.step, self.settings)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.ranks.seed(self.settings.seed, self.state.step)
        loss, tokens, learnt = self._gradient_that_fits(step)
        norm = self.accelerator.clip_grad_norm_(self.trained.values(), LARGEST_GRADIENT)
        norm = gathered(norm, keep=True)
        if not (math.isfinite(loss) and math.isfinite(float(norm))):
            self.optimizer.zero_grad(set_to_none=True)
            raise LossNotFinite(step=self.state.step, rate=rate)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.state.step += 1
        if self.mean is not None:
            self.mean.take(self.state.step)
        self.state.tokens += tokens
        self.state.supervised_tokens += learnt
        return loss

    def averaged(self) -> AbstractContextManager[None]:
        """Give what the network is judged in: with the mean of its weights, where one is kept."""
        return nullcontext() if self.mean is None else self.mean.in_place()

    def _gradient_that_fits(self, step: Step) -> tuple[float, int, int]:
        """As `gradient`; where memory runs out the step is begun again in halves, and so are all later ones.

        Raises:
            NotEnoughMemory: one row alone does not fit.
            RankOutOfMemory: one of several processes cannot begin again while the others go on.
        """
        for _number in range(self.state.halvings):
            step = halved(step)
        while True:
            random_state = torch.get_rng_state()
            try:
                return self.gradient(step)
            except (MemoryError, RuntimeError) as error:
                if not is_out_of_memory(error):
                    raise
                torch.set_rng_state(random_state)
                if self.ranks.world > 1:
                    raise RankOutOfMemory(rank=self.ranks.rank, world=self.ranks.world) from error
                if all(len(rows) == 1 for rows in step):
                    raise NotEnoughMemory from error
            self.optimizer.zero_grad(set_to_none=True)
            self.state.halvings += 1
            step = halved(step)
            self.listener(Notice(_("Memory ran out: half as much goes through the model at once now.")))

    def measure_speed(self) -> float:
        """Return the seconds of one step's gradient, measured on the first step's rows without learning.

        The first pass pays for one-off preparations. Where that costs little of the minutes, two more are
        measured, of which the quicker counts.
        """
        _epoch, first = next(self._steps())
        random_state = torch.get_rng_state()
        self._gradient_that_fits(first)
        seconds = [self._seconds_of(first)]
        if self.ranks.world == 1 and seconds[0] < TRIED_SHARE * 60 * (self.settings.minutes or 0):
            seconds.append(self._seconds_of(first))
        self.optimizer.zero_grad(set_to_none=True)
        torch.set_rng_state(random_state)
        return min(seconds)

    def _seconds_of(self, step: Step) -> float:
        started = time.perf_counter()
        self._gradient_that_fits(step)
        return time.perf_counter() - started

    def _steps(self) -> Iterator[tuple[int, Step]]:
        return self.source.steps(self.state.step)


def halved(step: Step) -> Step:
    """Return the step with every micro-batch of several rows cut in two, rows of like length together."""
    parts: Step = []
    for rows in step:
        middle = (len(rows) + 1) // 2
        parts += [part for part in (rows[:middle], rows[middle:]) if part]
    return parts


def _counted(batches: Sequence[Batch]) -> tuple[int, int]:
    """Return how many tokens are learnt, and how many there are."""
    return sum(batch.learnt for batch in batches), sum(batch.tokens for batch in batches)
