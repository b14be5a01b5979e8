"""Order: by the keys, and among equal ones as the file's direction has it."""

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from sosias.messages import Message
from sosias.sources.in_order import FARTHEST, in_order

KEYS = st.lists(st.integers(-3, 3) | st.integers())


def numbered(keys: list[int]) -> list[tuple[int, Message]]:
    return [
        (
            key,
            Message(
                "x", "Ann", number, datetime(2024, 1, 2), None, "text", "\ud83d\x00", attributes={"a": "b"}
            ),
        )
        for number, key in enumerate(keys)
    ]


@given(KEYS, st.booleans())
def test_order(keys: list[int], newest_first: bool) -> None:
    messages = numbered(keys)
    read = list(in_order(messages, newest_first=newest_first))
    came = reversed(messages) if newest_first else messages
    near = {key: max(-FARTHEST, min(key, FARTHEST)) for key in keys}
    assert read == [message for _key, message in sorted(came, key=lambda one: near[one[0]])]
