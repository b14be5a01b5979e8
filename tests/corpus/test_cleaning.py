"""Each rule on messages that were checked by hand: what it leaves out, what it cuts, what it leaves alone."""

from datetime import date
from typing import Any

import ibis
import pytest

from sosias.corpus import cleaning, grouping, prepare, splitting, threads
from sosias.corpus.session import from_table
from sosias.messages import KINDS, Message
from sosias.settings import CleaningSettings, Consent, PersonaSettings, PreparationSettings
from tests.corpus.tables import message, rows, table

CONSENT = Consent(kind="fiction", recorded=date(2026, 1, 1))
SIX = "one two three four five six"
LETTER = "Your phone will stop working tomorrow unless you act now, says the company that made it! "


def texts(messages: list[Message], **settings: Any) -> list[str]:
    """Return what is left, in the order in which it came."""
    found = cleaning.clean(table(messages), CleaningSettings(**settings))
    return [text for (text,) in rows(found, "text")]


def rules(messages: list[Message], **settings: Any) -> list[str | None]:
    """Return the rule that takes each message."""
    found = cleaning.marked(table(messages), CleaningSettings(**settings))
    return [rule for (rule,) in rows(found, "_rule")]


def rule(text: str, settings: dict[str, Any] | None = None, **more: Any) -> str | None:
    return rules([message(0, 0, "Ana", text, **more)], **settings or {})[0]


def tweet(number: int, text: str, **more: Any) -> Message:
    fields = {"kind": "post", "source": "x", "chat": "@ana", **more}
    return message(number, number * 1440, "Ana", text, **fields)


def test_only_peoples_own_words_are_left() -> None:
    messages = [message(seq, seq, "Ana", f"as {kind}", kind=kind) for seq, kind in enumerate(KINDS)]
    assert texts(messages) == ["as text", "as post", "as article"]
    assert texts(messages, kinds=("article",)) == ["as article"]
    assert rule("  \n") == "kinds"
    assert rules([message(0, 0, None)]) == ["kinds"]


def test_forwards() -> None:
    assert rule("not mine", forwarded=True) == "forwards"
    assert rule("not mine", {"forwards": False}, forwarded=True) is None


def test_bots() -> None:
    assert rule("x", attributes={"bot": "true"}) == "bots"
    assert rule("x", {"bots": False}, attributes={"bot": "true"}) is None
    said = "*I am a bot, and this action was performed automatically.*"
    assert rule(said, source="reddit") == "bots"
    assert rule(said, source="whatsapp") is None
    names = {"AutoModerator": "bots", "haiku-Bot": "bots", "remind_bot": "bots", "talbot": None, "Ana": None}
    found = rules([message(seq, 0, name, source="reddit") for seq, name in enumerate(names)])
    assert dict(zip(names, found, strict=True)) == names


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("> you said\n\nand I say", "and I say"),
        (">you said\n>and more\nand I > say", "and I > say"),
        ("first\n> then you\nthen I\r\n > you", "first\nthen I"),
        ("> nothing else\n>", None),
        ("1 > 0\n-> no quotation", "1 > 0\n-> no quotation"),
        ("  mine stays as it is \n", "  mine stays as it is \n"),
    ],
)
def test_quoted_lines_are_cut(text: str, cut: str | None) -> None:
    messages = [message(0, 0, "Ana", text, source="reddit")]
    assert texts(messages) == ([] if cut is None else [cut])
    assert texts(messages, quotes=False) == [text]
    assert texts([message(0, 0, "Ana", text)]) == [text], "elsewhere the sign is not a quotation's"


def test_links_in_talk() -> None:
    link, said = "https://a.b/c?d=e", "look https://a.b/c?d=e jaja"
    assert rule(link) == rule(f" {link}\nhttp://c.d") == "links"
    assert rule(link, {"links": "keep"}) is None
    for setting in ("keep", "alone", "posts"):
        assert texts([message(0, 0, "Ana", said)], links=setting) == [said]
    assert texts([message(0, 0, "Ana", said)], links="all") == ["look jaja"]


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        (SIX, SIX),
        ("one two three four five", None),
        ("  one  two three\nfour five  six ", "  one  two three\nfour five  six "),
        ("one two three four five https://t.co/a", None),
        (f"{SIX} https://t.co/a", SIX),
        (f"https://t.co/a http://b.c/d {SIX}", SIX),
        ("one two https://t.co/a, three four five six", "one two three four five six"),
        (f"{SIX}\n\npic.twitter.com/abc\nseven", f"{SIX}\nseven"),
        (f"{SIX} https", f"{SIX} https"),
        ("¡Sí! ½ … 👩‍👩‍👧 @ann #b", "¡Sí! ½ … 👩‍👩‍👧 @ann #b"),
    ],
)
def test_links_go_out_of_posts_and_short_posts_go_too(text: str, cleaned: str | None) -> None:
    assert texts([tweet(0, text)]) == ([] if cleaned is None else [cleaned])


def test_retweets_and_quote_tweets_go_and_all_else_stays() -> None:
    messages = [
        tweet(1, SIX),
        tweet(2, f"RT @a: {SIX}", forwarded=True),
        tweet(3, f"so true {SIX}", attributes={"quote": "true"}),
        tweet(4, "a direct message http://t.co/a", kind="text"),
        tweet(5, "short", source="whatsapp"),
        tweet(6, "answering", source="signal", attributes={"quote": "words"}),
        tweet(7, "not http://a.b in x", source="reddit"),
    ]
    assert rules(messages) == [None, "forwards", "quotes", None, None, None, None]
    assert texts(messages)[1:] == [messages[number].text for number in (3, 4, 5, 6)]


@pytest.mark.parametrize(
    "cue",
    [
        *("Reenvía esto a 10 amigos", "PÁSALO A TODOS", "Envía este mensaje a tus contactos"),
        *("manda a todos", "Copia y pega en tu muro", "no rompas la cadena", "compártelo con tus amigos"),
        *("Forward this to ten friends", "Send this to everyone", "pass it on to your friends"),
        *("don't BREAK the chain", "Share this message with all your contacts", "copy and paste this"),
    ],
)
def test_chain_letters(cue: str) -> None:
    assert rule(f"{LETTER}{cue}!!") == "chains"
    assert rule(f"{LETTER}{cue}!!", {"chains": False}) is None
    assert rule(f"{cue}, please") is None, "a request between two"


@pytest.mark.parametrize("text", [LETTER * 2, f"{LETTER} Te reenvío el correo; reenvíame el tuyo luego."])
def test_long_messages_are_no_chain_letters(text: str) -> None:
    assert rule(text) is None


def test_short_and_long_texts() -> None:
    assert rule("ok") is None
    assert rule("ok dale", {"least_words": 3}) == "short"
    assert rule("ok dale ya", {"least_words": 3}) is None
    assert rule("a" * 10_000) is None
    assert rule("a" * 10_001) == "long"
    assert rule("a" * 10_001, kind="article") is None
    assert rule("a" * 10_001, {"most_characters": 0}) is None


NOTICE = "Vendo bicicleta casi nueva, escríbeme por privado"
assert len(NOTICE) >= 40


def test_what_is_pasted_again_and_again_is_kept_once() -> None:
    pasted = [(9, "Ana"), (5, "Ana"), (7, "Ana"), (8, "Bea"), (6, "Bea")]
    messages = [message(seq, minute, who, NOTICE) for seq, (minute, who) in enumerate(pasted)]
    messages += [message(9, 4, "Ana", NOTICE, kind="media")]
    assert rules(messages) == ["copies", None, "copies", None, None, "kinds"], "the first by the clock stays"
    assert rules(messages, copies=2) == ["copies", None, "copies", "copies", None, "kinds"]
    assert rules(messages, copies=0) == [None] * 5 + ["kinds"]


def test_what_is_short_may_be_said_again_and_again() -> None:
    assert rules([message(seq, seq, "Ana", "jajaja ok") for seq in range(9)]) == [None] * 9


def test_copies_in_other_chats_and_without_times() -> None:
    messages = [message(0, None, "Ana", NOTICE, chat=f"chat {number}") for number in range(4)]
    assert sorted(rules(messages), key=str) == [None, "copies", "copies", "copies"]


def test_near_copies() -> None:
    pytest.importorskip("datasketch")
    long = (
        "Buenos días a todos, les recuerdo que la reunión de vecinos es este jueves a las ocho en el patio "
        "del edificio, no falten que hay que votar el presupuesto de la obra del tejado, semana"
    )
    messages = [message(seq, seq, "Ana", f"{long} {seq}") for seq in range(4)]
    messages.append(message(9, 9, "Ana", "Something quite different that has nothing to do with roofs"))
    assert rules(messages) == [None] * 5
    assert rules(messages, near_copies=True) == [None, *["near_copies"] * 3, None]


def test_style_is_left_as_it_is() -> None:
    styles = ["¡¿QUÉ?!! 😂😂", "jajaJAja  no sé…", "é ½ … 👩‍👩‍👧", "\tHOLA \n", "xq no viniste???"]
    assert texts([message(seq, 0, "Ana", text) for seq, text in enumerate(styles)]) == styles


def test_the_report_counts_each_message_once_with_examples() -> None:
    messages = [
        *(message(seq, 0, "Ana", f"<file {seq} omitted>", kind="media") for seq in range(5)),
        message(5, 0, "Ana", "forwarded https://a.b", forwarded=True, kind="media"),
        message(6, 0, "Ana", "x" * 500 + " http://a.b"),
        message(7, 0, "Ana", "http://a.b"),
        message(8, 0, "Ana", "hola"),
    ]
    settings = CleaningSettings(links="all", forwards=False, copies=0)
    counts = cleaning.counted(cleaning.marked(table(messages), settings)).to_pyarrow().to_pylist()
    report = {row["rule"]: row for row in cleaning.report(counts, settings)}
    assert list(report) == ["kinds", "bots", "quotes", "links", "chains", "short", "long"]
    assert report["kinds"]["removed"] == 6
    assert 1 <= len(set(report["kinds"]["examples"])) <= 3
    assert set(report["kinds"]["examples"]) <= {one.text for one in messages[:6]}
    assert report["links"] == {
        "rule": "links",
        "removed": 1,
        "changed": 1,
        "examples": ["http://a.b", "x" * 99 + "…"],
    }
    assert all(report[name]["removed"] == 0 for name in ("bots", "quotes", "chains", "short", "long"))


def test_a_personas_posts_are_cleaned_before_they_are_sessions() -> None:
    settings = PersonaSettings(name="ana", author="Ana", consent=CONSENT)
    messages = [tweet(1, f"{SIX} https://t.co/a"), tweet(2, "short"), tweet(3, SIX, forwarded=True)]
    sessions = from_table(prepare.session_table(table(messages), settings))
    assert [turn.bubbles for session in sessions for turn in session.turns] == [(SIX,)]


COLUMNS = {
    **dict.fromkeys(("id", "source", "chat", "author", "kind", "text", "reply_to", "file"), "string"),
    **dict.fromkeys(("seq", "first_line", "last_line"), "int64"),
    **dict.fromkeys(("is_owner", "edited", "forwarded", "persona"), "boolean"),
    "sent_at": "timestamp",
}


@pytest.mark.parametrize(
    ("dialect", "attributes"),
    [
        ("pyspark", "map<string, string>"),
        ("bigquery", "array<struct<key: string, value: string>>"),
        ("duckdb", "map<string, string>"),
    ],
)
def test_the_steps_are_sql_for_the_big_engines(dialect: str, attributes: str) -> None:
    settings = PreparationSettings(threads=True, pairs=True, session_turns=4, most_turns_per_chat=9)
    messages = ibis.table({**COLUMNS, "attributes": attributes}, name="messages")
    judged = cleaning.marked(messages, settings.cleaning)
    turns = threads.concerning(
        grouping.turns(threads.addressed(cleaning.left(judged)), settings), threads.groups(judged)
    )
    numbered = splitting.number(grouping.sessions(turns, settings))
    expressions = [
        cleaning.counted(judged),
        splitting.without_leaks(numbered.mutate(split=ibis.literal("test"))),
    ]
    if dialect != "pyspark":  # without PySpark, Ibis writes no fractions for it
        expressions.append(splitting.split(numbered, settings))
    for expression in expressions:
        assert "SELECT" in str(ibis.to_sql(expression, dialect=dialect))
