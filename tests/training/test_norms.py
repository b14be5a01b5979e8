"""RMS norms of frozen weights give what transformers' own give, and the same gradient."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from sosias.models.base import open_base
from sosias.models.network import load_network
from sosias.training.norms import RmsNorm, quicken_norms
from tests.bases import tiny_folder


def norms_of(network: nn.Module) -> list[Any]:
    return [one for one in network.modules() if type(one).__name__.endswith("RMSNorm")]


def learnt_from(norm: Any, x: torch.Tensor, weights: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return what a norm gives, and the gradient of its weighted sum."""
    x = x.clone().requires_grad_()
    y = norm(x)
    (y.float() * weights).sum().backward()
    assert x.grad is not None and x.grad.dtype == x.dtype
    return y.detach(), x.grad


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("layout", ["llama", "qwen3", "phi3", "gemma3"])
def test_value_and_gradient_are_transformers_own(layout: str, dtype: Any, tmp_path: Path) -> None:
    base = open_base(str(tiny_folder(tmp_path, layout)))
    theirs, ours = (load_network(base, dtype=dtype).requires_grad_(False) for _ in range(2))
    count = quicken_norms(ours)
    assert count == len(norms_of(ours)) >= 5
    close = 1e-5 if dtype == "float32" else 0.03
    for size in (1e-3, 1.0, 50.0):
        for their, our in zip(norms_of(theirs), norms_of(ours), strict=True):
            x = (size * torch.randn(2, 7, len(our.weight))).to(our.weight.dtype)
            weights = torch.randn(x.shape)
            (y, of_x), (wanted, of_wanted) = (learnt_from(one, x, weights) for one in (our, their))
            assert y.dtype == wanted.dtype
            torch.testing.assert_close(y, wanted, rtol=close, atol=1e-6)
            largest = float(of_wanted.abs().max())
            torch.testing.assert_close(of_x, of_wanted, rtol=close, atol=close * largest)


def test_the_gradient_is_that_of_small_steps() -> None:
    x, weight, wanted = torch.randn(3, 8, requires_grad=True), torch.randn(8), torch.randn(3, 8)
    (RmsNorm.apply(x, weight, 1e-3) * wanted).sum().backward()
    small = 1e-3 * torch.randn(3, 8)
    values = [(RmsNorm.apply(x.detach() + one, weight, 1e-3) * wanted).sum() for one in (small, -small)]
    assert x.grad is not None
    assert float((x.grad * small).sum()) == pytest.approx(
        float(values[0] - values[1]) / 2, rel=1e-2, abs=1e-5
    )


def test_norms_that_learn_or_do_something_else_keep_their_own(tmp_path: Path) -> None:
    base = open_base(str(tiny_folder(tmp_path, "llama")))
    network = load_network(base, dtype="float32")
    network.requires_grad_(True)
    assert quicken_norms(network) == 0, "their weights learn"

    class RaisedRMSNorm(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight, self.eps = nn.Parameter(torch.ones(8), requires_grad=False), 1e-6

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return nn.functional.rms_norm(x, (8,), self.weight, self.eps) + 1

    assert quicken_norms(nn.Sequential(RaisedRMSNorm(), nn.RMSNorm(8))) == 0
