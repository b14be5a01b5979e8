"""Where people live, in a text: a street's name with a house number; the type of street stays.

`data/streets.txt` holds the types of streets and what announces an address, `_` standing for a blank.
"""

import re
from collections.abc import Iterator

from sosias.corpus.pseudonyms.lists import sections
from sosias.corpus.pseudonyms.spans import Span

_WORDS = sections("streets")


def _any(name: str) -> str:
    """Return a pattern for any words of a section, the longest first."""
    ordered = sorted(_WORDS[name], key=lambda word: (-len(word), word))
    return "(?:" + "|".join(re.escape(word).replace("_", r"\s+") for word in ordered) + ")"


WORD = r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?"
SIGN = r"(?:(?:n[uú]mero|num\.?|nro\.?|n[º°.]|n\.º|no\.|#|nº)\s*)"
HOUSE = rf"{SIGN}?\d{{1,5}}(?:[-–/]\d{{1,4}})?(?:\s?(?:bis|[A-Fa-f](?!\w)))?"
NO_AMOUNT = rf"(?!\w|[.,:/]\d|\s?{_any('not_after')}(?!\w))"
NAME = rf"(?:(?!{_any('never')}\b){WORD}|\d{{1,2}}\s+de\s+{WORD})"
"""A word of a street's name: `calle` and `plaza` begin sentences as well."""
SPANISH = re.compile(
    rf"(?<![\w/])(?:{_any('spanish')}\.?)(?:\s+|(?<=[/.])\s*)"
    rf"(?P<address>{NAME}(?:\s+{NAME}){{0,5}}?\s*,?\s+{HOUSE}){NO_AMOUNT}",
    re.IGNORECASE,
)
"""Calle Mayor, 15; av. 9 de Julio 1234."""
COLOMBIAN = re.compile(
    r"(?<!\w)(?:calle|cll?|carrera|cra|kra?|cr|transversal|tv|tr|diagonal|dg|avenida(?:\s+carrera|\s+calle)?|av)\.?"
    r"\s+(?P<address>\d{1,3}\s?[A-Z]?(?:\s?bis)?\s*(?:sur|norte|este|oeste)?\s*(?:#|n[oº°]\.?|-|\s)\s*"
    r"\d{1,3}\s?[A-Z]?\s*-\s*\d{1,3})\b",
    re.IGNORECASE,
)
"""Calle 45 # 12-30."""
FLAT = rf"(?i:{_any('flats')}\.?)\s+\w{{1,4}},?\s+"
ENGLISH_NAME = rf"(?:(?!(?i:{_any('english_never')})\b){WORD}|\d{{1,3}}(?:st|nd|rd|th))"
ENGLISH = re.compile(
    rf"(?<![\w.,:$£€#/-])(?P<address>(?:(?:{FLAT})?\d{{1,5}}[A-Za-z]?\s+|{FLAT})"
    rf"(?:(?:[NSEW]\.?|(?i:north|south|east|west|old|new|upper|lower))\s+)?"
    rf"(?:{ENGLISH_NAME}\s+){{1,3}}?(?:(?i:{_any('clear')})|{_any('unclear')}))\b\.?"
)
"""22 baker street; 12 Oak Way: what is a word as well (way, place, park) needs its capital;"""
ENGLISH_SMALL = re.compile(
    rf"\b{_any('english_at')}:?\s+"
    rf"(?P<address>\d{{1,5}}[a-z]?\s+(?:{ENGLISH_NAME}\s+){{1,3}}?{_any('unclear')})\b",
    re.IGNORECASE,
)
"""or words that announce it."""
ENGLISH_ANNOUNCED = re.compile(
    rf"\b(?i:{_any('english_at')}):?\s+(?P<address>(?:{FLAT})?\d{{1,5}}[A-Za-z]?\s+(?:[A-Z]{WORD}\s?){{1,3}})"
)
SPANISH_ANNOUNCED = re.compile(
    rf"\b{_any('spanish_at')}(?:\s+es)?\s*:?\s+(?:(?:la|el)\s+)?"
    rf"(?P<address>{WORD}(?:\s+{WORD}){{0,3}}?\s*,?\s+{HOUSE}){NO_AMOUNT}",
    re.IGNORECASE,
)
"""`vivo en Corrientes 1234`: the type of street is left out."""
WITH_A_FLOOR = re.compile(
    rf"(?P<address>(?:[A-ZÁÉÍÓÚÑ]{WORD}\s+(?:(?:de|del|la|las|los|el|y)\s+){{0,2}}){{1,4}}(?i:{SIGN})?\d{{1,5}})"
    rf"(?=\s*,?\s*(?:(?i:{_any('floors')})\b|\d{{1,2}}\s?[º°ª]))"
)
"""Capital words and a number that a floor or a door follows."""
BOX = re.compile(
    r"\b(?:P\.?\s?O\.?\s?Box|apartado(?:\s+(?:de\s+correos|postal))?|casilla(?:\s+postal)?)\s+"
    r"(?P<address>\d{2,6})\b",
    re.IGNORECASE,
)


def _first_words(*names: str) -> frozenset[str]:
    """Return the first words, small, of what stands in sections."""
    return frozenset(
        re.split(r"[\W_]", word.lower(), maxsplit=1)[0] for name in names for word in _WORDS[name]
    )


ADDRESSES = (
    (COLOMBIAN, _first_words("colombian")),
    (SPANISH, _first_words("spanish")),
    (ENGLISH, _first_words("clear", "unclear")),
    (ENGLISH_SMALL, _first_words("english_at")),
    (SPANISH_ANNOUNCED, _first_words("spanish_at")),
    (ENGLISH_ANNOUNCED, _first_words("english_at")),
    (WITH_A_FLOOR, _first_words("floors") | {"º", "ª"}),
    (BOX, _first_words("box")),
)
"""What is looked for, and words without which it is not there: most messages have none of them."""

BRITISH = re.compile(
    r"\b(?:[A-PR-UWYZ](?:\d{1,2}|[A-HK-Y]\d{1,2}|\d[A-HJKPS-UW]|[A-HK-Y]\d[ABEHMNPRV-Y])\s?\d[ABD-HJLNP-UW-Z]{2})\b"
)
"""SW1A 1AA (BS 7666)."""
POSTCODE = re.compile(
    r"\b(?:c\.?\s?p\.?|c[oó]d(?:igo|\.)\s+postal|zip(?:\s+code)?|post\s?code|postal\s+code)\b[^\d\n]{0,12}?"
    r"(?P<code>[A-Z]?\d{4,5}(?:[A-Z]{3}|-\d{4})?|[A-Z]{1,2}\d{1,2}[A-Z]?\s?\d[A-Z]{2}|[A-Z]\d[A-Z]\s?\d[A-Z]\d)\b",
    re.IGNORECASE,
)
AMERICAN = re.compile(rf"\b{_any('states')},?\s+(?P<code>\d{{5}}(?:-\d{{4}})?)\b")
IN_TOWN = re.compile(
    r"(?<![\w.,€$#])(?P<code>(?:0[1-9]|[1-4]\d|5[0-2])\d{3}),?\s+(?=[A-ZÁÉÍÓÚÑ][a-záéíóúñ]{2,})"
)
"""Spain: 28013 Madrid."""


POSTCODE_WORDS = _first_words("postcode")


def find(text: str) -> Iterator[Span]:
    """Yield what tells a house: streets with numbers, and postcodes."""
    words = frozenset(re.findall(r"[^\W\d_]+", text.lower()))
    for pattern, needed in ADDRESSES:
        for match in pattern.finditer(text) if not words.isdisjoint(needed) else ():
            canonical = " ".join(re.findall(r"\w+", match["address"].casefold()))
            yield Span(*match.span("address"), "address", canonical)
    for match in BRITISH.finditer(text):
        yield Span(*match.span(), "postcode", match.group().replace(" ", ""))
    for pattern in (POSTCODE, AMERICAN, IN_TOWN):
        if pattern is POSTCODE and words.isdisjoint(POSTCODE_WORDS):
            continue
        for match in pattern.finditer(text):
            yield Span(*match.span("code"), "postcode", match["code"].replace(" ", "").upper())
