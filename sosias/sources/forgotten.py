"""Who asked to be forgotten: known again by salted hashes of their names, which are not kept.

A hash is a byte of blake2b, which passes over nearly every other name at once, and scrypt, which makes
each guess cost time. Whoever has the folder can still try names one by one.
"""

import hashlib
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sosias.settings import ForgottenSettings
from sosias.sources.spellings import folded

SCRYPT = {"n": 1 << 14, "r": 8, "p": 1, "dklen": 16}
"""As RFC 7914 has it for logins: some 40 ms and 16 MB a name."""
PIECE = re.compile(r"[^\W_]+|[^\w\s]")
LONGEST = 12
"""Pieces of a name that is looked for within a text: words, signs and groups of digits."""
REMEMBERED = 1 << 16
"""Names whose answers are kept at once."""


@dataclass
class _Person:
    """One who is forgotten."""

    stand_in: str
    salt: bytes
    hashes: list[str]
    apart: set[str]

    @classmethod
    def of(cls, settings: ForgottenSettings) -> "_Person":
        return cls(
            settings.stand_in, bytes.fromhex(settings.salt), list(settings.hashes), set(settings.apart)
        )

    def settings(self) -> ForgottenSettings:
        return ForgottenSettings(
            stand_in=self.stand_in,
            salt=self.salt.hex(),
            hashes=tuple(self.hashes),
            apart=tuple(sorted(self.apart)),
        )

    def knows(self, name: str) -> bool:
        first = self._first(name)
        if not any(one.startswith(first) for one in self.hashes):
            return False
        return first + self._rest(name) in self.hashes

    def add(self, name: str) -> None:
        if not self.knows(name):
            self.hashes.append(self._first(name) + self._rest(name))

    def _first(self, name: str) -> str:
        return hashlib.blake2b(name.encode("utf-8", "replace"), key=self.salt, digest_size=1).hexdigest()

    def _rest(self, name: str) -> str:
        return hashlib.scrypt(name.encode("utf-8", "replace"), salt=self.salt, **SCRYPT).hex()


class Forgotten:
    """Those of a workspace who are forgotten; their numbers count from 0."""

    def __init__(self, settings: Iterable[ForgottenSettings] = ()) -> None:
        self._people = [_Person.of(one) for one in settings]
        self.grown = False
        """Further names were learnt since."""
        self._recall()

    def _recall(self) -> None:
        self._found = lru_cache(REMEMBERED)(self._find)
        self.without = lru_cache(REMEMBERED)(self._without)
        """Returns a text with a stand-in wherever one of them is named."""

    def __bool__(self) -> bool:
        return bool(self._people)

    def settings(self) -> tuple[ForgottenSettings, ...]:
        """Return what people.toml holds."""
        return tuple(person.settings() for person in self._people)

    def person(self, name: str) -> int | None:
        """Return the number of the person whose name it is, None where it is nobody's here."""
        return self._found(name) if self._people else None

    def knows(self, name: str) -> bool:
        """Is a name that of somebody who is forgotten?"""
        return self.person(name) is not None

    def stand_in(self, number: int) -> str:
        """Return what is written in the place of a person's name."""
        return self._people[number].stand_in

    def add(self, names: Sequence[str], apart: Iterable[str] = ()) -> int:
        """Note a person under all their names, but for those `apart`; return their number."""
        known = {number for number in map(self.person, names) if number is not None}
        if known:
            number = min(known)
        else:
            number = len(self._people)
            self._people.append(_Person(f"forgotten-{number + 1}", secrets.token_bytes(16), [], set()))
        person = self._people[number]
        person.apart |= set(apart)
        for name in names:
            person.add(folded(name))
        self._recall()
        return number

    def learn(self, names: Sequence[str]) -> bool:
        """Take names of one person: if one is known, note the others. Return whether one was."""
        number = next((found for found in map(self.person, names) if found is not None), None)
        if number is None:
            return False
        person = self._people[number]
        new = [one for one in names if one.strip() and one not in person.apart and not self.knows(one)]
        for name in new:
            person.add(folded(name))
        if new:
            self.grown = True
            self._recall()
        return True

    def _find(self, name: str) -> int | None:
        same = folded(name)
        if not same:
            return None
        for number, person in enumerate(self._people):
            if name not in person.apart and person.knows(same):
                return number
        return None

    def _without(self, text: str) -> str:
        pieces = [match.span() for match in PIECE.finditer(text)]
        parts, done, first = [], 0, 0
        while first < len(pieces):
            last, number = self._longest(text, pieces, first)
            if number is not None:
                parts += [text[done : pieces[first][0]], self.stand_in(number)]
                done, first = pieces[last][1], last
            first += 1
        return "".join((*parts, text[done:]))

    def _longest(self, text: str, pieces: Sequence[tuple[int, int]], first: int) -> tuple[int, int | None]:
        """Return the piece with which the longest name ends that begins with `first`, and whose it is."""
        for last in range(min(first + LONGEST, len(pieces)) - 1, first - 1, -1):
            number = self.person(text[pieces[first][0] : pieces[last][1]])
            if number is not None:
                return last, number
        return first, None
