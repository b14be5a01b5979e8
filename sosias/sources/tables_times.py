"""The times of a table: ISO 8601, seconds or milliseconds since 1970, e-mail's and X's, or 3/4/24 10:00."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_tz
from typing import Any
from zoneinfo import ZoneInfo

from sosias.sources.dates import DateEvidence, Hints, Triple, read_date
from sosias.sources.source import DateOrder
from sosias.sources.zones import Zone

NUMERIC = re.compile(
    r"\s*(?P<first>[0-9]{1,2}|[0-9]{4})(?P<separator>[/.-])(?P<second>[0-9]{1,2})(?P=separator)"
    r"(?P<third>[0-9]{4}|[0-9]{1,2})"
    r"(?:[ ,T]+(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{2})(?:[:.](?P<seconds>[0-9]{2}))?"
    r"\s*(?P<meridiem>(?P<half>[ap])[.\s]*m\.?)?)?\s*",
    re.IGNORECASE,
)
"""A date of three numbers, with or without the time of day."""
NUMBER = re.compile(r"[0-9]{9,20}(?:\.[0-9]+)?")
COMPACT = re.compile(r"(?:19|20)[0-9]{6}")
UTC_NAME = re.compile(r" ?(?:UTC|GMT)\Z")
"""As BigQuery and Python write it, `2020-01-01 10:00:00 UTC`."""
EARLIEST, LATEST = 315_532_800, 4_102_444_800
"""Seconds since 1970 of 1980 and 2100: a number outside them, in any unit, is no message's time."""
UNITS = (1, 1_000, 1_000_000, 1_000_000_000)
"""Parts of a second: seconds, milliseconds, microseconds, nanoseconds."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EAST, WEST = (Zone(name, "given", "", ZoneInfo(name)) for name in ("Etc/GMT-14", "Etc/GMT+12"))
NEVER = (ValueError, OverflowError, OSError)


@dataclass(frozen=True)
class Times:
    """Reads the times of one table."""

    zone: Zone
    """By whose clock times in UTC are told."""
    year_place: int | None = None
    orders: tuple[str, ...] = ()
    """In which dates of three numbers are read, the first that can."""

    def read(self, value: Any) -> datetime | None:
        """Return the wall clock's time, None where the value is no time."""
        if isinstance(value, str):
            return self._text(value)
        try:
            if isinstance(value, datetime):
                return self._wall(value)
            if isinstance(value, date):
                return datetime(value.year, value.month, value.day)
            if isinstance(value, int | float) and not isinstance(value, bool):
                return self._number(value)
        except NEVER:
            return None
        return None

    def is_utc(self, value: Any) -> bool:
        """Does a value tell a moment, so that a zone has to be chosen?"""
        return Times(EAST).read(value) != Times(WEST).read(value)

    def _text(self, text: str) -> datetime | None:
        try:
            if COMPACT.fullmatch(text):
                return datetime.strptime(text, "%Y%m%d")
            if NUMBER.fullmatch(text):
                return self._number(float(text) if "." in text else int(text))
            if text[:1].isalpha():
                return self._mail(text)
            try:
                return self._wall(datetime.fromisoformat(text))
            except ValueError:
                if UTC_NAME.search(text):
                    return self._wall(datetime.fromisoformat(UTC_NAME.sub("+00:00", text)))
                return self._numeric(text)
        except NEVER:
            return None

    def _wall(self, moment: datetime) -> datetime:
        if moment.tzinfo is None:
            return moment
        wall = self.zone.wall((moment - EPOCH) // timedelta(seconds=1))
        return wall.replace(microsecond=moment.microsecond)

    def _number(self, number: float) -> datetime | None:
        for unit in UNITS:
            if EARLIEST * unit <= number < LATEST * unit:
                seconds, rest = divmod(number, unit)
                micro = min(999_999, round(rest / unit * 1_000_000))
                return self.zone.wall(int(seconds)).replace(microsecond=micro)
        return None

    def _mail(self, text: str) -> datetime | None:
        """Read `Tue, 19 Mar 2019 14:05:17 +0000` and X's `Tue Mar 19 14:05:17 +0000 2019`."""
        try:
            found = parsedate_tz(text)
        except (IndexError, TypeError):
            return None
        if found is None:
            return None
        moment = datetime(*found[:6])
        return moment if found[9] is None else self._wall(_in_utc(moment, found[9]))

    def _numeric(self, text: str) -> datetime | None:
        found = NUMERIC.fullmatch(text)
        if found is None or _year_place(found) != self.year_place:
            return None
        days = (read_date(_triple(found), order) for order in self.orders)
        day = next((one for one in days if one is not None), None)
        if day is None:
            return None
        hour = int(found["hour"] or 0)
        if found["half"]:
            hour = hour % 12 + 12 * (found["half"] in "pP")
        return datetime(
            day.year, day.month, day.day, hour, int(found["minute"] or 0), int(found["seconds"] or 0)
        )


def _in_utc(moment: datetime, offset: int) -> datetime:
    return moment.replace(tzinfo=UTC) - timedelta(seconds=offset)


def is_numeric(value: Any) -> bool:
    """Is it a date of three numbers, so that the whole table has to tell their order?"""
    return (
        isinstance(value, str) and Times(Zone.phones()).read(value) is None and bool(NUMERIC.fullmatch(value))
    )


def learn(values: Iterable[Any], zone: Zone, hints: Hints) -> tuple[Times, DateOrder | None]:
    """Return a reader for the times of a whole table, and the order of day, month and year in it.

    A table may run forwards or backwards; what runs both ways speaks against an order.
    """
    evidence: DateEvidence | None = None
    last, separator, meridiem = "", hints.separator, hints.meridiem
    for value in values:
        found = NUMERIC.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            continue
        separator, meridiem = found["separator"], found["meridiem"] or meridiem
        evidence = evidence or DateEvidence(_year_place(found))
        if (day := value[: found.end("third")]) != last and _year_place(found) == evidence.year_place:
            last = day
            evidence.see(_triple(found))
    if evidence is None or not evidence.seen:
        return Times(zone), None
    for tally in evidence.tallies.values():
        steps = max(0, evidence.seen - tally.impossible - 1)
        tally.backward = min(tally.backward, steps - tally.backward)
    order = evidence.order(Hints(separator, meridiem, hints.spanish, hints.written, hints.day_first))
    return Times(zone, evidence.year_place, evidence.readings(order.value)), order


def _triple(found: re.Match[str]) -> Triple:
    return int(found["first"]), int(found["second"]), int(found["third"])


def _year_place(found: re.Match[str]) -> int | None:
    if len(found["first"]) > 2:
        return 0
    return 2 if len(found["third"]) > 2 else None
