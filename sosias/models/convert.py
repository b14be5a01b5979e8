"""From a pulled GGUF to a Hugging Face folder, once: what training and the torch engine load.

Loading a GGUF through transformers takes 15 to 50 s each time and needs all weights in float32 at
once; here each tensor is dequantised, rounded to bfloat16 and written before the next.
"""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock

from sosias.events import Listener, Progress, silent
from sosias.language import translate as _
from sosias.models.base import Base
from sosias.models.disk import room_for
from sosias.models.folder import BadBaseFolder
from sosias.models.gguf_file import BadModelFile, GgufFile
from sosias.models.layouts import Layout, layout_of
from sosias.models.safetensors_file import to_bfloat16, write_header
from sosias.workspace import atomic_folder, recover_folder, write_json


def to_hf(base: Base, listener: Listener = silent) -> Path:
    """Return the Hugging Face folder of a base, made from its GGUF where it is not there yet.

    Raises:
        BadModelFile, UnknownLayout: the GGUF is damaged, or of a layout not known here.
        DiskFull: there is no room for it.
    """
    if not base.embedded or recover_folder(base.hf_folder).is_dir():
        return base.hf_folder
    with FileLock(base.folder / "hf.lock"):  # two trainings may begin at once
        if not base.hf_folder.is_dir():
            assert base.gguf is not None  # a pulled base is its GGUF
            _convert(base, GgufFile(base.gguf), listener)
    return base.hf_folder


def _convert(base: Base, model: GgufFile, listener: Listener) -> None:
    layout = layout_of(model.architecture)
    config = hf_config(model, layout)
    needed = 2 * sum(math.prod(tensor.shape) for tensor in model.tensors.values())
    with room_for(base.name, base.folder, needed), atomic_folder(base.hf_folder) as folder:
        write_json(folder / "config.json", config)
        write_json(folder / "generation_config.json", _generation_config(base))
        write_json(folder / "tokenizer_config.json", _tokenizer_config(base))
        if base.config.notice:
            (folder / "NOTICE").write_text(base.config.notice + "\n", encoding="utf-8")
        (folder / "tokenizer.json").write_bytes((base.folder / "tokenizer.json").read_bytes())
        _write_weights(folder / "model.safetensors", model, layout, config, listener)


def read_config(base: Base) -> dict[str, Any]:
    """Return the base's configuration, worked out from its GGUF where it is not converted yet.

    A folder's own `config.json` is read by transformers, which knows the names that its fields had in
    other years, and what stands for those that are left out.

    Raises:
        MissingTraining: the base is a folder, and transformers is not installed.
    """
    if not base.embedded:
        return _read_by_transformers(base.folder)
    path = base.hf_folder / "config.json"
    if base.gguf is not None and not path.is_file():
        model = GgufFile(base.gguf)
        return hf_config(model, layout_of(model.architecture))
    config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return config


def _read_by_transformers(folder: Path) -> dict[str, Any]:
    from sosias.models.network import need_torch

    need_torch()
    from transformers import AutoConfig

    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError, KeyError) as error:
        raise BadBaseFolder(folder=folder, what="transformers does not know its config.json") from error
    values: dict[str, Any] = config.to_dict()
    return values | {name: values[own] for name, own in config.attribute_map.items() if own in values}


def hf_config(model: GgufFile, layout: Layout) -> dict[str, Any]:
    """Return `config.json` for a model of `layout`, from the GGUF's metadata.

    Raises:
        BadModelFile: something needed is missing, or the model uses what is not known here.
    """
    width = int(model.of_architecture("embedding_length"))
    heads = int(model.of_architecture("attention.head_count"))
    if model.metadata.get(f"{layout.name}.rope.scaling.type", "none") != "none":
        raise BadModelFile(path=model.path, what="it stretches its positions in a way not known here")
    config: dict[str, Any] = {
        "architectures": [layout.model_class],
        "model_type": layout.model_type,
        "dtype": "bfloat16",
        "vocab_size": model.tensors["token_embd.weight"].shape[0],
        "hidden_size": width,
        "intermediate_size": int(model.of_architecture("feed_forward_length")),
        "num_hidden_layers": int(model.of_architecture("block_count")),
        "num_attention_heads": heads,
        "num_key_value_heads": int(model.of_architecture("attention.head_count_kv", heads)),
        "head_dim": int(model.of_architecture("attention.key_length", width // heads)),
        "max_position_embeddings": int(model.of_architecture("context_length")),
        "rms_norm_eps": shortest(model.of_architecture("attention.layer_norm_rms_epsilon")),
        "tie_word_embeddings": "output.weight" not in model.tensors,
        "bos_token_id": model.metadata.get("tokenizer.ggml.bos_token_id"),
        "eos_token_id": model.metadata.get("tokenizer.ggml.eos_token_id"),
        "pad_token_id": model.metadata.get("tokenizer.ggml.padding_token_id"),
    }
    return config | _of_layout(model, layout, config)


def _of_layout(model: GgufFile, layout: Layout, config: dict[str, Any]) -> dict[str, Any]:
    theta = shortest(model.of_architecture("rope.freq_base", 10_000.0))
    if layout.name != "gemma3":
        return {"hidden_act": "silu", "rope_parameters": {"rope_type": "default", "rope_theta": theta}}
    local = shortest(model.of_architecture("rope.freq_base_swa", 10_000.0))
    return {
        "hidden_activation": "gelu_pytorch_tanh",
        "query_pre_attn_scalar": config["head_dim"],
        "sliding_window": int(model.of_architecture("attention.sliding_window")),
        "layer_types": _layer_types(model, config["num_hidden_layers"]),
        "rope_parameters": {
            "full_attention": {"rope_type": "default", "rope_theta": theta},
            "sliding_attention": {"rope_type": "default", "rope_theta": local},
        },
    }


def _layer_types(model: GgufFile, layers: int) -> list[str]:
    """Every sixth layer of Gemma 3 sees everything, the others a window; GGUF may say so itself."""
    pattern = model.of_architecture("attention.sliding_window_pattern", 6)
    if isinstance(pattern, list):
        sliding = [bool(value) for value in pattern[:layers]]
    else:
        sliding = [(layer + 1) % int(pattern) != 0 for layer in range(layers)]
    return ["sliding_attention" if one else "full_attention" for one in sliding]


def shortest(number: float) -> float:
    """Return the shortest decimal that is the same float32: 1e-5, not 9.999999747378752e-06."""
    return float(str(np.float32(number)))


def _generation_config(base: Base) -> dict[str, Any]:
    config = base.config
    return {"bos_token_id": config.bos_id, "eos_token_id": config.eos_id, "pad_token_id": config.pad_id}


def _tokenizer_config(base: Base) -> dict[str, Any]:
    config = base.config
    named = {"bos_token": config.bos_id, "eos_token": config.eos_id, "pad_token": config.pad_id}
    tokens = {key: base.tokenizer.id_to_token(number) for key, number in named.items() if number is not None}
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": config.context_length,
        "clean_up_tokenization_spaces": False,
        **tokens,
    }


# --- weights -------------------------------------------------------------------------------------


def _write_weights(
    path: Path, model: GgufFile, layout: Layout, config: dict[str, Any], listener: Listener
) -> None:
    names = {
        hf: gguf for hf, gguf in layout.names(config["num_hidden_layers"]) if _wanted(hf, gguf, model, config)
    }
    with path.open("wb") as file:
        write_header(file, {hf: model.tensors[gguf].shape for hf, gguf in names.items()})
        for number, (hf, gguf) in enumerate(names.items(), start=1):
            module = hf.removesuffix(".weight")
            whole = layout.heads(module, config) is not None  # its rows change places
            for slab in [model.array(gguf)] if whole else model.slabs(gguf):
                file.write(to_bfloat16(layout.weight_to_hf(module, slab, config)))
            listener(Progress(_("converting the base"), number, len(names)))


def _wanted(hf: str, gguf: str, model: GgufFile, config: dict[str, Any]) -> bool:
    if hf == "lm_head.weight" and config["tie_word_embeddings"]:
        return False
    if gguf not in model.tensors:
        raise BadModelFile(path=model.path, what=f"it lacks the tensor {gguf}")
    return True
