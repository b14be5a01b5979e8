"""Attention in blocks is the attention of everybody else, value and gradient, in windows of any length."""

from typing import Any

import pytest
import torch
from torch import nn
from torch.nn.functional import scaled_dot_product_attention

from sosias.training.attention import BLOCK, NAME, _attend, in_blocks
from sosias.training.learner import Learner
from tests.bases import LAYOUTS, tiny_config

Three = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


def drawn(length: int, heads: int, of_keys: int) -> Three:
    torch.manual_seed(length)
    sizes = (heads, of_keys, of_keys)
    query, key, value = (torch.randn(2, count, length, 8, dtype=torch.float64) for count in sizes)
    return query.requires_grad_(), key.requires_grad_(), value.requires_grad_()


def theirs(three: Three, window: int | None, scale: float) -> torch.Tensor:
    query, key, value = three
    place = torch.arange(query.shape[2])
    back = place[:, None] - place
    seen = (back >= 0) & (back < (window or 10**9))
    times = query.shape[1] // key.shape[1]
    key, value = key.repeat_interleave(times, 1), value.repeat_interleave(times, 1)
    return scaled_dot_product_attention(query, key, value, seen, scale=scale).transpose(1, 2)


@pytest.mark.parametrize("window", [None, 1, BLOCK // 3, BLOCK, BLOCK + 1, 10**6])
@pytest.mark.parametrize("length", [1, 7, BLOCK, BLOCK + 1, 2 * BLOCK + 88])
@pytest.mark.parametrize(("heads", "of_keys"), [(4, 4), (6, 2), (4, 1)])
def test_blocks_are_the_whole(heads: int, of_keys: int, length: int, window: int | None) -> None:
    three = drawn(length, heads, of_keys)
    ours, weights = _attend(torch.nn.Module(), *three, None, scaling=0.3, sliding_window=window)
    whole = theirs(three, window, 0.3)
    assert weights is None
    torch.testing.assert_close(ours, whole)
    outer = torch.randn_like(whole)
    for one, other in zip(
        torch.autograd.grad(ours, three, outer), torch.autograd.grad(whole, three, outer), strict=True
    ):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)  # some is added up in float32


def test_the_gradient_of_dropout_is_that_of_what_was_used() -> None:
    three = drawn(60, 3, 3)
    torch.manual_seed(7)
    ours, _weights = _attend(torch.nn.Module(), *three, None, dropout=0.3)
    torch.manual_seed(7)
    used = torch.rand(2, 3, 60, 60) >= 0.3
    query, key, value = three
    scores = (query @ key.mT * 8**-0.5).masked_fill(torch.ones(60, 60).triu(1).bool(), -torch.inf)
    whole = (torch.softmax(scores, -1) * used / 0.7 @ value).transpose(1, 2)
    torch.testing.assert_close(ours, whole)
    outer = torch.randn_like(whole)
    for one, other in zip(
        torch.autograd.grad(ours, three, outer), torch.autograd.grad(whole, three, outer), strict=True
    ):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


def test_dropout_takes_some_and_leaves_the_mean() -> None:
    three = drawn(40, 4, 2)
    whole = theirs(three, 16, 8**-0.5).detach()
    drawn_anew = [
        _attend(torch.nn.Module(), *three, None, dropout=0.2, sliding_window=16)[0].detach()
        for _ in range(400)
    ]
    assert not torch.equal(drawn_anew[0], drawn_anew[1])
    mean = torch.stack(drawn_anew).mean(0)
    assert float((mean - whole).abs().mean()) < 0.05 * float(whole.abs().mean())


def test_a_network_is_left_as_it_was() -> None:
    from transformers import LlamaConfig, LlamaForCausalLM

    shape = {"vocab_size": 9, "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2}
    network = LlamaForCausalLM(LlamaConfig(intermediate_size=8, **shape))
    before = network.config._attn_implementation
    ids = torch.tensor([[1, 2, 3, 4]])
    alone = network(input_ids=ids, use_cache=False).logits
    with in_blocks(network, ids):
        assert network.config._attn_implementation == NAME
        torch.testing.assert_close(network(input_ids=ids, use_cache=False).logits, alone)
        with pytest.raises(AssertionError, match="whole window"):
            network(input_ids=ids[:, :1], past_key_values=network(input_ids=ids).past_key_values)
    assert network.config._attn_implementation == before


def tiny(layout: str) -> Any:
    from transformers import AutoModelForCausalLM, XGLMConfig

    shape = {"vocab_size": 300, "d_model": 32, "ffn_dim": 32, "num_layers": 2, "attention_heads": 4}
    config = XGLMConfig(**shape) if layout == "xglm" else tiny_config(layout, 300)
    torch.manual_seed(0)
    return AutoModelForCausalLM.from_config(config, attn_implementation="eager").eval()


@pytest.mark.parametrize("layout", [*LAYOUTS, "xglm"])
def test_a_network_learns_what_it_would_by_itself(layout: str) -> None:
    """XGLM's attention is no layout's that we know: it does as it is told by a mask, and keeps its own."""
    network = tiny(layout)
    torch.manual_seed(1)
    ids = torch.randint(3, 300, (2, BLOCK + 190))
    labels = ids.clone()
    labels[1, 100:] = -100
    loss = Learner(network)(ids, labels)
    loss.backward()
    ours = {name: value.grad.clone() for name, value in network.named_parameters() if value.grad is not None}
    network.zero_grad()
    logits = network(input_ids=ids, use_cache=False).logits[:, :-1]
    wanted = nn.functional.cross_entropy(logits.transpose(1, 2), labels[:, 1:], reduction="sum")
    wanted.backward()
    torch.testing.assert_close(loss, wanted, rtol=1e-5, atol=1e-3)
    for name, value in network.named_parameters():
        if value.grad is not None:
            largest = float(value.grad.abs().max())
            torch.testing.assert_close(ours[name], value.grad, rtol=1e-3, atol=1e-4 * largest + 1e-6)
