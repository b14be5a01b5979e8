"""Where messages that come in belong among those of their chat that are there already.

Exports are capped at some ten thousand messages, so people hold several that overlap. Messages that
both have are the fixed points; a run of new ones takes its place after the one before it.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

BREAK = 1 << 32
"""Left free between exports that do not touch: a third may fill it."""


@dataclass
class Known:
    """The ids, places and times of a chat's messages."""

    ids: list[pa.Array] = field(default_factory=list)
    seqs: list[pa.Array] = field(default_factory=list)
    times: list[pa.Array] = field(default_factory=list)

    def add(self, batch: pa.RecordBatch | pa.Table) -> None:
        for chunks, name in ((self.ids, "id"), (self.seqs, "seq"), (self.times, "sent_at")):
            column = batch.column(name)
            chunks.extend(column.chunks if isinstance(column, pa.ChunkedArray) else [column])

    def __len__(self) -> int:
        return sum(len(chunk) for chunk in self.ids)

    def places(self, ids: pa.Array) -> list[int | None]:
        """Return where the messages with these ids stand; None: they are new."""
        seqs = pa.chunked_array(self.seqs, pa.int64())
        found = pc.index_in(ids, value_set=pa.chunked_array(self.ids, pa.string()).combine_chunks())
        places: list[int | None] = seqs.take(found).to_pylist()
        return places

    def taken(self) -> list[int]:
        """Return all places, in order."""
        return sorted(pa.chunked_array(self.seqs, pa.int64()).to_pylist())

    def last_before(self, moment: datetime | None) -> int | None:
        """Return the place of the last message that was not sent after `moment`; None: there is none."""
        seqs, times = (
            pa.chunked_array(self.seqs, pa.int64()),
            pa.chunked_array(self.times, pa.timestamp("us")),
        )
        if moment is None:
            return pc.max(seqs).as_py()  # type: ignore[no-any-return]
        earlier = pc.less_equal(times, pa.scalar(moment, pa.timestamp("us")))
        return pc.max(seqs.filter(earlier)).as_py()  # type: ignore[no-any-return]


def place(known: Known, places: Sequence[int | None], start: datetime | None) -> list[int]:
    """Return a place for each message of a file: its own where it is known, else one in its run.

    `places` are those of the known ones, in file order; `start` is the time of the first. A run that
    is longer than the room between its neighbours shares the last place there.
    """
    taken = known.taken()
    result: list[int] = []
    before: int | None = None
    for first, last, after in _runs(places):
        if first == last:
            pass
        elif before is None and after is None:
            result += _alone(taken, known.last_before(start), last - first)
        elif before is None:
            result += _ending_before(taken, after, last - first)
        else:
            result += _following(taken, before, last - first)
        if after is not None:
            result.append(after)
            before = after
    return result


def _runs(places: Sequence[int | None]) -> list[tuple[int, int, int | None]]:
    """Return the runs of new messages, empty ones too: first, one past the last, the known place after."""
    runs, first = [], 0
    for index, known in enumerate(places):
        if known is not None:
            runs.append((first, index, known))
            first = index + 1
    return [*runs, (first, len(places), None)]


def _alone(taken: list[int], before: int | None, count: int) -> list[int]:
    """Place a file that shares nothing with what is there, by its time."""
    if before is None:
        return list(range(taken[0] - BREAK - count, taken[0] - BREAK))
    if before == taken[-1]:
        return list(range(before + BREAK, before + BREAK + count))
    return _following(taken, before, count)


def _ending_before(taken: list[int], after: int | None, count: int) -> list[int]:
    """Place a run that leads up to the first known message of a file."""
    assert after is not None
    index = bisect_right(taken, after - 1)
    if index == 0:
        return list(range(after - count, after))
    return _following(taken, taken[index - 1], count)


def _following(taken: list[int], before: int, count: int) -> list[int]:
    """Place a run after a known message."""
    index = bisect_right(taken, before)
    room = taken[index] - before - 1 if index < len(taken) else count
    return [before + min(step, room) for step in range(1, count + 1)]
