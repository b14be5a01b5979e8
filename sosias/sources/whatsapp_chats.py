"""What the chats are called whose exports are joined in one file: only one of them can have its name."""

from collections.abc import Sequence

from sosias.language import translate as _
from sosias.sources.whatsapp_export import Export


def name_chats(exports: Sequence[Export]) -> None:
    """Name each by what it says of itself, by the other of two people, or like another one of theirs.

    What is left has the file's name; with a number, where others' chats have it already.
    """
    keeper = _keeper(exports)
    named: list[Export] = []
    unnamed: list[Export] = []
    for one in exports:
        if one.owner is None and keeper in one.people:
            one.owner, one.why = keeper, _("they alone write in every chat of the file")
        name = one.survey.subject or one.survey.renamed or _other(one)
        one.chat = name or one.chat
        (named if name else unnamed).append(one)
    others = 0
    for one in unnamed:
        like = next((other for other in named if _is_like(one, other)), None)
        others += like is None
        number = f" ({others})" if others > 1 else ""
        one.chat = like.chat if like is not None else one.chat + number
        named.append(one)


def _keeper(exports: Sequence[Export]) -> str | None:
    """Return the only one who writes in all of them: they exported them."""
    common = set.intersection(*(one.people for one in exports))
    return common.pop() if len(common) == 1 else None


def _other(export: Export) -> str | None:
    """Return with whom the owner talks, where they are two."""
    others = export.people - {export.owner}
    return others.pop() if len(export.people) == 2 and len(others) == 1 else None


def _is_like(one: Export, other: Export) -> bool:
    """Do the same people write in both, or most of them?"""
    both = len(one.people & other.people)
    return both > 1 and 2 * both >= min(len(one.people), len(other.people))
