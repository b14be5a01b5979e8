"""Phrases as people can read them, and the small matcher that looks for them.

A phrase is a row of words; besides words it may hold
    (a|b c|d)     one of these
    (a|b)?        one of these, or nothing
    <name>        one of the words of that group of the table
    !(a|b)        only if none of these follows at once, in the same clause; !<name> likewise
    ...           up to five further words
    #             a number of two or more digits
    wor*          any word that begins so
    ^             the beginning of a clause
    $             the end of the text
A row that begins with spaces goes on with the row above. Between two words of a phrase a mark between
clauses and fillers (really, pues …) may stand. A phrase begins with a whole word, and is only tried where
that word stands: so a long table costs little.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from sosias.companion.spelling import Language, spelled

_BETWEEN = r"(?: [,~][^ ]*)*?"
_ELEMENT = re.compile(r"(?P<not>!)?\((?P<options>[^()]*)\)(?P<optional>\?)?|(?P<word>[^\s()]+)")
_WORD = re.compile(r" [^ ]+")


@dataclass(frozen=True)
class Phrase:
    """One row of a table, its groups filled in."""

    row: str
    language: Language

    @cached_property
    def expression(self) -> re.Pattern[str]:
        parts = [_element(element, self.language) for element in _ELEMENT.finditer(self.row)]
        return re.compile("".join(parts) + "(?= )")

    def first_words(self) -> Iterator[str]:
        """Yield every word with which the phrase can begin, as it is `spelled`."""
        for element in _ELEMENT.finditer(self.row):
            options = (element["word"] or element["options"]).split("|")
            for option in options:
                if words := _pieces(option.split()[0], self.language) if option.strip() else []:
                    yield words[0]
            if not element["optional"] and "^" not in options:
                return


class Table:
    """A table of phrases in one language."""

    def __init__(self, phrases: str, language: Language, groups: Mapping[str, str] | None = None) -> None:
        self.language = language
        self._phrases: dict[str, list[Phrase]] = defaultdict(list)
        for row in filter(str.strip, _joined(phrases).splitlines()):
            for name, words in (groups or {}).items():
                row = row.replace(f"<{name}>", f"({_joined(words).strip()})")
            phrase = Phrase(row, language)
            for word in set(phrase.first_words()):
                self._phrases[word].append(phrase)

    def find(self, line: str) -> Iterator[tuple[int, int]]:
        """Yield where phrases begin and end in a line that was `spelled`; overlapping ones too."""
        for word in _WORD.finditer(line):
            for phrase in self._phrases.get(word[0][1:], ()):
                if match := phrase.expression.match(line, word.start()):
                    yield match.span()

    def ends(self, line: str) -> bool:
        """Tell whether the line, its last space left out, ends with a phrase of the table."""
        return any(end == len(line) - 1 for _, end in self.find(line))

    def in_line(self, line: str) -> bool:
        return next(self.find(line), None) is not None

    def strike(self, line: str) -> str:
        """Return the line with every phrase of the table struck out."""
        for start, end in sorted(self.find(line), reverse=True):
            line = line[:start] + " ," + line[end:]
        return line


@lru_cache(maxsize=32)
def literal_table(phrases: tuple[str, ...], language: Language) -> Table:
    """Make a table of phrases whose words are taken as they stand."""
    return Table("\n".join(re.sub(r"[\W_]+", " ", phrase) for phrase in phrases), language)


def _joined(rows: str) -> str:
    """Put rows together with those that go on with them."""
    return re.sub(r"\n +", " ", rows.replace("|\n    ", "|"))


def _element(element: re.Match[str], language: Language) -> str:
    if (word := element["word"]) is not None:
        return _words(word, language)
    follows = bool(element["not"])
    options = "|".join(_words(option, language, follows) for option in element["options"].split("|"))
    if follows:
        return f"(?!(?:{options})(?= ))"
    if element["optional"]:  # taken where it can be: else what follows would be judged from a word too early
        return f"(?:(?:{options})|(?!(?:{options})(?= )))"
    return f"(?:{options})"


def _words(words: str, language: Language, at_once: bool = False) -> str:
    return "".join(_word(word, language, at_once) for word in words.split())


def _word(word: str, language: Language, at_once: bool) -> str:
    """Return the expression of a word and of what may stand before it; `at_once`: nothing may."""
    if word == "...":
        return r"(?: [^ ]+){0,5}?"
    if word == "^":
        return r"(?:^|(?<= ,))"
    if word == "$":
        return r"(?=[ ,]*$)"
    between = "" if at_once else _BETWEEN
    if word == "#":
        return rf"{between} [1-9]\d+"
    pieces = [re.escape(piece) for piece in _pieces(word, language)]
    if word.endswith("*"):
        pieces[-1] += r"\w*"
    return "".join(f"{between} {piece}" for piece in pieces)


@lru_cache(maxsize=8192)
def _pieces(word: str, language: Language) -> list[str]:
    """Return a word of a phrase as it is `spelled`; an abbreviation may become several."""
    return [] if word == "^" else spelled(word.rstrip("*"), language).split()
