"""The layouts of the bases: how Hugging Face and GGUF name, turn and describe the same weights.

A layout holds what differs between architectures, in both directions; `convert`, `adapter` and
`export` do the reading and writing. The names are the `gguf` package's own map; the transforms
are those of llama.cpp's converters:
https://github.com/ggml-org/llama.cpp/blob/master/convert_hf_to_gguf.py
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from gguf import MODEL_ARCH, get_tensor_name_map
from numpy.typing import NDArray

from sosias.errors import SosiasError

Array = NDArray[np.float32]


class UnknownLayout(SosiasError):
    """Models of the kind {layout} cannot be converted yet; known are: {names}."""


@dataclass(frozen=True)
class Layout:
    """One architecture."""

    name: str
    """GGUF's `general.architecture`."""
    model_type: str
    """transformers' `model_type`."""
    model_class: str
    """transformers' class."""
    architecture: MODEL_ARCH
    outer: tuple[str, ...]
    """Modules with weights outside the blocks, by their Hugging Face names."""
    block: tuple[str, ...]
    """Modules with weights in a block, without what stands before them."""
    before_block: str = "model.layers.{layer}."
    """What stands before a block's modules."""
    biased: tuple[str, ...] = ()
    """Those that have a bias, too, by the end of their names."""
    turned: tuple[str, ...] = ()
    """Those whose weights Hugging Face keeps as [inputs, outputs]: GPT-2's Conv1D."""
    rotated: dict[str, str] = field(default_factory=dict)
    """Projections whose rows llama.cpp pairs differently, and the heads that count for them."""
    norm_offset: float = 0.0
    """What a norm's weight is in GGUF above what it is in Hugging Face."""

    def names(self, layers: int) -> Iterator[tuple[str, str]]:
        """Yield (Hugging Face, GGUF) names of all weights and biases."""
        to_gguf = _name_map(self.architecture, layers)
        for module in self.modules(layers):
            kinds = ("weight", "bias") if module.endswith(self.biased or (" ",)) else ("weight",)
            for kind in kinds:
                yield f"{module}.{kind}", f"{to_gguf.get_name(module)}.{kind}"

    def modules(self, layers: int) -> Iterator[str]:
        """Yield the Hugging Face names of all modules with weights."""
        yield from self.outer
        for layer in range(layers):
            for module in self.block:
                yield self.before_block.format(layer=layer) + module

    def gguf_module(self, module: str, layers: int) -> str | None:
        """Return GGUF's name for a Hugging Face module, None where it has none."""
        name: str | None = _name_map(self.architecture, layers).get_name(module)
        return name

    def full_name(self, name: str) -> str:
        """Return a weight's name with the prefix that some files leave out (`h.0.ln_1.weight`)."""
        prefix = self.before_block.split(".")[0] + "."
        return name if name.startswith((prefix, "lm_head.")) else prefix + name

    def heads(self, module: str, config: dict[str, Any]) -> int | None:
        """Return over how many heads a module's output rows are rotated, None for those that are not."""
        key = self.rotated.get(module.rsplit(".", 1)[-1])
        return None if key is None else int(config[key])

    def weight_to_gguf(self, name: str, weight: Array, config: dict[str, Any]) -> Array:
        """Return a weight or bias as GGUF holds it; `name` ends in `.weight` or `.bias`."""
        module, kind = name.rsplit(".", 1)
        if kind == "weight" and module.endswith(self.turned or (" ",)):
            weight = weight.T
        rows = self.rows_to_gguf(module, weight, config)
        return rows + np.float32(self.norm_offset) if module.endswith("norm") else rows

    def rows_to_gguf(self, module: str, rows: Array, config: dict[str, Any]) -> Array:
        """Return output rows (a weight's, or an adapter's B) in GGUF's order."""
        heads = self.heads(module, config)
        return rows if heads is None else pair_rows(rows, heads)

    def weight_to_hf(self, module: str, weight: Array, config: dict[str, Any]) -> Array:
        """Return a weight as Hugging Face holds it."""
        heads = self.heads(module, config)
        if heads is not None:
            return unpair_rows(weight, heads)
        return weight - np.float32(self.norm_offset) if module.endswith("norm") else weight


@cache
def _name_map(architecture: MODEL_ARCH, layers: int) -> Any:
    return get_tensor_name_map(architecture, layers)


def pair_rows(weight: Array, heads: int) -> Array:
    """Put the two halves of each head's rows in turn: llama.cpp rotates neighbours, not halves."""
    halves = weight.reshape(heads, 2, weight.shape[0] // heads // 2, *weight.shape[1:])
    return halves.swapaxes(1, 2).reshape(weight.shape)


def unpair_rows(weight: Array, heads: int) -> Array:
    """Undo `pair_rows`."""
    pairs = weight.reshape(heads, weight.shape[0] // heads // 2, 2, *weight.shape[1:])
    return pairs.swapaxes(1, 2).reshape(weight.shape)


ATTENTION = ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj")
ATTENTION_NORMS = ("self_attn.q_norm", "self_attn.k_norm")
FEED_FORWARD = ("mlp.gate_proj", "mlp.up_proj", "mlp.down_proj")
NORMS = ("input_layernorm", "post_attention_layernorm")
OUTER = ("model.embed_tokens", "model.norm", "lm_head")
PAIRED = {"q_proj": "num_attention_heads", "k_proj": "num_key_value_heads"}

LLAMA = Layout(
    name="llama",
    model_type="llama",
    model_class="LlamaForCausalLM",
    architecture=MODEL_ARCH.LLAMA,
    outer=OUTER,
    block=(*NORMS, *ATTENTION, *FEED_FORWARD),
    rotated=PAIRED,
)

SMOLLM3 = Layout(
    name="smollm3",
    model_type="smollm3",
    model_class="SmolLM3ForCausalLM",
    architecture=MODEL_ARCH.SMOLLM3,
    outer=OUTER,
    block=(*NORMS, *ATTENTION, *FEED_FORWARD),
    rotated=PAIRED,
)

QWEN3 = Layout(
    name="qwen3",
    model_type="qwen3",
    model_class="Qwen3ForCausalLM",
    architecture=MODEL_ARCH.QWEN3,
    outer=OUTER,
    block=(*NORMS, *ATTENTION, *ATTENTION_NORMS, *FEED_FORWARD),
)

PHI3 = Layout(
    name="phi3",
    model_type="phi3",
    model_class="Phi3ForCausalLM",
    architecture=MODEL_ARCH.PHI3,
    outer=OUTER,
    block=(*NORMS, "self_attn.qkv_proj", "self_attn.o_proj", "mlp.gate_up_proj", "mlp.down_proj"),
)

GEMMA3 = Layout(
    name="gemma3",
    model_type="gemma3_text",
    model_class="Gemma3ForCausalLM",
    architecture=MODEL_ARCH.GEMMA3,
    outer=OUTER,
    block=(
        *NORMS,
        *ATTENTION,
        *ATTENTION_NORMS,
        "pre_feedforward_layernorm",
        *FEED_FORWARD,
        "post_feedforward_layernorm",
    ),
    norm_offset=1.0,
)

GPT2 = Layout(
    name="gpt2",
    model_type="gpt2",
    model_class="GPT2LMHeadModel",
    architecture=MODEL_ARCH.GPT2,
    outer=("transformer.wte", "transformer.wpe", "transformer.ln_f", "lm_head"),
    block=("ln_1", "attn.c_attn", "attn.c_proj", "ln_2", "mlp.c_fc", "mlp.c_proj"),
    before_block="transformer.h.{layer}.",
    biased=("ln_1", "ln_2", "ln_f", "c_attn", "c_proj", "c_fc"),
    turned=("c_attn", "c_proj", "c_fc"),
)

LAYOUTS: dict[str, Layout] = {layout.name: layout for layout in (GPT2, LLAMA, SMOLLM3, QWEN3, PHI3, GEMMA3)}


def layout_of(name: str) -> Layout:
    """Return the layout that GGUF calls `name`.

    Raises:
        UnknownLayout: it is not among `LAYOUTS`.
    """
    if name not in LAYOUTS:
        raise UnknownLayout(layout=name, names=", ".join(LAYOUTS))
    return LAYOUTS[name]
