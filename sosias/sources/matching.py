"""Messages that two sides have in common, found by sorting numbers: a million of them in a second or two."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sosias.sources.rows import MINUTE, NEVER, Integers, Truths, moments

MOST_ALIKE = 16
"""What more authors than this write in the same minute tells nobody."""

Voice = tuple[int, int]
"""A chat and an author in it."""


@dataclass
class Said:
    """Messages in the order of their places, a row each."""

    row: Integers
    """Their number where they come from."""
    chat: Integers
    author: Integers
    time: Integers
    """Microseconds on the wall clock."""
    content: Integers
    telling: Truths
    """Says enough to be known again."""

    def take(self, chosen: Truths | Integers) -> "Said":
        return Said(*(column[chosen] for column in vars(self).values()))

    def and_(self, other: "Said") -> "Said":
        columns = zip(vars(self).values(), vars(other).values(), strict=True)
        return Said(*(np.concatenate(pair) for pair in columns))

    @property
    def minute(self) -> Integers:
        return self.time - self.time % MINUTE

    @property
    def exact(self) -> Truths:
        """Tell which tell seconds."""
        seconds: Truths = self.time % MINUTE != 0
        return seconds


@dataclass
class Pairs:
    """The same words of a voice on the one side and of one on the other, a row each."""

    one: Said
    two: Said
    count: Integers
    """Messages that both have."""
    exact: Truths
    """Both tell seconds."""

    @classmethod
    def by_minute(cls, one: Said, two: Said) -> "Pairs":
        """Return what was said in the same minute."""
        return cls._with(one, two, moments(one.time, one.content), moments(two.time, two.content))

    @classmethod
    def by_second(cls, one: Said, two: Said) -> "Pairs":
        """Return what was said in the same second."""
        time, content = np.concatenate([one.time, two.time]), np.concatenate([one.content, two.content])
        keys = numbered(time, content)
        return cls._with(one, two, keys[: len(one.row)], keys[len(one.row) :])

    @classmethod
    def _with(cls, one: Said, two: Said, key: Integers, other: Integers) -> "Pairs":
        first, count, exact = _grouped(one, key)
        second, counted, also = _grouped(two, other)
        left, right = _equal(key[first], other[second])
        both = np.minimum(count[left], counted[right])
        return cls(one.take(first[left]), two.take(second[right]), both, exact[left] & also[right])

    def where(self, chosen: Truths) -> "Pairs":
        return Pairs(self.one.take(chosen), self.two.take(chosen), self.count[chosen], self.exact[chosen])

    def voices(self, least: int) -> Iterator[tuple[Voice, Voice, int]]:
        """Yield the voices with at least so many different telling texts in common, and how many messages."""
        pair = numbered(self.one.chat, self.one.author, self.two.chat, self.two.author)
        telling = np.flatnonzero(self.one.telling)
        _texts, different = np.unique(numbered(pair[telling], self.one.content[telling]), return_index=True)
        texts = np.bincount(pair[telling[different]], minlength=1)
        counts = np.bincount(pair, self.count, minlength=1)
        _pairs, first = np.unique(pair, return_index=True)
        for number in np.flatnonzero(texts >= least).tolist():
            at = first[number]
            voice = int(self.one.chat[at]), int(self.one.author[at])
            yield voice, (int(self.two.chat[at]), int(self.two.author[at])), int(counts[number])


def joined(one: Pairs, two: Pairs) -> Pairs:
    """Return the pairs of both."""
    count, exact = np.concatenate([one.count, two.count]), np.concatenate([one.exact, two.exact])
    return Pairs(one.one.and_(two.one), one.two.and_(two.two), count, exact)


def _grouped(said: Said, key: Integers) -> tuple[Integers, Integers, Truths]:
    """Return the first message of each voice and key, how many there are, and whether any tells seconds."""
    group = numbered(said.chat, said.author, key)
    _groups, first, count = np.unique(group, return_index=True, return_counts=True)
    exact: Truths = np.bincount(group, said.exact, minlength=len(first))[: len(first)] > 0
    return first, count, exact


def _equal(one: Integers, two: Integers) -> tuple[Integers, Integers]:
    """Return all pairs of rows whose keys are equal; keys that very many have are left out."""
    order = np.argsort(two, kind="stable")
    first, last = np.searchsorted(two[order], one, "left"), np.searchsorted(two[order], one, "right")
    _keys, inverse, often = np.unique(one, return_inverse=True, return_counts=True)
    count = np.where((last - first > MOST_ALIKE) | (often[inverse] > MOST_ALIKE), 0, last - first)
    left = np.repeat(np.arange(len(one)), count)
    within = np.arange(len(left)) - np.repeat(np.cumsum(count) - count, count)
    return left, order[np.repeat(first, count) + within]


def numbered(*columns: Integers) -> Integers:
    """Return a number from 0 for each row, the same for rows that are equal in all columns."""
    order = np.lexsort(columns)
    differs = np.zeros(len(order), np.bool_)
    for column in columns:
        differs[1:] |= column[order[1:]] != column[order[:-1]]
    numbers = np.empty(len(order), np.int64)
    numbers[order] = np.cumsum(differs)
    return numbers


def matched(one: Integers, two: Integers) -> tuple[Integers, Integers]:
    """Return rows with equal keys one to one: the first of the one with the first of the other, and so on.

    Keys are numbers from 0.
    """
    rank, other = _rank(one), _rank(two)
    unit = int(max(rank.max(initial=0), other.max(initial=0))) + 1
    _keys, left, right = np.intersect1d(
        one * unit + rank, two * unit + other, assume_unique=True, return_indices=True
    )
    return left, right


def _rank(keys: Integers) -> Integers:
    """Return how many rows before each one have its key."""
    order = np.argsort(keys, kind="stable")
    ordered, count = keys[order], np.arange(len(keys))
    begins = np.ones(len(keys), np.bool_)
    begins[1:] = ordered[1:] != ordered[:-1]
    rank = np.empty(len(keys), np.int64)
    rank[order] = count - np.maximum.accumulate(np.where(begins, count, 0))
    return rank


def clocks(one: Said, two: Said) -> Iterator[tuple[Integers, Integers]]:
    """Yield by what times messages are the same: by the second, and by the minute where one tells no more.

    NEVER: not by this one.
    """
    yield one.time, two.time
    yield np.where(one.exact, NEVER, one.minute), two.minute
    yield np.where(one.exact, one.minute, NEVER), np.where(two.exact, NEVER, two.minute)
