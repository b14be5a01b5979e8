"""Messages to turns to sessions, and sessions to splits: expressions from table to table.

Within a chat `seq` is the order, also where the clock goes back: the store gives it, over all exports
of the chat. Times are compared as `earlier + interval < later`: differences in seconds round
differently from engine to engine.
"""

import ibis
import ibis.expr.types as ir

from sosias.messages import TRAINABLE_KINDS
from sosias.settings import PersonaSettings, PreparationSettings


def mark_persona(messages: ir.Table, settings: PersonaSettings) -> ir.Table:
    """Add `persona`: written by the one who is imitated (an author, or a SQL expression)."""
    if settings.where is None:
        return messages.mutate(persona=(messages.author == settings.author).fill_null(False))
    query = f"SELECT *, coalesce(({settings.where}), false) AS persona FROM all_messages"
    return messages.alias("all_messages").sql(query)


def clean(messages: ir.Table) -> ir.Table:
    """Keep people's own words: no media, system lines, forwards or empty texts."""
    return messages.filter(
        messages.kind.isin(TRAINABLE_KINDS),
        ~messages.forwarded,
        messages.author.notnull(),
        messages.text.strip() != "",
    )


def turns(messages: ir.Table, settings: PreparationSettings) -> ir.Table:
    """Number sessions and turns within each chat, and gather the bubbles of each turn.

    Comes in with one row a message (`chat`, `seq`, `sent_at`, `author`, `persona`, `text`),
    goes out with one row a turn (`chat`, `session`, `turn`, `author`, `persona`, `start`, `bubbles`).
    """
    chat = ibis.window(group_by="chat", order_by="seq")
    last = messages.mutate(_author=messages.author.lag().over(chat), _sent=messages.sent_at.lag().over(chat))
    silent = _silence(last, settings.gap_minutes) | last._author.isnull()
    paused = silent | _silence(last, settings.burst_minutes) | (last._author != last.author)
    marked = last.mutate(_session=silent.cast("int64"), _turn=paused.cast("int64"))
    so_far = ibis.window(group_by="chat", order_by="seq", preceding=None, following=0)
    numbered = marked.mutate(session=marked._session.sum().over(so_far), turn=marked._turn.sum().over(so_far))
    bubble = ibis.struct({"seq": numbered.seq, "text": numbered.text})
    return numbered.group_by(["chat", "session", "turn"]).aggregate(
        author=numbered.author.min(),
        persona=numbered.persona.any(),
        start=numbered.sent_at.min(),
        bubbles=bubble.collect().sort().map(lambda one: one.text),
    )


def _silence(messages: ir.Table, minutes: float) -> ir.BooleanValue:
    """Is the message before this one further back than `minutes`? Unknown times are no silence."""
    wait = ibis.interval(seconds=round(minutes * 60))
    return (messages._sent + wait < messages.sent_at).fill_null(False)


def sessions(turns: ir.Table) -> ir.Table:
    """Gather turns into sessions, numbered in time over all chats.

    Goes out with one row a session (`number`, `chat`, `start`, `weight`: the persona's bubbles,
    `turns`: in order).
    """
    turn = ibis.struct(
        {
            "turn": turns.turn,
            "author": turns.author,
            "persona": turns.persona,
            "bubbles": turns.bubbles,
            "start": turns.start,
        }
    )
    gathered = turns.group_by(["chat", "session"]).aggregate(
        start=turns.start.min(),
        weight=ibis.ifelse(turns.persona, turns.bubbles.length(), 0).sum(),
        turns=turn.collect()
        .sort()
        .map(
            lambda one: ibis.struct(
                {"author": one.author, "persona": one.persona, "bubbles": one.bubbles, "start": one.start}
            )
        ),
    )
    order = ibis.window(order_by=["start", "chat", "session"])
    return gathered.mutate(number=ibis.row_number().over(order)).drop("session").order_by("number")


def split(sessions: ir.Table, settings: PreparationSettings, *, until: float = 1.0) -> ir.Table:
    """Add `split` by time: the newest sessions test, those before them validate, the rest train.

    Shares are of the persona's bubbles, and a session goes where its middle falls. Sessions past
    the share `until` are left out: an earlier `until` gives an earlier fold.
    """
    so_far = ibis.window(order_by="number", preceding=None, following=0)
    summed = sessions.mutate(_so_far=sessions.weight.sum().over(so_far), _all=sessions.weight.sum().over())
    middle = (summed._so_far - summed.weight / 2) / summed._all
    named = ibis.cases(
        (middle <= until - settings.test - settings.validation, "train"),
        (middle <= until - settings.test, "validation"),
        else_="test",
    )
    kept = summed.mutate(split=named).filter(middle <= until)
    return kept.drop("_so_far", "_all").order_by("number")
