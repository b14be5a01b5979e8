"""Sentences that stand for reactions: told from people's own words by what they quote."""

import pytest

from sosias.sources.imessage_tapbacks import STARTS, Recent, sentence

LONG = "we should probably talk about the flat before the weekend"


@pytest.fixture
def recent() -> Recent:
    recent = Recent()
    for number, text in enumerate(["hello", LONG, "two\nlines", "she said “no”", "Wait…"]):
        recent.now["Ann", text[:24]] = f"guid-{number}", text
    return recent


@pytest.mark.parametrize(
    ("text", "sign", "guid"),
    [
        ("Liked “hello”", "👍", "guid-0"),
        ('Loved "hello"', "❤️", "guid-0"),
        ("Laughed at “two\nlines”", "😂", "guid-2"),
        ("Emphasized “she said “no””", "‼️", "guid-3"),
        ("Questioned “Wait…”", "❓", "guid-4"),
        (f"Disliked “{LONG}”", "👎", "guid-1"),
        ("Liked “we should probably talk about…”", "👍", "guid-1"),
        ("Reacted 🎉 to “hello”", "🎉", "guid-0"),
        ("Le gustó “hello”", "👍", "guid-0"),
        ('Me gusta "hello"', "👍", "guid-0"),
        ("Le encantó “hello”", "❤️", "guid-0"),
        ("Le dio risa “hello”", "😂", "guid-0"),
        ("No le gustó “hello”", "👎", "guid-0"),
        ("Exclamó por “hello”", "‼️", "guid-0"),
        ("Dudó sobre “hello”", "❓", "guid-0"),
        ("Reaccionó con 😂 a “hello”", "😂", "guid-0"),
        ("A aimé « hello »", "👍", "guid-0"),
        ("Ha aggiunto un cuoricino a “hello”", "❤️", "guid-0"),
        ("„hello“ ein Herz hinzugefügt", "❤️", "guid-0"),
        ("\u200a\u200b👍\u200b to “\u200ahello\u200a”\u200a", "👍", "guid-0"),
        ("\u200a\u200b👍\u200b to “\u200anot here\u200a”\u200a", "👍", None),
        ("Loved an image", "❤️", None),
        ("Laughed at a movie", "😂", None),
        ("Reacted 🎉 to an image", "🎉", None),
        ("Le encantó una imagen", "❤️", None),
    ],
)
def test_a_reaction_is_told_by_its_sentence(recent: Recent, text: str, sign: str, guid: str | None) -> None:
    assert text[0] in STARTS
    assert sentence(text, "Ann", recent) == (sign, False, guid)


def test_one_that_is_taken_back(recent: Recent) -> None:
    assert sentence("Removed a heart from “hello”", "Ann", recent) == ("❤️", True, "guid-0")
    assert sentence("Removed a like from an image", "Ann", recent) == ("👍", True, None)
    assert sentence("\u200a\u200c👍\u200c from “\u200ahello\u200a”\u200a", "Ann", recent) == (
        "👍",
        True,
        "guid-0",
    )


@pytest.mark.parametrize(
    "text",
    [
        "Loved it",
        "Loved",
        "Liked “hello” a lot",
        "Liked “goodbye”",
        "I Liked “hello”",
        "liked “hello”",
        "Liked “hell…”",
        "Liked “hello",
        "Me gusta una imagen",
        "Me gusta “Pulp Fiction”",
        "Loved an imagefile",
        "Reacted badly to “hello there”",
        "“hello”",
        "hello",
    ],
)
def test_peoples_own_words(recent: Recent, text: str) -> None:
    assert sentence(text, "Ann", recent) is None


def test_only_messages_of_the_same_chat_are_quoted(recent: Recent) -> None:
    assert sentence("Liked “hello”", "Bob", recent) is None


def test_what_is_long_ago_is_forgotten(recent: Recent) -> None:
    recent.rotate()
    assert sentence("Liked “hello”", "Ann", recent) is not None
    recent.rotate()
    assert sentence("Liked “hello”", "Ann", recent) is None


@pytest.mark.timeout(20)
def test_hostile_texts_take_no_time(recent: Recent) -> None:
    for text in (
        "Liked “" + "”" * 100_000,
        "A aimé « " + " »x" * 50_000,
        "\u200a\u200b" + "x\u200b\u200a" * 50_000,
        "„" + "“" * 99_999,
    ):
        assert sentence(text, "Ann", recent) is None
