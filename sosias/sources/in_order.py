"""Messages that an export has newest first, or in no order, brought into the order of time.

Nothing but their keys is held: the messages wait in memory while they are few, in a nameless file
that nobody else can open where they are many.
"""

import pickle
import tempfile
from array import array
from collections.abc import Iterable, Iterator
from operator import attrgetter

from sosias.messages import FIELDS, Message

HELD = 32 << 20
"""Bytes of messages that wait in memory."""
FARTHEST = (1 << 63) - 1
"""The largest key."""


def in_order(messages: Iterable[tuple[int, Message]], *, newest_first: bool) -> Iterator[Message]:
    """Yield messages by their keys; among equal ones as they came or, of a file that has the newest first,
    the last that came first."""
    keys, places = array("q"), array("q")
    fields = attrgetter(*FIELDS)
    with tempfile.SpooledTemporaryFile(max_size=HELD, prefix="sosias-") as shelf:
        end = 0
        for key, message in messages:
            keys.append(max(-FARTHEST, min(key, FARTHEST)))
            places.append(end)
            end += shelf.write(pickle.dumps(fields(message), pickle.HIGHEST_PROTOCOL))
        places.append(end)
        came = range(len(keys))
        for index in sorted(reversed(came) if newest_first else came, key=keys.__getitem__):
            shelf.seek(places[index])
            yield Message(*pickle.loads(shelf.read(places[index + 1] - places[index])))
