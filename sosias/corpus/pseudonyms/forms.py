"""How sure a word is to be a person's name, before one has read what stands around it."""

from collections.abc import Iterable, Mapping
from enum import IntEnum
from functools import cache
from typing import Literal

from sosias.corpus.pseudonyms.cues import COMPOUNDS, ELSEWHERE, MOSTLY_NAMES, PEOPLE_AS_WELL, TITLES
from sosias.corpus.pseudonyms.gazetteer import given_names, surnames
from sosias.corpus.pseudonyms.lists import bearers, plain
from sosias.corpus.pseudonyms.ordinary import words
from sosias.corpus.pseudonyms.spelling import WORD


class Sure(IntEnum):
    """What a word needs to be taken for a name."""

    ALWAYS = 0
    """Nothing: `lucía`, `sebas`."""
    CAPITAL = 1
    """A capital or any cue: short and rare names."""
    CUE = 2
    """A capital inside a sentence or a clear cue: it is an ordinary word as well (`rosa`, `mark`)."""
    PERSON = 3
    """A clear cue: it is a place, a month or a brand as often (`paris`, `abril`)."""


@cache
def forms() -> Mapping[str, Sure]:
    """Return how sure every known given name and short form is, by its small spelling and its plain one."""
    found: dict[str, Sure] = {}
    for form in bearers():
        found[form] = _sure(form, common=True)
    for key, name in given_names().items():
        common = name.well_known or (name.language != "other" and len(key) > 4)
        for spelling in {key, name.name.lower()}:
            found[spelling] = min(found.get(spelling, Sure.PERSON), _sure(spelling, common))
        if name.language == "es":
            for small in diminutives(key):
                found.setdefault(small, _sure(small, common=True))
    return found


def _sure(word: str, common: bool) -> Sure:
    if word in ELSEWHERE:
        return Sure.CUE if word in PEOPLE_AS_WELL else Sure.PERSON
    if word in MOSTLY_NAMES:
        return Sure.ALWAYS
    if word in words() or len(word) < 3:
        return Sure.CUE
    return Sure.ALWAYS if common else Sure.CAPITAL


def diminutives(name: str) -> tuple[str, ...]:
    """Return the small forms of a Spanish name that its ending gives: Anita, Carlitos, Martincito."""
    for ending, small in (
        ("os", "itos"),
        ("as", "itas"),
        ("io", "ito"),
        ("ia", "ita"),
        ("o", "ito"),
        ("a", "ita"),
    ):
        if name.endswith(ending) and len(name) > len(ending) + 1:
            stem = _soft(name[: -len(ending)])
            other = ("ín", "in", "illo", "ico") if "o" in ending else ("illa", "ica", "uca")
            return (stem + small, *(stem + one for one in other if ending in ("o", "io", "a", "ia")))
    if name.endswith("e"):
        return (_soft(name[:-1]) + "ito", _soft(name[:-1]) + "ita", name + "cito")
    return (name + "cito", name + "ito") if name.endswith(("n", "r")) else (name + "ito", name + "ita")


def _soft(stem: str) -> str:
    """Keep the sound before i: Paco, Paquito; Diego, Dieguito."""
    return stem[:-1] + {"c": "qu", "g": "gu", "z": "c"}.get(stem[-1], stem[-1])


def is_spanish(word: str) -> bool:
    """Is a small word a Spanish given name or short form?"""
    given = given_names().get(plain(word))
    if given is not None and given.language == "es":
        return True
    return any(language == "es" for language, _name in bearers().get(plain(word), ()))


def is_surname(word: str) -> bool:
    """Is a small word a surname that lists know?"""
    return plain(word) in surnames()


CROSSING = frozenset({"jose", "maria", "jesus"})
"""Names of one gender that are second names of the other: María José, José María."""


def second_gender(first: str, second: str) -> Literal["f", "m"] | None:
    """Return the gender that a plain second name takes from the first where it is not its own, else None."""
    one, two = given_names().get(first), given_names().get(second)
    if second not in CROSSING or one is None or two is None or one.gender in ("u", two.gender):
        return None
    return "f" if one.gender == "f" else "m"


def people_forms(names: Iterable[str]) -> dict[str, tuple[str, Sure]]:
    """Return kind and sureness of the words of participants' names, by small and by plain spelling.

    The first word, and every given name behind it, is a `name`; further words are a `surname`, as are
    given names that are surnames, too (Leo Gil), but for those that another one leads to (José Luis). What
    is somebody's first name is a name everywhere. Ordinary words ("dentista", "jefe") are no names, unless
    they are known as such.
    """
    found: dict[str, tuple[str, Sure]] = {}
    firsts: set[str] = set()
    for name in names:
        words_of = name_words(name)
        while len(words_of) > 1 and words_of[0].lower() in TITLES | PARTICLES:
            del words_of[0]
        firsts.update(spelling for word in words_of[:1] for spelling in (word.lower(), plain(word)))
        for position, word in enumerate(words_of):
            small = word.lower()
            known = plain(small) in given_names() or plain(small) in bearers()
            if small in PARTICLES or (
                small in words() and not known and (position == 0 or not is_surname(small))
            ):
                continue
            kind = "name" if known or position == 0 else "surname"
            leads = position == 1 and plain(words_of[0]) in COMPOUNDS and plain(small) in given_names()
            if position and not leads and is_surname(small):
                kind = "surname"
            short = len(small) < 3 and small != small.upper()  # a Chinese name is no longer
            sure = Sure.CUE if (small in words() and small not in MOSTLY_NAMES) or short else Sure.ALWAYS
            for spelling in (small, plain(small)):
                found.setdefault(
                    spelling,
                    (kind, Sure.CUE if spelling in words() and spelling not in MOSTLY_NAMES else sure),
                )
    return {word: ("name" if word in firsts else kind, sure) for word, (kind, sure) in found.items()}


PARTICLES = frozenset(
    [
        "de",
        "del",
        "la",
        "las",
        "los",
        "el",
        "y",
        "e",
        "i",
        "van",
        "von",
        "da",
        "do",
        "dos",
        "das",
        "di",
        "du",
        "le",
        "san",
        "santa",
        "ben",
        "al",
        "bin",
        "mc",
        "mac",
        "der",
        "den",
    ]
)
"""Small words inside names."""


def name_words(name: str) -> list[str]:
    """Return the words of an author's name, without marks, emoji and numbers."""
    return WORD.findall(name)
