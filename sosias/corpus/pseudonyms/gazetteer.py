"""Given names and surnames as Faker's locales list them, read when names are first looked for.

Only the modules with the lists are imported (a quarter of a second); no `Faker()` is made, which would load
every provider of a locale.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Literal

from sosias.corpus.pseudonyms.lists import plain
from sosias.corpus.pseudonyms.spelling import WORD

Gender = Literal["f", "m", "u"]
LOCALES = {
    "es": ("es_ES", "es_AR", "es_CL", "es_CO", "es_MX"),
    "en": ("en_US", "en_GB", "en_IE", "en"),
    "other": ("pt_BR", "pt_PT", "fr_FR", "it_IT", "de_DE", "es_CA"),
}
WELL_KNOWN = ("es_ES", "es_AR", "es_CO", "es_MX", "en_US", "en_GB")
"""Lists short enough that everybody knows the given names in them: stand-ins are taken from these;"""
WELL_KNOWN_SURNAMES = ("es_ES", "es_CO", "en_US")
"""the same of surnames."""


@dataclass(frozen=True, slots=True)
class GivenName:
    """A given name as it is spelt with its accents."""

    name: str
    gender: Gender
    language: str
    """`es`, `en` or `other`, as most of the lists have it."""
    well_known: bool
    """Common enough to stand in for another."""


@dataclass(frozen=True, slots=True)
class Surname:
    name: str
    language: str
    well_known: bool


@cache
def given_names() -> dict[str, GivenName]:
    """Return given names by their plain form; of several spellings, the one with accents."""
    genders: dict[str, Counter[Gender]] = {}
    languages: dict[str, Counter[str]] = {}
    lists: tuple[tuple[Gender, str], ...] = (("f", "first_names_female"), ("m", "first_names_male"))
    for language, locale in _locales():
        for gender, kind in lists:
            for name in _names(locale, kind):
                genders.setdefault(name, Counter())[gender] += 1
                languages.setdefault(name, Counter())[language] += 1
    known = {name for one in WELL_KNOWN for name in _names(one, "first_names")}
    made = []
    for name, of in sorted(genders.items()):
        most = of.most_common(1)[0][0]
        language = languages[name].most_common(1)[0][0]
        well_known = name in known and language != "other"
        made.append(GivenName(name, "u" if of["f"] == of["m"] else most, language, well_known))
    # Of one plain form the last wins: a well-known name, then one of our languages, then one with accents.
    made.sort(key=lambda one: (one.well_known, one.language != "other", not one.name.isascii()))
    return {plain(one.name): one for one in made}


@cache
def surnames() -> dict[str, Surname]:
    """Return surnames by their plain form; of several spellings, the one with accents."""
    languages: dict[str, str] = {}
    for language, locale in _locales():
        for name in _names(locale, "last_names"):
            languages.setdefault(name, language)
    known = {name for one in WELL_KNOWN_SURNAMES for name in _names(one, "last_names")}
    made = [Surname(name, language, name in known) for name, language in sorted(languages.items())]
    return {plain(one.name): one for one in sorted(made, key=lambda one: not one.name.isascii())}


def _locales() -> Iterator[tuple[str, str]]:
    return ((language, one) for language, locales in LOCALES.items() for one in locales)


def _names(locale: str, kind: str) -> Iterator[str]:
    """Yield the names of one word of a list; a locale that has none there has a property."""
    listed = getattr(import_module(f"faker.providers.person.{locale}").Provider, kind, ())
    for name in () if isinstance(listed, property) else listed:
        if WORD.fullmatch(name.strip()):
            yield name.strip()
