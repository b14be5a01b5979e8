"""The transformer body alone, with PEFT's own layers: `python -m bench.run_body FILE`.

Forward and backward of what lies between the embeddings and the output matrix, without loss,
clipping or optimiser: what a training loop on stock PEFT could at best come near to.
"""

import argparse
import time
from pathlib import Path
from typing import Any

import torch

from bench.material import Material, lora_config, our_steps, read
from bench.worker import answer
from sosias.models.base import open_base
from sosias.models.likelihood import parts
from sosias.models.network import load_network
from sosias.training.batches import Step, collate
from sosias.training.memory import peak_rss_mb


def speed(material: Material) -> dict[str, Any]:
    """Pass once through the first step's windows untimed, then time a pass over all timed windows."""
    from peft import get_peft_model

    base = open_base(material.base)
    torch.manual_seed(material.training.seed)
    plain = load_network(base, dtype=material.training.dtype or "float32")
    network = get_peft_model(plain, lora_config(material.training)).train()
    trained = [value for value in network.parameters() if value.requires_grad]
    body, _head = parts(network)
    steps = our_steps(material.timed, material.training)
    _pass(body, material, steps[0], base.config.pad_id)
    started = time.perf_counter()
    for step in steps:
        _pass(body, material, step, base.config.pad_id)
        network.zero_grad(set_to_none=True)
    return {
        "tokens": sum(len(window.ids) for window in material.timed),
        "seconds": time.perf_counter() - started,
        "peak_rss_mb": peak_rss_mb(),
        "threads": torch.get_num_threads(),
        "trained_parameters": sum(value.numel() for value in trained),
    }


def _pass(body: Any, material: Material, step: Step, pad_id: int) -> None:
    for micro in step:
        ids, _labels = collate([material.timed[i] for i in micro], pad_id)
        hidden = body(input_ids=ids, use_cache=False).last_hidden_state
        hidden.backward(torch.ones_like(hidden))


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Measure the speed."""
    return speed(read(arguments.file))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    answer(run, parser)
