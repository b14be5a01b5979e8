"""Section and Table: what the page is made of."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True)
class Table:
    """A table whose first column names the rows."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: bool = True
    """What follows the name is figures."""


@dataclass(frozen=True)
class Section:
    """One card of the page."""

    key: str
    """What the sentences are about, and the anchor on the page."""
    title: str
    figures: Sequence[Markup] = ()
    table: Table | None = None
    shown: bool = False
    """The table is the figure, and not folded away."""
    note: str = ""
    sentences: Sequence[str] = ()
