"""Whatever points to a person and is not a name: numbers, addresses, accounts, links."""

import re
from collections.abc import Iterator, Sequence

from sosias.corpus.pseudonyms import addresses, bank, links, national, phones
from sosias.corpus.pseudonyms.spans import Span, apart

FOUR_DIGITS = re.compile(r"\d\W{0,3}\d\W{0,3}\d\W{0,3}\d")
"""At least in a text with a number of the kinds looked for."""
DIGIT = re.compile(r"\d")


DOTTED = re.compile(r"\w[._]\w")


def find(text: str, regions: Sequence[str]) -> list[Span]:
    """Return what was found, apart from each other and in order.

    What is surer comes first: an e-mail is no handle, a card no telephone.
    """
    found: list[Span] = []
    has_digits = DIGIT.search(text) is not None
    if has_digits or _may_link(text):
        found += links.find(text)
    if has_digits:
        found += _numbers(text, regions)
    return apart(found) if found else found


def _may_link(text: str) -> bool:
    """Is there any sign of a link, an address or a user name? Most messages have none."""
    if any(sign in text for sign in "@/") or DOTTED.search(text):
        return True
    small = text.lower()
    return "arroba" in small or " dot " in small


def _numbers(text: str, regions: Sequence[str]) -> Iterator[Span]:
    if FOUR_DIGITS.search(text):
        yield from bank.find(text)
        yield from national.find(text)
        yield from phones.find(text, regions)
    yield from addresses.find(text)
