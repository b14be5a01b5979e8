"""How large the weights of a base are, read from whichever files it has."""

from pathlib import Path

import pytest

from sosias.models.base import Base, open_base
from sosias.models.convert import to_hf
from sosias.models.spread import spread_of
from tests.bases import LAYOUTS, tiny_folder

torch = pytest.importorskip("torch")


def layers_of(base: Base) -> list[float]:
    """Return what transformers and torch say of each linear layer of the body."""
    from transformers import AutoModelForCausalLM
    from transformers.pytorch_utils import Conv1D

    network = AutoModelForCausalLM.from_pretrained(to_hf(base), dtype=torch.float32)
    network = getattr(network, network.base_model_prefix)
    layers = [one for one in network.modules() if isinstance(one, torch.nn.Linear | Conv1D)]
    return [float(layer.weight.detach().square().mean().sqrt()) for layer in layers]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_linear_layers_and_no_others_are_looked_at(layout: str, tmp_path: Path) -> None:
    base = open_base(str(tiny_folder(tmp_path, layout)))
    layers = layers_of(base)
    assert len(layers) >= 4 and spread_of(base) == pytest.approx(sum(layers) / len(layers), rel=1e-4)


def test_older_files_say_the_same(tmp_path: Path) -> None:
    from safetensors.torch import load_file

    base = open_base(str(tiny_folder(tmp_path, "gpt2")))
    wanted = spread_of(base)
    torch.save(load_file(tmp_path / "model.safetensors"), tmp_path / "pytorch_model.bin")
    (tmp_path / "model.safetensors").unlink()
    assert spread_of(base) == wanted


@pytest.mark.parametrize(
    "damaged", [b"", b"PK\x03\x04 cut short", b"version https://git-lfs.github.com/spec/v1\n"]
)
@pytest.mark.parametrize("name", ["model.safetensors", "pytorch_model.bin"])
def test_files_that_cannot_be_read_say_nothing(name: str, damaged: bytes, tmp_path: Path) -> None:
    base = open_base(str(tiny_folder(tmp_path, "gpt2")))
    (tmp_path / "model.safetensors").unlink()
    assert spread_of(base) is None
    (tmp_path / name).write_bytes(damaged)
    assert spread_of(base) is None


def test_packed_weights_say_nothing(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    base = open_base(str(tiny_folder(tmp_path, "llama")))
    packed = {
        name: value.to(torch.uint8) for name, value in load_file(tmp_path / "model.safetensors").items()
    }
    save_file(packed, tmp_path / "model.safetensors")
    assert spread_of(base) is None


def test_the_beginning_of_each_layer_tells_enough_of_a_real_base(real_base: Base) -> None:
    layers, spread = layers_of(real_base), spread_of(real_base)
    assert spread == pytest.approx(sum(layers) / len(layers), rel=0.03)
    converted = open_base(str(to_hf(real_base)))
    assert spread_of(converted) == pytest.approx(spread, rel=0.01), "the weights are the same in each file"
