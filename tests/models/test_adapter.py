"""What a GGUF LoRA can say is written, and what it cannot is refused; parity is tested with the voice."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sosias.models.adapter import AdapterNotLora, scale_of, write_adapter_gguf
from sosias.models.base import Base, open_base
from sosias.models.gguf_file import GgufFile
from sosias.models.safetensors_file import BadWeights
from tests.bases import random_adapter, tiny_folder

pytest.importorskip("peft")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    return open_base(str(tiny_folder(tmp_path_factory.mktemp("tiny") / "llama", "llama")))


def test_an_adapter_holds_pairs_and_their_scale(base: Base, tmp_path: Path) -> None:
    adapter = random_adapter(base, tmp_path / "adapter", spread=0.1)
    write_adapter_gguf(adapter, base, tmp_path / "adapter.gguf")
    model = GgufFile(tmp_path / "adapter.gguf")
    assert model.metadata["adapter.type"] == "lora"
    assert model.metadata["adapter.lora.alpha"] == 8
    assert len(model.tensors) == 2 * 7 * 2, "A and B of seven projections in two blocks"
    assert model.tensors["blk.1.ffn_down.weight.lora_a"].shape == (4, 128)
    assert model.tensors["blk.1.ffn_down.weight.lora_b"].shape == (64, 4)


@pytest.mark.parametrize(
    "options",
    [
        {"use_dora": True},
        {"modules_to_save": ["lm_head"]},
        {"target_modules": ["embed_tokens"]},
        {"target_modules": ["lm_head"]},
    ],
)
def test_what_it_cannot_say_is_refused(base: Base, tmp_path: Path, options: dict[str, Any]) -> None:
    adapter = random_adapter(base, tmp_path / "adapter", spread=0.1, **options)
    with pytest.raises(AdapterNotLora, match="merge it into the base"):
        write_adapter_gguf(adapter, base, tmp_path / "adapter.gguf")
    assert not (tmp_path / "adapter.gguf").exists()


def test_a_damaged_adapter_is_refused(base: Base, tmp_path: Path) -> None:
    with pytest.raises(BadWeights):
        write_adapter_gguf(tmp_path, base, tmp_path / "adapter.gguf")
    (tmp_path / "adapter_config.json").write_text(json.dumps({"lora_alpha": 8, "r": 4}))
    (tmp_path / "adapter_model.safetensors").write_bytes(b"garbage")
    with pytest.raises(BadWeights):
        write_adapter_gguf(tmp_path, base, tmp_path / "adapter.gguf")


@pytest.mark.parametrize(
    ("settings", "scale"),
    [
        ({"lora_alpha": 32}, 2),
        ({"lora_alpha": 32, "use_rslora": True}, 8),
        ({"lora_alpha": 32, "alpha_pattern": {"q_proj": 8}}, 0.5),
        ({"lora_alpha": 32, "alpha_pattern": {"k_proj": 8}}, 2),
    ],
)
def test_the_scale_is_peft_s(settings: dict[str, Any], scale: float) -> None:
    assert np.isclose(scale_of("model.layers.0.self_attn.q_proj", 16, settings), scale)
