"""A PEFT adapter as a GGUF LoRA, which llama.cpp puts over the base's GGUF for each request.

llama.cpp computes W x + (alpha / rank) B A x with one alpha for the whole file and the rank of each
pair, and knows nothing else: no magnitudes (DoRA), no weights trained whole.
https://github.com/ggml-org/llama.cpp/blob/master/convert_lora_to_gguf.py
"""

import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGUFWriter

from sosias.errors import SosiasError
from sosias.models.base import Base
from sosias.models.convert import read_config
from sosias.models.layouts import Array, Layout, layout_of
from sosias.models.safetensors_file import BadWeights, SafetensorsFile
from sosias.workspace import atomic_file

PREFIX = "base_model.model."
PAIR = re.compile(r"(?P<module>.+)\.lora_(?P<side>[AB])(\.default)?\.weight")


class AdapterNotLora(SosiasError):
    """The adapter in {folder} cannot be written as a GGUF LoRA ({what}): merge it into the base, or
    chat with the torch engine (engine = "torch")."""


def write_adapter_gguf(adapter_folder: Path, base: Base, path: Path) -> None:
    """Write the PEFT adapter of a folder as the GGUF LoRA `path`, at once.

    Raises:
        AdapterNotLora: it holds more than pairs of low-rank factors on the blocks' projections.
        BadWeights, UnknownLayout: it is damaged, or the base is of a layout not known here.
    """
    layout = layout_of(base.config.layout)
    config = read_config(base)
    settings = _settings(adapter_folder)
    alpha = float(settings["lora_alpha"])
    with atomic_file(path) as new:
        writer = GGUFWriter(new, layout.name)
        writer.add_type("adapter")
        writer.add_string("adapter.type", "lora")
        writer.add_float32("adapter.lora.alpha", alpha)
        if base.config.notice:
            writer.add_string("general.notice", base.config.notice)
        for module, (down, up) in _pairs(adapter_folder).items():
            name = _gguf_name(adapter_folder, module, layout, config)
            rank = len(down)
            up = layout.rows_to_gguf(module, up, config)
            up = up * np.float32(scale_of(module, rank, settings) * rank / alpha)
            writer.add_tensor(f"{name}.lora_a", np.ascontiguousarray(down))
            writer.add_tensor(f"{name}.lora_b", np.ascontiguousarray(up))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()


def scale_of(module: str, rank: int, settings: dict[str, Any]) -> float:
    """Return what PEFT multiplies B A x by: alpha / rank, or alpha / √rank for rank-stabilised LoRA.

    https://arxiv.org/abs/2312.03732
    """
    alpha = float(settings["lora_alpha"])
    for pattern, special in (settings.get("alpha_pattern") or {}).items():
        if re.match(rf"(.*\.)?({pattern})$", module):
            alpha = float(special)
            break
    return alpha / (math.sqrt(rank) if settings.get("use_rslora") else rank)


def _settings(folder: Path) -> dict[str, Any]:
    try:
        settings: dict[str, Any] = json.loads((folder / "adapter_config.json").read_text("utf-8"))
        float(settings["lora_alpha"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadWeights(path=folder / "adapter_config.json", what="no or a damaged file") from error
    unsayable = {
        "DoRA": settings.get("use_dora"),
        "modules_to_save": settings.get("modules_to_save"),
        "trainable_token_indices": settings.get("trainable_token_indices"),
        "lora_bias": settings.get("lora_bias"),
    }
    for what, used in unsayable.items():
        if used:
            raise AdapterNotLora(folder=folder, what=what)
    return settings


def _pairs(folder: Path) -> dict[str, tuple[Array, Array]]:
    """Return module → (A [rank, inputs], B [outputs, rank])."""
    file = SafetensorsFile(folder / "adapter_model.safetensors")
    sides: dict[str, dict[str, Array]] = {}
    for name in file.names():
        match = PAIR.fullmatch(name)
        if match is None:
            raise AdapterNotLora(folder=folder, what=name)
        module = match["module"].removeprefix(PREFIX)
        sides.setdefault(module, {})[match["side"]] = file.array(name)
    for module, pair in sides.items():
        if set(pair) != {"A", "B"} or pair["A"].shape[0] != pair["B"].shape[1]:
            raise AdapterNotLora(folder=folder, what=module)
    return {module: (pair["A"], pair["B"]) for module, pair in sides.items()}


def _gguf_name(folder: Path, module: str, layout: Layout, config: dict[str, Any]) -> str:
    layers = int(config["num_hidden_layers"])
    name = layout.gguf_module(module, layers)
    if name is None or module in layout.outer:  # tied outputs and embeddings have no place for one
        raise AdapterNotLora(folder=folder, what=module)
    return f"{name}.weight"
