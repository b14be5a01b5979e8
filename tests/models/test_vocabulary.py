"""A vocabulary of a corpus's own loses nothing, knows its words, and is read by everybody alike."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sosias.models import vocabulary
from sosias.models.tokenizer import load_tokenizer
from sosias.models.vocabulary import SPECIALS, choose_size, train_vocabulary, write_vocabulary

TEXTS = ["El perro de San Roque no tiene rabo.", "¿Porque Ramón Ramírez se lo ha cortado?"] * 30
SMALL = train_vocabulary(TEXTS, 400)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_every_text_comes_back_exactly(text: str) -> None:
    ids = SMALL.encode(text, add_special_tokens=False).ids
    assert SMALL.decode(ids, skip_special_tokens=False) == text
    assert not {SMALL.token_to_id(name) for name in SPECIALS} & set(ids)


def test_emoji_and_both_ways_to_write_an_accent_stay_apart() -> None:
    for text in ("👩‍👩‍👧 ❤️", "café", "cafe\u0301", "<|endoftext|>"):
        assert SMALL.decode(SMALL.encode(text).ids, skip_special_tokens=False) == text
    assert SMALL.encode("café").ids != SMALL.encode("cafe\u0301").ids


def test_words_of_the_corpus_are_short() -> None:
    assert len(SMALL.encode(" Ramírez").ids) == 1
    assert len(SMALL.encode(" zzyzx").ids) > 3


def test_the_same_texts_give_the_same_vocabulary() -> None:
    assert train_vocabulary(iter(TEXTS), 400).to_str() == SMALL.to_str()


def test_the_size_follows_from_the_bytes() -> None:
    sizes = [int(choose_size(count).value) for count in (0, 10**6, 23_600_000, 10**8, 10**12)]
    assert sizes == [512, 512, 8192, 32_768, 32_768]
    assert "23.6 MB" in choose_size(23_600_000).why


def test_it_is_never_larger_than_asked_nor_than_the_texts_allow() -> None:
    assert SMALL.get_vocab_size() <= 400
    assert train_vocabulary(["aa"], 10_000).get_vocab_size() < 300
    assert train_vocabulary([], 512).get_vocab_size() == 256 + len(SPECIALS)


def test_a_large_corpus_is_sampled_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary, "MOST_BYTES", 1000)
    taken = list(vocabulary._sample((str(number) for number in range(100)), 10_000))
    assert len(taken) == 10
    assert 80 < int(taken[-1]) < 100


def test_half_a_sign_does_not_stop_it() -> None:
    train_vocabulary(["\ud83d half"], 300)


def test_its_files_are_read_alike(tmp_path: Path) -> None:
    write_vocabulary(SMALL, tmp_path, 512)
    text = "¿San Roque? 😀"
    assert load_tokenizer(tmp_path / "tokenizer.json").encode(text).ids == SMALL.encode(text).ids
    config = json.loads((tmp_path / "tokenizer_config.json").read_text(encoding="utf-8"))
    assert config["eos_token"] == "<|endoftext|>"
