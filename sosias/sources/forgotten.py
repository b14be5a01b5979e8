"""Who asked to be forgotten: known again by salted hashes of their names, which are not kept.

A hash is three digits of blake2b, which pass over nearly every other name at once, and scrypt, which
makes each guess cost time. Whoever has the folder can still try names one by one.
"""

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sosias.settings import ForgottenSettings
from sosias.sources.spellings import folded, is_phone

SCRYPT = {"n": 1 << 14, "r": 8, "p": 1, "dklen": 16}
"""As RFC 7914 has it for logins: some 40 ms and 16 MB a name."""
DIGITS = 3
"""Hexadecimal digits of blake2b: one name in 4,096 goes on to scrypt. More would spare whoever guesses."""
PIECE = re.compile(r"[^\W_]+|[^\w\s]")
NUMBER = 0
"""The length of a telephone's number: it can be written in any groups."""
LONGEST = 12
"""Pieces of a number, or of a text whose accents stand apart, that are looked at: words and signs."""
ANY_LENGTH = range(LONGEST, 0, -1)
REMEMBERED = 1 << 16
"""Names whose answers are kept at once."""


@dataclass
class _Person:
    """One who is forgotten."""

    stand_in: str
    salt: bytes
    hashes: list[str]
    lengths: set[int]
    apart: set[str]

    @classmethod
    def of(cls, settings: ForgottenSettings) -> "_Person":
        salt, lengths = bytes.fromhex(settings.salt), set(settings.lengths)
        return cls(settings.stand_in, salt, list(settings.hashes), lengths, set(settings.apart))

    def settings(self) -> ForgottenSettings:
        return ForgottenSettings(
            stand_in=self.stand_in,
            salt=self.salt.hex(),
            hashes=tuple(self.hashes),
            lengths=tuple(sorted(self.lengths)),
            apart=tuple(sorted(self.apart)),
        )

    def knows(self, name: str) -> bool:
        first = self._first(name)
        if not any(one.startswith(first) for one in self.hashes):
            return False
        return first + self._rest(name) in self.hashes

    def add(self, name: str) -> None:
        same = folded(name)
        if not self.knows(same):
            self.hashes.append(self._first(same) + self._rest(same))
            self.lengths.add(NUMBER if is_phone(name) else len(PIECE.findall(same)))

    def _first(self, name: str) -> str:
        whole = hashlib.blake2b(name.encode("utf-8", "replace"), key=self.salt, digest_size=2)
        return whole.hexdigest()[:DIGITS]

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
        lengths = {length for person in self._people for length in person.lengths}
        self._numbers = NUMBER in lengths
        self._lengths = sorted(lengths - {NUMBER}, reverse=True)

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
            self._people.append(_Person(f"forgotten-{number + 1}", secrets.token_bytes(16), [], set(), set()))
        person = self._people[number]
        person.apart |= set(apart)
        for name in names:
            person.add(name)
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
            person.add(name)
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
        lengths = self._lengths if unicodedata.is_normalized("NFC", text) else ANY_LENGTH
        parts, done, first = [], 0, 0
        while first < len(pieces):
            length, number = self._longest(text, pieces, first, lengths)
            if number is not None:
                parts += [text[done : pieces[first][0]], self.stand_in(number)]
                done = pieces[first + length - 1][1]
            first += length
        return "".join((*parts, text[done:]))

    def _longest(
        self, text: str, pieces: Sequence[tuple[int, int]], first: int, lengths: Sequence[int]
    ) -> tuple[int, int | None]:
        """Return how long the longest name is that begins with a piece, and whose; 1 where none does."""
        begins, left = pieces[first][0], len(pieces) - first
        if self._numbers and (text[begins].isdigit() or text[begins] in "+("):
            for length in filter(left.__ge__, ANY_LENGTH):
                one = text[begins : pieces[first + length - 1][1]]
                if is_phone(one) and (number := self.person(one)) is not None:
                    return length, number
        for length in filter(left.__ge__, lengths):
            number = self.person(text[begins : pieces[first + length - 1][1]])
            if number is not None:
                return length, number
        return 1, None
