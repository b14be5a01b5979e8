"""A network in several processes: copies whose gradients are shared (DDP), or one in parts (FSDP2).

The parts of a network hold the same numbers as a copy; they are put together to be written, so that
checkpoints and results are the same files whatever wrote them.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FSDPModule, fully_shard
from torch.distributed.tensor import DTensor, distribute_tensor
from torch.nn.parallel import DistributedDataParallel

from sosias.training.distributed_group import Ranks


def in_parts(learner: nn.Module, body: nn.Module, ranks: Ranks, device: torch.device) -> None:
    """Leave each process its part of every weight; a layer is whole only while it is computed.

    The learner itself is the outermost unit, since it reads the output layer's weights in its own
    forward pass. Call it before the optimiser is made: the parameters are new ones afterwards.
    """
    mesh = init_device_mesh(device.type, (ranks.world,))
    for layer in _layers(body):
        fully_shard(layer, mesh=mesh)
    fully_shard(learner, mesh=mesh)
    assert all(isinstance(value, DTensor) for value in learner.parameters())


def _layers(body: nn.Module) -> Iterator[nn.Module]:
    """Yield the layers of a transformer body."""
    for child in body.children():
        if isinstance(child, nn.ModuleList):
            yield from child


def as_copies(learner: nn.Module) -> nn.Module:
    """Return the learner as one of several copies; backward passes average their gradients."""
    return DistributedDataParallel(learner, broadcast_buffers=False)


def passing(learner: nn.Module, *, last: bool) -> AbstractContextManager[None]:
    """Give what a backward pass runs in: copies share gradients once a step, in its last pass.

    Parts share theirs in every pass, since no process has room for the gradient of all weights.
    """
    if last or not isinstance(learner, DistributedDataParallel):
        return nullcontext()
    return learner.no_sync()


def is_in_parts(learner: nn.Module) -> bool:
    return isinstance(learner, FSDPModule)


def gathered(value: Any, *, keep: bool) -> Any:
    """Return a value, or the values of a dictionary or a list, with parts of tensors put together.

    All processes take part, and only those that `keep` get the whole: others an empty tensor.
    """
    if isinstance(value, DTensor):
        whole = value.full_tensor()
        return whole.detach().cpu() if keep else torch.empty(0)
    if isinstance(value, dict):
        return {name: gathered(one, keep=keep) for name, one in value.items()}
    if isinstance(value, list):
        return [gathered(one, keep=keep) for one in value]
    return value


def like(whole: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Return a whole tensor as the weight is held: itself, or this process's part."""
    if not isinstance(weight, DTensor) or whole.shape != weight.shape:
        return whole
    whole = whole.to(weight.device, weight.dtype)
    return distribute_tensor(whole, weight.device_mesh, weight.placements, src_data_rank=None)


def optimizer_like(saved: dict[str, Any], optimizer: torch.optim.Optimizer) -> dict[str, Any]:
    """Return an optimiser's saved state, its moments held as the weights that they belong to are."""
    weights = [weight for group in optimizer.param_groups for weight in group["params"]]
    state = {
        number: {
            name: like(value, weights[number]) if torch.is_tensor(value) else value
            for name, value in moments.items()
        }
        for number, moments in saved["state"].items()
    }
    return saved | {"state": state}
