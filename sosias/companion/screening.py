"""What the user wrote, looked at before anything answers it: does it show a crisis?

Only explicit messages are recognised here: suicide, self-harm, wanting to die, plans and means, in
Spanish and English. Tables of phrases (`phrases`) and a small matcher, no classifier: who wants to
know why a message was taken for a crisis can read it. Every bubble is looked at on its own, and all
of them as one line, because people split what they say (`me quiero` / `morir`).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from sosias.companion.pattern import Table, literal_table
from sosias.companion.phrases import PHRASES, Phrases
from sosias.companion.spelling import Language, folded, spelled

Level = Literal["none", "crisis", "imminent"]
LEVELS: tuple[Level, ...] = ("none", "crisis", "imminent")

_LAUGHTER = re.compile(
    r"\b[aj]*(?:ja|je|ji|aj|ha|he|hi)(?:[jh]*[aei]+){1,}[jh]*\b|\bl+o+l+\b|\blm+f?ao+\b|\brofl\b|\bx+d+\b|\bks?ks\w*\b|[😂🤣😹😆😅💀☠😜😝🤪]"
)
_SPANISH = frozenset(
    [
        "que",
        "de",
        "la",
        "el",
        "los",
        "las",
        "un",
        "una",
        "es",
        "en",
        "no",
        "me",
        "te",
        "se",
        "lo",
        "mi",
        "tu",
        "yo",
        "y",
        "con",
        "por",
        "para",
        "pero",
        "si",
        "ya",
        "como",
        "hola",
        "gracias",
        "muy",
        "estoy",
        "soy",
        "tengo",
        "quiero",
        "esto",
        "eso",
        "hoy",
        "bien",
        "mal",
        "porque",
        "cuando",
        "todo",
        "nada",
    ]
)


_SHORT = 5
"""Words of an answer to the program's question; longer ones speak for themselves."""


@dataclass(frozen=True)
class Screening:
    """What the screening found: how grave, and in which language it was said."""

    level: Level
    language: Language


def screen(bubbles: Sequence[str], further_phrases: Sequence[str] = ()) -> Screening:
    """Look at what one person wrote, bubble by bubble and joined; return the gravest that was found.

    `further_phrases` are whole words that count as a crisis too, in whatever language.
    """
    found = [Screening("none", language_of(" ".join(bubbles)))]
    for text, heard_with in _readings(bubbles):
        found += [_read(text, heard_with, phrases) for phrases in PHRASES.values()]
        if further_phrases:
            found.append(_further(text, further_phrases))
    return max(found, key=lambda screening: LEVELS.index(screening.level))


def assents(bubbles: Sequence[str]) -> bool:
    """Tell whether these bubbles are a short yes to the program's direct question, or leave it open."""
    said = " ".join(bubbles)
    if len(said.split()) > _SHORT:
        return False
    return any(
        start == 0
        for words in PHRASES.values()
        for start, _ in words.assent.find(spelled(said, words.language))
    )


def language_of(text: str) -> Language:
    """Return the language that a few frequent words speak for; English where nothing does."""
    words = re.findall(r"[a-z]+", folded(text))
    spanish = sum(word in _SPANISH for word in words) + len(re.findall(r"[ñ¿¡]", text))
    return "es" if spanish > len(words) / 8 else "en"


def _readings(bubbles: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each bubble with what tells its tone (it and the next one), then all of them as one."""
    for bubble, following in zip(bubbles, [*bubbles[1:], ""], strict=False):
        yield bubble, f"{bubble} , {following}"
    if len(bubbles) > 1:
        joined = " ".join(bubbles)
        yield joined, joined


def _read(text: str, heard_with: str, phrases: Phrases) -> Screening:
    line = phrases.innocent.strike(spelled(text, phrases.language))

    def said(table: Table) -> bool:
        return any(not phrases.negated.ends(line[:start] + " ") for start, _ in table.find(line))

    def meant(table: Table) -> bool:
        return said(table) and not _in_jest(heard_with, phrases)

    intent = said(phrases.intent) or meant(phrases.intent_in_jest)
    wish = said(phrases.wish) or meant(phrases.wish_in_jest)
    level: Level = "none"
    distressed = phrases.distress.in_line(line) and said(phrases.with_distress)
    if intent or wish or distressed or said(phrases.self_harm):
        level = "crisis"
    if level == "crisis" and phrases.at_hand.in_line(line):
        level = "imminent"
    if (intent and phrases.when.in_line(line)) or said(phrases.imminent):
        level = "imminent"
    return Screening(level, phrases.language)


def _in_jest(text: str, phrases: Phrases) -> bool:
    """Tell whether the tone is laughter or a petty annoyance, with no distress beside it."""
    line = spelled(text, phrases.language)
    if phrases.distress.in_line(line):
        return False
    return phrases.petty.in_line(line) or _LAUGHTER.search(folded(text)) is not None


def _further(text: str, further_phrases: Sequence[str]) -> Screening:
    for language in PHRASES:
        if literal_table(tuple(further_phrases), language).in_line(spelled(text, language)):
            return Screening("crisis", language_of(text))
    return Screening("none", language_of(text))
