"""The peer: GPT-2's network as a plain PyTorch module, AdamW and a cosine, in the way of nanoGPT.

Learned positions, LayerNorm, GELU, weights tied, blocks drawn at random with replacement; learning rate
1e-3 with 2 % of warm-up, down to a tenth, betas 0.9 and 0.99, weight decay 0.1 on matrices, clipping at
1, twelve blocks a step: what nanoGPT sets for small networks. In two things it is better than nanoGPT on
a CPU: it computes in bfloat16 where that is faster, and it has no dropout, of no use in so short a time.
"""

import argparse
import json
import math
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from bench.scratch_worker import Clock, bits_per_byte, serve
from sosias.models.network import cpu_dtype
from sosias.training.shards import Shards

BLOCKS = 12
WARM_UP = 0.02
LAST_RATE = 0.1


class Block(nn.Module):
    """Attention and feed-forward."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.before_attention = nn.LayerNorm(width)
        self.attention = nn.Linear(width, 3 * width)
        self.joined = nn.Linear(width, width)
        self.before_feed_forward = nn.LayerNorm(width)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the sum of the stream and what this block adds to it."""
        rows, length, width = x.shape
        parts = self.attention(self.before_attention(x)).split(width, dim=2)
        query, key, value = (
            one.view(rows, length, self.heads, width // self.heads).transpose(1, 2) for one in parts
        )
        mixed = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        x = x + self.joined(mixed.transpose(1, 2).reshape(rows, length, width))
        return x + self.down(functional.gelu(self.up(self.before_feed_forward(x))))


class GPT(nn.Module):
    """GPT-2's layout (Radford et al. 2019)."""

    def __init__(self, vocabulary: int, context: int, layers: int, width: int, heads: int) -> None:
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.positions = nn.Embedding(context, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _layer in range(layers))
        self.last = nn.LayerNorm(width)
        for name, weight in self.named_parameters():
            if weight.ndim == 2:
                deep = name.endswith(("joined.weight", "down.weight"))
                nn.init.normal_(weight, std=0.02 / math.sqrt(2 * layers) if deep else 0.02)
            elif name.endswith("bias"):
                nn.init.zeros_(weight)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Return logits [rows, tokens, vocabulary]."""
        x = self.tokens(ids) + self.positions(torch.arange(ids.shape[1]))
        for block in self.blocks:
            x = block(x)
        return functional.linear(self.last(x), self.tokens.weight)


def main() -> None:
    """Train and measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--layers", type=int, required=True)
    parser.add_argument("--width", type=int, required=True)
    parser.add_argument("--heads", type=int, required=True)
    parser.add_argument("--context", type=int, required=True)
    parser.add_argument("--rate", type=float, default=1e-3)
    asked = parser.parse_args()
    material = json.loads((asked.folder / "material.json").read_text(encoding="utf-8"))
    torch.manual_seed(17)
    draw = np.random.default_rng(17)
    network = GPT(material["vocabulary"], asked.context, asked.layers, asked.width, asked.heads)
    mixed = cpu_dtype()[0] == "bfloat16"
    matrices = [weight for weight in network.parameters() if weight.ndim == 2]
    others = [weight for weight in network.parameters() if weight.ndim != 2]
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}],
        lr=asked.rate,
        betas=(0.9, 0.99),
        fused=True,
    )
    train = Shards(asked.folder / "train")

    def step(share: float) -> float:
        warm = min(1.0, (share + 1e-4) / WARM_UP)
        way = max(0.0, share - WARM_UP) / (1 - WARM_UP)
        cosine = LAST_RATE + (1 - LAST_RATE) * (1 + math.cos(math.pi * way)) / 2
        for group in optimizer.param_groups:
            group["lr"] = asked.rate * warm * cosine
        starts = draw.integers(len(train) - asked.context - 1, size=BLOCKS)
        ids = torch.from_numpy(np.stack([train.read(int(start), asked.context + 1) for start in starts]))
        with torch.autocast("cpu", torch.bfloat16, enabled=mixed):
            logits = network(ids[:, :-1])
            loss = functional.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        return float(loss.detach())

    result = serve(Clock(asked.seconds, torch.get_num_threads()), step, BLOCKS * asked.context)
    network.eval()
    result["bits_per_byte"] = bits_per_byte(network, asked.folder, material, asked.context)
    result["parameters"] = sum(weight.numel() for weight in network.parameters())
    print(json.dumps(result | {"rate": asked.rate, "mixed": mixed}))


if __name__ == "__main__":
    main()
