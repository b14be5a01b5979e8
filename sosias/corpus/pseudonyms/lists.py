"""The lists that names are known by: given names, surnames, short forms, and ordinary words.

`data/` holds them; `scripts/names_data.py` writes the compressed ones and says where they come from.
"""

import gzip
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

Gender = Literal["f", "m", "u"]
DATA = files("sosias.corpus.pseudonyms") / "data"


@dataclass(frozen=True, slots=True)
class GivenName:
    """A given name as it is spelt with its accents."""

    name: str
    gender: Gender
    language: str
    """`es`, `en` or `other`."""
    well_known: bool
    """Common enough to stand in for another."""


@dataclass(frozen=True, slots=True)
class Surname:
    name: str
    language: str
    well_known: bool


def plain(name: str) -> str:
    """Return a name small and without accents; ñ stays a letter of its own."""
    small = name.casefold()
    if small.isascii():
        return small
    letters = unicodedata.normalize("NFD", small.replace("ñ", "\0"))
    return "".join(one for one in letters if not unicodedata.combining(one)).replace("\0", "ñ")


@cache
def given_names() -> dict[str, GivenName]:
    """Return given names by their plain form; of several spellings, the one with accents."""
    found: dict[str, GivenName] = {}
    for name, gender, language, known in _rows("given_names"):
        other = found.get(plain(name))
        if other is None or (known == "1", not name.isascii()) > (other.well_known, not other.name.isascii()):
            assert gender in ("f", "m", "u")
            found[plain(name)] = GivenName(name, gender, language, known == "1")  # type: ignore[arg-type]
    return found


@cache
def surnames() -> dict[str, Surname]:
    """Return surnames by their plain form."""
    found: dict[str, Surname] = {}
    for name, language, known in _rows("surnames"):
        found.setdefault(plain(name), Surname(name, language, known == "1"))
        if not name.isascii():
            found[plain(name)] = Surname(name, language, known == "1")
    return found


@cache
def short_forms() -> dict[str, dict[str, tuple[str, ...]]]:
    """Return, by language, given names and what those who bear them are called."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    language = ""
    for line in (DATA / "nicknames.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            language = line.strip("[]")
        elif ":" in line and not line.startswith("#"):
            name, _colon, forms = line.partition(":")
            found.setdefault(language, {})[name] = tuple(dict.fromkeys(forms.split()))
    return found


@cache
def bearers() -> dict[str, tuple[tuple[str, str], ...]]:
    """Return, by a short form's plain spelling, the language and the names that it may stand for."""
    found: dict[str, list[tuple[str, str]]] = {}
    for language, names in short_forms().items():
        for name, forms in names.items():
            for form in forms:
                found.setdefault(plain(form), []).append((language, name))
    return {form: tuple(names) for form, names in found.items()}


@cache
def words() -> frozenset[str]:
    """Return ordinary words of Spanish and English, small, accents kept."""
    chat = (DATA / "chat_words.txt").read_text(encoding="utf-8").splitlines()
    further = (word for line in chat if not line.startswith("#") for word in line.split())
    return frozenset((*(row[0] for row in _rows("words")), *further))


def sections(name: str) -> dict[str, frozenset[str]]:
    """Return the words of a list of `data/` by the heading in brackets under which they stand."""
    found: dict[str, set[str]] = {}
    heading = ""
    for line in (DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            heading = line.strip("[]")
        elif not line.startswith("#"):
            found.setdefault(heading, set()).update(line.split())
    return {heading: frozenset(words) for heading, words in found.items()}


def _rows(name: str) -> Iterator[list[str]]:
    text = gzip.decompress((DATA / f"{name}.txt.gz").read_bytes()).decode()
    return (line.split("\t") for line in text.splitlines())
