"""What stands in for something real: of the same kind, language and shape, and nobody's.

Everything is drawn from a hash of a secret key and the real thing, so that it is the same on every run
and cannot be guessed back without the key. `attempt` gives another one where the first is taken.
"""

import hmac
import re
from collections.abc import Sequence
from functools import cache

import phonenumbers

from sosias.corpus.pseudonyms.cues import ELSEWHERE, MOSTLY_NAMES
from sosias.corpus.pseudonyms.forms import Sure, diminutives, forms
from sosias.corpus.pseudonyms.gazetteer import given_names, surnames
from sosias.corpus.pseudonyms.lists import bearers, plain, short_forms
from sosias.corpus.pseudonyms.ordinary import words
from sosias.corpus.pseudonyms.spans import Kind
from sosias.corpus.pseudonyms.spelling import style_of

STREETS = [
    "Olmeda",
    "Castañar",
    "Robledal",
    "Saucedal",
    "Fresneda",
    "Carrascal",
    "Pinarejo",
    "Almendral",
    "Naranjal",
    "Hayedo",
    "Avellaneda",
    "Nogueral",
    "Madroñal",
    "Romeral",
    "Tomillar",
    "Retamal",
    "Encinares",
    "Abedular",
    "Alisal",
    "Membrillar",
    "Granadal",
    "Higueral",
    "Cerezal",
    "Manzanal",
]
ENGLISH_STREETS = [
    "Alderbrook",
    "Hazelmere",
    "Thornfield",
    "Maplehurst",
    "Oakhollow",
    "Willowmead",
    "Ashcombe",
    "Birchdale",
    "Elmstead",
    "Larkmoor",
    "Ferngate",
    "Rosehollow",
    "Pinecroft",
    "Bramblewick",
    "Foxmere",
]
RESERVED = {"1": ("55501{:02d}", 7, 100), "44": ("7700900{:03d}", 10, 1000)}
"""Numbers that are set aside for stories: North America's 555-0100 to 555-0199 of every area (NANPA), and
Ofcom's 07700 900000 to 900999; by the country's code: how, how many digits, how many there are."""
ENOUGH = 200
"""Attempts after which the choice is widened."""
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


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


def given_name(key: bytes, canonical: str, attempt: int, *, accented: bool, language: str) -> str:
    """Return another given name (small), of the same gender and language."""
    known = given_names().get(canonical)
    home = known.language if known and known.language in ("es", "en") else language
    names = pool(_gender(key, canonical), home, accented) or pool(_gender(key, canonical), home, False)
    return _pick(names, draw(key, "name", canonical), attempt)


def short_name(key: bytes, canonical: str, formal: str, attempt: int, *, language: str) -> str:
    """Return a short form (small) of the name that stands for the long one, else its diminutive, else any."""
    forms_of = {plain(name): shorts for name, shorts in short_forms().get(language, {}).items()}
    own = [one.lower() for one in forms_of.get(plain(formal), ()) if _is_clear(one, accented=False)]
    if language == "es":
        own += diminutives(plain(formal))
    if attempt < len(own):
        return own[attempt]
    return _pick(
        _short_pool(_gender(key, canonical), language), draw(key, "name", canonical), attempt - len(own)
    )


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
    if known is None:
        for _language, name in formal_names(canonical):
            known = known or given_names().get(name)
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


def number(key: bytes, kind: Kind, real: str, attempt: int) -> str:
    """Return letters and digits in the places of a number's, that belong to nobody.

    Two noughts begin what has no check digit; a check digit that would be right is made wrong.
    """
    drawn = draw(key, kind, real, attempt)
    made = []
    for position, letter in enumerate(real):
        drawn, one = divmod(drawn, 260)
        if letter.isdigit():
            made.append(str(one % 10))
        else:
            made.append(letter if position < 2 and kind == "account" else chr(65 + one % 26))
    if attempt > ENOUGH:
        return "".join(made)  # so short that all that begin with noughts are taken
    if kind in ("id", "postcode"):
        digits = [place for place, letter in enumerate(real) if letter.isdigit()]
        for place in digits[:2]:
            made[place] = "0"
    if kind == "card":
        made[0] = "0"
    if kind == "account" and real[:2].isalpha() and len(real) > 4:
        made[2:4] = "00"  # the check digits of an IBAN are 02 to 98
    elif kind == "account":
        made[0] = made[1] = "0"
    return "".join(made)


def phone(key: bytes, e164: str, national: str, attempt: int) -> str:
    """Return national digits of the same length: set aside for stories where the country has such numbers,
    else such as the country does not give out."""
    drawn = draw(key, "phone", e164, attempt)
    code = _country_code(e164)
    if code == "1" and len(national) == 10:
        return f"{2 + drawn % 8}{(drawn >> 8) % 10}{(drawn >> 16) % 10}" + RESERVED["1"][0].format(
            (drawn >> 32) % 100
        )
    if code == "44" and len(national) == 10:
        return RESERVED["44"][0].format(drawn % 1000) if attempt < 50 else "0" + f"{drawn % 10**9:09d}"
    # No country's own numbers begin with two noughts after its code.
    return (
        "00" + f"{drawn % 10 ** max(1, len(national) - 2):0{max(1, len(national) - 2)}d}"[: len(national) - 2]
    )


def _country_code(e164: str) -> str:
    try:
        return str(phonenumbers.parse(e164, None).country_code)
    except phonenumbers.NumberParseException:
        return ""


def token(key: bytes, kind: Kind, real: str, attempt: int, length: int = 12) -> str:
    """Return letters and digits that mean nothing."""
    drawn = draw(key, kind, real, attempt)
    made = ""
    for _position in range(length):
        drawn, one = divmod(drawn, len(ALPHABET))
        made += ALPHABET[one]
    return made


def email(key: bytes, real: str, attempt: int) -> str:
    """Return an address at example.org, which is nobody's (RFC 2606)."""
    return f"{token(key, 'email', real, attempt, 9)}@example.org"


def street(key: bytes, canonical: str, real: str, attempt: int, language: str) -> str:
    """Return another street and number, with what stands between them as in the real one."""
    drawn = draw(key, "address", canonical, attempt)

    def other(match: re.Match[str]) -> str:
        nonlocal drawn
        drawn, one = divmod(drawn, 10 ** len(match.group()))
        return str(one)

    words = re.search(r"[^\W\d_]{2,}.*[^\W\d_]|[^\W\d_]{2,}", real)
    if words is None:
        return re.sub(r"\d+", other, real)
    head = re.sub(r"\d+", other, real[: words.start()])
    tail = re.sub(r"\d+", other, real[words.end() :])
    names = ENGLISH_STREETS if language == "en" else STREETS
    drawn, one = divmod(drawn, len(names))
    # When the few names are used up, two make one.
    name = names[one] if attempt < ENOUGH else names[one] + names[drawn % len(names)].lower()
    if head.strip() and not tail.strip(" ."):  # the number first: the type of the street is the last word
        name += " " + words.group().rsplit(" ", 1)[-1]
    return head + (name.lower() if real == real.lower() else name) + tail


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
