"""Our loss is transformers' own, however the windows are batched and whichever layer computes it."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
import torch

from sosias.corpus import prepared
from sosias.events import silent
from sosias.models import likelihood
from sosias.models.base import open_base
from sosias.models.likelihood import UnknownLogits, _LinearCrossEntropy, token_losses
from sosias.models.network import load_network
from sosias.settings import TrainingSettings
from sosias.training.batches import collate
from sosias.training.fit import Fit
from sosias.training.methods import trainable_network
from sosias.training.plan import Plan, plan_run
from sosias.training.source import Windows
from tests.bases import tiny_folder
from tests.tiny import QUICK, tiny_persona


def planned(folder: Path, base: Path, settings: TrainingSettings = QUICK) -> Plan:
    _workspace, persona = tiny_persona(folder, base, settings)
    return plan_run(persona, prepared.read_sessions(persona), persona.settings)


def fit_of(plan: Plan, folder: Path, network: Any = None) -> Fit:
    network = network or shaken(trainable_network(plan.base, plan.run.training))
    settings, pad_id = plan.run.training, plan.base.config.pad_id
    source = Windows(plan.train, settings, pad_id)
    return Fit(network, source, plan.validation, settings, pad_id, folder, silent)


def shaken(network: Any) -> Any:
    """Give the adapter random factors, so that it does something and all of it has a gradient."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for value in network.parameters():
            if value.requires_grad:
                value.copy_(torch.randn(value.shape, generator=generator) * 0.1)
    return network


def gradients(fit: Fit) -> dict[str, torch.Tensor]:
    return {name: value.grad.clone() for name, value in fit.trained.items() if value.grad is not None}


def test_the_loss_is_transformers_own(base_folder: Path, tmp_path: Path) -> None:
    plan = planned(tmp_path / "chats", base_folder)
    network = load_network(plan.base, dtype="float32")
    ids, labels = collate(plan.train[:8], plan.base.config.pad_id)
    with torch.no_grad():
        ours = token_losses(network, ids, labels).mean()
        theirs = network(input_ids=ids, labels=labels).loss
    assert abs(float(ours - theirs)) < 1e-5


def test_the_gradient_is_transformers_own(base_folder: Path, tmp_path: Path) -> None:
    """Ours: quick layers and attention, logits where they are learnt. Theirs: PEFT's layers, all logits."""
    from peft import LoraConfig, get_peft_model

    plan = planned(tmp_path / "chats", base_folder)
    fit = fit_of(plan, tmp_path)
    loss, _tokens, _learnt = fit.gradient([[0, 1, 2, 3]])
    network = load_network(plan.base, dtype="float32")
    settings = plan.run.training
    lora = LoraConfig(r=settings.rank, lora_alpha=settings.alpha, target_modules="all-linear")
    theirs = shaken(get_peft_model(network, lora))
    ids, labels = collate([plan.train[i] for i in range(4)], plan.base.config.pad_id)
    their_loss = theirs(input_ids=ids, labels=labels).loss
    their_loss.backward()
    assert abs(loss - float(their_loss.detach())) < 1e-4
    of_theirs = {name: value.grad for name, value in theirs.named_parameters() if value.requires_grad}
    ours = gradients(fit)
    assert ours.keys() == of_theirs.keys() and ours
    for name, value in ours.items():
        torch.testing.assert_close(value, of_theirs[name], rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("micro", [64, 128, 512])
def test_one_batch_of_eight_is_eight_batches_of_one(base_folder: Path, tmp_path: Path, micro: int) -> None:
    plan = planned(tmp_path / "chats", base_folder)
    windows = list(range(8))
    whole, parts = fit_of(plan, tmp_path), fit_of(plan, tmp_path)
    loss, *_ = whole.gradient([windows])
    size = micro // 64
    accumulated, *_ = parts.gradient([windows[i : i + size] for i in range(0, 8, size)])
    assert abs(loss - accumulated) < 1e-5
    for name, value in gradients(whole).items():
        torch.testing.assert_close(value, gradients(parts)[name], rtol=1e-4, atol=1e-6)


def test_bfloat16_stays_close(base_folder: Path, tmp_path: Path) -> None:
    exact = planned(tmp_path / "a", base_folder)
    half = planned(tmp_path / "b", base_folder, QUICK.model_copy(update={"dtype": "bfloat16"}))
    fits = fit_of(exact, tmp_path), fit_of(half, tmp_path)
    losses = [fit.gradient([[0, 1, 2, 3]])[0] for fit in fits]
    assert abs(losses[0] - losses[1]) < 0.02
    assert all(value.dtype == torch.float32 for value in fits[1].trained.values())


def test_the_adapter_switched_off_is_the_base(base_folder: Path, tmp_path: Path) -> None:
    plan = planned(tmp_path / "chats", base_folder)
    network = shaken(trainable_network(plan.base, plan.run.training)).eval()
    ids, labels = collate(plan.train[:2], plan.base.config.pad_id)
    base = load_network(plan.base, dtype="float32")
    with torch.no_grad():
        tuned = token_losses(network, ids, labels)
        with network.disable_adapter():
            untuned = token_losses(network, ids, labels)
        torch.testing.assert_close(untuned, token_losses(base, ids, labels))
    assert not torch.allclose(tuned, untuned)


def test_an_impossible_token_has_a_finite_loss_and_its_whole_gradient() -> None:
    hidden = torch.ones(1, 1, requires_grad=True)
    (loss,) = _LinearCrossEntropy.apply(hidden, torch.tensor([[0.0], [200.0]]), torch.tensor([0]))
    assert 87 < float(loss.detach()) < 88
    loss.backward()
    assert hidden.grad is not None and float(hidden.grad) == pytest.approx(200)


def test_logits_of_weights_that_learn_are_measured_in_pieces(
    llama_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = open_base(str(llama_folder))
    network = load_network(base, dtype="float32").requires_grad_(True)
    ids = torch.randint(3, 60, (3, 20))
    whole = token_losses(network, ids, ids)
    asked: list[int] = []
    network.get_output_embeddings().register_forward_hook(
        lambda _layer, given, _out: asked.append(len(given[0]))
    )
    monkeypatch.setattr(likelihood, "PRODUCT_NUMBERS", 10 * network.config.vocab_size)
    with torch.no_grad():
        torch.testing.assert_close(token_losses(network, ids, ids), whole.detach())
    assert asked == [10, 10, 10, 10, 10, 7], "three windows of 19 predictions"


def test_logits_that_are_more_than_a_product_are_refused(llama_folder: Path) -> None:
    network = load_network(open_base(str(llama_folder)), dtype="float32")
    network.config.logits_scaling = 8.0
    with pytest.raises(UnknownLogits, match="logits_scaling"):
        token_losses(network, torch.ones(1, 4, dtype=torch.long), torch.ones(1, 4, dtype=torch.long))


@pytest.mark.parametrize("architecture", ["gpt2", "llama"])
def test_padding_is_cut_off_and_no_label(tmp_path: Path, architecture: str) -> None:
    network = load_network(open_base(str(tiny_folder(tmp_path, architecture))), dtype="float32")
    most = network.config.max_position_embeddings
    ids = torch.zeros(1, most + 64, dtype=torch.long)
    labels = torch.full_like(ids, -100)
    labels[:, most - 1] = 1
    assert torch.isfinite(token_losses(network, ids, labels)).all()
    labels[:, most] = 1
    with pytest.raises(IndexError) if architecture == "gpt2" else nullcontext():
        assert len(token_losses(network, ids, labels)) == 2
