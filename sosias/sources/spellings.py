"""How names are compared: telephone numbers, small letters, what exporters put around them."""

import re
import unicodedata

PHONE = re.compile(r"[+(]?[0-9][0-9 ().‑‐\-\u00a0\u200e\u202a-\u202e\u2066-\u2069]{4,}[0-9]")
MARKS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Direction marks that exporters put around names."""
SUBSCRIBER = 9
"""Last digits of a telephone's number that are the same with and without the country's code."""


def plain(name: str) -> str:
    """Return a name in small letters without accents, for comparing."""
    letters = unicodedata.normalize("NFD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def is_phone(name: str) -> bool:
    """Is a name a telephone's number?"""
    return PHONE.fullmatch(name.strip(MARKS)) is not None


def folded(name: str) -> str:
    """Return what is the same in all ways to write one name: small and capital letters, accents in one or
    two characters, spaces, and a telephone's number with or without its country."""
    bare = "".join(letter for letter in name if letter not in MARKS).strip()
    if is_phone(bare):
        return "".join(letter for letter in bare if letter.isdigit())[-SUBSCRIBER:]
    letters = unicodedata.normalize("NFC", unicodedata.normalize("NFC", bare).casefold())
    return " ".join(letters.replace("_", " ").split())
