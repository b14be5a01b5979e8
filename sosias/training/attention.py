"""Causal attention in blocks of queries: on a CPU quicker than the kernels at hand, where all is learnt from.

Each block is compared with the keys that it may see and with no others, by plain matrix products, which
run at the full speed of the machine; the probabilities are kept for the backward pass in the number format
of the network. The fused kernel computes whole squares where transformers hands it a mask, and computes them
once more in its backward pass (measured: docs/benchmarks.md).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.autograd.function import once_differentiable

from sosias.models.layouts import LAYOUTS

NAME = "sosias_blocks"
PROVEN = frozenset(layout.model_type for layout in LAYOUTS.values())
"""The kinds of networks whose attention is nothing but this (tests/training/test_loss.py)."""
BLOCK = 96
"""Queries that are looked at together: of 64, 96, 128 and 256 at most an eighth behind the quickest, in
float32 and bfloat16, with one head of keys or twelve (docs/benchmarks.md)."""


@contextmanager
def in_blocks(network: Any, ids: torch.Tensor) -> Iterator[None]:
    """Let a network compute its attention in blocks, on a CPU: only of whole windows, padded on the right.

    A network of another layout than those proven keeps its own attention, which may want a mask.
    """
    before = network.config._attn_implementation
    if ids.device.type == "cpu" and network.config.model_type in PROVEN:
        _register()
        network.config._attn_implementation = NAME
    try:
        yield
    finally:
        network.config._attn_implementation = before


def _register() -> None:
    """Make the kind of attention known to transformers, which makes no mask for it."""
    from transformers import AttentionInterface

    AttentionInterface.register(NAME, _attend)


def _attend(
    _module: nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    dropout: float = 0.0,
    scaling: float | None = None,
    sliding_window: int | None = None,
    **others: Any,
) -> tuple[torch.Tensor, None]:
    """Answer as transformers' attention functions do.

    Args:
        query: [windows, heads, tokens, numbers of a head].
        key, value: the same, of as many heads or fewer, each of which serves several of the query's.

    Returns:
        [windows, tokens, heads, numbers of a head].
    """
    assert attention_mask is None and query.shape[2] == key.shape[2], "not a whole window"
    assert others.get("softcap") is None and others.get("s_aux") is None, "no proven layout has it"
    kind = query.device.type
    dtype = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else value.dtype
    query, key, value = (one.to(dtype) for one in (query, key, value))
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    # torch gives `apply` no types
    out = BlockAttention.apply(query, key, value, scale, sliding_window, dropout)  # type: ignore[no-untyped-call]
    return out.transpose(1, 2).contiguous(), None


def _seen(first: int, last: int, begin: int, window: int | None) -> torch.Tensor:
    """Return which of the keys `begin` to `last` the queries `first` to `last` may look at."""
    queries, keys = torch.arange(first, last)[:, None], torch.arange(begin, last)
    seen = keys <= queries
    return seen if window is None else seen & (keys > queries - window)


def _blocks(length: int, window: int | None) -> Iterator[tuple[slice, slice]]:
    """Yield blocks of queries, and the keys that any of them looks at."""
    for first in range(0, length, BLOCK):
        last = min(length, first + BLOCK)
        yield slice(first, last), slice(0 if window is None else max(0, first - window + 1), last)


class BlockAttention(torch.autograd.Function):
    """softmax(s Q Kᵀ) V over earlier positions, and its gradient (Vaswani et al. 2017, arXiv 1706.03762).

    `dropout` leaves out that share of the probabilities, and makes the others larger by as much.
    """

    @staticmethod
    def forward(
        ctx: Any,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        scale: float,
        window: int | None,
        dropout: float,
    ) -> torch.Tensor:
        shape = query.shape
        # heads of the keys, and those that each serves; scaled here, the scores need not be
        query = (query * scale).view(len(query), key.shape[1], -1, *shape[2:])
        out, kept = torch.empty_like(query), []
        for rows, columns in _blocks(shape[2], window):
            likely = _rows(query, rows) @ key[:, :, columns].mT
            scores = _apart(likely, query.shape[2])
            cut = window is not None and rows.stop > window
            begin = columns.start if cut else rows.start  # all of what is before is seen, but by a window
            unseen = ~_seen(rows.start, rows.stop, begin, window)
            scores[..., begin - columns.start :].masked_fill_(unseen, -torch.inf)
            likely = torch.softmax(likely, -1)
            used = torch.rand(likely.shape) >= dropout if dropout else None
            taken = _dropped(likely, used, dropout)
            out[:, :, :, rows] = _apart(taken @ value[:, :, columns], query.shape[2])
            kept += [likely, used]
        ctx.save_for_backward(query, key, value, *kept)
        ctx.scale, ctx.window, ctx.dropout = scale, window, dropout
        return out.view(shape)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *outputs: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        query, key, value, *kept = ctx.saved_tensors
        gradient = outputs[0].reshape(query.shape)
        of_query = torch.empty_like(query)
        of_key, of_value = (torch.zeros_like(one, dtype=torch.float32) for one in (key, value))
        blocks = _blocks(query.shape[3], ctx.window)
        for likely, used, (rows, columns) in zip(kept[::2], kept[1::2], blocks, strict=True):
            of_out = _rows(gradient, rows)
            of_likely = _dropped(of_out @ value[:, :, columns].mT, used, ctx.dropout)
            of_scores = torch.ops.aten._softmax_backward_data(of_likely, likely, -1, likely.dtype)
            of_query[:, :, :, rows] = _apart(of_scores @ key[:, :, columns], query.shape[2])
            of_key[:, :, columns] += of_scores.mT @ _rows(query, rows)
            of_value[:, :, columns] += _dropped(likely, used, ctx.dropout).mT @ of_out
        of_query = of_query.flatten(1, 2).mul_(ctx.scale)
        return of_query, of_key.to(key.dtype), of_value.to(value.dtype), None, None, None


def _dropped(numbers: torch.Tensor, used: torch.Tensor | None, dropout: float) -> torch.Tensor:
    """Return the numbers that are used, larger, and zero instead of the others."""
    return numbers if used is None else numbers * used / (1 - dropout)


def _rows(heads: torch.Tensor, rows: slice) -> torch.Tensor:
    """Return a block of queries, with all heads that share a key one after the other."""
    return heads[:, :, :, rows].flatten(2, 3)


def _apart(rows: torch.Tensor, heads: int) -> torch.Tensor:
    """Undo that, and share memory: [windows, heads of keys, `heads`, queries, numbers]."""
    return rows.view(*rows.shape[:2], heads, -1, rows.shape[-1])
