"""Ordinary words of Spanish and English: what stands in no list of names, or is more than a name.

They are pyspellchecker's lists, counted in subtitles (English ones hold names, too, written small), Spanish
words counted in novels, and two lists of our own: words of chats, and names that are words as well.
"""

import gzip
from collections.abc import Iterator
from functools import cache

from spellchecker import SpellChecker

from sosias.corpus.pseudonyms.gazetteer import given_names, surnames
from sosias.corpus.pseudonyms.lists import DATA, bearers, plain, sections

LEAST = {"en": 500, "es": 50}
"""Times that a word occurs in the subtitles: rarer English ones are as often names, foreign or misspelt
words; the Spanish list is a dictionary's, and 50 is its least."""
LEAST_SURNAME = 1_000
"""Times for what is a surname as well (`baker` 1,794, `peters` 155)."""
LEAST_GIVEN = 20_000
"""Times for what is a given name as well (`mark` 50,334, `emily` 14,211); below, our own list tells."""


@cache
def words() -> frozenset[str]:
    """Return ordinary words of Spanish and English, small, accents kept."""
    ours = sections("chat_words")[""] | sections("names_that_are_words")[""]
    return frozenset((*ours, *_in_subtitles(), *_in_novels()))


def _in_subtitles() -> Iterator[str]:
    """Yield words that occur often enough for what else they are; of `didn't`, `didn` and `t`."""
    given = {form for name in given_names().values() for form in (name.name.lower(), plain(name.name))}
    given.update(bearers())
    families = surnames()
    for language, least in LEAST.items():
        for written, count in SpellChecker(language=language).word_frequency.items():
            for word in written.split("'"):
                enough = LEAST_GIVEN if word in given else LEAST_SURNAME if plain(word) in families else least
                if count >= enough and word.isalpha():
                    yield word


def _in_novels() -> Iterator[str]:
    """Yield what `scripts/spanish_words.py` has counted: inflected words, which the other list has few of."""
    yield from gzip.decompress((DATA / "spanish_words.txt.gz").read_bytes()).decode().split()
