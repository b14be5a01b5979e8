"""Silences inside a session: which are marked, and how they are written.

A mark stands between two turns, after the end of one, where no text can stand: no message can
counterfeit it. It is spelt with what every tokenizer has, read and never learnt.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise

from sosias.corpus.session import Turn

MARKS = {
    timedelta(minutes=10): "[10 min]\n",
    timedelta(minutes=30): "[30 min]\n",
    timedelta(hours=1): "[1 h]\n",
    timedelta(hours=3): "[3 h]\n",
    timedelta(days=1): "[1 d]\n",
    timedelta(days=7): "[7 d]\n",
}
"""From which silence on each is written: ten minutes, because a shorter one does not even end a turn,
and few above it, so that each is seen often. Those from an hour on stand only in talks and under
settings that let a session go on for so long."""


def stretches(turns: Sequence[Turn]) -> Iterator[tuple[str, list[Turn]]]:
    """Yield the turns between two marked silences, with the mark before them; "" before the first."""
    mark, held = "", list(turns[:1])
    for earlier, later in pairwise(turns):
        if silence := mark_between(earlier, later):
            yield mark, held
            mark, held = silence, []
        held.append(later)
    yield mark, held


def mark_between(earlier: Turn, later: Turn) -> str:
    """Return the mark for the time between the starts of two turns; "" where it is short or unknown."""
    if earlier.start is None or later.start is None:
        return ""
    reached = [mark for silence, mark in MARKS.items() if later.start - earlier.start >= silence]
    return reached[-1] if reached else ""
