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
    """Weights outside the blocks, Hugging Face names without `.weight`."""
    block: tuple[str, ...]
    """Weights of a block, without `model.layers.N.` and `.weight`."""
    rotated: dict[str, str] = field(default_factory=dict)
    """Projections whose rows llama.cpp pairs differently, and the heads that count for them."""
    norm_offset: float = 0.0
    """What a norm's weight is in GGUF above what it is in Hugging Face."""

    def names(self, layers: int) -> Iterator[tuple[str, str]]:
        """Yield (Hugging Face, GGUF) names of all weights, `.weight` included."""
        to_gguf = _name_map(self.architecture, layers)
        for module in self.modules(layers):
            yield f"{module}.weight", f"{to_gguf.get_name(module)}.weight"

    def modules(self, layers: int) -> Iterator[str]:
        """Yield the Hugging Face names of all modules with weights."""
        yield from self.outer
        for layer in range(layers):
            for module in self.block:
                yield f"model.layers.{layer}.{module}"

    def gguf_module(self, module: str, layers: int) -> str | None:
        """Return GGUF's name for a Hugging Face module, None where it has none."""
        name: str | None = _name_map(self.architecture, layers).get_name(module)
        return name

    def heads(self, module: str, config: dict[str, Any]) -> int | None:
        """Return over how many heads a module's output rows are rotated, None for those that are not."""
        key = self.rotated.get(module.rsplit(".", 1)[-1])
        return None if key is None else int(config[key])

    def weight_to_gguf(self, module: str, weight: Array, config: dict[str, Any]) -> Array:
        """Return a weight as GGUF holds it."""
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
FEED_FORWARD = ("mlp.gate_proj", "mlp.up_proj", "mlp.down_proj")

LLAMA = Layout(
    name="llama",
    model_type="llama",
    model_class="LlamaForCausalLM",
    architecture=MODEL_ARCH.LLAMA,
    outer=("model.embed_tokens", "model.norm", "lm_head"),
    block=("input_layernorm", *ATTENTION, "post_attention_layernorm", *FEED_FORWARD),
    rotated={"q_proj": "num_attention_heads", "k_proj": "num_key_value_heads"},
)

GEMMA3 = Layout(
    name="gemma3",
    model_type="gemma3_text",
    model_class="Gemma3ForCausalLM",
    architecture=MODEL_ARCH.GEMMA3,
    outer=("model.embed_tokens", "model.norm", "lm_head"),
    block=(
        "input_layernorm",
        *ATTENTION,
        "self_attn.q_norm",
        "self_attn.k_norm",
        "post_attention_layernorm",
        "pre_feedforward_layernorm",
        *FEED_FORWARD,
        "post_feedforward_layernorm",
    ),
    norm_offset=1.0,
)

LAYOUTS: dict[str, Layout] = {layout.name: layout for layout in (LLAMA, GEMMA3)}


def layout_of(name: str) -> Layout:
    """Return the layout that GGUF calls `name`.

    Raises:
        UnknownLayout: it is not among `LAYOUTS`.
    """
    if name not in LAYOUTS:
        raise UnknownLayout(layout=name, names=", ".join(LAYOUTS))
    return LAYOUTS[name]
