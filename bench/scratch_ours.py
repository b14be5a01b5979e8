"""Ours: the network, the optimiser, the blocks and the loop of `sosias train --method scratch`."""

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer

from bench.scratch_worker import Clock, bits_per_byte, serve
from sosias.models.network import cpu_dtype
from sosias.settings import TrainingSettings
from sosias.training.fit import Fit
from sosias.training.scratch import BATCH_TOKENS, BLOCK, SCRATCH_RATE, Shape, new_network
from sosias.training.scratch_optimizer import ScratchOptimizer
from sosias.training.shards import Blocks, Shards


def main() -> None:
    """Train and measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--size", required=True)
    parser.add_argument("--context", type=int, default=BLOCK)
    parser.add_argument("--rate", type=float, default=SCRATCH_RATE)
    parser.add_argument("--batch", type=int, default=BATCH_TOKENS)
    parser.add_argument("--layout", default="llama")
    asked = parser.parse_args()
    material = json.loads((asked.folder / "material.json").read_text(encoding="utf-8"))
    tokenizer = Tokenizer.from_file(str(asked.folder / "tokenizer.json"))
    dtype, _why = cpu_dtype()
    network = new_network(Shape.of(asked.size, asked.layout), asked.layout, tokenizer, dtype=dtype)
    settings = TrainingSettings(
        method="scratch", learning_rate=asked.rate, batch_tokens=asked.batch, dtype=dtype, steps=10**6
    )
    blocks = Blocks(
        Shards(asked.folder / "train"), length=asked.context, batch=asked.batch, micro=asked.batch, seed=17
    )
    with tempfile.TemporaryDirectory() as folder:
        fit = Fit(
            network, blocks, [], settings, material["end"], Path(folder), optimizer=ScratchOptimizer(network)
        )
        result = serve(Clock(asked.seconds, torch.get_num_threads()), _step(fit), asked.batch)
    network.eval()

    def logits(ids: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = network(input_ids=ids, use_cache=False).logits
        return found

    result["bits_per_byte"] = bits_per_byte(logits, asked.folder, material, asked.context)
    result["parameters"] = network.num_parameters()
    print(json.dumps(result | {"rate": asked.rate, "dtype": dtype}))


def _step(fit: Fit) -> Any:
    """Return a step of the loop whose schedule follows the time, as the peer's does.

    `sosias train --minutes` measures the speed first and then fixes the number of steps; here another
    process takes turns, and the number follows from how far the time is.
    """
    steps = fit.source.steps(0)

    def step(share: float) -> float:
        if share:
            total = max(fit.state.step + 1, round(fit.state.step / share))
            fit.settings = fit.settings.model_copy(update={"steps": total})
        return fit.step(next(steps)[1])

    return step


if __name__ == "__main__":
    main()
