"""The tables of phrases, ready to be looked for; `phrases_es.toml` and `phrases_en.toml` hold the words."""

import tomllib
from dataclasses import dataclass, fields
from importlib import resources
from typing import Any

from sosias.companion.pattern import Table
from sosias.companion.spelling import Language


@dataclass(frozen=True)
class Phrases:
    """All tables of one language, from the surest to the least; each is described where it is written."""

    language: Language
    imminent: Table
    intent: Table
    intent_in_jest: Table
    wish: Table
    wish_in_jest: Table
    self_harm: Table
    at_hand: Table
    when: Table
    with_distress: Table
    negated: Table
    innocent: Table
    distress: Table
    petty: Table
    assent: Table


def read_toml(name: str) -> dict[str, Any]:
    """Return what a TOML file of this package holds."""
    text = (resources.files("sosias.companion") / name).read_text(encoding="utf-8")
    return tomllib.loads(text)


def _read(language: Language) -> Phrases:
    written = read_toml(f"phrases_{language}.toml")
    names = {field.name for field in fields(Phrases)} - {"language"}
    if names != set(written["tables"]):
        raise ValueError(f"phrases_{language}.toml has not the tables that are looked for")
    tables = {name: Table(rows, language, written["groups"]) for name, rows in written["tables"].items()}
    return Phrases(language, **tables)


PHRASES: dict[Language, Phrases] = {"es": _read("es"), "en": _read("en")}
