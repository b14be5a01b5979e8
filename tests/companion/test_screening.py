"""Explicit messages are found, sayings are not: on lines written for it, and on real chats."""

import csv
import gzip
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sosias.companion.screening import assents, language_of, screen

from . import labelled

Bubbles = list[str]


def missed(lines: Iterable[Bubbles]) -> list[Bubbles]:
    return [bubbles for bubbles in lines if screen(bubbles).level == "none"]


def found(lines: Iterable[Bubbles]) -> list[Bubbles]:
    return [bubbles for bubbles in lines if screen(bubbles).level != "none"]


def test_the_labelled_sets_are_large_enough() -> None:
    explicit = labelled.EXPLICIT_ES + labelled.EXPLICIT_EN + labelled.IMMINENT_ES + labelled.IMMINENT_EN
    assert len(explicit) >= 240
    assert len(labelled.IDIOM) >= 150
    assert len(labelled.ORDINARY) >= 60


@pytest.mark.parametrize(
    "name", ["EXPLICIT_ES", "EXPLICIT_EN", "IMMINENT_ES", "IMMINENT_EN", "FURTHER_EXPLICIT"]
)
def test_explicit_messages_are_found(name: str) -> None:
    lines = getattr(labelled, name)
    assert len(missed(lines)) <= 0.01 * len(lines), missed(lines)


@pytest.mark.parametrize("name", ["IMMINENT_ES", "IMMINENT_EN"])
def test_imminent_messages_are_told_apart(name: str) -> None:
    lines = getattr(labelled, name)
    assert [bubbles for bubbles in lines if screen(bubbles).level != "imminent"] == []


@pytest.mark.parametrize(("name", "language"), [("EXPLICIT_ES", "es"), ("EXPLICIT_EN", "en")])
def test_the_language_is_the_one_it_was_said_in(name: str, language: str) -> None:
    wrong = [bubbles for bubbles in getattr(labelled, name) if screen(bubbles).language != language]
    assert len(wrong) <= 0.02 * len(getattr(labelled, name)), wrong


@pytest.mark.parametrize(("name", "share"), [("IDIOM", 0.05), ("FURTHER_HARMLESS", 0.05), ("ORDINARY", 0.0)])
def test_sayings_and_ordinary_lines_pass(name: str, share: float) -> None:
    lines = getattr(labelled, name)
    assert len(found(lines)) <= share * len(lines), found(lines)


@pytest.mark.parametrize(
    "text", ["me quiero morir", "voy a suicidarme", "i want to die", "i cut myself again"]
)
@pytest.mark.parametrize(
    "change", [str.upper, str.title, lambda text: f"{text}!!!", lambda text: f"  {text} 😭"]
)
def test_how_it_is_typed_does_not_matter(text: str, change: object) -> None:
    assert callable(change)
    assert screen([change(text)]).level == "crisis"


@given(st.sampled_from(labelled.EXPLICIT_ES + labelled.EXPLICIT_EN), st.data())
def test_splitting_a_line_over_bubbles_hides_nothing(bubbles: Bubbles, data: st.DataObject) -> None:
    words = " ".join(bubbles).split()
    cut = data.draw(st.integers(0, len(words)))
    split = [part for part in (" ".join(words[:cut]), " ".join(words[cut:])) if part]
    assert screen(split).level != "none"


@given(
    st.sampled_from(labelled.EXPLICIT_ES + labelled.EXPLICIT_EN),
    st.lists(st.sampled_from([line[0] for line in labelled.ORDINARY]), max_size=5),
)
def test_small_talk_before_it_hides_nothing(bubbles: Bubbles, before: list[str]) -> None:
    assert screen([*before, *bubbles]).level != "none"


@given(st.text(), st.text())
def test_any_text_can_be_screened(first: str, second: str) -> None:
    screen([first, second], [first])
    assents([first, second])


@pytest.mark.parametrize(
    ("bubbles", "level"),
    [
        (["no, quiero morir"], "crisis"),
        (["no quiero morir"], "none"),
        (["no", "quiero morir"], "crisis"),
        (["me quiero morir", "jajaja"], "none"),
        (["jajaja", "me quiero morir"], "crisis"),
        (["me quiero morir jaja pero en serio"], "crisis"),
        (["me quiero matar"], "crisis"),
        (["me quiero matar hoy"], "imminent"),
        (["😂 I want to die"], "none"),
        (["I want to die 😂 I'm serious"], "crisis"),
        ([], "none"),
        ([""], "none"),
    ],
)
def test_negation_laughter_and_time(bubbles: Bubbles, level: str) -> None:
    assert screen(bubbles).level == level


def test_further_phrases_are_added_and_replace_nothing() -> None:
    further = ("Código Rojo", "the (dark) place")
    assert screen(["estoy en codigo ROJO"]).level == "none"
    assert screen(["estoy en codigo ROJO"], further).level == "crisis"
    assert screen(["back in the dark place again"], further).level == "crisis"
    assert screen(["quiero suicidarme"], further).level == "crisis"
    assert screen(["hola, ¿qué tal?"], further).level == "none"
    assert screen(["hola"], ("", "  ", "...")).level == "none"


@pytest.mark.parametrize(
    ("bubbles", "yes"),
    [
        (["sí"], True),
        (["Si..."], True),
        (["creo que sí"], True),
        (["las dos cosas"], True),
        (["no sé"], True),
        (["yes"], True),
        (["I think so"], True),
        (["no"], False),
        (["no, para nada"], False),
        (["ya estoy mejor, ¿vemos una peli?"], False),
        (["sí que ganó el Betis ayer por la noche"], False),
        ([], False),
    ],
)
def test_a_short_yes_answers_the_program(bubbles: Bubbles, yes: bool) -> None:
    assert assents(bubbles) is yes


@pytest.mark.parametrize(
    ("text", "language"),
    [("hola, ¿cómo estás?", "es"), ("how are you today", "en"), ("", "en"), ("no sé qué hacer", "es")],
)
def test_language_of(text: str, language: str) -> None:
    assert language_of(text) == language


# --- real texts ------------------------------------------------------------------------------


def irc(shared_data: Path) -> Iterator[str]:
    path = shared_data / "chat_en_duraspace_irc" / "duraspace_2009_2013.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number % 8 == 0:  # every eighth of 52,808: enough to see one in a thousand
                yield json.loads(line)["text"]


def play(shared_data: Path) -> Iterator[str]:
    path = shared_data / "sample_es" / "Chat de WhatsApp con A fuerza de arrastrarse.txt"
    for line in path.read_text(encoding="utf-8").splitlines():
        if said := re.match(r".*? - [^:]+: (.*)", line):
            yield said[1]


def group(shared_data: Path) -> Iterator[str]:
    path = shared_data / "chat_en_whatsapp_group" / "whatsapp-chat-data.pseudonymised.txt"
    for line in path.read_text(encoding="utf-8").splitlines():
        if said := re.match(r".*? - [^:]+: (.*)", line):
            yield said[1]


def tweets(shared_data: Path) -> Iterator[str]:
    for country in ("cr", "es", "mx", "pe", "uy"):
        path = shared_data / "sentiment_es_tass2020" / f"{country}.tsv"
        for line in path.read_text(encoding="utf-8").splitlines():
            yield line.split("\t")[1]


@pytest.mark.parametrize("source", [irc, play, group, tweets])
def test_real_chats_pass(shared_data: Path, source: object) -> None:
    """At most 2 in 1,000 lines; four of the play's 2,690 and of the tweets' 4,802 speak of dying."""
    assert callable(source)
    lines = [line[:500] for line in source(shared_data)]
    hits = sum(screen([line]).level != "none" for line in lines)
    assert len(lines) > 2_000
    assert hits <= 0.002 * len(lines)


def test_posts_labelled_for_risk_are_found_more_often(shared_data: Path) -> None:
    """Figures only: the posts are never shown. The labels include indirect and third-person risk."""
    path = shared_data / "risk_en_labelled" / "rallypoint_train_clean.csv"
    csv.field_size_limit(10**7)
    hits = {True: 0, False: 0}
    posts = {True: 0, False: 0}
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            positive = float(row["label"]) > 0
            if number % (3 if positive else 12):
                continue
            sentences = re.split(r"(?<=[.!?\n])\s+", row["doc"])[:40]
            posts[positive] += 1
            hits[positive] += any(screen([sentence]).level != "none" for sentence in sentences)
    assert hits[True] >= 0.5 * posts[True]
    assert hits[False] <= 0.1 * posts[False]
