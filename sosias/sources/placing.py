"""Where new messages of a chat belong among those that are there already.

Exports are capped at some ten thousand messages, so people hold several that overlap. Messages that
both have are the fixed points; a run of new ones takes its place beside the one before it. The clock
is no arbiter: it goes back in autumn.
"""

import numpy as np

from sosias.sources.rows import NEVER, Integers, Truths

STEP = 1 << 20
"""Between the places of two messages that follow each other in a file: others may come between them."""
BREAK = 1 << 40
"""Between exports that do not touch: a third may fill it."""


def place(taken: Integers, known: Truths, places: Integers, before: int | None) -> Integers:
    """Return a place for each new message of a file, in file order.

    `taken` are all places of the chat, in order, at least one; `known` tells which messages of the
    file are there, `places` where. Where none is, the file stands as one after `before` (None: before
    everything). A run that is longer than the room between its neighbours shares the last place there.
    """
    new = np.flatnonzero(~known)
    fixed = np.flatnonzero(known)
    if not len(fixed):
        return _alone(taken, before, len(new))
    result = np.empty(len(new), np.int64)
    after = np.searchsorted(fixed, new)
    leading = after == 0
    if leading.any():
        result[leading] = _leading(taken, int(places[fixed[0]]), int(leading.sum()))
    following = ~leading
    result[following] = _following(taken, fixed, places, new[following], after[following], len(known))
    return result


def _following(
    taken: Integers, fixed: Integers, places: Integers, new: Integers, after: Integers, count: int
) -> Integers:
    """Place runs that stand after a known message each."""
    start = fixed[after - 1]
    end = np.append(fixed, count)[after]
    before = places[start]
    stride, room = _stride(taken, before, end - start - 1)
    number = new - start
    found: Integers = before + np.where(stride > 0, number * stride, np.minimum(number, room))
    return found


def _stride(taken: Integers, before: Integers, length: Integers) -> tuple[Integers, Integers]:
    """Return how far apart messages stand that follow `before`, and how many fit there at all."""
    at = np.searchsorted(taken, before, "right")
    last = at == len(taken)
    room: Integers = np.where(last, length * STEP, taken[np.where(last, 0, at)] - before - 1)
    stride: Integers = np.where(last, STEP, np.minimum(STEP, (room + 1) // (length + 1)))
    return stride, room


def _leading(taken: Integers, after: int, count: int) -> Integers:
    """Place a run that leads up to the first known message of a file."""
    at = int(np.searchsorted(taken, after))
    back: Integers = np.arange(count, 0, -1)
    if at == 0:
        return after - STEP * back
    room = after - int(taken[at - 1]) - 1
    stride = min(STEP, (room + 1) // (count + 1))
    return after - stride * back if stride else taken[at - 1] + np.minimum(count + 1 - back, room)


def _alone(taken: Integers, before: int | None, count: int) -> Integers:
    """Place a file that shares nothing with what is there: with room on both sides."""
    if before is None:
        return int(taken[0]) - BREAK - STEP * np.arange(count - 1, -1, -1)
    at = int(np.searchsorted(taken, before, "right"))
    if at == len(taken):
        return before + BREAK + STEP * np.arange(count)
    room = int(taken[at]) - before - 1
    stride = min(STEP, (room + 1) // (count + 1))
    if stride == 0:
        return before + np.minimum(np.arange(1, count + 1), room)
    start = before + (room + 1 - stride * (count - 1)) // 2
    return start + stride * np.arange(count)


def last_before(places: Integers, times: Integers, moment: int) -> int | None:
    """Return the place of the last message that was not sent after `moment`; None: there is none."""
    if moment == NEVER:
        return int(places.max())
    earlier = places[(times <= moment) & (times != NEVER)]
    return int(earlier.max()) if len(earlier) else None
