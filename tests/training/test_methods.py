"""What each method trains, and what it leaves behind."""

import importlib.util
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from sosias.corpus import prepared
from sosias.evaluation.evaluate import evaluate
from sosias.events import silent
from sosias.models.base import open_base
from sosias.models.likelihood import token_losses
from sosias.models.network import load_network
from sosias.settings import TrainingSettings
from sosias.training import train as training
from sosias.training.batches import collate
from sosias.training.fit import Fit
from sosias.training.methods import NoFourBits, NotInFourBits, keep, trainable_network, tuned_network
from sosias.training.plan import plan_run, requested
from sosias.training.source import Windows
from sosias.workspace import Run
from tests.bases import tiny_folder
from tests.tiny import QUICK, byte_tokenizer, tiny_persona


def fit_of(folder: Path, base: Path, **update: Any) -> Fit:
    _workspace, persona = tiny_persona(folder / "chats", base, QUICK.model_copy(update=update))
    plan = plan_run(persona, prepared.read_sessions(persona), persona.settings)
    settings = plan.run.training
    network = trainable_network(plan.base, settings)
    return Fit(network, Windows(plan.train, settings, 0), plan.validation, settings, 0, folder, silent)


def test_full_trains_every_weight_and_leaves_an_ordinary_folder(llama_folder: Path, tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM

    workspace, persona = tiny_persona(tmp_path / "chats", llama_folder)
    result = training.train(workspace, persona, overrides={"method": "full"})
    assert result["method"] == "full"
    assert result["validation_losses"][-1] < result["validation_losses"][0]
    run = persona.finished_run()
    assert not run.adapter_folder.exists() and not run.checkpoint_folder.exists()
    assert {"config.json", "tokenizer.json"} <= {path.name for path in run.weights_folder.iterdir()}
    config = (run.weights_folder / "config.json").read_text()
    assert str(llama_folder.parent) not in config and str(tmp_path) not in config
    plain = AutoModelForCausalLM.from_pretrained(run.weights_folder)
    before = load_network(open_base(str(llama_folder)), dtype="float32")
    changed = [not torch.equal(a, b) for a, b in zip(plain.parameters(), before.parameters(), strict=True)]
    assert all(changed)
    assert all(value.dtype == torch.float32 for value in plain.parameters())
    report = evaluate(workspace, persona)
    assert report["bits_per_byte"]["low"] > 0


def test_weights_keep_the_terms_that_only_the_catalogue_names(llama_folder: Path, tmp_path: Path) -> None:
    network = load_network(open_base(str(llama_folder)), dtype="float32")
    terms = SimpleNamespace(licence="gemma", notice="Gemma comes under its terms.")
    base: Any = SimpleNamespace(hf_folder=llama_folder, config=terms)
    run = Run(tmp_path / "001")
    keep(network, base, QUICK.model_copy(update={"method": "full"}), run)
    found = open_base(str(run.weights_folder)).config
    assert (found.licence, found.notice) == (terms.licence, terms.notice)


@pytest.mark.parametrize("window", [None, 90])
def test_padding_needs_no_position_that_a_base_has_not(tmp_path: Path, window: int | None) -> None:
    """GPT-2 has learnt a vector for each of its positions; rows are padded to a multiple of 64."""
    from transformers import AutoModelForCausalLM, GPT2Config

    config = GPT2Config(
        n_layer=2, n_head=4, n_embd=32, n_positions=100, vocab_size=259, bos_token_id=0, eos_token_id=0
    )
    torch.manual_seed(0)  # in twelve steps not every random base gets better
    AutoModelForCausalLM.from_config(config).save_pretrained(tmp_path / "base")
    byte_tokenizer().save(str(tmp_path / "base" / "tokenizer.json"))
    settings = QUICK.model_copy(update={"window_tokens": window, "micro_batch_tokens": None})
    workspace, persona = tiny_persona(tmp_path / "chats", tmp_path / "base", settings)
    result = training.train(workspace, persona)
    assert result["validation_losses"][-1] < result["validation_losses"][0]
    assert persona.finished_run().settings.training.window_tokens == (window or 100)
    assert evaluate(workspace, persona)["bits_per_byte"]["low"] > 0


def test_weights_stay_exact_where_products_are_not(llama_folder: Path, tmp_path: Path) -> None:
    exact = fit_of(tmp_path / "a", llama_folder, method="full")
    mixed = fit_of(tmp_path / "b", llama_folder, method="full", dtype="bfloat16")
    losses = [fit.gradient([[0, 1, 2, 3]])[0] for fit in (exact, mixed)]
    assert losses[0] != losses[1] and abs(losses[0] - losses[1]) < 0.02
    for value in mixed.trained.values():
        assert value.dtype == torch.float32 and value.grad is not None and value.grad.dtype == torch.float32


def test_dora_trains_magnitudes_and_speaks_through_torch(llama_folder: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file

    workspace, persona = tiny_persona(tmp_path / "chats", llama_folder)
    result = training.train(workspace, persona, overrides={"method": "dora"})
    assert result["validation_losses"][-1] < result["validation_losses"][0]
    run = persona.finished_run()
    assert not run.adapter_gguf.exists()
    names = load_file(run.adapter_folder / "adapter_model.safetensors")
    assert any("magnitude" in name for name in names)
    assert json.loads((run.adapter_folder / "adapter_config.json").read_text())["use_dora"]


@pytest.mark.parametrize("method", ["lora", "full"])
def test_what_is_kept_is_what_was_trained(llama_folder: Path, tmp_path: Path, method: str) -> None:
    fit = fit_of(tmp_path, llama_folder, method=method)
    fit.run()
    persona = training.Workspace.open(tmp_path / "chats").persona()
    run, base = persona.new_run(), open_base(str(llama_folder))
    training.write_settings(
        run.settings_file,
        plan_run(persona, prepared.read_sessions(persona), requested(persona, {"method": method})).run,
    )
    from sosias.training.methods import keep

    keep(fit.network, base, fit.settings, run)
    ids, labels = collate(fit.validation[:2], 0)
    fit.network.eval()
    with torch.no_grad():
        ours = token_losses(fit.network, ids, labels)
        kept = token_losses(tuned_network(base, run), ids, labels)
    torch.testing.assert_close(ours, kept)


def test_no_adapter_is_trained_beside_a_network_from_scratch(llama_folder: Path) -> None:
    with pytest.raises(AssertionError, match="from scratch"):
        trainable_network(open_base(str(llama_folder)), TrainingSettings(method="scratch", rank=4, alpha=8))


def test_qlora_says_what_it_needs(llama_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(NoFourBits, match=r"sosias\[qlora\]"):
        trainable_network(open_base(str(llama_folder)), TrainingSettings(method="qlora", rank=4, alpha=8))


def test_qlora_learns_beside_packed_weights(llama_folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("bitsandbytes")
    with pytest.raises(NotInFourBits, match="32 inputs"):
        trainable_network(open_base(str(llama_folder)), TrainingSettings(method="qlora", rank=4, alpha=8))
    wide = tiny_folder(tmp_path / "wide", "llama")
    workspace, persona = tiny_persona(tmp_path / "chats", wide)
    result = training.train(workspace, persona, overrides={"method": "qlora"})
    assert result["validation_losses"][-1] < result["validation_losses"][0]
    packed = tuned_network(open_base(str(wide)), persona.finished_run())
    assert sum(value.dtype == torch.uint8 for value in packed.parameters()) == 14
    assert evaluate(workspace, persona)["bits_per_byte"]["low"] > 0
