"""Which words are ordinary: names only where they are words as often."""

import pytest

from sosias.corpus.pseudonyms.ordinary import words


@pytest.mark.parametrize("word", ["casa", "subía", "leyeron", "house", "didn", "wifi", "finde", "mañana"])
def test_words_of_both_languages_and_of_chats(word: str) -> None:
    assert word in words()


@pytest.mark.parametrize("word", ["will", "mark", "hope", "rosa", "luz", "lily", "baker", "daisy"])
def test_names_that_are_words_as_well(word: str) -> None:
    assert word in words()


@pytest.mark.parametrize(
    "name", ["emily", "john", "paco", "pepe", "jimmy", "lópez", "lucas", "jenna", "ana", "peters"]
)
def test_names_are_no_words_although_subtitles_have_them(name: str) -> None:
    assert name not in words()
