"""Markers: a template's own words between the texts, and texts in which none can be counterfeit.

A marker is a single token where the base has one of that spelling (its authors added it, or a vocabulary
was trained with it), and otherwise spelt with the tokens that every text is made of: new tokens would
need new weights, which adapters and their files cannot carry.
"""

import re
from collections.abc import Iterable

from sosias.models.base import Base
from sosias.models.tokenizer import encode_text

END_OF_TEXT = "<|endoftext|>"


def marker(base: Base, spelling: str, *, before: str = "") -> list[int]:
    """Return a marker as ids, with the text that stands before it."""
    token = base.tokenizer.token_to_id(spelling)
    if token is None:
        return encode_text(base, before + spelling)
    return [*encode_text(base, before), token]


def end_of_text(base: Base) -> int:
    """Return the token between two texts: `<|endoftext|>` where the base has it, else its own end."""
    token = base.tokenizer.token_to_id(END_OF_TEXT)
    return base.config.eos_id if token is None else int(token)


class Escape:
    """Writes the spelling of a marker inside a text with a backslash after its first sign, and reads it back.

    Spellings that have backslashes there already get one more, so that every text comes back exactly.
    """

    def __init__(self, spellings: Iterable[str]) -> None:
        spelt = [(re.escape(one[0]), re.escape(one[1:])) for one in spellings]
        self._marker = re.compile("|".join(rf"(?<={first})\\*{rest}" for first, rest in spelt))
        self._escaped = re.compile("|".join(rf"(?<={first})\\+{rest}" for first, rest in spelt))

    def write(self, text: str) -> str:
        """Return the text with every marker in it escaped."""
        return self._marker.sub(lambda found: "\\" + found[0], text)

    def read(self, text: str) -> str:
        """Return the text as it was."""
        return self._escaped.sub(lambda found: found[0][1:], text)
