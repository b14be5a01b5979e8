"""The real names and numbers put back in the place of their stand-ins."""

import re
from collections.abc import Mapping
from functools import cached_property

from sosias.corpus.pseudonyms.spans import only
from sosias.corpus.pseudonyms.spelling import WORD, drawn_out, shortened, style_of, styled
from sosias.corpus.pseudonyms.stand_ins import SECOND, SHAPED, reshaped

WORDS = ("name", "surname", *SECOND)
BETWEEN = r"[^\w\n]{0,3}"
"""What may stand between the digits of a number."""


class Restorer:
    """Puts back what pairs of people.toml say; without the file nobody can."""

    def __init__(self, pairs: Mapping[str, Mapping[str, str]]) -> None:
        self._words = {other: real for kind in WORDS for real, other in pairs.get(kind, {}).items()}
        self._numbers = {other: real for kind in SHAPED for real, other in pairs.get(kind, {}).items()}
        rest = (kind for kind in pairs if kind not in (*WORDS, *SHAPED, "author", "chat"))
        self._others = {other: real for kind in rest for real, other in pairs[kind].items()}
        self._authors = {other: real for real, other in pairs.get("author", {}).items()}

    def restore(self, text: str) -> str:
        """Return the text with what is real in it."""
        if self._numbers and re.search(r"\d", text):
            text = self._in_numbers.sub(self._number, text)
        parts, last = [], 0
        for match in self._in_others.finditer(text) if self._others else ():
            parts += [self._in_words(text[last : match.start()]), self._other(match.group())]
            last = match.end()
        return "".join([*parts, self._in_words(text[last:])])

    def author(self, shown: str) -> str:
        """Return the real name of an author under which a stand-in is shown."""
        return self._authors.get(shown, shown)

    @cached_property
    def _in_numbers(self) -> re.Pattern[str]:
        ordered = sorted(self._numbers, key=len, reverse=True)
        return re.compile(
            "|".join(f"(?:{BETWEEN.join(map(re.escape, one))})(?![0-9])" for one in ordered), re.IGNORECASE
        )

    def _number(self, match: re.Match[str]) -> str:
        return reshaped(match.group(), self._numbers.get(only(match.group()), only(match.group())))

    @cached_property
    def _in_others(self) -> re.Pattern[str]:
        ordered = sorted(self._others, key=len, reverse=True)
        return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, ordered))})(?!\w)", re.IGNORECASE)

    def _other(self, found: str) -> str:
        if found in self._others:
            return self._others[found]
        style = style_of(found)
        real = self._others.get(found.lower())
        return found if style is None or real is None else styled(real, style)

    def _in_words(self, text: str) -> str:
        return WORD.sub(self._word, text)

    def _word(self, match: re.Match[str]) -> str:
        word = match.group()
        style = style_of(word)
        if word in self._words and (style is None or style == "small"):
            return self._words[word]
        if style is None:
            return word
        real = self._words.get(word.lower())
        if real is not None:
            return styled(real, style)
        stem, more = shortened(word.lower())
        real = self._words.get(stem) if more else None
        return word if real is None else styled(drawn_out(real, more), style)
