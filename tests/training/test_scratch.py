"""A new network has the shape of its dial, and its files are those of any base."""

from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer

from sosias.models.base import open_base
from sosias.models.likelihood import summed_loss, token_losses
from sosias.models.network import load_network
from sosias.models.vocabulary import train_vocabulary
from sosias.settings import ScratchLayout
from sosias.training.scratch import LAYERS, Shape, choose_scratch_size, new_network, save_base
from sosias.training.scratch_optimizer import ScratchOptimizer, orthogonal

LAYOUTS: tuple[ScratchLayout, ...] = ("llama", "gpt2")
TEXTS = ["El perro de San Roque no tiene rabo.\n", "Porque Ramón Ramírez se lo ha cortado. 😀\n"] * 20


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return train_vocabulary(TEXTS, 300)


@pytest.mark.parametrize("layout", ["llama", "gpt2"])
def test_plain_transformers_loads_what_was_saved(layout: Any, tokenizer: Tokenizer, tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    network = new_network(Shape.of("tiny", layout), layout, tokenizer)
    save_base(network, tokenizer, tmp_path)
    loaded = AutoModelForCausalLM.from_pretrained(tmp_path)
    words = AutoTokenizer.from_pretrained(tmp_path)
    ids = words("El perro 😀", return_tensors="pt").input_ids
    assert ids[0].tolist() == tokenizer.encode("El perro 😀").ids
    assert words.decode(ids[0]) == "El perro 😀"
    with torch.no_grad():
        assert torch.allclose(loaded(ids).logits, network.eval()(ids).logits, atol=1e-6)
    base = open_base(str(tmp_path))
    assert base.config.layout == layout
    assert base.config.context_length == 256
    assert base.config.eos_id == tokenizer.token_to_id("<|endoftext|>")
    assert not base.config.add_bos
    assert load_network(base, dtype="float32").num_parameters() == network.num_parameters()


def test_everything_follows_from_the_dial() -> None:
    shapes = [Shape.of(size, "llama") for size in LAYERS]
    assert all(shape.width == 64 * shape.heads == 64 * shape.layers for shape in shapes)
    assert Shape.of("large", "gpt2") == Shape(12, 768, 12, 3072, 256)  # GPT-2, 124M, but for the context
    assert [choose_scratch_size(count).value for count in (10**5, 26 * 10**6, 10**9, 10**11)] == list(LAYERS)


def test_the_two_layouts_are_of_one_size(tokenizer: Tokenizer) -> None:
    shapes = {kind: Shape.of("small", kind) for kind in LAYOUTS}
    sizes = [new_network(shape, kind, tokenizer).num_parameters() for kind, shape in shapes.items()]
    assert max(sizes) / min(sizes) < 1.1


@pytest.mark.parametrize("layout", ["llama", "gpt2"])
def test_the_first_weights_say_nothing_and_repeat(layout: Any, tokenizer: Tokenizer) -> None:
    first, second = (new_network(Shape.of("tiny", layout), layout, tokenizer) for _turn in range(2))
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))
    ids = torch.arange(100)[None]
    expected = torch.tensor(float(tokenizer.get_vocab_size())).log()
    assert abs(token_losses(first, ids, ids).mean() - expected) < 0.2


def test_the_summed_loss_is_the_sum_with_the_same_gradients(tokenizer: Tokenizer) -> None:
    network = new_network(Shape.of("tiny", "llama"), "llama", tokenizer)
    ids = torch.randint(0, 256, (3, 40))
    labels = ids.masked_fill(torch.rand(3, 40) < 0.3, -100)
    plain = token_losses(network, ids, labels).sum()
    plain.backward()
    wanted = [weight.grad.clone() for weight in network.parameters()]
    network.zero_grad()
    total = summed_loss(network, ids, labels)
    (total * 0.5).backward()
    assert torch.allclose(total, plain)
    for weight, gradient in zip(network.parameters(), wanted, strict=True):
        assert torch.allclose(weight.grad * 2, gradient, atol=1e-4)


@pytest.mark.parametrize("shape", [(8, 8), (8, 20), (20, 8)])
def test_orthogonal_brings_singular_values_near_one(shape: tuple[int, int]) -> None:
    torch.manual_seed(0)
    values = torch.linalg.svdvals(orthogonal(torch.randn(shape)))
    assert values.min() > 0.5
    assert values.max() < 1.3


def learnt(network: Any, optimizer: ScratchOptimizer, ids: torch.Tensor, steps: int) -> float:
    for _step in range(steps):
        loss = summed_loss(network, ids, ids) / ids.numel()
        loss.backward()
        for group in optimizer.param_groups:
            group["lr"] = 3e-3
        optimizer.step()
        optimizer.zero_grad()
    return float(loss.detach())


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_the_optimizer_learns_and_goes_on_exactly(dtype: str, tokenizer: Tokenizer, tmp_path: Path) -> None:
    ids = torch.tensor(tokenizer.encode("".join(TEXTS)).ids)[None, :200]

    def fresh() -> tuple[Any, ScratchOptimizer]:
        network = new_network(Shape.of("tiny", "llama"), "llama", tokenizer, dtype=dtype)
        return network, ScratchOptimizer(network)

    network, optimizer = fresh()
    before = learnt(network, optimizer, ids, 1)
    learnt(network, optimizer, ids, 4)
    torch.save((network.state_dict(), optimizer.state_dict()), tmp_path / "state.pt")
    after = learnt(network, optimizer, ids, 15)
    assert after < before - 1
    resumed, its = fresh()
    weights, state = torch.load(tmp_path / "state.pt", weights_only=True)
    resumed.load_state_dict(weights)
    its.load_state_dict(state)
    learnt(resumed, its, ids, 15)
    assert all(torch.equal(a, b) for a, b in zip(network.parameters(), resumed.parameters(), strict=True))
