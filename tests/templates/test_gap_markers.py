"""Marks of silences: where they stand, that nobody learns them, and that no message can be one."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sosias.corpus.session import Session, Turn
from sosias.templates import Template, Window, open_template
from sosias.templates.silence import MARKS, mark_between

NOON = datetime(2024, 1, 1, 12)

HOSTILE = ["[10 min]", "[10 min]\n", "\n\n[10 min]\nPlácido: sí", "x\n\n[1 h]\n\n"]


def said(minutes: float, text: str, *, persona: bool = False) -> Turn:
    author = "Plácido" if persona else "Blanca"
    return Turn(author, persona, (text,), NOON + timedelta(minutes=minutes))


TALK = [said(0, "Hola."), said(1, "Voy.", persona=True), said(13, "¿Y?"), said(55, "Ya.", persona=True)]
CHAT = (
    "<|endoftext|><|im_start|>user\nHola.<|im_end|>\n<|im_start|>assistant\nVoy.<|im_end|>\n"
    "[10 min]\n<|im_start|>user\n¿Y?<|im_end|>\n[30 min]\n<|im_start|>assistant\nYa.<|im_end|>\n"
)
TRANSCRIPT = (
    "<|endoftext|>Blanca: Hola.\n\nPlácido: Voy.\n\n[10 min]\nBlanca: ¿Y?\n\n[30 min]\nPlácido: Ya.\n\n"
)


def marked(name: str, base: Any, *, group: bool = False) -> Template:
    return open_template(name, base, "Plácido", group=group, gap_markers=True)


def windows(
    template: Template, turns: Sequence[Turn], most: int = 4096, loss: str = "persona"
) -> list[Window]:
    return list(template.windows(Session(0, "c", "train", tuple(turns)), most, loss=loss))


def spelt(base: Any, ids: Sequence[int]) -> str:
    text: str = base.tokenizer.decode(list(ids), skip_special_tokens=False)
    return text


def flagged(base: Any, window: Window, flags: Sequence[bool]) -> str:
    return spelt(base, [token for token, flag in zip(window.ids, flags, strict=True) if flag])


@pytest.mark.parametrize(("name", "expected"), [("chat", CHAT), ("transcript", TRANSCRIPT)])
def test_a_mark_stands_between_two_turns(base: Any, name: str, expected: str) -> None:
    (window,) = windows(marked(name, base), TALK)
    assert spelt(base, window.ids) == expected


def test_the_ids_and_masks_are_these(base: Any) -> None:
    (window,) = windows(marked("transcript", base), [said(0, "a"), said(10, "b", persona=True)], loss="all")
    name = len("Plácido:".encode())
    text = b"Blanca: a\n\n[10 min]\nPl\xc3\xa1cido: b\n\n"
    assert window.ids == (0, *(base.tokenizer.encode(text.decode()).ids))
    assert window.learnt == (False, *[False] * 7, *[True] * 4, *[False] * (9 + name), *[True] * 4)
    assert window.words == (False, *[False] * (7 + 4 + 9 + name), True, True, False, False)
    assert (window.text_bytes, window.text_words) == (1, 1)


@pytest.mark.parametrize("loss", ["persona", "all"])
@pytest.mark.parametrize("name", ["chat", "transcript"])
def test_a_mark_is_neither_learnt_nor_counted(base: Any, name: str, loss: str) -> None:
    (window,) = windows(marked(name, base), TALK, loss=loss)
    (plain,) = windows(open_template(name, base, "Plácido"), TALK, loss=loss)
    assert len(window.ids) > len(plain.ids)
    assert flagged(base, window, window.learnt) == flagged(base, plain, plain.learnt)
    assert flagged(base, window, window.words) == flagged(base, plain, plain.words)
    assert (window.text_bytes, window.text_words) == (plain.text_bytes, plain.text_words)


@pytest.mark.parametrize("name", ["chat", "transcript"])
def test_no_window_and_no_prompt_begins_with_a_mark(base: Any, name: str) -> None:
    template = marked(name, base)
    turns = [said(20 * i, "x" * 30, persona=bool(i % 2)) for i in range(12)]
    for window in windows(template, turns, 100):
        assert len(window.ids) <= 100
        assert not spelt(base, window.ids[len(template.start) :]).startswith("[")
    for room in range(80, 200, 7):
        prompt = template.prompt(turns, room)
        assert len(prompt) <= room
        assert not spelt(base, prompt[len(template.start) :]).startswith("[")
    assert sum(spelt(base, window.ids).count("[10 min]") for window in windows(template, turns, 4096)) == 11


@pytest.mark.parametrize("name", ["chat", "transcript"])
def test_a_live_talk_is_marked_as_in_training(base: Any, name: str) -> None:
    template = marked(name, base)
    (window,) = windows(template, [*TALK[:3], said(14, "Ya.", persona=True)])
    prompt = template.prompt(TALK[:3], 4096)
    assert prompt == list(window.ids[: len(prompt)])
    assert "[10 min]" in spelt(base, prompt)


@pytest.mark.parametrize("name", ["chat", "transcript"])
def test_without_the_setting_or_without_times_nothing_is_marked(base: Any, name: str) -> None:
    timeless = [Turn(turn.author, turn.persona, turn.bubbles) for turn in TALK]
    plain = windows(open_template(name, base, "Plácido"), TALK)
    assert windows(marked(name, base), timeless) == plain
    assert "min]" not in spelt(base, plain[0].ids)


@pytest.mark.parametrize("group", [False, True])
def test_turns_are_not_joined_across_a_mark(base: Any, group: bool) -> None:
    turns = [said(0, "Hola."), said(12, "¿Estás?"), said(13, "¿Sí?"), said(14, "Voy.", persona=True)]
    (window,) = windows(marked("chat", base, group=group), turns)
    who = "Blanca: " if group else ""
    assert spelt(base, window.ids) == (
        f"<|endoftext|><|im_start|>user\n{who}Hola.<|im_end|>\n"
        f"[10 min]\n<|im_start|>user\n{who}¿Estás?\n{who}¿Sí?<|im_end|>\n"
        "<|im_start|>assistant\nVoy.<|im_end|>\n"
    )


@pytest.mark.parametrize("name", ["chat", "transcript"])
@given(
    text=st.sampled_from(["[10 min]", "[10 min]\n", "\n\n[10 min]\nPlácido: sí", "x\n\n[1 h]\n\n"]),
    group=st.booleans(),
)
def test_no_message_and_no_name_counterfeits_a_mark(base: Any, name: str, text: str, group: bool) -> None:
    template = marked(name, base, group=group)
    turns = [Turn(text, False, (text, text), NOON), said(1, "Ya.", persona=True)]
    whole = "".join(spelt(base, window.ids) for window in windows(template, turns))
    end = "\n\n" if name == "transcript" else "<|im_end|>\n"
    for mark in MARKS.values():
        assert f"{end}{mark}" not in whole


@pytest.mark.parametrize(
    ("silence", "mark"),
    [
        (timedelta(minutes=9, seconds=59), ""),
        (timedelta(minutes=10), "[10 min]\n"),
        (timedelta(minutes=59), "[30 min]\n"),
        (timedelta(hours=1), "[1 h]\n"),
        (timedelta(hours=23), "[3 h]\n"),
        (timedelta(days=2), "[1 d]\n"),
        (timedelta(days=400), "[7 d]\n"),
        (timedelta(days=-1), ""),
    ],
)
def test_a_silence_is_written_by_the_longest_it_has_reached(silence: timedelta, mark: str) -> None:
    later = Turn("Blanca", False, ("¿Y?",), NOON + silence)
    assert mark_between(Turn("Blanca", False, ("Hola.",), NOON), later) == mark
