"""`document`: plain texts one after the other, each with its end."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sosias.corpus.session import Turn
from sosias.templates import open_template
from sosias.templates.asking import LossNotThere, settle_loss
from sosias.templates.template import NotForTalk
from tests.templates.written import HOSTILE, TALK, session, written


def test_every_text_is_learnt_with_its_end(base: Any) -> None:
    assert written(open_template("document", base, "P"), loss="all") == [
        "<|endoftext|>⟦Hola.<|endoftext|>¿Vienes?<|endoftext|>Voy.<|endoftext|>Espera\nun poco<|endoftext|>⟧"
    ]


def test_a_base_without_a_beginning_begins_with_an_end(base: Any) -> None:
    bare = type(base.config)(**{**vars(base.config), "add_bos": False})
    template = open_template("document", type(base)(name="b", tokenizer=base.tokenizer, config=bare), "P")
    assert written(template, session(Turn("P", True, ("ya",)))) == ["<|endoftext|>⟦ya<|endoftext|>⟧"]
    assert template.start_prompt("") == [0]


def test_it_is_cut_into_windows_that_lose_nothing(base: Any) -> None:
    said = tuple("abcdefghij"[i] * (7 * i + 1) for i in range(10))
    windows = list(open_template("document", base, "P").windows(session(Turn("P", True, said)), 32))
    assert all(len(window.ids) <= 32 for window in windows)
    ids = [token for window in windows for token in window.ids[1:]]
    assert base.tokenizer.decode(ids) == "".join(said)
    assert ids.count(0) == len(said)


def test_it_has_no_place_for_what_others_say(base: Any) -> None:
    template = open_template("document", base, "P")
    with pytest.raises(NotForTalk, match="sosias generate"):
        template.prompt(TALK.turns, 100)
    with pytest.raises(LossNotThere):
        settle_loss(template, "persona")


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.sampled_from(HOSTILE))
def test_no_text_holds_a_special_token_and_each_is_read_back(base: Any, text: str) -> None:
    template = open_template("document", base, "P")
    for turn in template.merged([Turn("P", True, (text,))]):
        ids = template.turn(turn, learnt=True).ids
        assert [token for token in ids if token < 3] == [0]
        expected = text.strip().replace("\r\n", "\n").replace("\r", "\n")
        assert template.bubbles(base.tokenizer.decode(ids)) == [expected]
