"""Every preset on one small chat, group talk and caps: what comes out was worked out by hand."""

from datetime import date
from itertools import pairwise
from math import inf, nan

import pytest
from pydantic import ValidationError

from sosias.corpus import prepare
from sosias.corpus.session import Session, from_table
from sosias.messages import Message, native_id
from sosias.settings import Consent, PersonaSettings, PreparationSettings
from tests.corpus.tables import message, shape, table

CONSENT = Consent(kind="fiction", recorded=date(2026, 1, 1))
Told = list[list[tuple[str, tuple[str, ...]]]]


def sessions(messages: list[Message], **preparation: object) -> list[Session]:
    settings = PersonaSettings(
        name="ana",
        author="Ana",
        consent=CONSENT,
        preparation=PreparationSettings(**preparation),  # type: ignore[arg-type]
    )
    return list(from_table(prepare.session_table(table(messages), settings)))


BEYOND_BOUNDS = [
    *((name, value) for name in ("gap_minutes", "burst_minutes") for value in (0, -1, nan, 5_270_401, 1e300)),
    ("session_turns", 1),
    ("session_turns", 10**30),
    ("most_turns_per_chat", 0),
    ("most_turns_per_chat", 2**63),
    ("test", 0.5),
    ("validation", nan),
    ("preset", "nobody"),
]


@pytest.mark.parametrize(("name", "value"), BEYOND_BOUNDS)
def test_what_engines_cannot_count_with_is_refused(name: str, value: object) -> None:
    with pytest.raises(ValidationError, match=name):
        PreparationSettings(**{name: value})  # type: ignore[arg-type]


def test_ten_years_are_a_silence_and_so_is_no_end_of_them() -> None:
    for minutes in (5_270_400, inf):
        assert len(sessions(CHAT, gap_minutes=minutes, burst_minutes=minutes)) == 1


CHAT = [
    message(0, 0, "Bea", "1"),
    message(1, 1.5, "Bea", "2"),
    message(2, 4.5, "Ana", "3"),
    message(3, 9, "Ana", "4"),
    message(4, 10, "Eva", "5"),
    message(5, 40, "Bea", "6"),
    message(6, 41, "Ana", "7"),
    message(7, 120, "Ana", "8"),
    message(8, 400, "Bea", "9"),
    message(9, 401, "Ana", "10"),
    message(10, 402, "Bea", "11"),
]
"""Minutes of silence before each: 1.5, 3, 4.5, 1, 30, 1, 79, 280, 1, 1."""
OURS: Told = [
    [
        ("Bea", ("1", "2")),
        ("Ana", ("3", "4")),
        ("Eva", ("5",)),
        ("Bea", ("6",)),
        ("Ana", ("7",)),
    ],
    [("Ana", ("8",))],
    [("Bea", ("9",)), ("Ana", ("10",)), ("Bea", ("11",))],
]
PRESETS: dict[str, Told] = {
    "elvisbot": [
        [("Bea", ("1", "2")), ("Ana", ("3", "4"))],
        [("Eva", ("5",)), ("Bea", ("6",)), ("Ana", ("7", "8"))],
        [("Bea", ("9",)), ("Ana", ("10",))],
    ],
    "famaf": [
        [("Bea", ("1", "2")), ("Ana", ("3", "4")), ("Eva", ("5",)), ("Bea", ("6",))],
        [("Ana", ("7",)), ("Ana", ("8",))],
        [("Bea", ("9",)), ("Ana", ("10",)), ("Bea", ("11",))],
    ],
    "weclone": [
        [("Bea", ("1", "2")), ("Ana", ("3",)), ("Ana", ("4",)), ("Eva", ("5",))],
        [("Bea", ("6",)), ("Ana", ("7",))],
        [("Ana", ("8",))],
        [("Bea", ("9",)), ("Ana", ("10",)), ("Bea", ("11",))],
    ],
}


def test_by_default() -> None:
    assert shape(sessions(CHAT)) == OURS


@pytest.mark.parametrize("preset", PRESETS)
def test_presets(preset: str) -> None:
    assert shape(sessions(CHAT, preset=preset)) == PRESETS[preset]


def test_what_is_set_wins_over_the_preset() -> None:
    ours = {"burst_minutes": 10, "gap_minutes": 60}
    assert shape(sessions(CHAT, preset="weclone", **ours)) == OURS
    assert shape(sessions(CHAT, preset="elvisbot", pairs=False, **ours)) == OURS
    assert shape(sessions(CHAT, preset="famaf", session_turns=5))[0][-1] == ("Ana", ("7",))


def test_pairs_are_cut_where_the_persona_has_answered() -> None:
    assert shape(sessions(CHAT, pairs=True)) == [
        [("Bea", ("1", "2")), ("Ana", ("3", "4"))],
        [("Eva", ("5",)), ("Bea", ("6",)), ("Ana", ("7",))],
        [("Bea", ("9",)), ("Ana", ("10",))],
    ]


GROUP = [
    message(0, 0, "Bea", "who comes?"),
    message(1, 1, "Ana", "me"),
    message(2, 2, "Eva", "@bea and you?"),
    message(3, 3, "Bea", "me too"),
    message(4, 4, "Leo", "Ana: bring bread"),
    message(5, 5, "Eva", "I have wine"),
    message(6, 6, "Ana", "@⁨Leo⁩ white or brown?"),
    message(7, 7, "Eva", "Bea, wait for me"),
    message(8, 8, "Ana", "see you"),
]


def said(found: list[Session]) -> list[str]:
    return [bubble for session in found for turn in session.turns for bubble in turn.bubbles]


def test_threads_leave_out_what_is_said_to_others() -> None:
    assert said(sessions(GROUP)) == [one.text for one in GROUP]
    assert said(sessions(GROUP, threads=True)) == [
        "who comes?",  # to nobody in particular, and Ana answers nobody in particular
        "me",
        # not "@bea and you?"; "me too" and "I have wine": the next that Ana says is to Leo
        "Ana: bring bread",
        "@⁨Leo⁩ white or brown?",
        # not "Bea, wait for me"
        "see you",
    ]


def linked(seq: int, author: str, text: str, to: int | None = None) -> Message:
    key = native_id("test", seq)
    return message(seq, seq, author, text, id=key, reply_to=None if to is None else native_id("test", to))


def test_threads_follow_reply_links() -> None:
    messages = [
        linked(0, "Bea", "are you there?"),
        linked(1, "Eva", "lovely weather"),
        linked(2, "Leo", "it rains here", to=1),
        linked(3, "Ana", "yes", to=0),
        linked(4, "Eva", "since when?", to=3),
        linked(5, "Leo", "since noon", to=1),
        linked(6, "Ana", "just now"),
    ]
    assert said(sessions(messages, threads=True)) == ["are you there?", "yes", "since when?", "just now"]


def test_a_name_that_two_have_points_at_nobody() -> None:
    messages = [
        message(0, 0, "Eva Gil", "hi"),
        message(1, 1, "Eva Sanz", "hey"),
        message(2, 2, "Leo", "eva, come"),
        message(3, 3, "Ana", "me too"),
    ]
    assert said(sessions(messages, threads=True)) == ["hi", "hey", "eva, come", "me too"]


def test_talk_of_two_stays_as_it_is() -> None:
    messages = [message(0, 0, "Bea", "Bea, wake up, I said to myself"), message(1, 1, "Ana", "jaja")]
    assert len(said(sessions(messages, threads=True))) == 2


def test_no_chat_gives_more_than_its_share() -> None:
    many = [message(seq, seq * 100, "Ana", f"m{seq}", chat="friend") for seq in range(50)]
    few = [message(seq, seq * 1000, "Ana", f"n{seq}", chat="other") for seq in range(3)]
    found = sessions([*many, *few], most_turns_per_chat=10)
    taken = [int(text[1:]) for text in said(found) if text.startswith("m")]
    assert len(taken) == 10
    assert sum(text.startswith("n") for text in said(found)) == 3
    assert max(later - earlier for earlier, later in pairwise(taken)) <= 10, "spread"
    assert [session.number for session in found] == list(range(13))
    assert said(sessions([*few, *many], most_turns_per_chat=10)) == said(found)


def test_a_session_is_never_cut_by_the_cap() -> None:
    talk = [message(seq, seq, "Ana" if seq % 2 else "Bea", f"m{seq}") for seq in range(20)]
    assert len(said(sessions(talk, most_turns_per_chat=3))) == 20


def test_messages_of_one_place_stand_as_their_file_has_them() -> None:
    texts = [f"{number}" for number in range(40)]
    messages = [message(7, 0, "Ana", text, first_line=line) for line, text in enumerate(texts)]
    assert shape(sessions(messages[::-1])) == [[("Ana", tuple(texts))]]


def test_chats_of_one_name_from_two_sources_do_not_mix() -> None:
    messages = [
        message(seq, seq, "Ana", f"{source}{seq}", source=source) for seq in range(2) for source in "ab"
    ]
    assert shape(sessions(messages)) == [[("Ana", ("a0", "a1"))], [("Ana", ("b0", "b1"))]]
