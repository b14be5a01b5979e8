"""Span: where in a text something stands that points to a person, and what it is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal[
    "name", "surname", "phone", "email", "link", "handle", "account", "card", "id", "address", "postcode"
]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text, from `start` up to `end`, in characters."""

    start: int
    end: int
    kind: Kind
    canonical: str
    """The same for all spellings of the same thing: a phone with and without its country's code."""


Finder = Callable[[str], Iterable[Span]]


def apart(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in the order of the text; of two that overlap, the one that was given first."""
    kept: list[Span] = []
    for span in spans:
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return sorted(kept, key=lambda span: span.start)


def only(text: str) -> str:
    """Return the letters and digits of a number, capital: what is left of it without its punctuation."""
    return "".join(letter for letter in text if letter.isalnum()).upper()
