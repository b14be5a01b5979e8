"""The program's own words: what they must hold, and what they must never say."""

import re

import pytest

from sosias.companion import dialogue
from sosias.companion.speech import encourages_harm

CASES = [
    (level, language, variant)
    for level in ("crisis", "imminent")
    for language in ("es", "en")
    for variant in range(3)
]
METHODS = re.compile(
    r"pastill|cuchill|soga|cuerda|puente|veneno|pistola|cort[ae]|pill|knife|rope|bridge|poison|gun\b|\bcut",
    re.IGNORECASE,
)


def said(level: str, language: str, variant: int, country: str | None = "ES") -> list[str]:
    return list(
        dialogue.reply(level, language, name="Ana", country=country, earlier=variant)  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(("level", "language", "variant"), CASES)
def test_every_variant_is_whole(level: str, language: str, variant: int) -> None:
    bubbles = said(level, language, variant)
    text = "\n".join(bubbles)
    assert re.search(r"programa?\b|program\b", bubbles[0]) and "Ana" in bubbles[0]
    assert "024" in text and "112" in text
    assert re.search(r"\?", text), "it asks"
    assert re.search(r"confianza|alguien|somebody|trust", text), "it names a person to turn to"
    assert not METHODS.search(text)
    assert not encourages_harm(text)
    assert "{" not in text
    assert len(text) < 1200


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("variant", range(3))
def test_imminent_puts_emergency_services_first(language: str, variant: int) -> None:
    bubbles = said("imminent", language, variant)
    text = "\n".join(bubbles)
    assert "112" in bubbles[1]
    assert text.index("112") < text.index("024")
    assert re.search(r"a solas|compañía|alone|company", text)
    assert re.search(r"[Aa]léjate|distancia|[Ss]al del|get away|distance|Leave the place", text)


@pytest.mark.parametrize("level", ["crisis", "imminent"])
@pytest.mark.parametrize("language", ["es", "en"])
def test_repeats_vary_and_come_round(level: str, language: str) -> None:
    first, second, third, fourth = (said(level, language, earlier) for earlier in range(4))
    assert first[0] != second[0] != third[0] != first[0]
    assert fourth == first


@pytest.mark.parametrize(("level", "language", "variant"), CASES)
def test_its_turns_are_known_again(level: str, language: str, variant: int) -> None:
    bubbles = said(level, language, variant)
    assert dialogue.is_reply(bubbles)
    assert dialogue.is_reply("\n".join(bubbles).split("\n"))  # as it comes back from an API's client


@pytest.mark.parametrize("bubbles", [[], ["hola"], ["soy el programa"], ["This is fine"]])
def test_other_turns_are_not(bubbles: list[str]) -> None:
    assert not dialogue.is_reply(bubbles)


def test_a_name_with_braces_does_no_harm() -> None:
    assert "{x}" in dialogue.reply("crisis", "es", name="{x}", country=None, earlier=0)[0]


def test_the_opening_says_what_speaks() -> None:
    assert dialogue.OPENING["es"].format(name="Ana") == "Soy un programa que imita a Ana; no soy Ana."
    assert dialogue.OPENING["en"].format(name="Ana") == "I am a program that imitates Ana; I am not Ana."
