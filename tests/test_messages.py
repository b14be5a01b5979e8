"""The record: ids by which overlapping exports merge, and tables that give back what went in."""

from collections import Counter
from dataclasses import replace
from datetime import datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sosias import messages as module
from sosias.messages import KINDS, MESSAGE_SCHEMA, Message, from_table, to_table, with_ids

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
times = st.none() | st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1))
records = st.builds(
    Message,
    source=words,
    chat=words,
    seq=st.integers(-(1 << 40), 1 << 40),
    sent_at=times,
    author=st.none() | words,
    kind=st.sampled_from(KINDS),
    text=words,
    is_owner=st.none() | st.booleans(),
    reply_to=st.none() | words,
    edited=st.booleans(),
    forwarded=st.booleans(),
    attributes=st.dictionaries(words, words, max_size=3),
    file=words,
    first_line=st.integers(0, 1 << 40),
    last_line=st.integers(0, 1 << 40),
    id=words,
)


def said(
    text: str, sent_at: datetime | None = None, author: str | None = "Ann", chat: str = "Team"
) -> Message:
    return Message("whatsapp", chat, 0, sent_at, author, "text", text)


def ids(messages: list[Message]) -> list[str]:
    return [message.id for message in with_ids(messages)]


@given(st.lists(records, max_size=5))
def test_a_table_gives_back_what_went_in(wanted: list[Message]) -> None:
    table = to_table(wanted)
    assert table.schema.equals(MESSAGE_SCHEMA, check_metadata=True)
    assert list(from_table(table)) == wanted
    sliced = pa.concat_tables([table.slice(0, 2), table.slice(2)])
    assert list(from_table(sliced)) == wanted


@given(st.lists(st.sampled_from("abc"), max_size=30))
def test_ids_differ_and_are_the_same_the_next_time(texts: list[str]) -> None:
    found = ids([said(text) for text in texts])
    assert len(set(found)) == len(texts)
    assert found == ids([said(text) for text in texts])


@given(st.lists(st.sampled_from("abc"), max_size=20), st.integers(0, 20))
def test_the_end_of_an_export_has_the_ids_of_the_whole(texts: list[str], start: int) -> None:
    """Equals are told apart by their count: what a later export still has of them, it has in common."""
    whole = Counter(ids([said(text) for text in texts]))
    assert Counter(ids([said(text) for text in texts[start:]])) <= whole


def test_chat_time_author_and_text_make_the_id_and_nothing_else() -> None:
    first = said("hi", datetime(2021, 1, 1))
    others = [
        replace(first, chat="Others"),
        replace(first, sent_at=datetime(2021, 1, 1, 0, 0, 1)),
        replace(first, sent_at=None),
        replace(first, author="Bob"),
        replace(first, author=None),
        replace(first, text="ho"),
        replace(first, chat="Tea", author="mAnn"),
        replace(first, author="Annh", text="i"),
    ]
    assert len(set(ids([first, *others]))) == 1 + len(others)
    same = replace(first, seq=9, is_owner=True, file="other.txt", first_line=3, kind="media")
    assert ids([same]) == ids([first])


def test_equals_are_counted_over_a_whole_export(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of a night in autumn goes back: equal messages can stand far apart."""
    monkeypatch.setattr(module, "RECENT", 50)
    apart = [said("ok"), *(said(f"{number}") for number in range(49)), said("ok")]
    assert len(set(ids(apart))) == 51
