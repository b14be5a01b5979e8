"""New messages take their place among those that are there."""

from datetime import datetime, timedelta

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from sosias.sources.merging import Known, place

START = datetime(2021, 1, 1)


def known(rows: dict[str, int]) -> Known:
    """Return messages by id and place, a day apart by their place."""
    found = Known()
    times = [START + timedelta(days=seq) for seq in rows.values()]
    columns = {"id": list(rows), "seq": list(rows.values()), "sent_at": times}
    types = [("id", pa.string()), ("seq", pa.int64()), ("sent_at", pa.timestamp("us"))]
    found.add(pa.table(columns, schema=pa.schema(types)))
    return found


def merged(stored: str, incoming: str, start: datetime | None = None) -> str:
    """Return the letters of both in the order of their places; a letter is a message."""
    there = known({letter: seq for seq, letter in enumerate(stored)})
    places = there.places(pa.array(list(incoming)))
    order = {letter: (seq, 0) for seq, letter in enumerate(stored)}
    for index, (letter, seq) in enumerate(zip(incoming, place(there, places, start), strict=True)):
        order.setdefault(letter, (seq, 1 + index))
    return "".join(sorted(order, key=lambda letter: order[letter]))


def test_overlapping_exports_join_at_what_they_share() -> None:
    assert merged("abcd", "cdef") == "abcdef"
    assert merged("cdef", "abcd") == "abcdef"
    assert merged("bc", "abcd") == "abcd"
    assert merged("acd", "abcd") == "abcd"
    assert merged("abef", "abcdef") == "abcdef"
    assert merged("abc", "abc") == "abc"


def test_exports_that_do_not_touch_follow_their_time() -> None:
    assert merged("abc", "xyz", START - timedelta(days=1)) == "xyzabc"
    assert merged("abc", "xyz", START + timedelta(days=9)) == "abcxyz"
    assert merged("abc", "xyz", None) == "abcxyz"


def test_there_is_room_for_an_export_that_fills_the_gap() -> None:
    there = known({"a": 0, "b": 1})
    late = place(there, [None, None], START + timedelta(days=9))
    there.add(pa.table({"id": ["y", "z"], "seq": late, "sent_at": pa.array([None] * 2, pa.timestamp("us"))}))
    places = place(there, there.places(pa.array(["b", *(f"{step}" for step in range(1000)), "y"])), None)
    assert places == sorted(set(places)) and (places[0], places[-1]) == (1, late[0])


@given(st.data())
def test_any_two_stretches_of_a_chat_join_into_it(data: st.DataObject) -> None:
    letters = "".join(chr(ord("a") + step) for step in range(26))
    cuts = st.tuples(st.integers(0, 26), st.integers(0, 26)).map(sorted)
    (first, last), (start, end) = data.draw(cuts), data.draw(cuts)
    one, two = letters[first:last], letters[start:end]
    if set(one) & set(two):
        assert merged(one, two) == letters[min(first, start) : max(last, end)]
