"""Names that look like one person's: suggested to the user, and never joined by themselves."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from sosias.language import translate as _
from sosias.sources.people import People
from sosias.sources.spellings import MARKS, is_phone, plain

DIGITS = 7
"""Digits that a number without its country and area has at least."""
MOST_ALIKE = 8
"""Spellings that look alike; more are no longer one person's."""


@dataclass(frozen=True)
class Resemblance:
    """Two authors who may be one person."""

    name: str
    other: str
    why: str


def resemblances(spellings: Iterable[str], people: People) -> list[Resemblance]:
    """Return the pairs of authors who look alike and have been neither joined nor taken apart."""
    names = list(dict.fromkeys(spellings))
    written = _alike(names, _letters, lambda _one, _two: True)
    numbers = _alike([name for name in names if is_phone(name)], _ending, _is_same_number)
    found: dict[tuple[str, str], Resemblance] = {}
    for pairs, why in ((written, _("the same name, written differently")), (numbers, _("the same number"))):
        for one, two in pairs:
            first, second = people.name(one), people.name(two)
            if first != second and not people.are_refused(first, second):
                key = (min(first, second), max(first, second))
                found.setdefault(key, Resemblance(first, second, why))
    return list(found.values())


def _alike(
    names: Iterable[str], key: Callable[[str], str], same: Callable[[str, str], bool]
) -> Iterator[tuple[str, str]]:
    groups: dict[str, list[str]] = {}
    for name in names:
        if found := key(name):
            groups.setdefault(found, []).append(name)
    for group in groups.values():
        if len(group) <= MOST_ALIKE:
            yield from (pair for pair in combinations(group, 2) if same(*pair))


def _letters(name: str) -> str:
    """Return a name without accents, capitals, direction marks and the sign of an unsaved contact."""
    bare = name.strip(MARKS).removeprefix("~")
    return "" if is_phone(bare) else " ".join(plain(bare).split())


def _number(name: str) -> str:
    return re.sub("[^0-9]", "", name).lstrip("0")


def _ending(name: str) -> str:
    number = _number(name)
    return number[-DIGITS:] if len(number) >= DIGITS else ""


def _is_same_number(one: str, two: str) -> bool:
    """Is the one the other with its country before it, or without?"""
    first, second = sorted((_number(one), _number(two)), key=len)
    return second.endswith(first)
