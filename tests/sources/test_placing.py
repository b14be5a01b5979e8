"""New messages take their place among those that are there."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sosias.sources.placing import BREAK, STEP, last_before, place
from sosias.sources.rows import NEVER


class Chat:
    """A chat as the store grows it: letters are messages, a day apart by their place in the alphabet."""

    def __init__(self, letters: str, step: int = STEP) -> None:
        self.seqs = {letter: step * number for number, letter in enumerate(letters)}

    def add(self, letters: str, start: int | None = None) -> "Chat":
        """Merge an export; `start` is the time of its first message, in days."""
        known = np.array([letter in self.seqs for letter in letters])
        places = np.array([self.seqs.get(letter, 0) for letter in letters])
        taken = np.sort(np.array(list(self.seqs.values())))
        times = np.array([ord(letter) for letter in self.seqs])
        first = NEVER if start is None else start
        before = last_before(np.array(list(self.seqs.values())), times, first)
        new = place(taken, known, places, before)
        missing = [letter for letter in letters if letter not in self.seqs]
        self.seqs.update(zip(missing, new.tolist(), strict=True))
        return self

    def __str__(self) -> str:
        return "".join(sorted(self.seqs, key=lambda letter: self.seqs[letter]))

    def is_apart(self) -> bool:
        """Does every message have a place of its own?"""
        return len(set(self.seqs.values())) == len(self.seqs)


def merged(stored: str, incoming: str, start: int | None = None) -> str:
    chat = Chat(stored).add(incoming, start)
    assert chat.is_apart()
    return str(chat)


def test_overlapping_exports_join_at_what_they_share() -> None:
    assert merged("abcd", "cdef") == "abcdef"
    assert merged("cdef", "abcd") == "abcdef"
    assert merged("bc", "abcd") == "abcd"
    assert merged("acd", "abcd") == "abcd"
    assert merged("abef", "abcdef") == "abcdef"
    assert merged("aeg", "abcdefghi") == "abcdefghi"
    assert merged("abc", "abc") == "abc"


def test_exports_that_do_not_touch_follow_their_time() -> None:
    assert merged("klm", "xyz", ord("b")) == "xyzklm"
    assert merged("klm", "xyz", ord("x")) == "klmxyz"
    assert merged("klm", "xyz", None) == "klmxyz"


def test_there_is_room_for_exports_that_fill_a_gap_in_any_order() -> None:
    chat = Chat("ab").add("yz", ord("y")).add("mn", ord("m")).add("gh", ord("g"))
    chat.add("bcdefg").add("hijklm").add("nopqrstuvwxy")
    assert str(chat) == "abcdefghijklmnopqrstuvwxyz" and chat.is_apart()


def test_a_long_export_fits_between_two_that_do_not_touch() -> None:
    taken = np.array([0, BREAK])
    count = 3 * (BREAK // STEP)
    known = np.array([True, *[False] * count, True])
    places = np.array([0, *[0] * count, BREAK])
    found = place(taken, known, places, None)
    assert (np.diff(np.concatenate([[0], found, [BREAK]])) > 0).all()


def test_where_there_is_no_room_the_order_is_kept_at_least() -> None:
    """Workspaces of the first version have no room between messages."""
    chat = Chat("ad", step=1).add("abcd")
    assert list(chat.seqs.items()) == [("a", 0), ("d", 1), ("b", 0), ("c", 0)]
    tight = Chat("ae", step=3).add("abcde")
    assert [tight.seqs[letter] for letter in "abcde"] == [0, 1, 2, 2, 3]


@settings(deadline=None)
@given(st.data())
def test_stretches_of_a_chat_that_touch_join_into_it_in_any_order(data: st.DataObject) -> None:
    letters = "".join(chr(ord("a") + step) for step in range(26))
    cuts = st.tuples(st.integers(0, 25), st.integers(1, 26)).filter(lambda cut: cut[0] < cut[1])
    (first, last), *more = data.draw(st.lists(cuts, min_size=1, max_size=6))
    chat = Chat(letters[first:last])
    for start, end in more:
        chat.add(letters[start:end], ord(letters[start]))
    have = "".join(letter for letter in letters if letter in chat.seqs)
    assert str(chat) == have and chat.is_apart()
