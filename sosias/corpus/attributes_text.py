"""What a text tells of itself, without a network: mood, who and what is named, hashtags, phrases."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property, lru_cache

from sosias.corpus.description.feelings import CLEAR, Scorer, scorer
from sosias.corpus.description.words import stop_words

MOST_ENTITIES = 10
MOST_PHRASES = 3
LONGEST_PHRASE = 4
"""Words."""
SHOUTED = 0.5
"""Share of capital letters from which on they tell no names."""

HASHTAG = re.compile(r"(?<![\w#&/])#(\w*[^\W\d_]\w*)")
MENTION = re.compile(r"(?<![\w@/])@(\w{2,})")
LINK = re.compile(r"(?:https?://|www\.)\S+")
WORD = re.compile(r"[^\W\d_](?:[\w'’-]*\w)?")
SENTENCE_ENDS = re.compile(r"(?:\A|[.!?…:;\n\"“«¿¡|(-])\W*\Z")
"""What stands before the first word of a sentence,"""
BEFORE = 12
"""looked for in so many characters."""
INSIDE_NAMES = frozenset(("de", "del", "la", "las", "los", "el", "y", "of", "the", "and", "for", "von", "da"))
"""Small words that names have inside them."""


class Reader:
    """Reads texts of one language (ISO 639-1)."""

    def __init__(self, language: str) -> None:
        self.language = language

    @cached_property
    def _score(self) -> Scorer | None:
        return scorer(self.language)

    @cached_property
    def _stopped(self) -> frozenset[str]:
        return frozenset(map(_plain, stop_words([self.language])))

    def attributes(self, text: str) -> dict[str, str]:
        """Return the fields of which a text tells something."""
        found = {
            "sentiment": self.sentiment(text),
            "entities": " ".join(self.entities(text)),
            "hashtags": " ".join(hashtags(text)),
            "keywords": " ".join(self.phrases(text)),
        }
        return {name: value for name, value in found.items() if value}

    def sentiment(self, text: str) -> str:
        """Return POSITIVE, NEGATIVE or NEUTRAL by the words' lexicon; "" for languages without one.

        Of one text that is right about every second time (docs/templates.md).
        """
        if self._score is None:
            return ""
        score = self._score(text)
        if abs(score) < CLEAR:
            return "NEUTRAL"
        return "POSITIVE" if score > 0 else "NEGATIVE"

    def entities(self, text: str) -> list[str]:
        """Return accounts, and runs of capitalised words that do not just begin a sentence."""
        names = MENTION.findall(text)
        bare = _without(text, LINK, HASHTAG, MENTION)
        if not _is_shouted(bare):
            names += self._runs(bare)
        return list(dict.fromkeys(names))[:MOST_ENTITIES]

    def _runs(self, text: str) -> Iterator[str]:
        run: list[re.Match[str]] = []
        for word in WORD.finditer(text):
            joined = not run or not text[run[-1].end() : word.start()].strip()
            if joined and (word[0][0].isupper() or (run and word[0].lower() in INSIDE_NAMES)):
                run.append(word)
                continue
            yield from self._name(text, run)
            run = [word] if word[0][0].isupper() else []
        yield from self._name(text, run)

    def _name(self, text: str, run: list[re.Match[str]]) -> Iterator[str]:
        """Yield a run as a name, without small words at its end and what only begins a sentence."""
        while run and not run[-1][0][0].isupper():
            run = run[:-1]
        if run and _begins_sentence(text, run[0].start()) and not _is_acronym(run[0][0]):
            alone = len(run) == 1 or _plain(run[0][0]) in self._stopped
            run = run[1:] if alone else run
        while run and _plain(run[0][0]) in self._stopped and (len(run) == 1 or run[0][0].islower()):
            run = run[1:]
        if run and (len(run) > 1 or len(run[0][0]) > 1):
            yield " ".join(text[run[0].start() : run[-1].end()].split())

    def phrases(self, text: str) -> list[str]:
        """Return the phrases that say most, by RAKE: runs of words between stop words and signs, scored by
        the sum of degree / frequency of their words (Rose, Engel, Cramer and Cowley 2010)."""
        if not self._stopped:
            return []
        candidates = list(self._candidates(_without(text, LINK, HASHTAG, MENTION, by="\n")))
        frequency: dict[str, int] = defaultdict(int)
        degree: dict[str, int] = defaultdict(int)
        for phrase in candidates:
            for word in map(_plain, phrase):
                frequency[word] += 1
                degree[word] += len(phrase)
        scores = {
            " ".join(phrase): sum(degree[word] / frequency[word] for word in map(_plain, phrase))
            for phrase in candidates
        }
        return sorted(scores, key=lambda phrase: -scores[phrase])[:MOST_PHRASES]

    def _candidates(self, text: str) -> Iterator[list[str]]:
        for stretch in re.split(r"[^\w\s'’-]|\n", text):
            phrase: list[str] = []
            for word in WORD.findall(stretch):
                if _plain(word) in self._stopped or len(phrase) == LONGEST_PHRASE:
                    yield from _worth(phrase)
                    phrase = []
                if _plain(word) not in self._stopped:
                    phrase.append(word)
            yield from _worth(phrase)


def hashtags(text: str) -> list[str]:
    """Return the hashtags of a text without their sign, each once."""
    return list(dict.fromkeys(HASHTAG.findall(text)))


def _worth(phrase: list[str]) -> Iterator[list[str]]:
    """Yield a phrase that has some length."""
    if sum(map(len, phrase)) > 3:
        yield phrase


def _begins_sentence(text: str, place: int) -> bool:
    return SENTENCE_ENDS.search(text, max(0, place - BEFORE), place) is not None


def _is_shouted(text: str) -> bool:
    letters = [one for one in text if one.isalpha()]
    return sum(map(str.isupper, letters)) > SHOUTED * len(letters)


def _is_acronym(word: str) -> bool:
    return len(word) > 1 and word.isupper()


def _without(text: str, *patterns: re.Pattern[str], by: str = " ") -> str:
    for pattern in patterns:
        text = pattern.sub(by, text)
    return text


@lru_cache(maxsize=1 << 16)
def _plain(word: str) -> str:
    letters = unicodedata.normalize("NFD", word.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
