"""`attributes`: a post after what is known of it, the strings of *Este político no existe*."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sosias.corpus.session import Turn
from sosias.templates import open_template
from sosias.templates.asking import (
    NoAttributes,
    NoFields,
    NoSuchField,
    asked,
    check_attributes,
)
from sosias.templates.attributes import PostAttributes
from tests.templates.written import HOSTILE, learnt_text, session, written

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
KNOWN = {
    "coalition": "Chile Vamos",
    "party": "RN",
    "sentiment": "NEGATIVE",
    "entities": "Congreso",
    "hashtags": "CuentaPública",
    "keywords": "máxima voluntad",
}


@pytest.fixture(scope="module")
def template(base: Any) -> PostAttributes:
    found = open_template("attributes", base, "P")
    assert isinstance(found, PostAttributes)
    return found


def post(text: str, **known: str) -> Any:
    return session(Turn("P", True, (text,), None, (known,)))


def test_a_post_is_written_so(template: PostAttributes) -> None:
    assert written(template, post("Ya vamos.", **KNOWN)) == [
        "<|endoftext|>[COALICION] Chile Vamos [PARTIDO] RN [SENTIMIENTO] NEGATIVE [ENTIDADES] Congreso "
        "[HASHTAGS] CuentaPública [FRASES] máxima voluntad [TWEET]⟦ Ya vamos.<|endoftext|>⟧"
    ]


def test_empty_fields_are_left_out_and_the_mood_is_neutral(template: PostAttributes) -> None:
    assert written(template, post("ya", hashtags="Chile", party=" ")) == [
        "<|endoftext|>[SENTIMIENTO] NEUTRAL [HASHTAGS] Chile [TWEET]⟦ ya<|endoftext|>⟧"
    ]


def test_each_post_of_a_turn_is_a_window_and_others_are_learnt_where_asked(template: PostAttributes) -> None:
    mine = Turn("P", True, ("uno", "dos"), None, ({"party": "A"}, {"party": "B"}))
    talk = session(mine, Turn("X", False, ("tres",), None, ({"party": "C"},)))
    assert [window.split("[PARTIDO] ")[1][0] for window in written(template, talk)] == ["A", "B"]
    assert len(written(template, talk, loss="all")) == 3


def test_its_ids_and_mask_are_exact(template: PostAttributes, base: Any) -> None:
    [window] = template.windows(post("a", party="B"), 99)
    spell = [base.tokenizer.token_to_id(sign) for sign in "[PARTIDO]ĠBĠ[SENTIMIENTO]ĠNEUTRALĠ[TWEET]Ġa"]
    assert list(window.ids) == [0, *spell, 0]
    assert list(window.learnt) == [False] * (len(spell) - 1) + [True] * 3
    assert sum(window.words) == 2


@pytest.mark.parametrize(
    ("tokens", "rest"),
    [
        (500, "[ENTIDADES] Congreso [FRASES] máxima voluntad [TWEET]⟦ 0123456789<|endoftext|>⟧"),
        (89, "[ENTIDADES] Congreso [FRASES] máxima voluntad [TWEET]⟦ 0123456789<|endoftext|>⟧"),
        (86, "[ENTIDADES] Congreso [FRASES] máxima volun [TWEET]⟦ 0123456789<|endoftext|>⟧"),
        (76, "[ENTIDADES] Congreso [FRASES] má [TWEET]⟦ 0123456789<|endoftext|>⟧"),
        (72, "[ENTIDADES] Congreso [TWEET]⟦ 0123456789<|endoftext|>⟧"),
        (60, "[ENTIDADES] Congr [TWEET]⟦ 0123456789<|endoftext|>⟧"),
        (42, "[TWEET]⟦ 0123456789<|endoftext|>⟧"),
        (39, "[TWEET]⟦ 01234567⟧"),
        (32, "[TWEET]⟦ 0⟧"),
    ],
)
def test_phrases_go_first_then_entities_then_text(template: PostAttributes, tokens: int, rest: str) -> None:
    long = post("0123456789", entities="Congreso", keywords="máxima voluntad")
    assert written(template, long, tokens=tokens) == [f"<|endoftext|>[SENTIMIENTO] NEUTRAL {rest}"]
    [window] = template.windows(long, tokens)
    assert len(window.ids) <= tokens
    assert window.text_bytes == sum(sign.isdigit() for sign in rest)


def test_a_post_without_room_for_its_fields_is_left_out(template: PostAttributes) -> None:
    assert written(template, post("hola"), tokens=20) == []


def test_a_text_is_asked_for_by_its_fields(template: PostAttributes, base: Any) -> None:
    asking = asked(template, fields={"sentimiento": "POSITIVO", "Coalición": "UDI"}, voice=None)
    assert base.tokenizer.decode(asking.start_prompt("Hoy")) == (
        "[COALICION] UDI [SENTIMIENTO] POSITIVE [TWEET] Hoy"
    )
    tagged = asked(template, fields={"hashtags": "#Chile  8M"}, voice=None)
    assert "[HASHTAGS] Chile 8M [" in base.tokenizer.decode(tagged.start_prompt(""))
    assert base.tokenizer.decode(template.start_prompt("")) == "[SENTIMIENTO] NEUTRAL [TWEET]"


def test_a_field_that_is_not_there_names_the_nearest(template: PostAttributes, base: Any) -> None:
    with pytest.raises(NoSuchField, match="did you mean sentimiento"):
        asked(template, fields={"sentimento": "x"}, voice=None)
    with pytest.raises(NoSuchField, match="coalition, party, sentiment"):
        asked(template, fields={"zzz": "x"}, voice=None)
    with pytest.raises(NoFields, match="--template attributes"):
        asked(open_template("chat", base, "P"), fields={"party": "x"}, voice=None)


def test_sessions_without_attributes_are_told(template: PostAttributes, base: Any) -> None:
    bare = session(Turn("P", True, ("a",)))
    with pytest.raises(NoAttributes, match="prepare --attributes"):
        check_attributes(template, [bare])
    check_attributes(template, [post("a", party="B"), bare])
    check_attributes(open_template("chat", base, "P"), [bare])


@given(text=texts | st.sampled_from(HOSTILE), value=texts | st.sampled_from(HOSTILE))
def test_no_text_and_no_value_spells_a_marker(base: Any, text: str, value: str) -> None:
    template = open_template("attributes", base, "P")
    turn = Turn("P", True, (text,), None, ({"party": value, "keywords": value},))
    piece = template.turn(turn, learnt=True)
    if not piece.ids:
        return
    whole = base.tokenizer.decode(piece.ids, skip_special_tokens=False)
    assert whole.count("[TWEET]") == whole.count("[SENTIMIENTO]") == 1
    assert whole.count("[COALICION]") == 0
    assert [token for token in piece.ids if token < 3] == [0]
    expected = text.strip().replace("\r\n", "\n").replace("\r", "\n")
    assert template.bubbles(learnt_text(base, template, turn)) == [expected]
