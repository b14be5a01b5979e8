"""Posts and their answers as pairs, and tweets cleaned: each rule on rows that were checked by hand."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import ibis
import ibis.expr.types as ir
import pyarrow.parquet as pq
import pytest

from sosias.corpus import posts, prepare
from sosias.corpus.engine import connect, read_messages
from sosias.corpus.session import Session, from_table
from sosias.messages import FIELDS, Message, native_id, to_table
from sosias.settings import Consent, PersonaSettings, PreparationSettings

START = datetime(2020, 1, 1, 10)
CONSENT = Consent(kind="public", recorded=START.date())


def submission(key: str, text: str = "words", author: str = "ann", **more: Any) -> Message:
    """Return a post of Reddit's."""
    facts = {"subreddit": "toastme", "score": "5", "title": f"title {key}", **more.pop("attributes", {})}
    fields = {"kind": "post", "sent_at": START, **more}
    chat = f"r/toastme/{key}"
    return Message(
        "reddit",
        chat,
        0,
        author=author,
        text=text,
        attributes=facts,
        id=native_id("reddit", f"t3_{key}"),
        file="f",
        **fields,
    )


def answer(key: str, to: str, text: str = "an answer", author: str | None = "bob", **more: Any) -> Message:
    """Return a comment: `to` is what it answers, such as `t3_a`."""
    facts = {"subreddit": "toastme", "score": "1", **more.pop("attributes", {})}
    fields = {"kind": "text", "sent_at": START + timedelta(hours=5), "first_line": int(key[1:] or 0), **more}
    return Message(
        "reddit",
        "r/toastme/a",
        fields["first_line"],
        author=author,
        text=text,
        attributes=facts,
        id=native_id("reddit", f"t1_{key}"),
        reply_to=native_id("reddit", to),
        file="f",
        **fields,
    )


def tweet(number: int, text: str, **more: Any) -> Message:
    fields = {"kind": "post", "source": "x", "author": "ana", **more}
    sent_at = START + timedelta(days=number)
    return Message(chat="@ana", seq=number, sent_at=sent_at, text=text, id=native_id("x", number), **fields)


FOLDER = TemporaryDirectory()
"""Tables are read when they are asked for, so their files stay until the end."""


def table(messages: list[Message]) -> ir.Table:
    file = Path(FOLDER.name) / f"{uuid4()}.parquet"
    pq.write_table(to_table(messages), file)
    return read_messages([file])


def rows(found: ir.Table, *columns: str) -> list[tuple[Any, ...]]:
    wanted = found.order_by(["chat", "seq"]).select(*columns).to_pyarrow().to_pylist()
    return [tuple(row.values()) for row in wanted]


def pairs(messages: list[Message]) -> list[tuple[str, str]]:
    """Return the texts of the pairs, in the order of the comments' ids."""
    texts = [text for (text,) in rows(posts.answers(table(messages)), "text")]
    return sorted(zip(texts[::2], texts[1::2], strict=True))


def test_each_answer_is_a_chat_of_two_messages() -> None:
    messages = [
        submission("a", "Toast me?", attributes={"title": "A bad year"}),
        answer("c1", "t3_a", "You can!"),
        answer("c2", "t3_a", "Cheers", author="eve"),
    ]
    found = posts.answers(table(messages))
    first, second = sorted(native_id("reddit", key) for key in ("t1_c1", "t1_c2"))
    told = {
        native_id("reddit", "t1_c1"): ("You can!", "bob"),
        native_id("reddit", "t1_c2"): ("Cheers", "eve"),
    }
    later = START + timedelta(hours=5)
    assert rows(found, "chat", "seq", "text", "author", "persona", "sent_at", "kind") == [
        row
        for key in (first, second)
        for row in (
            (key, 0, "A bad year\nToast me?", "ann", False, None, "post"),
            (key, 1, *told[key], True, later, "text"),
        )
    ]
    assert set(FIELDS) < set(found.columns)


@pytest.mark.parametrize(
    ("title", "text", "kind", "joined"),
    [
        ("T", "P", "post", "T\nP"),
        ("T", "", "post", "T"),
        ("T", "", "media", "T"),
        ("", "P", "post", "P"),
        ("T", " \n", "post", "T"),
    ],
)
def test_title_and_words_are_the_post(title: str, text: str, kind: str, joined: str) -> None:
    assert pairs([submission("a", text, kind=kind, attributes={"title": title}), answer("c1", "t3_a")]) == [
        (joined, "an answer")
    ]


LEFT_OUT: dict[str, list[Message]] = {
    "an answer to an answer": [submission("a"), answer("c2", "t1_c1")],
    "a score of nought": [submission("a"), answer("c1", "t3_a", attributes={"score": "0"})],
    "a negative score": [submission("a"), answer("c1", "t3_a", attributes={"score": "-3"})],
    "the poster's own": [submission("a"), answer("c1", "t3_a", author="ann")],
    "nobody's": [submission("a"), answer("c1", "t3_a", author=None)],
    "removed": [submission("a"), answer("c1", "t3_a", "[removed]")],
    "deleted": [submission("a"), answer("c1", "t3_a", "[deleted]", kind="deleted")],
    "a bot's": [submission("a"), answer("c1", "t3_a", kind="system")],
    "a tag in the answer": [submission("a"), answer("c1", "t3_a", "see [5] there")],
    "a tag in the title": [submission("a", attributes={"title": "[M] Toast me"}), answer("c1", "t3_a")],
    "a tag in the post": [submission("a", "me [-]"), answer("c1", "t3_a")],
    "a post that is gone": [submission("a", "[removed]", kind="deleted"), answer("c1", "t3_a")],
    "a post without a word": [submission("a", "", attributes={"title": ""}), answer("c1", "t3_a")],
    "a post that is not there": [submission("b"), answer("c1", "t3_a")],
}


@pytest.mark.parametrize("why", LEFT_OUT)
def test_what_is_no_pair(why: str) -> None:
    assert pairs(LEFT_OUT[why]) == []


def test_what_is_a_pair_all_the_same() -> None:
    messages = [
        submission("a", "words [17] and [removed] and [ ]"),
        answer("c1", "t3_a", "[text](http://a.b) said"),
        answer("c2", "t3_a", "from an account that is gone", author="[deleted]"),
        answer("c3", "t3_a", "unscored", attributes={"score": "?"}),
    ]
    assert len(pairs(messages)) == 3


def test_what_occurs_twice_is_one_pair() -> None:
    messages = [submission("a"), answer("c1", "t3_a")]
    assert len(pairs(messages * 2)) == 1


def sessions(messages: list[Message], settings: PersonaSettings) -> Iterator[Session]:
    return from_table(prepare.session_table(table(messages), settings))


JOINED = PreparationSettings(join="answers")


def test_pairs_of_one_year_become_sessions() -> None:
    where = "attributes['subreddit'] = 'toastme' AND sent_at >= '2020-01-01' AND sent_at < '2021-01-01'"
    settings = PersonaSettings(name="toast", where=where, consent=CONSENT, preparation=JOINED)
    messages = [
        submission("a", sent_at=datetime(2019, 12, 31, 23)),
        answer("c1", "t3_a", "one"),
        answer("c2", "t3_a", "two", author="eve", sent_at=START + timedelta(days=2)),
        answer("c3", "t3_a", "too late", sent_at=datetime(2021, 1, 1)),
        answer("c4", "t3_a", "elsewhere", attributes={"subreddit": "roastme"}),
    ]
    told = [
        [(turn.author, turn.persona, turn.bubbles) for turn in session.turns]
        for session in sessions(messages, settings)
    ]
    assert told == [
        [("ann", False, ("title a\nwords",)), ("bob", True, ("one",))],
        [("ann", False, ("title a\nwords",)), ("eve", True, ("two",))],
    ]


def test_pairs_of_one_author() -> None:
    settings = PersonaSettings(name="bob", author="bob", consent=CONSENT, preparation=JOINED)
    messages = [submission("a"), answer("c1", "t3_a", "one"), answer("c2", "t3_a", "two", author="eve")]
    [session] = sessions(messages, settings)
    assert [turn.bubbles for turn in session.turns if turn.persona] == [("one",)]


def test_without_the_join_a_thread_is_a_chat() -> None:
    settings = PersonaSettings(name="bob", author="bob", consent=CONSENT)
    [session] = sessions(
        [submission("a", sent_at=START + timedelta(hours=5)), answer("c1", "t3_a")], settings
    )
    assert [turn.author for turn in session.turns] == ["ann", "bob"]


SIX = "one two three four five six"


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
def test_links_go_and_short_posts_too(text: str, cleaned: str | None) -> None:
    found = [one for (one,) in rows(posts.clean_posts(table([tweet(0, text)])), "text")]
    assert found == ([] if cleaned is None else [cleaned])


def test_retweets_and_quotes_go_and_all_else_stays() -> None:
    messages = [
        tweet(1, SIX),
        tweet(2, f"RT @a: {SIX}", forwarded=True),
        tweet(3, f"so true {SIX}", attributes={"quote": "true"}),
        tweet(4, "a direct message http://t.co/a", kind="text"),
        tweet(5, "short", source="whatsapp"),
        tweet(6, "", kind="media"),
        tweet(7, "not http://a.b in x", source="reddit"),
    ]
    found = rows(posts.clean_posts(table(messages)), "seq", "text")
    assert found == [(1, SIX), *((number, messages[number - 1].text) for number in (4, 5, 6, 7))]


def test_a_personas_posts_are_cleaned_before_they_are_sessions() -> None:
    settings = PersonaSettings(name="ana", author="ana", consent=CONSENT)
    messages = [tweet(1, f"{SIX} https://t.co/a"), tweet(2, "short"), tweet(3, SIX, forwarded=True)]
    found = [turn.bubbles for session in sessions(messages, settings) for turn in session.turns]
    assert found == [(SIX,)]


COLUMNS = {
    **dict.fromkeys(("id", "source", "chat", "author", "kind", "text", "reply_to", "file"), "string"),
    **dict.fromkeys(("seq", "first_line", "last_line"), "int64"),
    **dict.fromkeys(("is_owner", "edited", "forwarded"), "boolean"),
    "sent_at": "timestamp",
}
PAIRS = "array<struct<key: string, value: string>>"


@pytest.mark.parametrize("function", [posts.answers, posts.clean_posts])
@pytest.mark.parametrize(
    ("dialect", "attributes"), [("pyspark", "map<string, string>"), ("bigquery", PAIRS), ("duckdb", PAIRS)]
)
def test_the_expressions_are_sql_for_the_big_engines(function: Any, dialect: str, attributes: str) -> None:
    messages = ibis.table({**COLUMNS, "attributes": attributes}, name="messages")
    assert "SELECT" in str(ibis.to_sql(function(messages), dialect=dialect))


def test_attributes_are_found_in_arrays_too() -> None:
    facts = ibis.memtable({"attributes": [[{"key": "a", "value": "1"}], []]})
    found = facts.mutate(a=posts.fact(facts, "a")).select("a")
    assert sorted(connect().to_pyarrow(found)["a"].to_pylist(), key=str) == ["1", None]
