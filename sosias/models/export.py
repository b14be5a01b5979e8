"""A base, with a persona's adapter merged into it or without, as a GGUF of its own.

For what a GGUF LoRA cannot say (`adapter`), for bases that came as a Hugging Face folder, and for
taking a persona elsewhere. The weights become F16, Q8_0 or Q4_0; the finer formats of llama.cpp
can be made from F16 with its own llama-quantize.
"""

import json
import tempfile
from collections.abc import Callable, Container
from pathlib import Path
from typing import Any, Literal

import numpy as np
from gguf import GGMLQuantizationType, GGUFValueType, GGUFWriter, LlamaFileType
from gguf.quants import quantize
from numpy.typing import NDArray

from sosias.events import Listener, Progress, silent
from sosias.language import translate as _
from sosias.models.base import Base
from sosias.models.convert import read_config, to_hf
from sosias.models.gguf_file import GgufFile
from sosias.models.gguf_metadata import NotForLlama, add_metadata, position_tensors
from sosias.models.gguf_vocabulary import TokenizerNotExportable, add_vocabulary
from sosias.models.layouts import Array, Layout, UnknownLayout, layout_of
from sosias.models.safetensors_file import BadWeights, SafetensorsFile
from sosias.workspace import atomic_file

Weights = Literal["F16", "Q8_0", "Q4_0"]
KINDS: dict[Weights, tuple[GGMLQuantizationType, LlamaFileType]] = {
    "F16": (GGMLQuantizationType.F16, LlamaFileType.MOSTLY_F16),
    "Q8_0": (GGMLQuantizationType.Q8_0, LlamaFileType.MOSTLY_Q8_0),
    "Q4_0": (GGMLQuantizationType.Q4_0, LlamaFileType.MOSTLY_Q4_0),
}
VOCABULARY = ("token_embd.weight", "output.weight")
"""Kept at eight bits in a file of four: every token passes through them, and they are often one."""
COMPUTED = (".attn.bias", ".attn.masked_bias", ".rotary_emb.inv_freq")
"""Ends of what some files hold though it follows from the settings: masks and frequencies."""
NOT_WRITABLE = (UnknownLayout, NotForLlama, TokenizerNotExportable, BadWeights)
"""What `write_gguf` raises where only torch can compute a base."""

Tensors = dict[str, Callable[[], Array]]
"""By Hugging Face name: reads a weight when it is its turn."""


def write_gguf(
    base: Base,
    path: Path,
    *,
    adapter: Path | None = None,
    weights: Weights = "F16",
    described: dict[str, str | None] | None = None,
    listener: Listener = silent,
) -> None:
    """Write a base as the GGUF `path`, at once; with `adapter`, a PEFT folder, merged into it.

    `described` adds to its metadata, such as `general.name` and `tokenizer.chat_template`; what is None
    there is left out, whatever the base says.

    Raises:
        MissingTraining: torch is needed (an adapter, a foreign base), and is not installed.
        UnknownLayout, NotForLlama, TokenizerNotExportable, BadWeights: the base cannot be written.
    """
    layout = layout_of(base.config.layout)
    to_hf(base, listener)
    config = read_config(base)
    # tensors wait for the header in a file without a name, on the same disk: they are private, and many
    with atomic_file(path) as new, tempfile.TemporaryFile(dir=path.parent) as waiting:
        writer = GGUFWriter(new, layout.name, use_temp_file=True)
        writer.temp_file = waiting  # it would be one in the system's folder
        given = dict(described or {})
        if base.config.notice:
            given["general.notice"] = base.config.notice
        if base.embedded and base.gguf is not None:
            _copy_metadata(writer, GgufFile(base.gguf), given)
        else:
            add_metadata(writer, layout, config, base.folder)
            add_vocabulary(writer, base, int(config["vocab_size"]))
        for key, value in given.items():
            if value is not None:
                writer.add_string(key, value)
        writer.add_file_type(KINDS[weights][1])
        tensors = _own_weights(base, layout) if adapter is None else _merged_weights(base, adapter)
        _add_weights(writer, layout, config, tensors, weights, base.folder, listener)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()


# --- weights -------------------------------------------------------------------------------------


def _own_weights(base: Base, layout: Layout) -> Tensors:
    """Return the weights of the folder's own files, by the names that the layout gives them."""
    tensors: Tensors = {}
    for path in weight_files(base.hf_folder):
        file = SafetensorsFile(path)
        for name in file.names():
            tensors[layout.full_name(name)] = lambda file=file, name=name: file.array(name)  # type: ignore[misc]
    return tensors or _network_weights(base, None)


def weight_files(folder: Path) -> list[Path]:
    """Return the safetensors files of the network, which may be in parts; none where it is pickled."""
    index = folder / "model.safetensors.index.json"
    if not index.is_file():
        return [path for path in [folder / "model.safetensors"] if path.is_file()]
    try:
        parts = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
    except (ValueError, KeyError, AttributeError) as error:
        raise BadWeights(path=index, what="a damaged list of parts") from error
    return [folder / Path(name).name for name in sorted(parts)]


def _merged_weights(base: Base, adapter: Path) -> Tensors:
    """Merge in float32: in bfloat16 most of what a small adapter adds would be rounded away."""
    return _network_weights(base, adapter)


def _network_weights(base: Base, adapter: Path | None) -> Tensors:
    from sosias.models.network import load_network

    network = load_network(base, dtype="float32", adapter=adapter)
    if adapter is not None:
        network = network.merge_and_unload(safe_merge=True)
    return {name: tensor.numpy for name, tensor in network.state_dict().items()}


def _add_weights(
    writer: GGUFWriter,
    layout: Layout,
    config: dict[str, Any],
    tensors: Tensors,
    weights: Weights,
    folder: Path,
    listener: Listener,
) -> None:
    names = list(layout.names(int(config["num_hidden_layers"])))
    if config.get("tie_word_embeddings", True):  # llama.cpp takes the embedding in its place
        names = [(hf, gguf) for hf, gguf in names if hf != "lm_head.weight"]
        tensors.pop("lm_head.weight", None)
    _check_names(tensors, {hf for hf, _gguf in names}, folder)
    for number, (hf, gguf) in enumerate(names, start=1):
        weight = layout.weight_to_gguf(hf, tensors.pop(hf)(), config)
        data, kind = _packed(gguf, weight, weights)
        writer.add_tensor(gguf, data, raw_dtype=kind)
        listener(Progress(_("writing the model file"), number, len(names)))
    for name, factors in position_tensors(layout, config).items():
        writer.add_tensor(name, factors)


def _check_names(tensors: Tensors, wanted: set[str], folder: Path) -> None:
    """Make sure that nothing is missing, and nothing left out that takes part in the network."""
    missing = wanted - tensors.keys()
    if missing:
        raise BadWeights(path=folder, what=f"{min(missing)} is missing")
    further = {name for name in tensors.keys() - wanted if not name.endswith(COMPUTED)}
    if further:
        raise NotForLlama(folder=folder, what=f"weights such as {min(further)}")


def _packed(name: str, weight: Array, weights: Weights) -> tuple[NDArray[Any], GGMLQuantizationType]:
    """Vectors and positions stay in F32, which llama.cpp wants; rows that a block does not divide: F16."""
    kind = KINDS[weights][0]
    if weight.ndim == 1 or name == "position_embd.weight":
        return np.ascontiguousarray(weight, np.float32), GGMLQuantizationType.F32
    if kind is GGMLQuantizationType.F16 or weight.shape[-1] % 32:
        return np.ascontiguousarray(weight, np.float16), GGMLQuantizationType.F16
    if name in VOCABULARY:
        kind = GGMLQuantizationType.Q8_0
    return quantize(np.ascontiguousarray(weight), kind), kind


# --- metadata ------------------------------------------------------------------------------------

REPLACED = ("general.architecture", "general.file_type", "general.quantization_version")
"""What the writer says itself."""


def _copy_metadata(writer: GGUFWriter, model: GgufFile, given: Container[str]) -> None:
    for key, value in model.metadata.items():
        if key in REPLACED or key in given:
            continue
        kind, inner = model.kinds[key]
        elements = None if inner is None else GGUFValueType(inner)
        writer.add_key_value(key, value, GGUFValueType(kind), elements)
