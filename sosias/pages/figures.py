"""Numbers, days and durations as a person reads them, in the language in use."""

from collections.abc import Sequence
from datetime import date, datetime

from sosias.language import translate as _

THIN = "\u202f"
"""Parts thousands: a full stop would be read as a decimal point by half of the readers."""

TOGETHER = "\u00a0"
"""A blank at which no line is broken."""


def whole(value: float) -> str:
    """Write a number without decimals, thousands apart: 12 345; up to 9999 in one."""
    digits = f"{round(value):,}".replace(",", THIN)
    return digits if abs(value) >= 10_000 else digits.replace(THIN, "")


def decimal(value: float) -> str:
    """Write a number with one decimal, none where it is nought or the number large."""
    units, _point, tenth = f"{value:.1f}".partition(".")
    if tenth == "0" or abs(value) >= 100:
        return whole(value)
    return _("{units}.{tenth}").format(units=units, tenth=tenth)


def percent(part: float) -> str:
    """Write a share of one as a percentage."""
    return _("{number} %").format(number=whole(100 * part)).replace(" ", TOGETHER)


def day(written: str) -> str:
    """Write the day of an ISO time: 7 February 2024."""
    then = datetime.fromisoformat(written).date()
    said = _("{day} {month} {year}")
    return said.format(day=then.day, month=months()[then.month - 1], year=then.year)


def month(written: str) -> str:
    """Write `2024-02` as February 2024."""
    then = date.fromisoformat(f"{written}-01")
    return _("{month} {year}").format(month=months()[then.month - 1], year=then.year)


def duration(seconds: float) -> str:
    """Write a time in its largest unit: 5 min, 2 h; many exports tell no seconds."""
    if seconds < 60:
        return _("under 1 min")
    if seconds < 90 * 60:
        return _("{number} min").format(number=whole(seconds / 60))
    return _("{number} h").format(number=decimal(seconds / 3600))


def listed(items: Sequence[str]) -> str:
    """Join some things: a, b and c."""
    if len(items) < 2:
        return "".join(items)
    return _("{first} and {last}").format(first=", ".join(items[:-1]), last=items[-1])


def months() -> tuple[str, ...]:
    return (
        _("January"),
        _("February"),
        _("March"),
        _("April"),
        _("May"),
        _("June"),
        _("July"),
        _("August"),
        _("September"),
        _("October"),
        _("November"),
        _("December"),
    )


def weekdays() -> tuple[str, ...]:
    return (
        _("Monday"),
        _("Tuesday"),
        _("Wednesday"),
        _("Thursday"),
        _("Friday"),
        _("Saturday"),
        _("Sunday"),
    )


def language(code: str) -> str:
    """Return the name of a language, its code where we have none."""
    names = {
        "es": _("Spanish"),
        "en": _("English"),
        "pt": _("Portuguese"),
        "fr": _("French"),
        "it": _("Italian"),
        "de": _("German"),
        "ca": _("Catalan"),
        "gl": _("Galician"),
        "eu": _("Basque"),
    }
    return names.get(code, code)
