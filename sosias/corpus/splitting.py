"""Sessions to splits: by time and by session, and no long text of the persona's that an earlier split has."""

import ibis
import ibis.expr.types as ir

from sosias.corpus import duplicates
from sosias.corpus.grouping import PIECE
from sosias.settings import PreparationSettings


def number(sessions: ir.Table) -> ir.Table:
    """Add `number`: the position in time over all chats, from 0; the columns it is found by go."""
    # the turns are joined on afterwards: a window over all sessions would hold them all
    order = ibis.window(order_by=["start", *PIECE])
    numbered = sessions.select(*PIECE, number=ibis.row_number().over(order))
    return sessions.inner_join(numbered, PIECE).drop("source", "session", "piece")


def split(sessions: ir.Table, settings: PreparationSettings, *, until: float = 1.0) -> ir.Table:
    """Add `split` by time: the newest sessions test, those before them validate, the rest train.

    Shares are of the persona's bubbles (`weight`), and a session goes where its middle falls. Sessions
    past the share `until` are left out: an earlier `until` gives an earlier fold. Long texts of the
    persona's that anybody has in an earlier split are taken out of the later one; `weight` stays, so that
    the same sessions split again fall as before.
    """
    split = sessions.inner_join(_by_time(sessions, settings, until), "number")
    return without_leaks(split, near=settings.cleaning.near_copies).order_by("number")


def _by_time(sessions: ir.Table, settings: PreparationSettings, until: float) -> ir.Table:
    """Return `number` and `split` of the sessions before `until`."""
    so_far = ibis.window(order_by="number", preceding=None, following=0)
    slim = sessions.select("number", "weight")
    summed = slim.mutate(_so_far=slim.weight.sum().over(so_far), _all=slim.weight.sum().over())
    middle = (summed._so_far - summed.weight / 2) / summed._all
    named = ibis.cases(
        (middle <= until - settings.test - settings.validation, "train"),
        (middle <= until - settings.test, "validation"),
        else_="test",
    )
    return summed.mutate(split=named).filter(middle <= until).select("number", "split")


def without_leaks(sessions: ir.Table, *, near: bool = False) -> ir.Table:
    """Take out of the persona's turns the long texts that anybody has in an earlier split, too.

    Only the texts go, not their sessions: a session of a day would be much to lose for one notice that
    is posted every week. `near`: also texts that are nearly the same.

    Raises:
        NoNearCopies: near copies are asked for, and the package for them is missing.
    """
    rank = ibis.cases((sessions.split == "train", 0), (sessions.split == "validation", 1), else_=2)
    turns = sessions.select("number", rank=rank, turn=sessions.turns.unnest())
    texts = turns.select("number", "rank", persona=turns.turn.persona, text=turns.turn.bubbles.unnest())
    leaks = duplicates.leaks(duplicates.keyed(texts, near=near)).rename(_number="number")
    joined = sessions.left_join(leaks, sessions.number == leaks._number)
    cleaned = joined.turns.map(lambda turn: _without(turn, joined.leaks))
    cleaned = cleaned.filter(lambda turn: turn.bubbles.length() > 0)
    kept = joined.mutate(turns=ibis.ifelse(joined.leaks.isnull(), joined.turns, cleaned))
    return kept.select(*sessions.columns)


def _without(turn: ir.StructValue, leaks: ir.ArrayValue) -> ir.StructValue:
    """Return a turn, of the persona's without the bubbles that are leaks and what is known of them."""
    bubbles = turn.bubbles.filter(lambda one: ~leaks.contains(one))
    pairs = turn.bubbles.zip(turn.attributes).filter(lambda one: ~leaks.contains(one.f1))
    attributes = ibis.ifelse(turn.attributes.isnull(), turn.attributes, pairs.map(lambda one: one.f2))
    return ibis.struct(
        {
            "author": turn.author,
            "persona": turn.persona,
            "bubbles": ibis.ifelse(turn.persona, bubbles, turn.bubbles),
            "start": turn.start,
            "attributes": ibis.ifelse(turn.persona, attributes, turn.attributes),
        }
    )
