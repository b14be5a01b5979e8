"""What a voice may not say, and the signs that never reach a terminal or a page."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sosias.companion.speech import claims_to_be_human, clean, encourages_harm, is_fit


@pytest.mark.parametrize(
    "text",
    [
        "mátate",
        "matate ya",
        "suicídate",
        "deberías matarte",
        "pues suicidate wn",
        "ojalá te mueras",
        "quítate la vida",
        "tírate por la ventana",
        "el mundo estaría mejor sin ti",
        "kys",
        "kill yourself",
        "you should kill yourself",
        "just die already",
        "go hang yourself",
        "everyone would be better off without you",
        "end your life",
    ],
)
def test_encouraging_harm(text: str) -> None:
    assert encourages_harm(text)
    assert not is_fit(text)


@pytest.mark.parametrize(
    "text",
    [
        "soy humano",
        "soy humana, claro",
        "soy una persona real",
        "no soy un bot",
        "que no soy un robot jaja",
        "no soy una IA",
        "estás hablando con una persona",
        "soy el de verdad",
        "I'm human",
        "I'm a real person",
        "im not a bot",
        "I am not an AI",
        "i'm not a robot lol",
        "you're talking to a real person",
    ],
)
def test_claiming_to_be_human(text: str) -> None:
    assert claims_to_be_human(text)
    assert not is_fit(text)


@pytest.mark.parametrize(
    "text",
    [
        "hola, qué tal",
        "me muero de risa",
        "mátame camión",
        "soy una persona muy tranquila",
        "no soy de aquí",
        "eres un robot jaja",
        "no soy un experto en robots",
        "los humanos somos así",
        "qué humano es ese personaje",
        "you're killing it",
        "I'm not a morning person",
        "I'm a person who likes tea",
        "human resources called",
        "are you a bot?",
        "cut yourself some slack",
        "",
    ],
)
def test_ordinary_talk_passes(text: str) -> None:
    assert is_fit(text)


def test_what_is_said_over_two_bubbles_is_seen() -> None:
    assert is_fit("kill") and is_fit("yourself")
    assert not is_fit("yourself", ["kill"])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mrojo\x1b[0m", "rojo"),
        ("\x1b]0;title\x07hola", "hola"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("a\x9b2Jb", "ab"),
        ("a\x08\x7f\x00b\r\nc", "ab\nc"),
        ("abc\u202edef", "abcdef"),
        ("👩\u200d👩\u200d👧 ñandú", "👩\u200d👩\u200d👧 ñandú"),
        ("\x1bcreset", "reset"),
    ],
)
def test_clean(text: str, shown: str) -> None:
    assert clean(text) == shown


@given(st.text(alphabet=st.characters(codec="utf-8") | st.sampled_from("\x1b[]m;0\x07\\\x9b")))
def test_no_control_sign_is_left(text: str) -> None:
    shown = clean(text)
    assert all(sign == "\n" or unicodedata.category(sign) != "Cc" for sign in shown)
    assert clean(shown) == shown
