"""Folders as others have saved them: old names, settings that do not agree, licences in cards."""

import json
from pathlib import Path
from typing import Any

import pytest

from sosias.models.base import Base, open_base
from sosias.models.folder import BadBaseFolder
from sosias.models.tokenizer import encode_text
from sosias.models.traps import traps, vocabulary_cost
from tests.bases import TEXTS, tiny_folder

SPANISH = ["Hola, ¿cómo estás? Mañana vendrá mi niña.", "¡Qué va!"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a tiny GPT-2 in a folder of its own."""
    pytest.importorskip("torch")
    return tiny_folder(tmp_path / "base", "gpt2")


def change(folder: Path, name: str = "config.json", **values: Any) -> Base:
    """Return the base with other settings; None takes one away."""
    path = folder / name
    before = json.loads(path.read_text()) if path.is_file() else {}
    path.write_text(json.dumps({key: v for key, v in (before | values).items() if v is not None}))
    return open_base(str(folder))


def as_of_2019(folder: Path) -> Base:
    """Return the base with its tokenizer as GPT-2's first files had it."""
    described = json.loads((folder / "tokenizer.json").read_text())
    (folder / "vocab.json").write_text(json.dumps(described["model"]["vocab"]))
    merges = "\n".join(" ".join(pair) for pair in described["model"]["merges"])
    (folder / "merges.txt").write_text(f"#version: 0.2\n{merges}\n")
    (folder / "special_tokens_map.json").write_text(
        json.dumps({"eos_token": "<|eos|>", "bos_token": {"content": "<|bos|>"}})
    )
    (folder / "tokenizer.json").unlink()
    return open_base(str(folder))


def test_the_older_files_of_gpt2_s_tokenizer_are_read(folder: Path) -> None:
    new = open_base(str(folder))
    before = [encode_text(new, text) for text in TEXTS]
    base = as_of_2019(folder)
    assert [encode_text(base, text) for text in TEXTS] == before
    assert base.config.eos_id == 2
    assert 2 not in encode_text(base, "a <|eos|> b"), "text never yields a control token"


def test_an_end_token_that_is_an_ordinary_piece_is_not_believed(folder: Path) -> None:
    change(folder, "tokenizer_config.json", eos_token="<|eos|>")
    base = change(folder, eos_token_id=50)
    assert base.config.eos_id == 2
    assert any("do not agree" in said and "<|eos|>" in said for said in traps(base, SPANISH))


def test_end_tokens_may_be_a_list_or_stand_in_the_generation_settings(folder: Path) -> None:
    assert change(folder, eos_token_id=[2, 3]).config.eos_id == 2
    change(folder, "generation_config.json", eos_token_id=[4, 2])
    assert change(folder, eos_token_id=None).config.eos_id == 4


def test_the_longest_text_has_several_names_or_none(folder: Path) -> None:
    assert open_base(str(folder)).config.context_length == 512
    assert change(folder, n_positions=None, seq_length=300).config.context_length == 300, "BLOOM's"
    assert change(folder, seq_length=None, max_seq_len=400).config.context_length == 400, "MPT's"
    assert change(folder, max_seq_len=None).config.context_length == 2048, "Mamba's"


def test_without_an_end_it_is_no_base(folder: Path) -> None:
    (folder / "generation_config.json").unlink(missing_ok=True)
    with pytest.raises(BadBaseFolder, match="names no eos_token_id"):
        _ = change(folder, eos_token_id=None).config


def test_more_pieces_than_rows_are_refused(folder: Path) -> None:
    with pytest.raises(BadBaseFolder, match="more tokens than the network"):
        _ = change(folder, vocab_size=100).config


@pytest.mark.parametrize(
    ("values", "longest"),
    [
        ({"max_position_embeddings": 4096, "sliding_window": 2047}, 2047),
        ({"max_position_embeddings": 131_072, "original_max_position_embeddings": 4096}, 4096),
        ({"max_position_embeddings": 4096, "sliding_window": None}, 4096),
    ],
)
def test_phi_3_stays_where_llama_computes_it_alike(
    folder: Path, values: dict[str, Any], longest: int
) -> None:
    assert change(folder, model_type="phi3", **values).config.context_length == longest


# --- traps -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("card", "licence", "said"),
    [
        ("---\nlicense: mit\n---\n# A base", "mit", None),
        ("---\nlicense: cc-by-nc-4.0\n---\n", "cc-by-nc-4.0", "may not be used for money"),
        ("---\nlicense: llama3.2\n---\n", "llama3.2", "Built with Llama"),
        ("---\nlicense: other\nlicense_name: 'llama3'\n---\n", "llama3", "Built with Llama"),
        ("---\nlicense: gemma\n---\n", "gemma", "Gemma terms"),
        ("license: mit", "", "names no licence"),
        ("---\ntags: [a]\n---\nlicense: mit\n", "", "names no licence"),
    ],
)
def test_terms_are_told(folder: Path, card: str, licence: str, said: str | None) -> None:
    (folder / "README.md").write_text(card)
    base = open_base(str(folder))
    assert base.config.licence == licence
    told = " ".join(traps(base, SPANISH))
    for sentence in ("may not be used for money", "Built with Llama", "Gemma terms", "names no licence"):
        assert (sentence in told) is (sentence == said)


def test_settings_that_matter_are_told(folder: Path) -> None:
    (folder / "README.md").write_text("---\nlicense: mit\n---\n")
    told = traps(open_base(str(folder)), SPANISH)
    assert any("512 tokens of talk" in one for one in told)
    assert any("no token to pad with" in one for one in told)
    named = traps(change(folder, pad_token_id=0, n_positions=4096), ["a"])
    assert named == []


def test_a_vocabulary_is_measured_on_the_messages(folder: Path) -> None:
    """The tiny one was trained on Spanish and English: it takes more tokens for words it never saw."""
    base = open_base(str(folder))
    known, strange = vocabulary_cost(base, ["Hola como estás"]), vocabulary_cost(base, ["привет, как дела"])
    assert strange.tokens_per_word > 2 * known.tokens_per_word
    assert strange.lost == 0, "its pieces are bytes"
    assert any("made for other texts" in one for one in traps(base, ["привет, как дела"]))


def test_letters_that_are_lost_are_counted(folder: Path) -> None:
    from tokenizers import Tokenizer, models

    known = ["<unk>", "<eos>", *"abcdefghijklmnopqrstuvwxyz "]
    letters = {letter: number for number, letter in enumerate(known)}
    tokenizer = Tokenizer(models.BPE(vocab=letters, merges=[], unk_token="<unk>"))
    tokenizer.add_special_tokens(["<eos>"])
    tokenizer.save(str(folder / "tokenizer.json"))
    base = change(folder, eos_token_id=1)
    cost = vocabulary_cost(base, ["niña", "hola"])
    assert (cost.lost, cost.characters) == (1, 8)
    assert any("12.5%" in one for one in traps(base, ["niña", "hola"]))
