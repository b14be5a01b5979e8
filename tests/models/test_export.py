"""A base as a GGUF of its own keeps what the GGUF it came from said; parity is tested with the voice."""

from pathlib import Path

import pytest
from gguf import GGMLQuantizationType

from sosias.models.base import Base, open_base
from sosias.models.export import REPLACED, TokenizerNotExportable, write_gguf
from sosias.models.gguf_file import GgufFile
from sosias.models.layouts import UnknownLayout
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
