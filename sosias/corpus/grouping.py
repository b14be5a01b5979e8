"""Messages to turns to sessions: expressions from table to table.

A chat is known by its source and its name. Within it `seq` is the order, also where the clock goes back:
the store gives it, over all exports of the chat. Times are compared as `earlier + interval < later`:
differences in seconds round differently from engine to engine.
"""

import math
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from sosias.settings import PreparationSettings


@dataclass(frozen=True)
class Grouping:
    """Where turns and sessions end."""

    burst_minutes: float = 10
    gap_minutes: float = 60
    pairs: bool = False
    session_turns: int | None = None


PRESETS = {
    None: Grouping(),
    "elvisbot": Grouping(burst_minutes=math.inf, gap_minutes=math.inf, pairs=True),
    "famaf": Grouping(burst_minutes=60, gap_minutes=180, session_turns=4),
    "weclone": Grouping(burst_minutes=2, gap_minutes=5),
}
"""How others group: all that one says until another speaks, and its answer; an hour, three hours and
four turns; two minutes to join one's messages, and five to answer."""


def grouping(settings: PreparationSettings) -> Grouping:
    """Return the preset's values, replaced by those that are set."""
    preset = PRESETS[settings.preset]
    pairs = preset.pairs if settings.pairs is None else settings.pairs
    return Grouping(
        settings.burst_minutes or preset.burst_minutes,
        settings.gap_minutes or preset.gap_minutes,
        pairs,
        settings.session_turns or preset.session_turns,
    )


CHAT = ["source", "chat"]
ORDER = ["seq", "file", "first_line", "id"]
"""Where there was little room between two exports, messages share one `seq`: each engine orders them."""
SESSION = [*CHAT, "session"]
PIECE = [*SESSION, "piece"]
"""What a session is known by until it is numbered."""
COLUMNS = (*CHAT, "sent_at", "author", "persona", "text", "to", "to_persona")
"""What turns are made of,"""
FURTHER = ("told", "facts")
"""and what there is only where attributes are asked for (`attributes`)."""


def turns(messages: ir.Table, settings: PreparationSettings) -> ir.Table:
    """Number sessions and turns within each chat, and gather the bubbles of each turn."""
    return gathered(numbered(messages, settings))


def numbered(messages: ir.Table, settings: PreparationSettings) -> ir.Table:
    """Return the `COLUMNS` of messages with their `place`, `session` and `turn`, counted within a chat."""
    limits = grouping(settings)
    chat = ibis.window(group_by=CHAT, order_by=ORDER)
    last = messages.mutate(
        place=ibis.row_number().over(chat),
        _author=messages.author.lag().over(chat),
        _sent=messages.sent_at.lag().over(chat),
    )
    silent = _silence(last, limits.gap_minutes) | last._author.isnull()
    paused = silent | _silence(last, limits.burst_minutes) | (last._author != last.author)
    marked = last.mutate(_session=silent.cast("int64"), _turn=paused.cast("int64"))
    so_far = ibis.window(group_by=CHAT, order_by="place", preceding=None, following=0)
    counted = marked.mutate(session=marked._session.sum().over(so_far), turn=marked._turn.sum().over(so_far))
    further = [name for name in FURTHER if name in messages.columns]
    return counted.select(*COLUMNS, *further, "place", "session", "turn")


def gathered(messages: ir.Table) -> ir.Table:
    """Gather numbered messages into one row a turn: `source`, `chat`, `session`, `turn`, `author`,
    `persona`, `start`, `to`, `to_persona`, `bubbles`, `attributes` (NULL without `facts`)."""
    kept = [name for name in ("place", "text", "facts") if name in messages.columns]
    bubble = ibis.struct({name: messages[name] for name in kept})
    found = messages.group_by([*SESSION, "turn"]).aggregate(
        author=messages.author.min(),
        persona=messages.persona.any(),
        start=messages.sent_at.min(),
        to=messages.to.max(),
        to_persona=messages.to_persona.any(),
        bubbles=bubble.collect(),
    )
    # in a step of its own: BigQuery reads no list in the step that gathers it
    ordered = found.bubbles.sort()
    attributes = ordered.map(lambda one: one.facts) if "facts" in kept else ibis.null("array<string>")
    return found.mutate(bubbles=ordered.map(lambda one: one.text), attributes=attributes)


def _silence(messages: ir.Table, minutes: float) -> ir.BooleanValue:
    """Is the message before this one further back than `minutes`? Unknown times are no silence."""
    if math.isinf(minutes):
        return ibis.literal(False)
    wait = ibis.interval(seconds=round(minutes * 60))
    return (messages._sent + wait < messages.sent_at).fill_null(False)


TURN = ("author", "persona", "bubbles", "start", "attributes")
"""What a session has of a turn."""
MOST_CUTS = 2**32
"""Pieces that one piece can be cut into."""


def pieces(turns: ir.Table, settings: PreparationSettings) -> ir.Table:
    """Add `piece`: where pairs or a number of turns are asked for, sessions are cut further, from 0."""
    limits = grouping(settings)
    cut = turns.mutate(piece=ibis.literal(0, "int64"))
    if limits.pairs:
        before = cut.persona.lag().over(ibis.window(group_by=SESSION, order_by="turn"))
        begins = cut.mutate(_begins=(before & ~cut.persona).fill_null(False).cast("int64"))
        so_far = ibis.window(group_by=SESSION, order_by="turn", preceding=None, following=0)
        cut = begins.mutate(piece=begins._begins.sum().over(so_far)).drop("_begins")
    if limits.session_turns:
        place = ibis.row_number().over(ibis.window(group_by=PIECE, order_by="turn"))
        placed = cut.mutate(_place=place)
        cut = placed.mutate(piece=placed.piece * MOST_CUTS + placed._place // limits.session_turns).drop(
            "_place"
        )
    return cut


def sessions(turns: ir.Table, settings: PreparationSettings) -> ir.Table:
    """Gather turns into sessions.

    Goes out with one row a session (`source`, `chat`, `session`, `piece`, `start`, `weight`: the persona's
    bubbles, `mine`: its turns, `turns`: in order).
    """
    cut = pieces(turns, settings)
    turn = ibis.struct({name: cut[name] for name in ("turn", *TURN)})
    found = cut.group_by(PIECE).aggregate(
        start=cut.start.min(),
        weight=ibis.ifelse(cut.persona, cut.bubbles.length(), 0).sum(),
        mine=cut.persona.cast("int64").sum(),
        _all=cut.count(),
        turns=turn.collect(),
    )
    if grouping(settings).pairs:
        found = found.filter(found.mine > 0, found.mine < found._all)
    return found.mutate(turns=found.turns.sort().map(_without_number)).drop("_all")


def _without_number(turn: ir.StructValue) -> ir.StructValue:
    return ibis.struct({name: turn[name] for name in TURN})


SPREAD = 2_654_435_769
"""2³² divided by the golden ratio: multiples of it, modulo 2³², never crowd (Knuth, The Art of Computer
Programming, volume 3, 6.4)."""


def capped(sessions: ir.Table, settings: PreparationSettings) -> ir.Table:
    """Leave of each chat sessions with about as many turns of the persona's as are asked for, spread over
    its time; `mine` goes.

    The newest alone would put a chat into the test's share and nothing of it into the training's.
    """
    most = settings.most_turns_per_chat
    if most is None:
        return sessions.drop("mine")
    slim = sessions.select(*PIECE, "mine")  # a window over all sessions would hold their turns
    in_time = ibis.window(group_by=CHAT, order_by=["session", "piece"])
    placed = slim.mutate(_place=ibis.row_number().over(in_time))
    mixed = placed.mutate(_order=(placed._place * SPREAD) % 2**32)
    so_far = ibis.window(group_by=CHAT, order_by=["_order", "_place"], preceding=None, following=0)
    summed = mixed.mutate(_so_far=mixed.mine.sum().over(so_far))
    return sessions.semi_join(summed.filter(summed._so_far - summed.mine < most), PIECE).drop("mine")
