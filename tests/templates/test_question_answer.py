"""`question-answer`: ElvisBot's strings to the letter."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tokenizers import AddedToken

from sosias.corpus.session import Turn
from sosias.templates import Template, open_template
from sosias.templates.markers import Escape
from tests.templates.written import HOSTILE, learnt_text, session, written
from tests.tiny import byte_tokenizer

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
HELLO = session(
    Turn("Ana", False, ("Hello", "How are you?")),
    Turn("Me", True, ("I'm doing fine.", "You?")),
    Turn("Ana", False, ("ok",)),
    Turn("Me", True, ("good",)),
)


def open_qa(base: Any, *, group: bool = False) -> Template:
    return open_template("question-answer", base, "Me", group=group)


def test_each_answer_is_a_window_with_what_was_asked(base: Any) -> None:
    assert written(open_qa(base), HELLO) == [
        "<|endoftext|><|startoftext|>Hello <|brk|> How are you? <|answer|>"
        "⟦ I'm doing fine. <|brk|> You?<|endoftext|>⟧",
        "<|endoftext|><|startoftext|>ok <|answer|>⟦ good<|endoftext|>⟧",
    ]


def test_the_question_is_learnt_too_where_everything_is(base: Any) -> None:
    assert written(open_qa(base), HELLO, loss="all")[1] == (
        "<|endoftext|><|startoftext|>⟦ok⟧ <|answer|>⟦ good<|endoftext|>⟧"
    )


def test_its_ids_are_the_bases_own_tokens_where_it_has_them(base: Any) -> None:
    tokenizer = byte_tokenizer()
    tokenizer.add_special_tokens([AddedToken("<|startoftext|>", special=True), AddedToken("<|answer|>")])
    base = type(base)(name="elvis", tokenizer=tokenizer, config=base.config)
    start, answer = (tokenizer.token_to_id(one) for one in ("<|startoftext|>", "<|answer|>"))
    spell = tokenizer.token_to_id
    [window] = open_qa(base).windows(session(Turn("A", False, ("q",)), Turn("M", True, ("a",))), 64)
    assert list(window.ids) == [0, start, spell("q"), spell("Ġ"), answer, spell("Ġ"), spell("a"), 0]
    assert list(window.learnt) == [False] * 5 + [True] * 3


def test_an_answer_to_nothing_has_an_empty_question(base: Any) -> None:
    window = written(open_qa(base), session(Turn("Me", True, ("hola",))))
    assert window == ["<|endoftext|><|startoftext|> <|answer|>⟦ hola<|endoftext|>⟧"]


def test_in_groups_the_others_are_named(base: Any) -> None:
    turns = (Turn("Ana", False, ("ya",)), Turn("Bea", False, ("no",)), Turn("Me", True, ("sí",)))
    [window] = written(open_qa(base, group=True), session(*turns))
    assert "Ana: ya <|brk|> Bea: no <|answer|>" in window


def test_a_long_question_loses_its_beginning_and_an_answer_nothing(base: Any) -> None:
    long = session(Turn("A", False, ("x" * 90 + "end",)), Turn("M", True, ("y" * 20,)))
    [window] = written(open_qa(base), long, tokens=64)
    assert "end <|answer|>⟦ " + "y" * 20 + "<|endoftext|>⟧" in window
    answers = written(
        open_qa(base), session(Turn("A", False, ("x",)), Turn("M", True, ("y" * 90,))), tokens=64
    )
    assert "".join(answers).count("y") == 90


def test_a_prompt_asks_what_was_said_last(base: Any) -> None:
    prompt = open_qa(base).prompt(HELLO.turns[:3], 100)
    assert base.tokenizer.decode(prompt) == "<|startoftext|>ok <|answer|>"
    assert base.tokenizer.decode(open_qa(base).start_prompt("Well")) == "<|startoftext|> <|answer|> Well"


@given(said=st.lists(texts | st.sampled_from(HOSTILE), min_size=1, max_size=5))
def test_no_text_spells_a_marker_and_a_reply_is_read_back(base: Any, said: list[str]) -> None:
    template = open_qa(base)
    for turn in template.merged([Turn("Me", True, tuple(said))]):
        text = learnt_text(base, template, turn)
        assert text.count("<|brk|>") == len(turn.bubbles) - 1
        assert "<|answer|>" not in text
        assert "<|endoftext|>" not in text
        assert template.bubbles(text) == [
            one.replace("\r\n", "\n").replace("\r", "\n").strip() for one in said if one.strip()
        ]


@given(text=st.text(alphabet="<|\\>ab[]", max_size=30), spellings=st.just(("<|a|>", "[b]")))
def test_what_is_escaped_comes_back(text: str, spellings: tuple[str, ...]) -> None:
    escape = Escape(spellings)
    assert escape.read(escape.write(text)) == text
    assert not any(one in escape.write(text) for one in spellings)
