"""A network that knows nothing yet: its shape from one dial, in the files of any base.

The dial is the number of layers. Everything else follows from it: 64 of width, one head and their
share of the feed-forward for each layer, as wide as deep in all sizes.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from sosias.events import Choice
from sosias.language import translate as _
from sosias.models.network import need_torch
from sosias.models.vocabulary import END, write_vocabulary
from sosias.settings import ScratchLayout, ScratchSize

LAYERS: dict[ScratchSize, int] = {"tiny": 2, "small": 4, "medium": 8, "large": 12}
"""The largest is of GPT-2's shape (124M); the smallest learns something in a minute."""
HEAD = 64
"""Width of a head, and of the network for each layer."""
BLOCK = 256
"""Tokens of a training block, and so of what the network can read at once: positions that it has never
seen would mean nothing to it."""
BATCH_TOKENS = 4096
"""Of a step."""
SCRATCH_RATE = 5e-3
"""Peak rate: see docs/findings/scratch.md."""
SPREAD = 0.02
"""Standard deviation of the first weights (Radford et al. 2019)."""
LEAST_MEGABYTES: dict[ScratchSize, int] = {"tiny": 0, "small": 2, "medium": 200, "large": 2000}
"""Text from which on a size is chosen: a few tokens for each weight, over some passes."""


@dataclass(frozen=True)
class Shape:
    """What follows from the dial."""

    layers: int
    width: int
    heads: int
    feed_forward: int
    context: int

    @classmethod
    def of(cls, size: ScratchSize, layout: ScratchLayout, context: int = BLOCK) -> "Shape":
        """Return the shape of a size. Llama's feed-forward has three matrices of two thirds of the size."""
        layers = LAYERS[size]
        width = HEAD * layers
        feed_forward = 4 * width if layout == "gpt2" else math.ceil(width * 8 / 3 / HEAD) * HEAD
        return cls(layers, width, layers, feed_forward, context)


def choose_scratch_size(corpus_bytes: int) -> Choice:
    """Return the size for so much text to learn from, and why."""
    size = [name for name, least in LEAST_MEGABYTES.items() if corpus_bytes >= least * 10**6][-1]
    why = _("{megabytes:.1f} MB of text: a larger network would learn it by heart, or not be through in time")
    return Choice("size", size, why.format(megabytes=corpus_bytes / 10**6))


def new_network(
    shape: Shape, layout: ScratchLayout, tokenizer: Tokenizer, *, dtype: str = "float32", seed: int = 17
) -> Any:
    """Return a transformers causal LM with random weights, its output matrix tied to its embeddings.

    Args:
        dtype: number format of the weights, `float32` or `bfloat16`.
        seed: the same weights come of it each time.
    """
    need_torch()
    import torch
    from transformers import AutoModelForCausalLM

    config = _llama(shape, tokenizer) if layout == "llama" else _gpt2(shape, tokenizer)
    torch.manual_seed(seed)
    network = AutoModelForCausalLM.from_config(config, dtype=torch.float32, attn_implementation="eager")
    if layout == "llama":  # transformers does so for GPT-2 alone
        with torch.no_grad():
            for name, weight in network.named_parameters():
                if name.endswith(("o_proj.weight", "down_proj.weight")):
                    weight.div_(math.sqrt(2 * shape.layers))
    return network.to(getattr(torch, dtype))


def _ends(tokenizer: Tokenizer) -> dict[str, Any]:
    end = tokenizer.token_to_id(END)
    return {
        "vocab_size": tokenizer.get_vocab_size(),
        "bos_token_id": end,
        "eos_token_id": end,
        "pad_token_id": end,
        "initializer_range": SPREAD,
        "tie_word_embeddings": True,
    }


def _llama(shape: Shape, tokenizer: Tokenizer) -> Any:
    from transformers import LlamaConfig

    return LlamaConfig(
        hidden_size=shape.width,
        intermediate_size=shape.feed_forward,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.heads,
        max_position_embeddings=shape.context,
        rms_norm_eps=1e-5,
        **_ends(tokenizer),
    )


def _gpt2(shape: Shape, tokenizer: Tokenizer) -> Any:
    from transformers import GPT2Config

    return GPT2Config(
        n_embd=shape.width,
        n_inner=shape.feed_forward,
        n_layer=shape.layers,
        n_head=shape.heads,
        n_positions=shape.context,
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        **_ends(tokenizer),
    )


def save_base(network: Any, tokenizer: Tokenizer, folder: Path) -> None:
    """Write a folder that plain transformers loads (`AutoModelForCausalLM`, `AutoTokenizer`) and that is a
    base for `--base`."""
    network.config.dtype = str(network.dtype).removeprefix("torch.")
    network.save_pretrained(folder)
    write_vocabulary(tokenizer, folder, network.config.max_position_embeddings)
