"""What a value of somebody's JSON should be, or nothing: no export may be trusted to keep its schema."""

from datetime import datetime
from typing import Any

from sosias.sources.zones import Zone


class Odd(Exception):
    """A record is not as its format has it; what it says is the reason for which it is dropped."""


def words(value: object) -> str:
    """Return a text, empty where it is none."""
    return value if isinstance(value, str) else ""


def mapping(value: object) -> dict[str, Any]:
    """Return an object, empty where it is none."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    """Return an array, empty where it is none."""
    return value if isinstance(value, list) else []


def key(value: object) -> str:
    """Return an identifier, a whole number or a text; empty where it is neither."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else words(value)


def number(value: object) -> float | None:
    """Return a number that may be written as a text, None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return int(value) if isinstance(value, str) else value
    except ValueError:
        return None


def instant(seconds: float | None, zone: Zone) -> datetime | None:
    """Return what the clock of a zone showed, None where there was no such time."""
    try:
        return None if seconds is None else zone.wall(seconds)
    except (ValueError, OverflowError, OSError):
        return None


def local(text: object) -> datetime | None:
    """Return a time as it is written, without its offset; None where it is none."""
    try:
        time = datetime.fromisoformat(words(text))
        return time if time.tzinfo is None else time.replace(tzinfo=None)
    except ValueError:
        return None


def aware(text: object, zone: Zone) -> datetime | None:
    """Return what the clock of a zone showed at a time with an offset; None where it is none, or has none."""
    try:
        time = datetime.fromisoformat(words(text))
        return None if time.tzinfo is None else instant(time.timestamp(), zone)
    except (ValueError, OverflowError):
        return None
