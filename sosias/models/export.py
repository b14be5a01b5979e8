"""A base, with a persona's adapter merged into it or without, as a GGUF of its own.

For what a GGUF LoRA cannot say (`adapter`), for bases that came as a Hugging Face folder, and for
taking a persona elsewhere. The weights become F16 or Q8_0; the finer formats of llama.cpp can be
made from F16 with its own llama-quantize.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np
from gguf import GGMLQuantizationType, GGUFValueType, GGUFWriter, LlamaFileType
from gguf.quants import quantize
from numpy.typing import NDArray

from sosias.errors import SosiasError
from sosias.events import Listener, Progress, silent
from sosias.language import translate as _
from sosias.models.base import Base
from sosias.models.convert import read_config, to_hf
from sosias.models.gguf_file import GgufFile
from sosias.models.layouts import Array, Layout, layout_of
from sosias.models.safetensors_file import BadWeights, SafetensorsFile
from sosias.models.tokenizer import CONTROL, NORMAL, UNUSED, USER_DEFINED
from sosias.workspace import atomic_file

Weights = Literal["F16", "Q8_0"]
KINDS: dict[Weights, tuple[GGMLQuantizationType, LlamaFileType]] = {
    "F16": (GGMLQuantizationType.F16, LlamaFileType.MOSTLY_F16),
    "Q8_0": (GGMLQuantizationType.Q8_0, LlamaFileType.MOSTLY_Q8_0),
}


class TokenizerNotExportable(SosiasError):
    """The tokenizer in {folder} cannot be written as a GGUF ({what}): chat with the torch engine
    (engine = "torch") instead."""


def write_gguf(
    base: Base,
    path: Path,
    *,
    adapter: Path | None = None,
    weights: Weights = "F16",
    listener: Listener = silent,
) -> None:
    """Write a base as the GGUF `path`, at once; with `adapter`, a PEFT folder, merged into it.

    Raises:
        MissingTraining: an adapter is to be merged, and torch is not installed.
        UnknownLayout, TokenizerNotExportable, BadWeights: the base cannot be written.
    """
    layout = layout_of(base.config.layout)
    to_hf(base, listener)
    config = read_config(base)
    tensors = _own_weights(base) if adapter is None else _merged_weights(base, adapter)
    with atomic_file(path) as new:
        writer = GGUFWriter(new, layout.name)
        if base.gguf is not None:
            _copy_metadata(writer, GgufFile(base.gguf))
        else:
            _add_metadata(writer, layout, config)
            _add_tokenizer(writer, base, int(config["vocab_size"]))
        if base.config.notice:
            writer.add_string("general.notice", base.config.notice)
        writer.add_file_type(KINDS[weights][1])
        _add_weights(writer, layout, config, dict(tensors), weights, listener)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()


# --- weights -------------------------------------------------------------------------------------


def _own_weights(base: Base) -> Iterator[tuple[str, Array]]:
    files = sorted(base.hf_folder.glob("*.safetensors"))
    if not files:
        raise BadWeights(path=base.hf_folder, what="no file ends in .safetensors")
    for path in files:
        file = SafetensorsFile(path)
        for name in file.names():
            yield name, file.array(name)


def _merged_weights(base: Base, adapter: Path) -> Iterator[tuple[str, Array]]:
    """Merge in float32: in bfloat16 most of what a small adapter adds would be rounded away."""
    from sosias.models.network import load_network

    merged = load_network(base, dtype="float32", adapter=adapter).merge_and_unload(safe_merge=True)
    for name, tensor in merged.state_dict().items():
        yield name, tensor.numpy()


def _add_weights(
    writer: GGUFWriter,
    layout: Layout,
    config: dict[str, Any],
    tensors: dict[str, Array],
    weights: Weights,
    listener: Listener,
) -> None:
    names = list(layout.names(int(config["num_hidden_layers"])))
    if config.get("tie_word_embeddings", True):  # llama.cpp takes the embedding in its place
        names = [(hf, gguf) for hf, gguf in names if hf != "lm_head.weight"]
    for number, (hf, gguf) in enumerate(names, start=1):
        if hf not in tensors:
            raise BadWeights(path=Path(gguf), what=f"{hf} is missing")
        weight = layout.weight_to_gguf(hf.removesuffix(".weight"), tensors.pop(hf), config)
        data, kind = _packed(weight, KINDS[weights][0])
        writer.add_tensor(gguf, data, raw_dtype=kind)
        listener(Progress(_("writing the model file"), number, len(names)))


def _packed(weight: Array, kind: GGMLQuantizationType) -> tuple[NDArray[Any], GGMLQuantizationType]:
    """Vectors stay in F32, which llama.cpp wants; rows that a block does not divide become F16."""
    if weight.ndim == 1:
        return np.ascontiguousarray(weight, np.float32), GGMLQuantizationType.F32
    if kind is GGMLQuantizationType.F16 or weight.shape[-1] % 32:
        return np.ascontiguousarray(weight, np.float16), GGMLQuantizationType.F16
    return quantize(np.ascontiguousarray(weight), kind), kind


# --- metadata ------------------------------------------------------------------------------------

REPLACED = ("general.architecture", "general.file_type", "general.quantization_version")
"""What the writer says itself."""


def _copy_metadata(writer: GGUFWriter, model: GgufFile) -> None:
    for key, value in model.metadata.items():
        if key in REPLACED:
            continue
        kind, inner = model.kinds[key]
        elements = None if inner is None else GGUFValueType(inner)
        writer.add_key_value(key, value, GGUFValueType(kind), elements)


def _add_metadata(writer: GGUFWriter, layout: Layout, config: dict[str, Any]) -> None:
    heads = int(config["num_attention_heads"])
    head = int(config.get("head_dim") or config["hidden_size"] // heads)
    rope = config.get("rope_parameters") or {"rope_theta": config.get("rope_theta", 10_000.0)}
    writer.add_context_length(int(config["max_position_embeddings"]))
    writer.add_embedding_length(int(config["hidden_size"]))
    writer.add_block_count(int(config["num_hidden_layers"]))
    writer.add_feed_forward_length(int(config["intermediate_size"]))
    writer.add_head_count(heads)
    writer.add_head_count_kv(int(config.get("num_key_value_heads") or heads))
    writer.add_layer_norm_rms_eps(float(config["rms_norm_eps"]))
    writer.add_key_length(head)
    writer.add_value_length(head)
    writer.add_vocab_size(int(config["vocab_size"]))
    if layout.name == "gemma3":
        writer.add_rope_freq_base(float(rope["full_attention"]["rope_theta"]))
        writer.add_rope_freq_base_swa(float(rope["sliding_attention"]["rope_theta"]))
        writer.add_sliding_window(int(config["sliding_window"]))
        writer.add_sliding_window_pattern([kind == "sliding_attention" for kind in config["layer_types"]])
    else:
        writer.add_rope_dimension_count(head)
        writer.add_rope_freq_base(float(rope["rope_theta"]))


def _add_tokenizer(writer: GGUFWriter, base: Base, vocabulary: int) -> None:
    """Write a byte-level BPE tokenizer; rows of the embedding without a token are padding.

    Raises:
        TokenizerNotExportable: it is of another kind, or cuts text in a way without a GGUF name.
    """
    described: dict[str, Any] = json.loads(base.tokenizer.to_str())
    added = {token["id"]: bool(token["special"]) for token in described["added_tokens"]}
    tokens, kinds = [], []
    for number in range(vocabulary):
        token = base.tokenizer.id_to_token(number)
        tokens.append(f"[PAD{number}]" if token is None else token)
        if token is None:
            kinds.append(UNUSED)
        else:
            kinds.append({True: CONTROL, False: USER_DEFINED, None: NORMAL}[added.get(number)])
    config = base.config
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(_pre_name(base, described))
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges([" ".join(merge) for merge in described["model"]["merges"]])
    writer.add_eos_token_id(config.eos_id)
    writer.add_pad_token_id(config.pad_id)
    if config.bos_id is not None:
        writer.add_bos_token_id(config.bos_id)
    writer.add_add_bos_token(config.add_bos)


def _pre_name(base: Base, described: dict[str, Any]) -> str:
    """Return GGUF's name for how text is cut: a wrong one tokenises wrongly without an error."""
    cut = described.get("pre_tokenizer") or {}
    steps = cut.get("pretokenizers", [cut])
    shape = [(step.get("type"), step.get("individual_digits"), step.get("use_regex")) for step in steps]
    known = {
        "gpt-2": [("ByteLevel", None, True)],
        "smollm": [("Digits", True, None), ("ByteLevel", None, True)],
    }
    for name, steps_of_name in known.items():
        if described["model"]["type"] == "BPE" and shape == steps_of_name and not described.get("normalizer"):
            return name
    raise TokenizerNotExportable(folder=base.folder, what="it is not a known byte-level BPE")
