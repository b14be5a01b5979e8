"""From a GGUF to a Hugging Face folder that plain transformers loads."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sosias.models.base import Base, open_base
from sosias.models.convert import to_hf
from sosias.models.disk import DiskFull
from sosias.models.export import write_gguf
from sosias.models.gguf_file import BadModelFile, GgufFile
from sosias.models.layouts import UnknownLayout, layout_of, pair_rows, unpair_rows
from sosias.models.safetensors_file import BadWeights, SafetensorsFile, to_bfloat16
from sosias.models.tokenizer import encode_text
from tests.bases import TEXTS, tiny_folder

torch = pytest.importorskip("torch")


@pytest.fixture
def unconverted(smollm2: Base, tmp_path: Path) -> Base:
    """Return SmolLM2 in a folder of its own, without a Hugging Face folder in it."""
    for name in ("model.gguf", "tokenizer.json", "base.json"):
        (tmp_path / name).symlink_to(smollm2.folder / name)
    return replace(smollm2, folder=tmp_path)


def test_plain_transformers_loads_the_folder(real_base: Base) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = to_hf(real_base)
    network, report = AutoModelForCausalLM.from_pretrained(folder, output_loading_info=True)
    assert not any(report.values()), "no weight missing, none left over"
    assert network.dtype == torch.bfloat16
    assert network.config.vocab_size == real_base.config.vocab_size
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert tokenizer.eos_token_id == real_base.config.eos_id
    for text in TEXTS:
        assert tokenizer(text, add_special_tokens=False).input_ids == encode_text(real_base, text)


def test_it_is_converted_once_and_whole(unconverted: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "sosias.models.convert.to_bfloat16", lambda _: (_ for _ in ()).throw(KeyboardInterrupt)
    )
    with pytest.raises(KeyboardInterrupt):
        to_hf(unconverted)
    assert not unconverted.hf_folder.exists()
    monkeypatch.undo()
    first = to_hf(unconverted)
    written = (first / "model.safetensors").stat().st_mtime_ns
    assert to_hf(unconverted) == first
    assert (first / "model.safetensors").stat().st_mtime_ns == written


def test_a_full_disk_is_one_sentence(unconverted: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(unconverted.folder)
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage._replace(free=10**6))
    with pytest.raises(DiskFull):
        to_hf(unconverted)
    assert not unconverted.hf_folder.exists()


@pytest.mark.parametrize("layout", ["llama", "gemma3"])
def test_there_and_back_gives_the_same_weights_and_settings(layout: str, tmp_path: Path) -> None:
    from sosias.models.convert import hf_config

    folder = tiny_folder(tmp_path / "tiny", layout)
    base = open_base(str(folder))
    write_gguf(base, tmp_path / "model.gguf")
    model = GgufFile(tmp_path / "model.gguf")
    config = json.loads((folder / "config.json").read_text())
    back = hf_config(model, layout_of(layout))
    for key in back.keys() - {"architectures", "dtype", "head_dim", "rope_parameters"}:
        assert back[key] == config[key], key
    for kind, theta in _thetas(back["rope_parameters"]).items():
        assert theta == _thetas(config["rope_parameters"])[kind]
    weights = SafetensorsFile(folder / "model.safetensors")
    for hf, gguf in layout_of(layout).names(config["num_hidden_layers"]):
        if hf in weights.names():
            found = layout_of(layout).weight_to_hf(hf.removesuffix(".weight"), model.array(gguf), config)
            np.testing.assert_allclose(found, weights.array(hf), atol=1e-3)


def _thetas(parameters: dict[str, object]) -> dict[str, object]:
    if "rope_theta" in parameters:
        return {"": parameters["rope_theta"]}
    return {kind: dict(inner)["rope_theta"] for kind, inner in parameters.items()}  # type: ignore[call-overload]


def test_an_unknown_layout_is_named() -> None:
    with pytest.raises(UnknownLayout, match="mamba"):
        layout_of("mamba")


def test_a_gguf_that_lacks_a_tensor_is_refused(unconverted: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    tensors = GgufFile._placed
    monkeypatch.setattr(
        GgufFile,
        "_placed",
        lambda *rest: (tensor for tensor in tensors(*rest) if tensor.name != "blk.3.attn_q.weight"),
    )
    with pytest.raises(BadModelFile, match=r"blk\.3\.attn_q\.weight"):
        to_hf(unconverted)


@given(heads=st.integers(1, 6), half=st.integers(1, 5), columns=st.integers(1, 3))
def test_rows_come_back_in_their_places(heads: int, half: int, columns: int) -> None:
    rows = np.arange(heads * 2 * half * columns, dtype=np.float32).reshape(-1, columns)
    paired = pair_rows(rows, heads)
    np.testing.assert_array_equal(unpair_rows(paired, heads), rows)
    np.testing.assert_array_equal(paired[1], rows[half]), "neighbours are the halves' first rows"


@given(st.lists(st.floats(width=32, allow_nan=False), min_size=1, max_size=50))
def test_rounding_is_torch_s(numbers: list[float]) -> None:
    weight = np.array(numbers, dtype=np.float32)
    expected = torch.from_numpy(weight).to(torch.bfloat16).view(torch.int16).numpy().tobytes()
    assert to_bfloat16(weight) == expected


def test_safetensors_are_read_as_their_own_library_reads_them(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    numbers = torch.randn(3, 5)
    kinds = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
    save_file({name: numbers.to(kind) for name, kind in kinds.items()}, tmp_path / "a.safetensors")
    file = SafetensorsFile(tmp_path / "a.safetensors")
    for name, kind in kinds.items():
        np.testing.assert_array_equal(file.array(name), numbers.to(kind).float().numpy())


@pytest.mark.parametrize(
    "content", [b"", b"\xff" * 20, b"\x02\0\0\0\0\0\0\0{}", b"\x08\0\0\0\0\0\0\0[1, 2,3]"]
)
def test_damaged_safetensors_are_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.safetensors"
    path.write_bytes(content)
    with pytest.raises(BadWeights):
        SafetensorsFile(path).array("a")
