"""A base as a GGUF of its own keeps what the GGUF it came from said; parity is tested with the voice."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gguf import GGMLQuantizationType

from sosias.models.base import Base, open_base
from sosias.models.export import REPLACED, write_gguf
from sosias.models.gguf_file import GgufFile
from sosias.models.gguf_metadata import NotForLlama
from sosias.models.gguf_vocabulary import TokenizerNotExportable
from sosias.models.layouts import UnknownLayout
from sosias.models.safetensors_file import BadWeights
from sosias.models.tokenizer import build_tokenizer
from tests.bases import TEXTS, tiny_folder


def test_a_pulled_base_keeps_its_metadata_and_tokenizer(smollm2: Base, tmp_path: Path) -> None:
    assert smollm2.gguf is not None
    write_gguf(smollm2, tmp_path / "model.gguf", weights="Q8_0")
    before, after = GgufFile(smollm2.gguf), GgufFile(tmp_path / "model.gguf")
    for key in before.metadata.keys() - set(REPLACED):
        assert after.metadata[key] == before.metadata[key], key
        assert after.kinds[key] == before.kinds[key], key
    assert after.tensors.keys() == before.tensors.keys()
    kinds = {tensor.kind for tensor in after.tensors.values()}
    assert kinds == {GGMLQuantizationType.Q8_0, GGMLQuantizationType.F32}


def test_a_base_s_chat_template_is_left_out_where_another_is_learnt(smollm2: Base, tmp_path: Path) -> None:
    described = {"general.name": "ana", "tokenizer.chat_template": None}
    write_gguf(smollm2, tmp_path / "model.gguf", weights="Q8_0", described=described)
    metadata = GgufFile(tmp_path / "model.gguf").metadata
    assert metadata["general.name"] == "ana" and "tokenizer.chat_template" not in metadata


def test_a_tokenizer_comes_back(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    base = open_base(str(tiny_folder(tmp_path / "tiny", "llama")))
    write_gguf(base, tmp_path / "model.gguf")
    tokenizer = build_tokenizer(GgufFile(tmp_path / "model.gguf").metadata, tmp_path)
    tokenizer.encode_special_tokens = True
    assert [tokenizer.encode(text).ids for text in TEXTS] == [
        base.tokenizer.encode(text).ids for text in TEXTS
    ]


def test_what_cannot_be_written_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    from tests.tiny import tiny_base

    base = open_base(str(tiny_base(tmp_path / "bytes", "llama")))
    with pytest.raises(TokenizerNotExportable):
        write_gguf(base, tmp_path / "model.gguf")
    assert not (tmp_path / "model.gguf").exists()
    config = (base.folder / "config.json").read_text().replace('"llama"', '"mamba"')
    (base.folder / "config.json").write_text(config)
    with pytest.raises(UnknownLayout, match="mamba"):
        write_gguf(open_base(str(base.folder)), tmp_path / "model.gguf")


def without_prefix(folder: Path) -> None:
    """Name the weights as OpenAI's own GPT-2 does, with the masks that it holds."""
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    named = {name.removeprefix("transformer."): weight.clone() for name, weight in weights.items()}
    save_file(named | {"h.0.attn.bias": weights["transformer.ln_f.bias"]}, folder / "model.safetensors")


def pickled(folder: Path) -> None:
    """Keep the weights as they were before safetensors."""
    import torch
    from safetensors.torch import load_file

    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()


def in_parts(folder: Path) -> None:
    """Cut the weights in two files, with another beside them that does not count."""
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    parts = {name: f"model-{number % 2}.safetensors" for number, name in enumerate(weights)}
    for part in set(parts.values()):
        save_file({name: weight for name, weight in weights.items() if parts[name] == part}, folder / part)
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": parts}))
    (folder / "model.safetensors").write_bytes(b"of another time")


@pytest.mark.parametrize("kept", [without_prefix, pickled, in_parts])
def test_weights_are_read_however_they_are_kept(kept: Callable[[Path], None], tmp_path: Path) -> None:
    pytest.importorskip("torch")
    folder = tiny_folder(tmp_path / "tiny", "gpt2")
    write_gguf(open_base(str(folder)), tmp_path / "before.gguf")
    kept(folder)
    write_gguf(open_base(str(folder)), tmp_path / "after.gguf")
    before, after = GgufFile(tmp_path / "before.gguf"), GgufFile(tmp_path / "after.gguf")
    assert before.tensors.keys() == after.tensors.keys()
    for name in before.tensors:
        np.testing.assert_array_equal(before.array(name), after.array(name))


def test_weights_that_would_be_left_out_are_refused(tmp_path: Path) -> None:
    """A Llama with biases, say: without them it would speak nonsense."""
    torch = pytest.importorskip("torch")
    from safetensors.torch import load_file, save_file

    folder = tiny_folder(tmp_path / "tiny", "llama")
    weights = load_file(folder / "model.safetensors")
    save_file(weights | {"model.layers.0.mlp.up_proj.bias": torch.zeros(128)}, folder / "model.safetensors")
    with pytest.raises(NotForLlama, match=r"up_proj\.bias"):
        write_gguf(open_base(str(folder)), tmp_path / "model.gguf")
    save_file(
        {name: weight for name, weight in weights.items() if "norm" not in name}, folder / "model.safetensors"
    )
    with pytest.raises(BadWeights, match="is missing"):
        write_gguf(open_base(str(folder)), tmp_path / "model.gguf")
    assert not (tmp_path / "model.gguf").exists()


@pytest.mark.parametrize(
    ("layout", "change"),
    [
        ("gpt2", {"activation_function": "relu"}),
        ("gpt2", {"scale_attn_by_inverse_layer_idx": True}),
        ("llama", {"rope_parameters": {"rope_type": "linear", "factor": 2.0, "rope_theta": 10_000.0}}),
        ("smollm3", {"no_rope_layers": [1, 1, 0, 1, 1]}),
        ("qwen3", {"use_sliding_window": True}),
        ("gemma3", {"query_pre_attn_scalar": 64}),
        ("gemma3", {"final_logit_softcapping": 30.0}),
    ],
)
def test_what_llama_would_compute_otherwise_is_refused(
    layout: str, change: dict[str, Any], tmp_path: Path
) -> None:
    pytest.importorskip("torch")
    folder = tiny_folder(tmp_path / "tiny", layout)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | change))
    with pytest.raises(NotForLlama, match="--to hf"):
        write_gguf(open_base(str(folder)), tmp_path / "model.gguf")
    assert not (tmp_path / "model.gguf").exists()


def test_four_bits_keep_eight_for_the_vocabulary(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    folder = tiny_folder(tmp_path / "tiny", "gpt2")
    write_gguf(open_base(str(folder)), tmp_path / "model.gguf", weights="Q4_0")
    kinds = {name: tensor.kind.name for name, tensor in GgufFile(tmp_path / "model.gguf").tensors.items()}
    assert kinds["token_embd.weight"] == "Q8_0"
    assert kinds["position_embd.weight"] == kinds["blk.0.attn_norm.weight"] == "F32"
    assert kinds["blk.0.ffn_up.weight"] == "Q4_0"
