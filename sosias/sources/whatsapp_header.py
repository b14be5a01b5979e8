"""The header that begins a message in a WhatsApp export: learnt once a file, then required.

`1/4/23, 7:02 PM - Ann: hi`, `[31/12/2019, 2:14:40 a. m.] Ann: hi`, `13.6.2018 klo 21.25.15 - …`:
there are some hundred spellings, by telephone, language and year, and no file mixes them. The
spelling that most lines have is the file's; any other line that looks like a header is somebody's
text. Spellings collected from public parsers' tests and from reports of their users.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from sosias.sources.dates import Triple, read_date

SAMPLE = 20_000
"""Lines among which the spelling is looked for,"""
ENOUGH = 2_000
"""and headers from which it is learnt."""
MARKS = "\ufeff\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""Direction marks (and a byte order mark gone astray), as a set in a regular expression."""
SPACE = "[ \u00a0\u2009\u202f]"
JOIN = r"à|klo|kl\.|um"
"""Words between date and time in French, Finnish, Norwegian and German."""

HEADER = re.compile(
    rf"""
    [{MARKS}]* (?P<open>\[?) [{MARKS}]*
    (?P<a>[0-9]{{1,4}}) (?P<separator>[./-]){SPACE}?
    (?P<b>[0-9]{{1,4}}) (?P=separator){SPACE}? (?P<c>[0-9]{{1,4}})
    \.? (?P<comma>,?) {SPACE} (?:(?P<join>{JOIN}){SPACE})?
    [0-9]{{1,2}} (?P<colon>[:.]) [0-9]{{2}} (?P<seconds>(?P=colon)[0-9]{{2}})?
    (?P<meridiem>{SPACE}?[AaPp]\.?{SPACE}?[Mm]\.?)?
    (?P<end>\] | {SPACE}[-–](?={SPACE}|$) | :(?={SPACE}))
    """,
    re.VERBOSE,
)
"""Any header: what the spelling of a file is learnt from."""


@dataclass(frozen=True)
class Spelling:
    """How one file writes its headers."""

    end: str
    """What closes the header: `]`, `-`, `–` or `:`."""
    separator: str
    """Between the numbers of a date."""
    year_place: int | None
    """Which number is a year of four digits; None: years have two."""
    comma: bool
    join: str
    colon: str
    """Between hours and minutes."""
    seconds: bool
    meridiem: bool
    """On a clock of twelve hours."""

    @classmethod
    def of(cls, line: str) -> "Spelling | None":
        """Return the spelling of a line that looks like a header."""
        match = HEADER.match(line)
        if match is None or (match["open"] == "[") != (match["end"] == "]"):
            return None
        long = [place for place, name in enumerate("abc") if len(match[name]) == 4]
        if len(long) > 1 or any(len(match[name]) == 3 for name in "abc"):
            return None
        return cls(
            end=match["end"][-1],
            separator=match["separator"],
            year_place=long[0] if long else None,
            comma=bool(match["comma"]),
            join=match["join"] or "",
            colon=match["colon"],
            seconds=bool(match["seconds"]),
            meridiem=bool(match["meridiem"]),
        )

    @property
    def bracketed(self) -> bool:
        """An iPhone's: every line has an author there, and placeholders have direction marks."""
        return self.end == "]"

    @property
    def pattern(self) -> str:
        """Matches a header of this spelling; groups: date, hour, minute, second, meridiem."""
        gap = re.escape(self.separator) + SPACE + "?"
        numbers = gap.join("[0-9]{4}" if place == self.year_place else "[0-9]{1,2}" for place in range(3))
        hour = "(0?[0-9]|1[0-2])" if self.meridiem else "([01]?[0-9]|2[0-3])"
        colon = re.escape(self.colon)
        second = f"{colon}([0-5][0-9])" if self.seconds else "()"
        meridiem = rf"{SPACE}?([AaPp]\.?{SPACE}?[Mm]\.?)" if self.meridiem else "()"
        join = "".join([r"\.?", "," * self.comma, SPACE, re.escape(self.join) + SPACE if self.join else ""])
        opening = rf"\[[{MARKS}]*" if self.bracketed else ""
        closing = {"]": rf"\]{SPACE}?", ":": f":{SPACE}"}.get(
            self.end, rf"{SPACE}{self.end}(?:{SPACE}|(?=\r?\n))"
        )
        stamp = f"({numbers}){join}{hour}{colon}([0-5][0-9]){second}{meridiem}"
        return f"[{MARKS}]*{opening}{stamp}{closing}"


@dataclass(frozen=True)
class Grammar:
    """A file's spelling of headers, and how it ends its lines."""

    spelling: Spelling
    carriage: bool
    """Lines end with a carriage return and a newline."""
    guarded: bool
    """Messages end so, while lines within a message end with a newline alone, as iPhones write:
    then a header is one only after a carriage return, and pasted lines can forge nothing."""

    @classmethod
    def learn(cls, lines: Iterable[str]) -> "Grammar | None":
        """Return the grammar that most headers among the lines agree on, None where there is none."""
        seen: Counter[Spelling] = Counter()
        ends: Counter[tuple[Spelling | None, bool]] = Counter()
        returned: bool | None = None
        for line in islice(lines, SAMPLE):
            spelling = Spelling.of(line)
            if spelling is not None:
                seen[spelling] += 1
            if returned is not None:
                ends[spelling, returned] += 1
            returned = line.endswith("\r")
            if spelling is not None and seen[spelling] >= ENOUGH:
                break
        if not seen:
            return None
        spelling = seen.most_common(1)[0][0]
        closed, left_open = ends.pop((spelling, True), 0), ends.pop((spelling, False), 0)
        within = sum(count if returned else -count for (_other, returned), count in ends.items())
        return cls(
            spelling,
            carriage=closed >= left_open if closed or left_open else bool(returned),
            guarded=closed > 9 * left_open and within <= 0,
        )


class Clock:
    """Reads the stamps of headers, remembering dates that it has read."""

    def __init__(self, orders: tuple[str, ...]) -> None:
        self._orders = orders
        self._dates: dict[str, date | None] = {}
        self._last: tuple[str, datetime | None] = ("", None)

    def date(self, written: str) -> date | None:
        """Return the date, by the first order that can read it."""
        if written not in self._dates:
            if len(self._dates) > SAMPLE:
                self._dates.clear()
            triple = numbers(written)
            readings = (read_date(triple, order) for order in self._orders)
            self._dates[written] = next(filter(None, readings), None)
        return self._dates[written]

    def read(self, header: re.Match[str]) -> datetime | None:
        """Return the time of a header, None where there is no such day."""
        stamp = header[0]
        if stamp != self._last[0]:
            self._last = stamp, self._time(header)
        return self._last[1]

    def _time(self, header: re.Match[str]) -> datetime | None:
        written, hour, minute, second, meridiem = header.groups()
        day = self.date(written)
        if day is None:
            return None
        hours = int(hour)
        if meridiem:
            hours = hours % 12 + 12 * (meridiem[0] in "pP")
        return datetime(day.year, day.month, day.day, hours, int(minute), int(second or 0))


def numbers(written: str) -> Triple:
    """Return the three numbers of a date."""
    first, second, third = (int(number) for number in re.findall("[0-9]+", written))
    return first, second, third
