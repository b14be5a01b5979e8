"""What stands in for somebody's name: another of the same kind, gender and language.

Everything is drawn from a hash of a secret key and the real name; `attempt` gives another one where the
first is taken.
"""

import hmac
from collections.abc import Sequence
from functools import cache

from sosias.corpus.pseudonyms.cues import ELSEWHERE, MOSTLY_NAMES
from sosias.corpus.pseudonyms.forms import Sure, diminutives, forms
from sosias.corpus.pseudonyms.gazetteer import given_names, surnames
from sosias.corpus.pseudonyms.lists import bearers, plain, short_forms
from sosias.corpus.pseudonyms.ordinary import words
from sosias.corpus.pseudonyms.spelling import style_of


def draw(key: bytes, *parts: object) -> int:
    """Return a number of 256 bits for the parts."""
    message = "\0".join(map(str, parts)).encode("utf-8", "surrogatepass")
    return int.from_bytes(hmac.digest(key, message, "sha256"))


@cache
def pool(gender: str, language: str, accented: bool) -> tuple[str, ...]:
    """Return well-known names of a gender and language (small), with an accent or without.

    Left out are names that are words or places as well, and those that end in a letter twice: a drawn-out
    spelling could not be told from them.
    """
    found = [
        name.name.lower()
        for name in given_names().values()
        if name.well_known
        and name.gender == gender
        and name.language == language
        and _is_clear(name.name, accented)
    ]
    return tuple(sorted(found))


@cache
def surname_pool(language: str, accented: bool) -> tuple[str, ...]:
    """Return well-known surnames of a language (small) that are neither words nor given names."""
    found = [
        one.name.lower()
        for one in surnames().values()
        if one.well_known
        and one.language == language
        and _is_clear(one.name, accented)
        and plain(one.name) not in forms()
    ]
    return tuple(sorted(found))


def _is_clear(name: str, accented: bool) -> bool:
    small = name.lower()
    return (
        len(small) > 3
        and small[-1] != small[-2]
        and (plain(small) != small) == accented
        and not any(
            one in known for one in (small, plain(small)) for known in (words(), ELSEWHERE, MOSTLY_NAMES)
        )
        and forms().get(small, Sure.ALWAYS) is Sure.ALWAYS
        and style_of(small.title()) == "title"
    )


def given_name(
    key: bytes, canonical: str, attempt: int, *, accented: bool, language: str, gender: str | None = None
) -> str:
    """Return another given name (small), of the same language and gender, or of the one that is given."""
    known = given_names().get(canonical)
    home = known.language if known and known.language in ("es", "en") else language
    gender = gender or _gender(key, canonical)
    names = pool(gender, home, accented) or pool(gender, home, False)
    return _pick(names, draw(key, "name", canonical), attempt)


def short_name(key: bytes, canonical: str, formal: str, attempt: int, *, language: str) -> str:
    """Return a short form (small) of the name that stands for the long one, else its diminutive, else any."""
    forms_of = {plain(name): shorts for name, shorts in short_forms().get(language, {}).items()}
    gender = _gender(key, plain(formal))
    own = [one.lower() for one in forms_of.get(plain(formal), ()) if _is_clear(one, accented=False)]
    if language == "es":
        own += _of_gender(diminutives(plain(formal)), gender)
    own = list(dict.fromkeys(own))
    if attempt < len(own):
        return own[attempt]
    return _pick(_short_pool(gender, language), draw(key, "name", canonical), attempt - len(own))


def _of_gender(forms_of: Sequence[str], gender: str) -> list[str]:
    """Return diminutives of a gender: Carmencita, not Carmencito; a man may be called Borjita."""
    if gender == "f":
        return [one[:-1] + "a" if one.endswith("o") else one for one in forms_of if one[-1] != "n"]
    return [one for one in forms_of if one.endswith("o")] or list(forms_of)


def surname(key: bytes, canonical: str, attempt: int, *, accented: bool, language: str) -> str:
    """Return another surname (small) of the same language."""
    known = surnames().get(canonical)
    home = known.language if known and known.language in ("es", "en") else language
    names = surname_pool(home, accented) or surname_pool(home, False)
    return _pick(names, draw(key, "surname", canonical), attempt)


def formal_names(canonical: str) -> list[tuple[str, str]]:
    """Return language and names (plain) that a short form or a diminutive may stand for."""
    found = [(language, plain(name)) for language, name in bearers().get(canonical, ()) if name != canonical]
    if found or canonical in given_names():
        return found
    return [("es", name) for name in _diminished().get(canonical, ())]


@cache
def _formal() -> frozenset[str]:
    return frozenset(plain(name) for names in short_forms().values() for name in names)


def is_formal(canonical: str) -> bool:
    """Is a plain name one that has short forms, rather than one of them?"""
    return canonical in _formal()


@cache
def _diminished() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, known in given_names().items():
        if known.language == "es":
            for small in diminutives(name):
                found.setdefault(small, []).append(name)
    return found


def _gender(key: bytes, canonical: str) -> str:
    """Return f or m: as the lists have it, else by the ending, else by lot."""
    known = given_names().get(canonical)
    longer = [given_names().get(name) for _language, name in formal_names(canonical)]
    genders = {one.gender for one in longer if one}
    if known is None or (known.gender == "u" and len(genders) == 1):
        known = next((one for one in longer if one), known)
    if known is not None and known.gender != "u":
        return known.gender
    return (
        "f"
        if canonical.endswith("a")
        else "m"
        if canonical.endswith("o")
        else "fm"[draw(key, "gender", canonical) % 2]
    )


def _pick(names: Sequence[str], number: int, attempt: int) -> str:
    """Return a name; after all have been tried, two in one: `mariluisa`."""
    first = names[(number + attempt) % len(names)]
    if attempt < len(names):
        return first
    return plain(first)[:4] + names[(number // len(names) + attempt // len(names)) % len(names)]


@cache
def _short_pool(gender: str, language: str) -> tuple[str, ...]:
    """Return clear short forms (small) of names of a gender and language."""
    found: set[str] = set()
    for name, shorts in short_forms().get(language, {}).items():
        known = given_names().get(plain(name))
        if known and known.gender == gender:
            found.update(one.lower() for one in shorts if _is_clear(one, accented=False))
    return tuple(sorted(found))


@cache
def _all_stand_ins() -> frozenset[str]:
    languages, accents = ("es", "en"), (True, False)
    found = [
        name for g in "fm" for one in languages for accented in accents for name in pool(g, one, accented)
    ]
    found += [name for one in languages for accented in accents for name in surname_pool(one, accented)]
    found += [name for g in "fm" for one in languages for name in _short_pool(g, one)]
    return frozenset(spelling for name in found for spelling in (name, plain(name)))


def is_a_stand_in(small: str) -> bool:
    """May a small word be chosen to stand for a name?"""
    return small in _all_stand_ins()
