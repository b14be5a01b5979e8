"""Chats with planted names and numbers, each labelled, to measure what is found of them.

Names come from lists that the package does not use: Jörg Michael's names by country (gender-guesser), the
census's surnames (names), English nicknames (nicknames) and pages about Spanish ones; ids, phones,
cards and addresses of the test half from Faker. The halves share no name, no nickname and no template.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Literal

from sosias.corpus.pseudonyms.lists import plain
from tests.corpus.pseudonyms.numbers import Numbers, core
from tests.corpus.pseudonyms.templates import NAMES, NOTHING, NUMBERS, WORDS

Half = Literal["development", "test"]
LANGUAGES = ("es", "en")
COLUMNS = {"es": (36,), "en": (30, 32)}
"""Where `nam_dict.txt` has the frequency in Spain, in Britain and in the USA: 1 to D, doubling."""
NAME_PLACES = ("given", "nick", "small", "full", "drawn", "capital")
HARMLESS = ("n", "year", "price", "time", "order", "score")


@dataclass(frozen=True)
class Item:
    """Something planted: where, and of what kind; `start` and `end` hold what points to somebody."""

    start: int
    end: int
    kind: str


@dataclass
class Line:
    author: str
    text: str
    items: list[Item] = field(default_factory=list)


@dataclass
class Chat:
    language: str
    people: list[str]
    lines: list[Line]


def in_half(name: str, half: Half) -> bool:
    return (sha256(plain(name).encode()).digest()[0] % 2 == 0) == (half == "development")


@cache
def given_names(language: str, half: Half) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Return given names and how often each is borne."""
    found: dict[str, int] = {}
    text = (files("gender_guesser") / "data" / "nam_dict.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        name = line[3:29].strip()
        if line[:1] not in "#=" and re.fullmatch(r"[^\W\d_]{3,}", name) and in_half(name, half):
            levels = [
                int(line[column], 16) for column in COLUMNS[language] if line[column : column + 1].strip()
            ]
            if levels:
                found[name] = 2 ** max(levels)
    return tuple(found), tuple(found.values())


@cache
def nicknames(language: str, half: Half) -> tuple[tuple[str, str], ...]:
    """Return names and what their bearers are called."""
    pairs: list[tuple[str, str]] = []
    if language == "es":
        for line in (
            (Path(__file__).parent / "spanish_nicknames.txt").read_text(encoding="utf-8").splitlines()
        ):
            if not line.startswith("#"):
                name, _colon, forms = line.partition(":")
                pairs += [(name, form) for form in forms.split()]
    else:
        common = {name.lower() for name in given_names("en", "development")[0] + given_names("en", "test")[0]}
        for line in (files("nicknames") / "names.csv").read_text(encoding="utf-8").splitlines()[1:]:
            name, _relation, form = line.split(",")
            # The census of the nineteenth century has names there that nobody bears today.
            if name in common and form in common:
                pairs.append((name.title(), form.title()))
    return tuple(pair for pair in pairs if in_half(pair[1], half))


@cache
def surnames(half: Half) -> tuple[str, ...]:
    lines = (files("names") / "dist.all.last").read_text(encoding="utf-8").splitlines()[:3000]
    return tuple(line.split()[0].title() for line in lines if in_half(line.split()[0], half))


class Writer:
    """Writes lines from templates, and says where what was planted stands."""

    def __init__(self, language: str, half: Half, seed: int) -> None:
        self.language, self.half = language, half
        self.random = random.Random(f"{language} {half} {seed}")
        self.numbers = Numbers(language, half, seed, self._given)
        self.people = [self._person() for _one in range(self.random.randint(2, 5))]

    def chat(self, lines: int) -> Chat:
        names = [full for full, _nick in self.people]
        written = [self._line(self.random.choice(names)) for _number in range(lines)]
        return Chat(self.language, names, written)

    def _line(self, author: str) -> Line:
        chance = self.random.random()
        which = NAMES if chance < 0.4 else NUMBERS if chance < 0.65 else NOTHING
        template = self.random.choice(which[self.language, self.half])
        text, items, last = "", [], 0
        for place in re.finditer(r"\{(\w+)\}", template):
            text += template[last : place.start()]
            last = place.end()
            written, start, end, kind = self._fill(place[1])
            if kind is not None:
                items.append(Item(len(text) + start, len(text) + end, kind))
            text += written
        return Line(author, text + template[last:], items)

    def _fill(self, place: str) -> tuple[str, int, int, str | None]:
        """Return what to write, the part of it that is to be found, and its kind."""
        if place in NAME_PLACES:
            written = self._name(place)
            return written, 0, len(written), place
        if place == "word":
            return self.random.choice(WORDS[self.language, self.half]), 0, 0, None
        if place == "idlabel":
            label, self.pending = self.numbers.label_and_id()
            return label, 0, 0, None
        if place in HARMLESS:
            return self.numbers.harmless(place), 0, 0, None
        written = self.pending if place == "id" else getattr(self.numbers, place)()
        if place == "address":
            return written, *core(written), place
        start = re.match(r"(?:https?://)?[^/]+/", written).end() if place == "link" else 0  # type: ignore[union-attr]
        return written, start, len(written), place

    def _person(self) -> tuple[str, str]:
        """Return a full name and what the bearer is called."""
        if self.random.random() < 0.5:
            name, nick = self.random.choice(nicknames(self.language, self.half))
        else:
            name = nick = self._given()
        return f"{name} {self.random.choice(surnames(self.half))}", nick

    def _given(self) -> str:
        names, weights = given_names(self.language, self.half)
        return self.random.choices(names, weights)[0]

    def _name(self, place: str) -> str:
        full, nick = self.random.choice(self.people) if self.random.random() < 0.4 else self._person()
        given = full.split()[0]
        if not in_half(given, self.half):  # of a nickname, only the short form is this half's
            given = nick
        if place == "full":
            return given + " " + full.split()[1]
        if place == "drawn":
            return given.lower() + given[-1].lower() * self.random.randint(2, 4)
        if place == "capital":
            return given.upper()
        if place == "small":
            return self.random.choice((given, nick)).lower()
        return nick if place == "nick" else given


def chats(half: Half, count: int = 24, lines: int = 150) -> Iterator[Chat]:
    """Yield chats in Spanish and English, the same on every call."""
    for number in range(count):
        language = LANGUAGES[number % 2]
        yield Writer(language, half, number).chat(lines)
