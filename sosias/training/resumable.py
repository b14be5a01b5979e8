"""A training that can be put aside after any step: its state to the disk, and back from it."""

import time
from pathlib import Path

import torch

from sosias.training.batches import Step
from sosias.training.checkpoint import Checkpoint, State, load_best, save_best
from sosias.training.distributed_network import gathered, is_in_parts, like, optimizer_like
from sosias.training.memory import NotEnoughMemory
from sosias.training.stepper import LossNotFinite, Stepper


class Resumable(Stepper):
    """A stepper with a `checkpoint_folder`, which the first process alone writes to."""

    checkpoint_folder: Path

    def whole(self) -> State:
        """Return what is trained, without copying it; parts are put together, for the first process alone."""
        weights = {name: value.detach() for name, value in self.trained.items()}
        return gathered(weights, keep=self.ranks.first)  # type: ignore[no-any-return]  # torch's has no types

    def _step_or_save(self, step: Step) -> float:
        """Take a step; where it cannot be taken, keep what there was before it."""
        try:
            return self.step(step)
        except (LossNotFinite, NotEnoughMemory):
            self._save()
            raise

    def _save(self) -> float:
        """Write the checkpoint; return the seconds that it took."""
        started = time.perf_counter()
        self.state.weights = self.whole()
        self.state.mean = {} if self.mean is None else self.mean.values
        self.state.optimizer = gathered(self.optimizer.state_dict(), keep=self.ranks.first)
        self.state.random_state = torch.get_rng_state()
        if self.ranks.first:
            self.state.save(self.checkpoint_folder)
        if is_in_parts(self.learner):
            self.state.weights, self.state.optimizer = {}, {}  # whole only while they are written
        return time.perf_counter() - started

    def _resume(self) -> bool:
        """Go on from the checkpoint; return whether there is one."""
        found = Checkpoint.load(self.checkpoint_folder)
        self.ranks.agree("checkpoint", found and found.step)
        if found is None:
            return False
        self.state = found
        self._put(found.weights)
        if self.mean is not None:
            self.mean.put(found.mean or found.weights)
        if is_in_parts(self.learner):
            found.optimizer = optimizer_like(found.optimizer, self.optimizer)
        self.optimizer.load_state_dict(found.optimizer)
        torch.set_rng_state(found.random_state)
        found.weights, found.mean, found.optimizer = {}, {}, {}  # copied where they belong
        return True

    def _keep_as_best(self) -> None:
        """Keep the mean of the weights, or where there is none the weights, as the best so far."""
        with self.averaged():
            weights = self.whole()
            if self.ranks.first:
                save_best(self.checkpoint_folder, weights)

    def _take_best(self) -> None:
        """Put the best weights in their place, where a validation has found any."""
        self.ranks.wait()  # until the first has written them
        self._put(load_best(self.checkpoint_folder) or {})

    def _put(self, weights: State) -> None:
        with torch.no_grad():
            for name, value in weights.items():
                self.trained[name].copy_(like(value, self.trained[name]))
