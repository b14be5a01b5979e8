"""What was written for Sosias about names (`data/*.txt`): short forms, cues; and how spellings compare."""

import unicodedata
from functools import cache
from importlib.resources import files

DATA = files("sosias.corpus.pseudonyms") / "data"


def plain(name: str) -> str:
    """Return a name small and without accents; ñ stays a letter of its own."""
    small = name.casefold()
    if small.isascii():
        return small
    letters = unicodedata.normalize("NFD", small.replace("ñ", "\0"))
    return "".join(one for one in letters if not unicodedata.combining(one)).replace("\0", "ñ")


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


def sections(name: str) -> dict[str, frozenset[str]]:
    """Return the words of a list of `data/` by the heading in brackets under which they stand, if any."""
    found: dict[str, set[str]] = {}
    heading = ""
    for line in (DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            heading = line.strip("[]")
        elif not line.startswith("#"):
            found.setdefault(heading, set()).update(line.split())
    return {heading: frozenset(words) for heading, words in found.items()}
