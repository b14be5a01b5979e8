"""Who answers whom in a group, and what of its talk concerns the persona: expressions from table to table.

Reply links tell surely; else a name does: `@name` anywhere, or `name:` and `name,` at the start, where
the first word of only one participant's name is so spelt. Who names nobody speaks to all.
"""

import ibis
import ibis.expr.types as ir

from sosias.corpus.grouping import CHAT, SESSION

AT_NAME = r"@[⁨]?([^\s@,.:;!?()⁨⁩]+)"
"""`@name`, with the marks that WhatsApp puts around it."""
NAME_FIRST = r"^\s*([^\s@,.:;!?()]+)[,:]"
"""`name:` or `name,` at the start."""
FIRST_WORD = r"^[~\s]*([^\s@,.:;!?()]+)"
"""What a participant is called by."""


def addressed(messages: ir.Table) -> ir.Table:
    """Add `to`: the author whom a message answers or names, or NULL; and `to_persona`."""
    linked = _by_link(messages)
    named = _by_name(messages)
    joined = messages.left_join(linked, messages.id == linked._linked_id)
    joined = joined.left_join(named, joined.id == named._named_id)
    return joined.mutate(
        to=joined._linked.coalesce(joined._named),
        to_persona=joined._linked_persona.coalesce(joined._named_persona).fill_null(False),
    ).select(*messages.columns, "to", "to_persona")


def unaddressed(messages: ir.Table) -> ir.Table:
    """Add the same columns, empty: nothing is left out by them."""
    return messages.mutate(to=ibis.null("string"), to_persona=ibis.literal(False))


def _by_link(messages: ir.Table) -> ir.Table:
    """Return `_linked_id`, and of the message that it answers the author and whether they are the persona."""
    answers = messages.filter(messages.reply_to.notnull()).select(_linked_id="id", _target="reply_to")
    authors = messages.group_by("id").aggregate(_linked=messages.author.min(), _mine=messages.persona.any())
    found = answers.inner_join(authors, answers._target == authors.id)
    once = found.group_by("_linked_id")
    return once.aggregate(_linked=found._linked.min(), _linked_persona=found._mine.any())


def _by_name(messages: ir.Table) -> ir.Table:
    """Return `_named_id`, and the participant of its chat who is named in it."""
    name = _called(messages.text, AT_NAME).coalesce(_called(messages.text, NAME_FIRST))
    naming = messages.select(*CHAT, _named_id="id", _name=name).filter(ibis._._name.notnull())
    known = _participants(messages)
    found = naming.inner_join(known, [*CHAT, "_name"])
    once = found.group_by("_named_id")
    return once.aggregate(_named=found.author.min(), _named_persona=found.persona.any())


def _participants(messages: ir.Table) -> ir.Table:
    """Return `_name` in small letters, `author` and `persona` by chat; names that two share are left out."""
    own = messages.mutate(_name=_called(messages.author, FIRST_WORD))
    counted = own.group_by([*CHAT, "_name"]).aggregate(
        author=own.author.min(), persona=own.persona.any(), _last=own.author.max()
    )
    return counted.filter(counted.author == counted._last).drop("_last")


def _called(text: ir.StringColumn, pattern: str) -> ir.StringValue:
    """Return the first name in a text, in small letters; NULL: none."""
    return text.re_extract(pattern, 1).lower().nullif("")


def concerning(turns: ir.Table, groups: ir.Table) -> ir.Table:
    """Leave, in groups, the persona's turns, those said to them, and what they answer.

    What the persona answers is what whoever they reply to or name has said since the persona's last
    turn; where they name nobody, all since then that is said to nobody in particular. Chats of two, which
    `groups` tells, stay as they are.
    """
    block = ibis.window(group_by=SESSION, order_by="turn", preceding=None, following=0)
    mine = turns.persona.cast("int64")
    # a block: what the others say, and the persona's turn that ends it
    blocked = turns.mutate(_block=mine.sum().over(block) - mine)
    whole = ibis.window(group_by=[*SESSION, "_block"])
    answered = ibis.ifelse(blocked.persona, blocked.to, ibis.null("string")).max().over(whole)
    joined = blocked.mutate(_answered=answered).left_join(groups, CHAT)
    kept = joined.filter(
        joined._two.fill_null(False)
        | joined.persona
        | joined.to_persona
        | (joined._answered.isnull() & joined.to.isnull())
        | (joined.author == joined._answered).fill_null(False)
    )
    return kept.select(*turns.columns)


def groups(messages: ir.Table) -> ir.Table:
    """Return of each chat whether `_two` at most write in it."""
    return messages.group_by(CHAT).aggregate(_two=messages.author.nunique() <= 2)
