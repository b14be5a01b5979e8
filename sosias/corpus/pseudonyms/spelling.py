"""How a word is written apart from its letters: small or capital, and drawn out ("Anaaa").

What is taken off a real name is put on its stand-in, and the other way round, so that nothing is lost.
"""

import re
from typing import Literal

Style = Literal["small", "title", "capital"]
WORD = re.compile(r"[^\W\d_]+")
DRAWN_OUT = re.compile(r"([aeiouyáéíóú])\1+$|(.)\2{2,}$", re.DOTALL | re.IGNORECASE)
"""Two of a vowel, three of a consonant: names that end so by themselves (Renee, Matt) are looked up first."""


def style_of(word: str) -> Style | None:
    """Return how a word is written, None for what no style gives back exactly (`McDonald`, `aNA`)."""
    small = word.lower()
    if word == small:
        return "small"
    if word == titled(small):
        return "title"
    if word == small.upper() and small.upper().lower() == small:
        return "capital"
    return None


def titled(word: str) -> str:
    """Return the word with its first letter capital, all else as it is."""
    return word[:1].upper() + word[1:]


def styled(word: str, style: Style) -> str:
    """Write a small word in a style."""
    return {"small": word, "title": titled(word), "capital": word.upper()}[style]


def shortened(word: str) -> tuple[str, int]:
    """Return a word whose last letter is drawn out with one of it, and how many were taken off."""
    match = DRAWN_OUT.search(word)
    return (word, 0) if match is None else (word[: match.start() + 1], len(match.group()) - 1)


def drawn_out(word: str, more: int) -> str:
    """Return the word with its last letter that many times more."""
    return word + word[-1] * more


def squeezed(word: str) -> str:
    """Return the word with every letter that is repeated three times or more written once."""
    return re.sub(r"(.)\1{2,}", r"\1", word)
