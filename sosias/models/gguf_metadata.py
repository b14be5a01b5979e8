"""What a GGUF's header says of a network, from its Hugging Face configuration.

llama.cpp computes each layout in one way; a network that departs from it is refused here, for it
would load and speak nonsense. What it reads: https://github.com/ggml-org/llama.cpp/tree/master/src/models
"""

import math
from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGUFWriter, RopeScalingType

from sosias.errors import SosiasError
from sosias.models.layouts import Array, Layout

GELU = ("gelu_new", "gelu_pytorch_tanh")
"""Two names of one approximation."""
ACTIVATIONS = {"gpt2": GELU, "gemma3": GELU}
"""By layout; the others: silu."""


class NotForLlama(SosiasError):
    """The network in {folder} cannot be written for llama.cpp ({what}): chat with the torch engine (engine =
    "torch"), or export it with --to hf."""


def add_metadata(writer: GGUFWriter, layout: Layout, config: dict[str, Any], folder: Path) -> None:
    """Describe a network; `folder` is for the error alone.

    Raises:
        NotForLlama: llama.cpp would compute something else.
    """
    for what, wrong in _departures(layout, config):
        if wrong:
            raise NotForLlama(folder=folder, what=what)
    width, heads = int(config["hidden_size"]), int(config["num_attention_heads"])
    writer.add_context_length(int(config["max_position_embeddings"]))
    writer.add_embedding_length(width)
    writer.add_block_count(int(config["num_hidden_layers"]))
    writer.add_feed_forward_length(_inner(config))
    writer.add_head_count(heads)
    writer.add_vocab_size(int(config["vocab_size"]))
    if layout.name == "gpt2":
        writer.add_layer_norm_eps(float(config["layer_norm_epsilon"]))
        return
    writer.add_head_count_kv(int(config.get("num_key_value_heads") or heads))
    writer.add_layer_norm_rms_eps(float(config["rms_norm_eps"]))
    writer.add_key_length(head_size(config))
    writer.add_value_length(head_size(config))
    _add_positions(writer, layout, config)


def head_size(config: dict[str, Any]) -> int:
    """Return the width of one attention head."""
    return int(config.get("head_dim") or config["hidden_size"] // config["num_attention_heads"])


def _inner(config: dict[str, Any]) -> int:
    """Return the width inside the feed-forward layers; GPT-2 leaves out what is four times its own."""
    if "n_embd" in config:
        return int(config.get("n_inner") or 4 * config["hidden_size"])
    return int(config["intermediate_size"])


def _add_positions(writer: GGUFWriter, layout: Layout, config: dict[str, Any]) -> None:
    rope = config["rope_parameters"]
    if layout.name == "gemma3":
        writer.add_rope_freq_base(float(rope["full_attention"]["rope_theta"]))
        writer.add_rope_freq_base_swa(float(rope["sliding_attention"]["rope_theta"]))
        writer.add_sliding_window(int(config["sliding_window"]))
        writer.add_sliding_window_pattern([kind == "sliding_attention" for kind in config["layer_types"]])
        return
    writer.add_rope_dimension_count(_rotated(config))
    writer.add_rope_freq_base(float(rope["rope_theta"]))
    if layout.name == "phi3":
        writer.add_rope_scaling_orig_ctx_len(_original(config))
    if rope["rope_type"] == "longrope":
        writer.add_rope_scaling_type(RopeScalingType.LONGROPE)
        writer.add_rope_scaling_attn_factors(_longrope_attention(config))


def _rotated(config: dict[str, Any]) -> int:
    """Return how many numbers of a head are rotated: Phi-4 leaves a quarter as they are."""
    return int(head_size(config) * float(config["rope_parameters"].get("partial_rotary_factor") or 1))


def _original(config: dict[str, Any]) -> int:
    """Return the context length before it was stretched."""
    stretched = config["rope_parameters"].get("original_max_position_embeddings")
    return int(
        stretched or config.get("original_max_position_embeddings") or config["max_position_embeddings"]
    )


def _longrope_attention(config: dict[str, Any]) -> float:
    """Return what attention is multiplied by (https://arxiv.org/abs/2402.13753)."""
    given = config["rope_parameters"].get("attention_factor")
    if given is not None:
        return float(given)
    stretch = config["max_position_embeddings"] / _original(config)
    return 1.0 if stretch <= 1 else math.sqrt(1 + math.log(stretch) / math.log(_original(config)))


def position_tensors(layout: Layout, config: dict[str, Any]) -> dict[str, Array]:
    """Return what stretched positions need in the file beside the weights: a factor a frequency."""
    rope = config.get("rope_parameters") or {}
    if rope.get("rope_type") == "longrope":
        factors = {"long": rope["long_factor"], "short": rope["short_factor"]}
        return {f"rope_factors_{name}.weight": np.array(one, np.float32) for name, one in factors.items()}
    if layout.name == "llama" and rope.get("rope_type") == "llama3":
        return {"rope_freqs.weight": _llama3_factors(rope, head_size(config))}
    return {}


def _llama3_factors(rope: dict[str, Any], size: int) -> Array:
    """Return by what each frequency is divided: slow ones wholly, fast ones not, those between in part.

    https://github.com/meta-llama/llama-models/blob/main/models/llama3/reference_impl/model.py
    """
    frequency = float(rope["rope_theta"]) ** -(np.arange(0, size, 2, dtype=np.float64) / size)
    turns = int(rope["original_max_position_embeddings"]) * frequency / (2 * math.pi)
    low, high, factor = (float(rope[key]) for key in ("low_freq_factor", "high_freq_factor", "factor"))
    smooth = np.clip((turns - low) / (high - low), 0, 1)
    return np.asarray(1 / ((1 - smooth) / factor + smooth), np.float32)


def _departures(layout: Layout, config: dict[str, Any]) -> list[tuple[str, bool]]:
    """Return in what ways llama.cpp would compute something else, and whether it is so."""
    activation = config.get("hidden_act") or config.get("hidden_activation")
    activation = config.get("activation_function") or activation
    layers = range(1, int(config["num_hidden_layers"]) + 1)
    found = [
        (f"activation {activation}", activation not in ACTIVATIONS.get(layout.name, ("silu",))),
        ("quantised weights", bool(config.get("quantization_config"))),
        ("sliding windows", bool(config.get("use_sliding_window"))),
        (
            "capped logits",
            bool(config.get("final_logit_softcapping") or config.get("attn_logit_softcapping")),
        ),
    ]
    found += [(f"positions of the kind {kind}", True) for kind in _rope_types(config) - _known_ropes(layout)]
    if layout.name == "gpt2":
        scaled = bool(config.get("scale_attn_by_inverse_layer_idx")) or not config.get("scale_attn_weights")
        found.append(("attention scaled in a way of its own", scaled))
    if layout.name == "smollm3":
        every_fourth = [int(layer % 4 != 0) for layer in layers]
        found.append(("layers without positions at unusual places", config["no_rope_layers"] != every_fourth))
    if layout.name == "gemma3":
        usual = float(config["query_pre_attn_scalar"]) == head_size(config)
        found.append(("attention scaled in a way of its own", not usual))
    return found


def _known_ropes(layout: Layout) -> set[str]:
    further = {"llama": {"llama3"}, "phi3": {"longrope"}}
    return {"default"} | further.get(layout.name, set())


def _rope_types(config: dict[str, Any]) -> set[str]:
    rope = config.get("rope_parameters") or {}
    kinds = rope.values() if "rope_type" not in rope else [rope]
    return {str(one["rope_type"]) for one in kinds}
