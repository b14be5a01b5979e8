"""`me-others`: both voices, line by line, and neither can be counterfeit."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sosias.corpus.session import Turn
from sosias.templates import open_template
from sosias.templates.asking import LossNotThere, NoSuchVoice, asked, settle_loss
from sosias.templates.me_others import MeOthers
from tests.templates.written import HOSTILE, TALK, learnt_text, session, written

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


@pytest.fixture(scope="module")
def template(base: Any) -> MeOthers:
    found = open_template("me-others", base, "Plácido")
    assert isinstance(found, MeOthers)
    return found


def test_everything_is_learnt_but_what_every_window_begins_with(template: MeOthers) -> None:
    assert written(template, loss="all") == [
        "<|endoftext|>⟦[OTHERS] Hola.\n[OTHERS] ¿Vienes?\n[ME] Voy.\n[ME] Espera\n un poco\n<|endoftext|>⟧"
    ]


def test_its_ids_are_the_spelt_labels_and_the_texts_apart(template: MeOthers, base: Any) -> None:
    [window] = template.windows(session(Turn("x", False, ("a",)), Turn("y", True, ("b",))), 64, loss="all")
    spell = [base.tokenizer.token_to_id(sign) for sign in "[OTHERS]ĠaĊ[ME]ĠbĊ"]
    assert list(window.ids) == [0, *spell, 0]
    assert list(window.learnt) == [False] + [True] * (len(window.ids) - 1)
    assert [place for place, word in enumerate(window.words) if word] == [16, 17]


def test_it_is_measured_on_the_personas_words_alone(template: MeOthers) -> None:
    assert written(template) == [
        "<|endoftext|>[OTHERS] Hola.\n[OTHERS] ¿Vienes?\n[ME]⟦ Voy.\n[ME] Espera\n un poco\n<|endoftext|>⟧"
    ]


def test_it_is_trained_on_everything_or_not_at_all(template: MeOthers) -> None:
    choice = settle_loss(template, None)
    assert choice is not None
    assert choice.value == "all"
    assert settle_loss(template, "all") is None
    with pytest.raises(LossNotThere, match="me-others"):
        settle_loss(template, "persona")


def test_a_reply_ends_where_the_other_side_begins(template: MeOthers) -> None:
    assert template.bubbles(" Voy.\n[ME] Espera\n un poco\n[OTHERS] ¿Sí?\n[ME] no") == [
        "Voy.",
        "Espera\nun poco",
    ]
    assert template.bubbles(" Voy.\n[ME] Esp\n[OTH") == ["Voy.", "Esp"]


def test_the_others_can_be_asked_for(template: MeOthers, base: Any) -> None:
    others = asked(template, fields={}, voice="others")
    assert base.tokenizer.decode(others.start_prompt("¿Qué")) == "[OTHERS] ¿Qué"
    assert base.tokenizer.decode(others.prompt(TALK.turns, 900)).endswith("[ME] Espera\n un poco\n[OTHERS]")
    assert others.stops == ("\n[ME]",)
    assert others.bubbles(" Hola.\n[OTHERS] ¿Vienes?\n[ME] Voy.") == ["Hola.", "¿Vienes?"]
    assert template.stops == ("\n[OTHERS]",), "asking for one voice changes nothing for the next"


def test_silences_are_marked_between_two_lines(base: Any) -> None:
    noon = datetime(2024, 1, 1, 12)
    turns = [Turn("x", False, ("a",), noon), Turn("P", True, ("b",), noon + timedelta(minutes=20))]
    template = open_template("me-others", base, "P", gap_markers=True)
    [window] = written(template, session(*turns), loss="all")
    assert window == "<|endoftext|>⟦[OTHERS] a\n⟧[10 min]\n⟦[ME] b\n<|endoftext|>⟧"


def test_other_templates_have_one_voice(base: Any) -> None:
    with pytest.raises(NoSuchVoice, match="--template me-others"):
        asked(open_template("chat", base, "P"), fields={}, voice="others")


@given(said=st.lists(texts | st.sampled_from(HOSTILE), min_size=1, max_size=5), mine=st.booleans())
def test_no_text_can_begin_a_line_with_a_label(base: Any, said: list[str], mine: bool) -> None:
    template = open_template("me-others", base, "P")
    turns = template.merged([Turn("x", mine, tuple(said))])
    if not turns:
        return
    text = base.tokenizer.decode(template.turn(turns[0], learnt=True).ids)
    labels = [line for line in text.split("\n") if line.startswith("[")]
    assert len(labels) == len(turns[0].bubbles)
    assert all(line.startswith("[ME] " if mine else "[OTHERS] ") for line in labels)


@given(said=st.lists(texts | st.sampled_from(HOSTILE), min_size=1, max_size=5))
def test_a_reply_is_read_back_as_it_was_written(base: Any, said: list[str]) -> None:
    template = open_template("me-others", base, "P")
    for turn in template.merged([Turn("P", True, tuple(said))]):
        expected = [one.replace("\r\n", "\n").replace("\r", "\n").strip() for one in said if one.strip()]
        assert template.bubbles(learnt_text(base, template, turn)) == expected
        assert template.bubbles(learnt_text(base, template, turn) + "[OTHERS] ya") == expected
