"""Muon for the matrices of a network that knows nothing yet, AdamW for its embeddings, norms and biases.

Muon (Jordan 2024, https://kellerjordan.github.io/posts/muon/) takes steps of equal length in all
directions of a matrix. They are scaled to the usual size of AdamW's (Liu et al. 2025, arXiv 2502.16982),
so that one learning rate serves both. docs/findings/scratch.md has what it gains.
"""

import math
from collections.abc import Iterable
from typing import Any

import torch
from torch import nn

BETAS = (0.9, 0.95)
"""AdamW's, as networks are trained from scratch (Brown et al. 2020)."""
MOMENTUM = 0.95
WEIGHT_DECAY = 0.1
"""Of matrices; likewise."""
EPSILON = 1e-8
COEFFICIENTS = (3.4445, -4.7750, 2.0315)
"""Of the odd polynomial that five times over brings all singular values near 1 (Jordan 2024)."""
ROUNDS = 5
USUAL = 0.2
"""The root mean square of AdamW's steps, in learning rates (Liu et al. 2025)."""


class ScratchOptimizer(torch.optim.Optimizer):
    """Muon and AdamW under one learning rate; weights in bfloat16 are kept in float32 beside."""

    def __init__(self, network: nn.Module) -> None:
        embeddings = {id(one.weight) for one in network.modules() if isinstance(one, nn.Embedding)}
        learning = [one for one in network.parameters() if one.requires_grad]
        matrices = [one for one in learning if one.ndim == 2 and id(one) not in embeddings]
        chosen = {id(one) for one in matrices}
        groups: Iterable[dict[str, Any]] = (
            {"params": matrices, "muon": True},
            {"params": [one for one in learning if id(one) not in chosen], "muon": False},
        )
        super().__init__([group for group in groups if group["params"]], {"lr": 0.0, "muon": False})

    @torch.no_grad()
    def step(self, _closure: Any = None) -> None:  # type: ignore[override]
        """Take one step with the gradients that are there."""
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is not None:
                    self._learn(weight, group["lr"], muon=group["muon"])

    def _learn(self, weight: torch.Tensor, rate: float, *, muon: bool) -> None:
        state = self.state[weight]
        if not state:
            state["taken"] = 0
            state["first"] = torch.zeros_like(weight, dtype=torch.float32)
            if not muon:
                state["second"] = torch.zeros_like(weight, dtype=torch.float32)
            if weight.dtype != torch.float32:
                state["exact"] = weight.detach().float()
        exact: torch.Tensor = state.get("exact", weight)
        gradient = weight.grad.float()  # type: ignore[union-attr]
        state["taken"] += 1
        if muon:
            exact.mul_(1 - rate * WEIGHT_DECAY)
            exact.add_(_muon_step(state, gradient, weight.dtype), alpha=-rate)
        else:
            exact.add_(_adam_step(state, gradient), alpha=-rate)
        if exact is not weight:
            weight.copy_(exact)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take up a saved state; torch itself would round it to the weights' number format."""
        super().load_state_dict(state_dict)
        weights = [weight for group in self.param_groups for weight in group["params"]]
        for number, saved in state_dict["state"].items():
            held = {
                name: value.to(weights[number].device, copy=True) if torch.is_tensor(value) else value
                for name, value in saved.items()
            }
            self.state[weights[number]] = held


def _adam_step(state: dict[str, Any], gradient: torch.Tensor) -> torch.Tensor:
    """Return AdamW's step without its decay (Kingma and Ba 2015), for a learning rate of 1."""
    first: torch.Tensor = state["first"]
    second: torch.Tensor = state["second"]
    taken: int = state["taken"]
    first.lerp_(gradient, 1 - BETAS[0])
    second.lerp_(gradient.square(), 1 - BETAS[1])
    spread = (second / (1 - BETAS[1] ** taken)).sqrt_().add_(EPSILON)
    return (first / (1 - BETAS[0] ** taken)).div_(spread)


def _muon_step(state: dict[str, Any], gradient: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """Return Muon's step, with Nesterov's momentum, for a learning rate of 1."""
    first: torch.Tensor = state["first"]
    first.lerp_(gradient, 1 - MOMENTUM)
    direction = orthogonal(gradient.lerp_(first, MOMENTUM), dtype)
    return direction.float() * (USUAL * math.sqrt(max(gradient.shape)))


def orthogonal(matrix: torch.Tensor, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    """Return about the nearest matrix whose singular values are all equal to 1, computed in `dtype`."""
    a, b, c = COEFFICIENTS
    tall = matrix.shape[0] > matrix.shape[1]
    x: torch.Tensor = (matrix / (matrix.norm() + 1e-7)).to(dtype)
    if tall:
        x = x.T
    for _round in range(ROUNDS):
        square = x @ x.T
        x = torch.addmm(x, torch.addmm(square, square, square, beta=b, alpha=c), x, beta=a)
    return x.T if tall else x
