"""llama.cpp says what torch says, over the whole vocabulary.

The distance is the total variation: half the sum of the absolute differences of two
distributions; 0: the same, 1: nothing in common.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sosias.models.adapter import AdapterNotLora, write_adapter_gguf
from sosias.models.base import Base, open_base
from sosias.models.export import write_gguf
from sosias.models.tokenizer import encode_text
from sosias.voice.engine import Engine
from sosias.voice.llama import LlamaEngine
from sosias.voice.torch_engine import TorchEngine
from tests.bases import LAYOUTS, TEXTS, random_adapter, tiny_folder

pytest.importorskip("torch", reason="torch is the reference")


def distance(one: Engine, other: Engine, prompts: Sequence[Sequence[int]], *, tuned: bool) -> list[float]:
    """Return the total variation between two engines' next tokens, for each prompt."""
    return [
        float(
            np.abs(
                one.next_token_probabilities(prompt, tuned=tuned)
                - other.next_token_probabilities(prompt, tuned=tuned)
            ).sum()
            / 2
        )
        for prompt in prompts
    ]


def between(engine: Engine, prompts: Sequence[Sequence[int]]) -> float:
    """Return how far the adapter moves an engine: what a lost adapter would cost."""
    return float(
        np.mean(
            [
                np.abs(
                    engine.next_token_probabilities(prompt, tuned=True)
                    - engine.next_token_probabilities(prompt, tuned=False)
                ).sum()
                / 2
                for prompt in prompts
            ]
        )
    )


ROUNDING = 0.003
"""What F16 in the file and in llama.cpp's kernels may cost, in total variation; seen: up to 0.0021."""
ALPHAS = {"(self_attn.q_proj|self_attn.qkv_proj|attn.c_attn)": 32}


@pytest.fixture(autouse=True)
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Load what was written here without trying it out in a process of its own first."""
    monkeypatch.setattr("sosias.voice.llama.check_files", lambda *_files: None)


@pytest.fixture(scope="module", params=[*LAYOUTS, "llama-3", "qwen3-untied", "phi3-long"])
def tiny(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Base:
    """Return a tiny random base with an F16 GGUF of our own writing beside its files."""
    folder = tiny_folder(tmp_path_factory.mktemp("tiny") / request.param, request.param)
    base = open_base(str(folder))
    write_gguf(base, folder / "model.gguf")
    return base


def tiny_prompts(base: Base) -> list[list[int]]:
    """Return prompts of many kinds, one of them longer than Gemma's sliding window."""
    prompts = [encode_text(base, text) for text in TEXTS]
    return [*prompts, [token for prompt in prompts for token in prompt][:200]]


def test_tiny_base_is_the_same(tiny: Base) -> None:
    llama, torch = LlamaEngine(tiny, None, 256), TorchEngine(tiny, None, 256)
    found = distance(llama, torch, tiny_prompts(tiny), tuned=False)
    llama.close()
    assert max(found) < ROUNDING


def test_tiny_adapter_is_the_same(tiny: Base, tmp_path: Path) -> None:
    adapter = random_adapter(tiny, tmp_path / "adapter", spread=0.1, use_rslora=True, alpha_pattern=ALPHAS)
    write_adapter_gguf(adapter, tiny, tmp_path / "adapter.gguf")
    prompts = tiny_prompts(tiny)
    llama, torch = LlamaEngine(tiny, tmp_path / "adapter.gguf", 256), TorchEngine(tiny, adapter, 256)
    tuned = distance(llama, torch, prompts, tuned=True)
    base = distance(llama, torch, prompts, tuned=False)
    llama.close()
    assert max(tuned) < ROUNDING
    assert max(base) < ROUNDING
    assert between(torch, prompts) > 0.05


@pytest.mark.parametrize(("weights", "bound"), [("F16", ROUNDING), ("Q8_0", 0.05), ("Q4_0", 0.3)])
def test_tiny_merge_is_the_same(tiny: Base, tmp_path: Path, weights: Any, bound: float) -> None:
    """DoRA has magnitudes, which only a merged model can say."""
    adapter = random_adapter(tiny, tmp_path / "adapter", spread=0.1, use_dora=True)
    with pytest.raises(AdapterNotLora):
        write_adapter_gguf(adapter, tiny, tmp_path / "adapter.gguf")
    merged = replace(tiny, folder=tmp_path / "merged")
    merged.folder.mkdir()
    for name in ("config.json", "tokenizer.json"):
        (merged.folder / name).write_bytes((tiny.folder / name).read_bytes())
    write_gguf(tiny, merged.folder / "model.gguf", adapter=adapter, weights=weights)
    llama, torch = LlamaEngine(merged, None, 256), TorchEngine(tiny, adapter, 256)
    found = [
        np.abs(
            llama.next_token_probabilities(prompt, tuned=False)
            - torch.next_token_probabilities(prompt, tuned=True)
        ).sum()
        / 2
        for prompt in tiny_prompts(tiny)
    ]
    llama.close()
    assert np.mean(found) < bound
