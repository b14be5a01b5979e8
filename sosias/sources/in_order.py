"""Messages that an export has newest first, or in no order, brought into the order of time.

Nothing but their keys is held: the messages wait in a nameless file that nobody else can open.
"""

import io
import pickle
import tempfile
from array import array
from collections.abc import Iterable, Iterator
from operator import attrgetter

from sosias.messages import FIELDS, Message

FARTHEST = (1 << 63) - 1
"""The largest key."""
BUFFER = 1 << 20
"""Bytes written at once."""


def in_order(messages: Iterable[tuple[int, Message]], *, newest_first: bool) -> Iterator[Message]:
    """Yield messages by their keys; among equal ones as they came or, of a file that has the newest first,
    the last that came first."""
    keys, places = array("q"), array("q", [0])
    fields = attrgetter(*FIELDS)
    with tempfile.TemporaryFile(prefix="sosias-", buffering=0) as file:
        writer = io.BufferedWriter(file, BUFFER)
        for key, message in messages:
            keys.append(max(-FARTHEST, min(key, FARTHEST)))
            size = writer.write(pickle.dumps(fields(message), pickle.HIGHEST_PROTOCOL))
            places.append(places[-1] + size)
        writer.flush()
        came = range(len(keys))
        for index in sorted(reversed(came) if newest_first else came, key=keys.__getitem__):
            file.seek(places[index])
            yield Message(*pickle.loads(file.read(places[index + 1] - places[index])))
