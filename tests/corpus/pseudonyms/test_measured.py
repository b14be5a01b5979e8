"""What is found of planted names and numbers, in the half of the chats that nothing was tuned on."""

import pytest

from tests.corpus.pseudonyms.measure import NAMES, Measured, measure, wilson
from tests.corpus.pseudonyms.planted import chats, given_names, in_half, nicknames, surnames
from tests.corpus.pseudonyms.templates import NAMES as SENTENCES
from tests.corpus.pseudonyms.templates import NOTHING, NUMBERS


@pytest.fixture(scope="module")
def measured() -> Measured:
    return measure("test")


def share(hits: int, of: int) -> float:
    return hits / of


def test_numbers_and_addresses_are_found(measured: Measured) -> None:
    hits, of = measured.recall(measured.structured)
    assert of >= 800
    assert share(hits, of) >= 0.98, wilson(hits, of)


def test_names_are_found_also_small_and_short(measured: Measured) -> None:
    hits, of = measured.recall(NAMES)
    assert of >= 1_200
    assert share(hits, of) >= 0.90, wilson(hits, of)


def test_little_else_is_taken(measured: Measured) -> None:
    assert share(measured.right, measured.found) >= 0.95


def test_two_thousand_are_planted_and_stand_where_they_are_said_to(measured: Measured) -> None:
    assert measured.planted.total() >= 2_000
    for chat in chats("test", 2, 40):
        for line in chat.lines:
            for item in line.items:
                assert line.text[item.start : item.end].strip()


def test_the_halves_share_no_name_and_no_sentence() -> None:
    for language in ("es", "en"):
        for one, two in (
            (given_names(language, "development")[0], given_names(language, "test")[0]),
            (surnames("development"), surnames("test")),
            (
                tuple(short for _name, short in nicknames(language, "development")),
                tuple(short for _name, short in nicknames(language, "test")),
            ),
        ):
            assert one and two and not set(one) & set(two)
            assert all(in_half(name, "test") for name in two)
        for sentences in (SENTENCES, NUMBERS, NOTHING):
            assert not set(sentences[language, "development"]) & set(sentences[language, "test"])


def test_wilson() -> None:
    low, high = wilson(90, 100)
    assert (round(low, 3), round(high, 3)) == (0.826, 0.945)
    assert wilson(0, 0) == (0.0, 1.0)
