"""The two sides of a talk: the persona's, and that of all others."""

from collections.abc import Iterable
from dataclasses import replace

from sosias.corpus.session import Turn


def sides(turns: Iterable[Turn], *, named: bool) -> list[Turn]:
    """Return the turns, those of one side that follow one another joined; so the two sides alternate.

    `named`: each bubble of the others says by whom it is, for groups.
    """
    joined: list[Turn] = []
    for turn in turns:
        if named and not turn.persona:
            turn = replace(turn, bubbles=tuple(f"{turn.author}: {bubble}" for bubble in turn.bubbles))
        if joined and joined[-1].persona == turn.persona:
            joined[-1] = replace(joined[-1], bubbles=joined[-1].bubbles + turn.bubbles)
        else:
            joined.append(turn)
    return joined
