"""How people talk with each other: bubbles in a turn, and how long an answer takes."""

from typing import Any

import ibis
import ibis.expr.types as ir

SPOKEN = ("text", "post", "article", "media", "poll")
"""Kinds that somebody says something by; a picture may be an answer."""
BURST = ibis.interval(minutes=10)
"""Bubbles of one author closer together than this are one turn: what `prepare` takes by default."""
FORGOTTEN = ibis.interval(hours=12)
"""After this a message begins a talk, and is no answer: a night's sleep lies between."""
LONG_TURN = 6
"""Turns of this many bubbles or more are counted together."""
LEAST_ANSWERS = 3
"""Fewer have no middle worth telling."""
MOST_PAIRS = 40
DAY = 24 * 60 * 60


def turns(messages: ir.Table) -> dict[str, Any]:
    """Return how many turns each author takes, of how many bubbles (the last: of `LONG_TURN` or more)."""
    before = _with_last(messages)
    paused = (before._sent + BURST < before.sent_at).fill_null(False)
    begins = before._author.isnull() | (before._author != before.author) | paused
    so_far = ibis.window(group_by="chat", order_by="seq", preceding=None, following=0)
    numbered = before.mutate(_begins=begins.cast("int64"))
    numbered = numbered.mutate(turn=numbered._begins.sum().over(so_far))
    turn = numbered.group_by(["chat", "turn"]).aggregate(author=numbered.author.min(), size=numbered.count())
    classed = turn.mutate(at_most=ibis.least(turn["size"], LONG_TURN))
    sums = classed.group_by(["author", "at_most"]).aggregate(
        turns=classed.count(), bubbles=classed["size"].sum()
    )
    return _shares(sums.order_by("author", "at_most").to_pyarrow().to_pylist())


def _shares(rows: list[dict[str, Any]]) -> dict[str, Any]:
    by_size = [0] * LONG_TURN
    by_author: dict[str, dict[str, int]] = {}
    for row in rows:
        by_size[row["at_most"] - 1] += row["turns"]
        sums = by_author.setdefault(row["author"], {"turns": 0, "bubbles": 0})
        sums["turns"] += row["turns"]
        sums["bubbles"] += row["bubbles"]
    each = {author: round(sums["bubbles"] / sums["turns"], 2) for author, sums in by_author.items()}
    return {"count": sum(by_size), "by_bubbles": by_size, "bubbles_of_each": each}


def replies(messages: ir.Table) -> list[dict[str, Any]]:
    """Return who answers whom, how often, and the median of the seconds it takes; the most frequent first.

    An answer is a message of another author's than the message before it in the chat, at most
    `FORGOTTEN` later. In a group that is who follows whom, which is mostly, not always, who answers.
    """
    before = _with_last(messages)
    soon = (before.sent_at >= before._sent) & (before._sent + FORGOTTEN >= before.sent_at)
    answers = before.filter(before._author != before.author, soon)
    timed = answers.mutate(seconds=_seconds_between(answers._sent, answers.sent_at))
    pairs = timed.group_by(who="author", to="_author").aggregate(
        count=timed.count(), median_seconds=timed.seconds.median()
    )
    frequent = pairs.filter(pairs["count"] >= LEAST_ANSWERS)
    rows = frequent.order_by(ibis.desc("count"), "who", "to").limit(MOST_PAIRS).to_pyarrow().to_pylist()
    return [{**row, "median_seconds": round(row["median_seconds"])} for row in rows]


def _with_last(messages: ir.Table) -> ir.Table:
    """Add who sent the message before, and when."""
    spoken = messages.filter(messages.kind.isin(SPOKEN), messages.author.notnull())
    chat = ibis.window(group_by="chat", order_by="seq")
    return spoken.mutate(_author=spoken.author.lag().over(chat), _sent=spoken.sent_at.lag().over(chat))


def _seconds_between(earlier: ir.TimestampColumn, later: ir.TimestampColumn) -> ir.IntegerColumn:
    """Return whole seconds between two times less than a day apart, alike on every engine."""
    midnight = ibis.ifelse(earlier.date() == later.date(), 0, DAY)
    return _second_of_day(later) - _second_of_day(earlier) + midnight


def _second_of_day(time: ir.TimestampColumn) -> ir.IntegerColumn:
    return time.hour() * 3600 + time.minute() * 60 + time.second()
