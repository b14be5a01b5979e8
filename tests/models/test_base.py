"""Opening bases by name and by folder, and choosing one."""

import json
from pathlib import Path

import pytest

from sosias.models.base import (
    BaseMissing,
    UnknownBase,
    cache_folder,
    choose_base,
    open_base,
)
from sosias.models.catalogue import GEMMA3, SMOLLM2
from sosias.models.folder import BadBaseFolder
from tests.bases import tiny_folder


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SOSIAS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_the_cache_can_be_named(empty_cache: Path) -> None:
    assert cache_folder() == empty_cache


def test_a_base_that_is_not_here_says_how_to_fetch_it(empty_cache: Path) -> None:
    with pytest.raises(BaseMissing, match="sosias models pull gemma3-270m"):
        open_base("gemma3-270m")
    assert not empty_cache.exists()


def test_an_unknown_name_lists_the_nearest_first() -> None:
    with pytest.raises(UnknownBase, match="choose one of gemma3-270m, smollm2-135m-instruct"):
        open_base("gema3")
    with pytest.raises(UnknownBase, match="choose one of smollm2-135m-instruct, gemma3-270m"):
        open_base("SmolLM")


@pytest.mark.usefixtures("smollm2")
def test_a_pulled_base_describes_itself() -> None:
    base = open_base(SMOLLM2.name)
    assert base.gguf is not None
    assert base.embedded
    assert base.config.layout == "llama"
    assert base.config.chat_markup == "chatml"
    assert base.tokenizer.id_to_token(base.config.eos_id) == "<|im_end|>"
    assert base.config.vocab_size == base.tokenizer.get_vocab_size()


def test_a_hugging_face_folder_is_a_base(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    base = open_base(str(tiny_folder(tmp_path / "tiny", "gemma3")))
    assert (base.gguf, base.embedded, base.hf_folder) == (None, False, base.folder)
    config = base.config
    assert (config.layout, config.bos_id, config.eos_id, config.pad_id) == ("gemma3", 1, 2, 0)
    assert (config.context_length, config.add_bos, config.chat_markup) == (512, False, None)


def test_the_markup_of_a_folder_is_that_of_its_template(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    folder = tiny_folder(tmp_path / "tiny", "llama")
    (folder / "chat_template.jinja").write_text("{{ '<start_of_turn>' }}")
    assert open_base(str(folder)).config.chat_markup == "gemma"
    (folder / "chat_template.jinja").unlink()
    (folder / "tokenizer_config.json").write_text(json.dumps({"chat_template": "<|im_start|>"}))
    assert open_base(str(folder)).config.chat_markup == "chatml"
    for template, markup in (
        ("<|start_header_id|>user<|end_header_id|>", "llama3"),
        ("<|user|>\n…<|end|>\n<|assistant|>\n", "phi3"),
        ("<|user|>\n…</s>\n<|assistant|>\n", None),
        ("<|im_start|>user<|im_sep|>", None),
    ):
        (folder / "tokenizer_config.json").write_text(json.dumps({"chat_template": template}))
        assert open_base(str(folder)).config.chat_markup == markup


def test_a_folder_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("{}")
    (tmp_path / "config.json").write_text('{"model_type": "llama"}')
    with pytest.raises(BadBaseFolder, match="vocab_size"):
        _ = open_base(str(tmp_path)).config


@pytest.mark.parametrize(
    ("language", "accepted", "name", "why"),
    [
        ("en", True, SMOLLM2.name, "in English"),
        ("es", True, GEMMA3.name, "many languages"),
        ("es", False, SMOLLM2.name, "have not been accepted"),
        ("qu", True, GEMMA3.name, "many languages"),
    ],
)
@pytest.mark.usefixtures("empty_cache")
def test_the_choice_follows_language_and_terms(language: str, accepted: bool, name: str, why: str) -> None:
    chosen, choice = choose_base(language, terms_accepted=accepted)
    assert chosen == choice.value == name
    assert why in choice.why
