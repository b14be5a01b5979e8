"""Whatever points to a person and is not a name: numbers, addresses, accounts, links."""

import re
from collections.abc import Iterator, Sequence

from sosias.corpus.pseudonyms import addresses, bank, links, national, phones
from sosias.corpus.pseudonyms.spans import Span, apart

LINKED = re.compile(r"[@/]|www\.|arroba| dot |\bat\)|[\d_.#]\w*(?<=\w{4})|\d", re.IGNORECASE)
"""What there is at least in a text with a link, an address or a handle;"""
FOUR_DIGITS = re.compile(r"\d\W{0,3}\d\W{0,3}\d\W{0,3}\d")
"""or with a number of the kinds looked for."""
DIGIT = re.compile(r"\d")


def find(text: str, regions: Sequence[str]) -> list[Span]:
    """Return what was found, apart from each other and in order.

    What is surer comes first: an e-mail is no handle, a card no telephone.
    """
    return apart(_all(text, regions)) if _is_worth_it(text) else []


def _is_worth_it(text: str) -> bool:
    """Is there any sign that stands in all that is looked for? Most messages have none."""
    return (
        any(sign in text for sign in "@/_")
        or DIGIT.search(text) is not None
        or LINKED.search(text) is not None
    )


def _all(text: str, regions: Sequence[str]) -> Iterator[Span]:
    yield from links.find(text)
    if not DIGIT.search(text):
        return
    if FOUR_DIGITS.search(text):
        yield from bank.find(text)
        yield from national.find(text)
        yield from phones.find(text, regions)
    yield from addresses.find(text)
