"""A LoRA linear layer in one autograd function: PEFT's parameters and files, fewer passes over memory.

PEFT computes the adapter beside the frozen layer in fp32: inputs are copied to fp32, both outputs
are added, and autograd keeps every piece. Here the factors stay in fp32 (they are what is learnt)
but take part in the products in the layer's own number format, the scale is folded into one
factor, and the sum is done by the matrix product itself.
"""

from types import MethodType
from typing import Any

import torch
from torch import nn


class _LoraLinear(torch.autograd.Function):
    """y = x Wᵀ + c + (x Aᵀ)(s B)ᵀ; gradients for x, A and B (Hu et al. 2021, arXiv 2106.09685)."""

    @staticmethod
    def forward(
        ctx: Any,
        x: torch.Tensor,
        weight: torch.Tensor,
        bias: torch.Tensor | None,
        down: torch.Tensor,
        up: torch.Tensor,
        scale: float,
    ) -> torch.Tensor:
        rows = x.reshape(-1, x.shape[-1])
        down, up = down.to(x.dtype), (up * scale).to(x.dtype)
        small = rows @ down.T
        result = nn.functional.linear(rows, weight, bias).addmm_(small, up.T)
        ctx.save_for_backward(rows, weight, down, up, small)
        ctx.scale = scale
        return result.view(*x.shape[:-1], -1)

    @staticmethod
    def backward(ctx: Any, *outputs: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        rows, weight, down, up, small = ctx.saved_tensors
        gradient = outputs[0].reshape(-1, outputs[0].shape[-1])
        of_small = gradient @ up
        of_up = (gradient.T @ small).float().mul_(ctx.scale)
        of_down = (of_small.T @ rows).float()
        of_x = None
        if ctx.needs_input_grad[0]:
            of_x = (gradient @ weight).addmm_(of_small, down).view(*outputs[0].shape[:-1], -1)
        return of_x, None, None, of_down, of_up, None


def _forward(layer: Any, x: torch.Tensor) -> torch.Tensor:
    """Stand in for the forward pass of PEFT's `Linear` while its adapter is on."""
    if layer.disable_adapters or layer.merged:
        return layer.base_layer(x)  # type: ignore[no-any-return]
    (name,) = layer.active_adapters
    plain = layer.base_layer
    down, up = layer.lora_A[name].weight, layer.lora_B[name].weight
    # torch gives `apply` no types
    result: torch.Tensor = _LoraLinear.apply(x, plain.weight, plain.bias, down, up, layer.scaling[name])  # type: ignore[no-untyped-call]
    return result


def quicken(network: Any) -> int:
    """Give every plain LoRA linear layer of a PEFT model the quick forward pass; return how many.

    Layers that do more (dropout, DoRA, a transposed weight) keep PEFT's own.
    """
    from peft.tuners.lora.layer import Linear

    count = 0
    for layer in network.modules():
        if isinstance(layer, Linear) and type(layer.base_layer) is nn.Linear and _is_plain(layer):
            layer.forward = MethodType(_forward, layer)
            count += 1
    return count


def _is_plain(layer: Any) -> bool:
    (name,) = layer.active_adapters
    dropout = layer.lora_dropout[name]
    silent = isinstance(dropout, nn.Identity) or dropout.p == 0
    return silent and not layer.use_dora.get(name, False) and not layer.lora_bias.get(name, False)
