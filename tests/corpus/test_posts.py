"""Posts and their answers as pairs: each rule on rows that were checked by hand."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import ibis
import pytest

from sosias.corpus import posts, prepare
from sosias.corpus.engine import connect
from sosias.corpus.session import Session, from_table
from sosias.messages import FIELDS, Message, native_id
from sosias.settings import Consent, PersonaSettings, PreparationSettings
from tests.corpus.tables import rows, table

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


COLUMNS = {
    **dict.fromkeys(("id", "source", "chat", "author", "kind", "text", "reply_to", "file"), "string"),
    **dict.fromkeys(("seq", "first_line", "last_line"), "int64"),
    **dict.fromkeys(("is_owner", "edited", "forwarded"), "boolean"),
    "sent_at": "timestamp",
}
PAIRS = "array<struct<key: string, value: string>>"


@pytest.mark.parametrize(
    ("dialect", "attributes"), [("pyspark", "map<string, string>"), ("bigquery", PAIRS), ("duckdb", PAIRS)]
)
def test_the_join_is_sql_for_the_big_engines(dialect: str, attributes: str) -> None:
    messages = ibis.table({**COLUMNS, "attributes": attributes}, name="messages")
    assert "SELECT" in str(ibis.to_sql(posts.answers(messages), dialect=dialect))


def test_attributes_are_found_in_arrays_too() -> None:
    facts = ibis.memtable({"attributes": [[{"key": "a", "value": "1"}], []]})
    found = facts.mutate(a=posts.fact(facts, "a")).select("a")
    assert sorted(connect().to_pyarrow(found)["a"].to_pylist(), key=str) == ["1", None]
