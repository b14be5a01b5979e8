"""What long work says while it runs: progress, and the choices made for the user.

A step takes a `Listener` and calls it; who listens (a terminal, a page, a test) is not its
concern. Events are small, picklable, and never hold the text of a message.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Choice:
    """An automatic choice and its reason: every one of them is shown and recorded."""

    what: str
    value: str
    why: str


@dataclass(frozen=True)
class Progress:
    """`done` of `total` of a step (`total` 0: unknown); `note` is a short live figure."""

    step: str
    done: float
    total: float
    note: str = ""


@dataclass(frozen=True)
class Notice:
    """A sentence that the user should read (a warning, or something that was skipped)."""

    text: str


Event = Choice | Progress | Notice
Listener = Callable[[Event], None]


def silent(event: Event) -> None:
    """Listen to nothing: for tests and for callers that do not care."""
