"""RMS norms of frozen weights in one autograd function: half the passes over memory, for the same numbers."""

from types import MethodType
from typing import Any

import torch
from torch import nn
from torch.autograd.function import once_differentiable


class RmsNorm(torch.autograd.Function):
    """y = w x / √(mean x² + ε), and its gradient for x (Zhang & Sennrich 2019, arXiv 1910.07467).

    All is computed in float32 and rounded once, to the numbers of x.
    """

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, weight: torch.Tensor, epsilon: float) -> torch.Tensor:
        wide = x.float()
        length = torch.linalg.vector_norm(wide, dim=-1, keepdim=True)
        scale = length.square_().div_(x.shape[-1]).add_(epsilon).rsqrt_()
        ctx.save_for_backward(x, weight, scale)
        result: torch.Tensor = (wide * scale).mul_(weight).to(x.dtype)
        return result

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *outputs: torch.Tensor) -> tuple[torch.Tensor, None, None]:
        x, weight, scale = ctx.saved_tensors
        gradient, normal = outputs[0] * weight, x.float() * scale
        along = torch.linalg.vecdot(gradient, normal).unsqueeze(-1).div_(x.shape[-1])
        return gradient.sub_(normal.mul_(along)).mul_(scale).to(x.dtype), None, None


def quicken_norms(network: nn.Module) -> int:
    """Give every RMS norm whose weights are frozen the quick forward pass; return how many.

    Which of its numbers is added to the variance, and whether one is added to its weights as in Gemma's, is
    found out by trying: a norm that computes anything else keeps its own.
    """
    count = 0
    norm: Any
    for norm in network.modules():
        weight = getattr(norm, "weight", None)
        if not type(norm).__name__.endswith("RMSNorm") or weight is None or weight.requires_grad:
            continue
        epsilon = getattr(norm, "variance_epsilon", getattr(norm, "eps", None))
        found = [more for more in (0, 1) if epsilon is not None and _is(norm, more, epsilon)]
        if found:
            norm.quick = found[0], epsilon
            norm.forward = MethodType(_forward, norm)
            count += 1
    return count


def _forward(norm: Any, x: torch.Tensor) -> torch.Tensor:
    """Stand in for the forward pass of transformers' norms."""
    more, epsilon = norm.quick
    # torch gives `apply` no types
    result: torch.Tensor = RmsNorm.apply(x, norm.weight.float() + more, epsilon)  # type: ignore[no-untyped-call]
    return result


@torch.no_grad()
def _is(norm: Any, more: int, epsilon: float) -> bool:
    """Does a norm compute that, of numbers as small as its epsilon and of large ones?"""
    weight = norm.weight
    generator = torch.Generator().manual_seed(0)
    sizes = torch.tensor([[epsilon**0.5], [1.0], [30.0]])
    x = (sizes * torch.randn(3, len(weight), generator=generator)).to(weight.device, weight.dtype)
    # torch gives `apply` no types
    theirs, ours = norm(x).float(), RmsNorm.apply(x, weight.float() + more, epsilon).float()  # type: ignore[no-untyped-call]
    return torch.allclose(theirs, ours, rtol=2 * torch.finfo(x.dtype).eps, atol=1e-6)
