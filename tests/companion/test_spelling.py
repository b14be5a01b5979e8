"""One spelling for what people type in many."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sosias.companion.spelling import spelled


def same(one: str, other: str, language: str) -> bool:
    return spelled(one, language) == spelled(other, language)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("me kiero morir", "me quiero morir"),
        ("m qiero morir", "me quiero morir"),
        ("quieroooo moriiiir", "quiero morir"),
        ("QUIERO MORIR", "quiero morir"),
        ("ya no qiero bibir", "ya no quiero vivir"),
        ("quiero su1c1d4rme", "quiero suicidarme"),
        ("quiero suisidarme", "quiero suicidarme"),
        ("quiero m*rir", "quiero morir"),
        ("m o r i r", "morir"),
        ("desvivirme", "matarme"),
        ("𝗾𝘂𝗶𝗲𝗿𝗼 morir", "quiero morir"),
        ("quie\u200bro morir", "quiero morir"),
    ],
)
def test_spanish(typed: str, meant: str) -> None:
    assert same(typed, meant, "es")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("i wanna die", "i want to die"),
        ("I'm gonna", "i am going to"),
        ("dont", "do not"),
        ("don’t", "do not"),
        ("k*ll myslf", "kill myself"),
        ("unaliving my self", "killing myself"),
        ("k!ll", "kill"),
        ("k.i.l.l", "kill"),
        ("kіll", "kill"),  # a Cyrillic letter
    ],
)
def test_english(typed: str, meant: str) -> None:
    assert same(typed, meant, "en")


def test_marks_between_clauses_are_kept() -> None:
    assert spelled("no, quiero (todo)", "es") == " no , kiero todo "


@given(st.text())
def test_any_text_has_a_spelling_in_one_line(text: str) -> None:
    for language in ("es", "en"):
        line = spelled(text, language)  # type: ignore[arg-type]
        assert line.startswith(" ") and line.endswith(" ") and "\n" not in line
