"""Loading a base into torch, and choosing a number format by measuring."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from sosias.errors import MissingTraining
from sosias.models import network as network_module
from sosias.models.base import Base, open_base
from sosias.models.folder import BadBaseFolder
from sosias.models.network import BadAdapter, cpu_dtype, load_network, need_torch
from tests.bases import tiny_folder

torch = pytest.importorskip("torch")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    return open_base(str(tiny_folder(tmp_path_factory.mktemp("tiny") / "llama", "llama")))


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_a_network_has_the_format_asked_for_and_is_not_training(base: Base, dtype: str) -> None:
    network = load_network(base, dtype=dtype)  # type: ignore[arg-type]
    assert network.dtype == getattr(torch, dtype)
    assert not network.training


def test_a_base_without_weights_is_one_sentence(base: Base, tmp_path: Path) -> None:
    for name in ("config.json", "tokenizer.json"):
        shutil.copy(base.folder / name, tmp_path)
    with pytest.raises(BadBaseFolder, match="weights are missing"):
        load_network(open_base(str(tmp_path)), dtype="float32")


def test_an_adapter_that_is_none_is_one_sentence(base: Base, tmp_path: Path) -> None:
    with pytest.raises(BadAdapter):
        load_network(base, dtype="float32", adapter=tmp_path)


def test_nothing_asks_a_hub() -> None:
    need_torch()
    assert os.environ["HF_HUB_OFFLINE"] == os.environ["TRANSFORMERS_OFFLINE"] == "1"


def test_without_torch_it_says_what_to_install(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingTraining, match=r"sosias\[train\]"):
        load_network(base, dtype="float32")


@pytest.mark.parametrize(
    ("half", "dtype", "ratio"), [(0.2, "bfloat16", "5.0"), (0.9, "float32", "1.1"), (4, "float32", "0.2")]
)
def test_the_faster_format_is_chosen(
    monkeypatch: pytest.MonkeyPatch, half: float, dtype: str, ratio: str
) -> None:
    seconds = {torch.float32: 1.0, torch.bfloat16: half}
    monkeypatch.setattr(network_module, "_matmul_seconds", lambda _dtypes: seconds)
    chosen, choice = cpu_dtype()
    assert chosen == choice.value == dtype
    assert f"{ratio} times" in choice.why


def test_this_machine_can_be_measured() -> None:
    chosen, choice = cpu_dtype()
    assert chosen in ("bfloat16", "float32")
    assert choice.what == "dtype"
