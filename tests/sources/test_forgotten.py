"""Who is forgotten is known again by hashes: in every spelling, and nobody else is."""

import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sosias.sources import forgotten as room
from sosias.sources.forgotten import Forgotten
from sosias.sources.people import People
from sosias.sources.source import Identity
from sosias.sources.spellings import folded


@pytest.fixture(autouse=True, scope="module")
def quick() -> Iterator[None]:
    """Make guesses cheap: what they cost is not what is tested."""
    before, room.SCRYPT["n"] = room.SCRYPT["n"], 2
    yield
    room.SCRYPT["n"] = before


@given(name=st.text(st.characters(categories=["L", "M", "Zs"]), min_size=1).filter(str.strip))
@settings(max_examples=200)
def test_letters_and_accents_may_be_written_in_any_way(name: str) -> None:
    for form in ("NFC", "NFD"):
        assert folded(unicodedata.normalize(form, name)) == folded(name)
    assert folded(folded(name)) == folded(name)
    assert folded(f"\u200e {name}\u202c ") == folded(name)


@pytest.mark.parametrize(
    "number", ["+34 611 22 33 44", "611223344", "0034 611-22-33-44", "\u202a+34 611 22 33 44\u202c"]
)
def test_a_telephone_s_number_may_too(number: str) -> None:
    people = Forgotten()
    people.add(["+34 611 22 33 44"])
    assert people.knows(number)
    assert not people.knows("+34 611 22 33 45")
    assert people.without(f"{number} left").strip("\u202a") == "forgotten-1 left"


def test_only_hashes_are_kept_and_they_are_enough() -> None:
    people = Forgotten()
    people.add(["Berenguela Ruiz", "+34 611 22 33 44"])
    (kept,) = people.settings()
    assert "eren" not in kept.model_dump_json() and "611" not in kept.model_dump_json(
        exclude={"salt", "hashes"}
    )
    again = Forgotten([kept])
    assert again.knows("BERENGUELA  ruiz") and again.knows("611223344")
    assert not again.knows("Berenguela") and not again.knows("")
    other = Forgotten()
    other.add(["Berenguela Ruiz"])
    assert set(other.settings()[0].hashes).isdisjoint(kept.hashes), "a salt of its own"


@given(st.lists(st.text(max_size=8), max_size=6))
@settings(max_examples=100)
def test_a_text_without_them_stays_as_it_is(words: list[str]) -> None:
    people = Forgotten()
    people.add(["Berenguela Ruiz"])
    text = " ".join(words)
    assert people.without(text) == text
    assert people.without(f"{text} (Berenguela_Ruiz).txt") == f"{text} (forgotten-1).txt"


def test_the_longest_name_gives_way_wherever_it_stands() -> None:
    people = Forgotten()
    people.add(["Ana", "Ana de la O'Neil 🌸", "José"])
    people.add(["Eva"])
    assert people.without(unicodedata.normalize("NFD", "José añadió a Pía")).startswith("forgotten-1 an")
    assert people.without("Ana de la O'Neil 🌸, Eva, Anabel") == "forgotten-1, forgotten-2, Anabel"
    assert people.without("chats/eva/ana.txt") == "chats/forgotten-2/forgotten-1.txt"


def test_further_names_are_learnt_unless_the_user_took_them_apart() -> None:
    people = People()
    people.join("Ana", "Anita", "you said so")
    people.join("Ana", "Ana B.", "you said so")
    people.undo("Ana", "Ana B.")
    people.forget("Ana")
    people.let_go()
    assert people.settings().identities == () and people.settings().refused == ()
    assert people.learn([Identity("Ana", ("Ana B.", "+34 611 22 33 44"), "the address book")]) == []
    assert people.forgotten.knows("611223344") and people.forgotten.grown
    assert not people.forgotten.knows("Ana B.")
    assert People(people.settings()).forgotten.knows("Anita")
