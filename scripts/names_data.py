"""Write the lists of names and words that pseudonymising rests on (`sosias/corpus/pseudonyms/data`).

    pip install faker
    python scripts/names_data.py --english DICT --common-english DICT --spanish TEXT.gz…

Given names and surnames are those of Faker's locales (MIT licence). Which words are ordinary ones is read
from SCOWL (Debian's `wamerican` and `wamerican-small`, `/usr/share/dict`) and, for Spanish, counted in
novels out of copyright (CLiGS textbox, CC BY 4.0): a word is ordinary where it is written small.
"""

import argparse
import gzip
import importlib
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

DATA = Path(__file__).parents[1] / "sosias" / "corpus" / "pseudonyms" / "data"
LOCALES = {
    "es": ("es_ES", "es_AR", "es_CL", "es_CO", "es_MX"),
    "en": ("en_US", "en_GB", "en_IE", "en"),
    "other": ("pt_BR", "pt_PT", "fr_FR", "it_IT", "de_DE", "es_CA"),
}
POOLS = {"es": ("es_ES", "es_AR", "es_CO", "es_MX"), "en": ("en_US", "en_GB")}
"""Lists short enough that everybody knows the names in them: stand-ins are taken from these."""
WORD = re.compile(r"[^\W\d_]+")
LEAST = 3
"""Times that a Spanish word occurs, to be one."""
SMALL = 0.05
"""Share of a name's occurrences that are written small, from which it is a word as well."""


def plain(name: str) -> str:
    letters = unicodedata.normalize("NFD", name.casefold())
    return "".join(one for one in letters if not unicodedata.combining(one))


def people(locale: str, kind: str) -> list[str]:
    provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
    value = getattr(provider, kind, ())
    names = [] if isinstance(value, property) else list(value)
    return [name.strip() for name in names if WORD.fullmatch(name.strip())]


def given_names() -> dict[str, tuple[str, str, bool]]:
    """Return gender, language and whether it is well known, by name, as most of the lists have it."""
    genders: dict[str, Counter[str]] = {}
    languages: dict[str, Counter[str]] = {}
    for language, locales in LOCALES.items():
        for locale in locales:
            for gender in ("female", "male"):
                for name in people(locale, f"first_names_{gender}"):
                    genders.setdefault(name, Counter())[gender[0]] += 1
                    languages.setdefault(name, Counter())[language] += 1
    known = {name for one in POOLS.values() for locale in one for name in people(locale, "first_names")}
    found = {}
    for name, of in genders.items():
        gender = "u" if of["f"] == of["m"] else of.most_common(1)[0][0]
        language = languages[name].most_common(1)[0][0]
        found[name] = (gender, language, name in known and language != "other")
    return found


def surnames() -> dict[str, tuple[str, bool]]:
    found: dict[str, tuple[str, bool]] = {}
    for language, locales in LOCALES.items():
        for locale in locales:
            for name in people(locale, "last_names"):
                found.setdefault(name, (language, locale in ("es_ES", "es_CO", "en_US")))
    return found


def spanish_words(paths: Iterable[Path]) -> tuple[Counter[str], Counter[str]]:
    """Count words written small, and capitalised inside a sentence."""
    small: Counter[str] = Counter()
    large: Counter[str] = Counter()
    for path in paths:
        text = gzip.decompress(path.read_bytes()).decode()
        small.update(word for word in WORD.findall(text) if word.islower())
        large.update(
            word.casefold() for word in re.findall(r"(?<=[a-zñáéíóú,] )[^\W\d_]+", text) if word.istitle()
        )
    return small, large


def write(name: str, lines: Iterable[str]) -> None:
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as file:
        file.write("\n".join(lines).encode() + b"\n")
    (DATA / f"{name}.txt.gz").write_bytes(buffer.getvalue())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--english", type=Path, required=True)
    parser.add_argument("--common-english", type=Path, required=True)
    parser.add_argument("--spanish", type=Path, nargs="+", required=True)
    arguments = parser.parse_args()
    english = {word for word in arguments.english.read_text().split() if word.isalpha() and word.islower()}
    common = {
        word for word in arguments.common_english.read_text().split() if word.isalpha() and word.islower()
    }
    small, large = spanish_words(arguments.spanish)
    spanish = {
        word for word, count in small.items() if count >= LEAST and count >= SMALL * (count + large[word])
    }
    names, families = given_names(), surnames()
    spelt = {form for name in [*names, *families] for form in (name.casefold(), plain(name))}
    # SCOWL's larger list has rare words (ana, lola …) that in a chat are names.
    ordinary = spanish | {word for word in english if word in common or word not in spelt}
    write(
        "given_names",
        (f"{name}\t{gender}\t{home}\t{int(known)}" for name, (gender, home, known) in sorted(names.items())),
    )
    write("surnames", (f"{name}\t{home}\t{int(known)}" for name, (home, known) in sorted(families.items())))
    write("words", sorted(ordinary))
    print(len(names), "given names,", len(families), "surnames,", len(ordinary), "words")
    print("names that are words:", " ".join(sorted(plain(n) for n in names if n.casefold() in ordinary)))


if __name__ == "__main__":
    main()
