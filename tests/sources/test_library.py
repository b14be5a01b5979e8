"""What a workspace has of a source, found again among many."""

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sosias.messages import Message, native_id, to_batch
from sosias.sources.library import NONE, Library
from sosias.sources.matching import matched, numbered
from sosias.sources.rows import ids

START = datetime(2021, 3, 9, 8, 0)


def batch(keys: list[str], chat: str = "Team") -> pa.RecordBatch:
    times = [START + timedelta(minutes=seq) for seq in range(len(keys))]
    return to_batch(
        [
            Message("x", chat, seq, time, None if seq % 3 else "Ann", "text", key, id=key)
            for seq, (time, key) in enumerate(zip(times, keys, strict=True))
        ]
    )


@settings(deadline=None)
@given(st.lists(st.sets(st.integers(0, 60), min_size=1), max_size=8), st.booleans())
def test_what_is_stored_is_found_with_its_chat_and_its_place(parts: list[set[int]], by_content: bool) -> None:
    library, stored = Library(by_content=by_content), {}
    for number, part in enumerate(parts):
        keys = [native_id("x", key) for key in sorted(part) if native_id("x", key) not in stored]
        stored |= {key: (f"chat {number}", seq) for seq, key in enumerate(keys)}
        library.add([library.rows(batch(keys[:5], f"chat {number}"))])
        library.add([library.rows(batch(keys, f"chat {number}").slice(5))])
    everything = [native_id("x", key) for key in range(61)]
    found = library.find(library.rows(batch(everything)))
    assert [number != NONE for number in found] == [key in stored for key in everything]
    there = found[found != NONE]
    chats = [library.chats.names[number] for number in library.chat_of(there)]
    places = zip(chats, library.column("seq", there).tolist(), strict=True)
    assert list(places) == [stored[key] for key in everything if key in stored]
    assert len(library) == len(stored)
    assert len(library.shelves) <= 8, "each is twice as long as the next"


def test_ids_whose_first_halves_are_equal_are_told_apart() -> None:
    keys = [f"{'ab' * 8}{number:016x}" for number in (3, 1, 2)] + ["f" * 32]
    library = Library(by_content=False)
    library.add([library.rows(batch(keys))])
    wanted = [keys[2], f"{'ab' * 8}{4:016x}", keys[0], "0" * 32, keys[3], keys[1], "f" * 31 + "e"]
    found = library.find(library.rows(batch(wanted)))
    assert library.column("seq", found[found != NONE]).tolist() == [2, 0, 3, 1]
    assert (found == NONE).tolist() == [False, True, False, True, False, False, True]


@pytest.mark.parametrize("odd", ["", "t1_abc", "F" * 32, "g" * 32, "ñ" * 16, "0" * 31])
def test_any_text_can_be_an_id(odd: str) -> None:
    usual = native_id("x", 1)
    high, low = ids(pa.array([usual, odd, usual, odd]))
    assert f"{high[0]:016x}{low[0]:016x}" == usual
    assert (high[0], low[0]) == (high[2], low[2]) != (high[1], low[1]) == (high[3], low[3])


def test_a_piece_of_a_column_has_the_ids_of_that_piece() -> None:
    column = pa.array([native_id("x", key) for key in range(10)])
    assert ids(column.slice(4, 3))[1].tolist() == ids(column)[1][4:7].tolist()
    assert [len(half) for half in ids(column.slice(4, 0))] == [0, 0]


@settings(deadline=None)
@given(st.lists(st.integers(0, 4)), st.lists(st.integers(0, 4)))
def test_equal_keys_are_matched_one_to_one_in_order(one: list[int], two: list[int]) -> None:
    left, right = (side.tolist() for side in matched(np.array(one, np.int64), np.array(two, np.int64)))
    for key in range(5):
        count = min(one.count(key), two.count(key))
        for rows, values in ((left, one), (right, two)):
            mine = [row for row in rows if values[row] == key]
            assert mine == [row for row, value in enumerate(values) if value == key][:count]
    assert [one[row] for row in left] == [two[row] for row in right]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-2, 2))))
def test_equal_rows_have_equal_numbers(rows: list[tuple[int, int]]) -> None:
    columns = np.array(rows, np.int64).reshape(-1, 2).T
    numbers = numbered(*columns).tolist()
    assert len(set(zip(rows, numbers, strict=True))) == len(set(rows)) == len(set(numbers))
