"""The table of help lines: complete, dated, and never shown as fresh when it is old."""

from datetime import date, timedelta

import pytest

from sosias.companion.helplines import FRESH, countries, emergency_shown, lines_shown

CHECKED_SINCE = date(2026, 11, 21)
"""Nothing in the table may be older than this; move it on when the table has been read again."""


def test_every_row_has_a_number_a_source_and_a_date() -> None:
    rows = [row for country in countries().values() for row in (country.emergency, *country.lines)]
    assert len(rows) >= 20
    for row in rows:
        assert any(sign.isdigit() for sign in row.dial)
        assert len(row.source) > 5
        assert CHECKED_SINCE <= row.checked <= date.today()


def test_the_countries_of_the_languages_are_there() -> None:
    assert {"ES", "CL", "MX", "AR", "PE", "UY", "US", "GB", "IE"} <= countries().keys()
    for country in countries().values():
        assert country.lines and set(country.languages) <= {"es", "en"}
        assert {"es", "en"} == country.name.keys()


@pytest.mark.parametrize(
    ("country", "language", "dial", "emergency"),
    [
        ("ES", "es", "024", "112"),
        ("es", "es", "024", "112"),
        ("CL", "es", "*4141", "131"),
        ("MX", "es", "800 911 2000", "911"),
        ("AR", "es", "0800-999-0091", "911 / 107"),
        ("PE", "es", "113", "106"),
        ("UY", "es", "0800 0767", "911 / 105"),
        ("US", "en", "988", "911"),
        ("UK", "en", "116 123", "999"),
        ("IE", "en", "116 123", "112 / 999"),
    ],
)
def test_a_country_has_its_own_lines(country: str, language: str, dial: str, emergency: str) -> None:
    assert lines_shown(country, language).startswith(dial)  # type: ignore[arg-type]
    assert emergency_shown(country, language) == emergency  # type: ignore[arg-type]


def test_an_unknown_country_gets_the_directory() -> None:
    for language in ("es", "en"):
        assert "findahelpline.com" in lines_shown("JP", language)  # type: ignore[arg-type]
        assert not any(sign.isdigit() for sign in lines_shown("JP", language))  # type: ignore[arg-type]
        assert "112" not in emergency_shown("JP", language)  # type: ignore[arg-type]


def test_without_a_country_every_country_of_the_language_is_named() -> None:
    spanish, english = lines_shown(None, "es"), lines_shown(None, "en")
    for dial in ("024", "*4141", "800 911 2000", "0800-999-0091", "0800 0767", "988"):
        assert dial in spanish
    assert "988" in english and "116 123" in english and "024" not in english
    assert "112 (España)" in emergency_shown(None, "es")


@pytest.mark.parametrize("country", [None, "ES"])
def test_after_half_a_year_a_note_asks_to_check(country: str | None) -> None:
    fresh = lines_shown(country, "es", CHECKED_SINCE + FRESH)
    stale = lines_shown(country, "es", CHECKED_SINCE + FRESH + timedelta(days=2))
    assert "comprobaron" not in fresh
    assert "2026-11-2" in stale and "comprobaron" in stale
