"""The header that begins a message in a WhatsApp export: learnt once a file, then required.

`1/4/23, 7:02 PM - Ann: hi`, `[31/12/2019, 2:14:40 a. m.] Ann: hi`, `13.6.2018 klo 21.25.15 - …`,
`2023/6/13 下午9:25 - …`: there are some hundred spellings, by telephone, language and year, and no
file mixes them. The spelling that most lines have is the file's; any other line that looks like a
header is somebody's text. Spellings collected from public parsers' tests and from reports of their
users; those of Arabic, Chinese, Japanese and Korean telephones are handmade after such reports.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from itertools import islice

from sosias.sources.dates import Triple, read_date

SAMPLE = 20_000
"""Lines among which the spelling is looked for,"""
ENOUGH = 500
"""and headers from which it is learnt; also dates and times that are remembered."""
MARKS = "\ufeff\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""Direction marks (and a byte order mark gone astray), as a set in a regular expression."""
SPACE = "[ \u00a0\u2009\u202f]"
JOIN = r"à|às|at|alle|klo|kl\.|um|в"
"""Words between date and time in French, Portuguese, English, Italian, Finnish, Norwegian, German and
Russian."""
DIGIT = "[0-9٠-٩۰-۹]"
AFTER = rf"[AaPp]\.?{SPACE}?[Mm]\.?|[صم]"
"""Morning or afternoon after the time: Latin and Arabic,"""
BEFORE = "上午|下午|凌晨|清晨|早上|中午|晚上|午前|午後|오전|오후"
"""and before it: Chinese, Japanese, Korean."""
AFTERNOON = ("p", "P", "م", "下午", "晚上", "中午", "午後", "오후")
NOON = "中午"
"""About twelve: what is before is still morning."""
SIGNS = {"年": "年月日", "년": "년월일"}
"""Year, month and day, as signs after the numbers."""

HEADER = re.compile(
    rf"""
    [{MARKS}]*+ (?P<open>\[?) [{MARKS}]*+
    (?P<a>{DIGIT}{{1,4}}) [{MARKS}]*+ (?P<separator>[./-]|年|년) {SPACE}? [{MARKS}]*+
    (?P<b>{DIGIT}{{1,4}}) [{MARKS}]*+ (?:(?P=separator)|月|월) {SPACE}? [{MARKS}]*+
    (?P<c>{DIGIT}{{1,4}}) [{MARKS}]*+ [.日일]? [{MARKS}]*+ (?P<comma>[,،，]?) [{MARKS}]*+ {SPACE} [{MARKS}]*+
    (?:(?P<join>{JOIN}){SPACE})? (?:(?P<before>{BEFORE}){SPACE}?)?
    {DIGIT}{{1,2}} (?P<colon>[:.]) {DIGIT}{{2}} (?P<seconds>(?P=colon){DIGIT}{{2}})?
    (?:{SPACE}? (?P<after>{AFTER}))? [{MARKS}]*+
    (?P<end>\] | {SPACE}[-–](?={SPACE}|\r?$) | :(?={SPACE}) | ,(?={SPACE}))
    """,
    re.VERBOSE,
)
"""Any header: what the spelling of a file is learnt from."""
TIME = re.compile(
    rf"(?P<before>{BEFORE})?{SPACE}?({DIGIT}{{1,2}})[:.]({DIGIT}{{2}})(?:[:.]({DIGIT}{{2}}))?"
    rf"{SPACE}?(?P<after>{AFTER})?"
)
INNER = re.compile(f"[{MARKS}]")


@dataclass(frozen=True)
class Spelling:
    """How one file writes its headers."""

    end: str
    """What closes the header: `]`, `-`, `–`, `:` or `,`."""
    separator: str
    """Between the numbers of a date; `年` or `년`: signs after each."""
    year_place: int | None
    """Which number is a year of four digits; None: years have two."""
    comma: str
    join: str
    colon: str
    """Between hours and minutes."""
    seconds: bool
    meridiem: str
    """`after` or `before` the time on a clock of twelve hours, else empty."""
    zero: str = "0"
    """The first of its digits."""
    marks: bool = False
    """Direction marks stand within it."""

    @classmethod
    def of(cls, line: str) -> "Spelling | None":
        """Return the spelling of a line that looks like a header."""
        match = HEADER.match(line)
        if match is None or (match["open"] == "[") != (match["end"] == "]"):
            return None
        long = [place for place, name in enumerate("abc") if len(match[name]) == 4]
        if len(long) > 1 or any(len(match[name]) == 3 for name in "abc"):
            return None
        if match["end"] == "," and match["separator"] not in SIGNS:
            return None
        return cls(
            end=match["end"][-1],
            separator=match["separator"],
            year_place=long[0] if long else None,
            comma=match["comma"],
            join=match["join"] or "",
            colon=match["colon"],
            seconds=bool(match["seconds"]),
            meridiem="before" if match["before"] else "after" if match["after"] else "",
            zero=chr(ord(match["a"][0]) - int(match["a"][0])),
            marks=INNER.search(match[0], match.start("a")) is not None,
        )

    @property
    def bracketed(self) -> bool:
        """An iPhone's: every line has an author there, and placeholders have direction marks."""
        return self.end == "]"

    def pattern(self, newline: str) -> str:
        """Return what matches a header of this spelling after `newline`; two groups, cut after the date."""
        opening = rf"[{MARKS}]*+" + (rf"\[[{MARKS}]*+" if self.bracketed else "")
        return f"({newline}{opening}{self._date()})({self._time()}{self._closing()})"

    def _digits(self, first: int, last: int) -> str:
        """Return a set of digits."""
        zero = ord(self.zero)
        return f"[{chr(zero + first)}-{chr(zero + last)}]"

    def _date(self) -> str:
        marks, digit = f"[{MARKS}]*+" * self.marks, self._digits(0, 9)
        signs = SIGNS.get(self.separator, self.separator * 2)
        gaps = [f"{marks}{re.escape(sign)}{SPACE}?{marks}" for sign in signs[:2]] + [""]
        numbers = ["{4}" if place == self.year_place else "{1,2}" for place in range(3)]
        end = signs[2] if len(signs) > 2 else ""
        return "".join(f"{digit}{number}{gap}" for number, gap in zip(numbers, gaps, strict=True)) + end

    def _time(self) -> str:
        marks, colon = f"[{MARKS}]*+" * self.marks, re.escape(self.colon)
        minute = f"{colon}{self._digits(0, 5)}{self._digits(0, 9)}"
        one, ten, two = self._digits(0, 9), self._digits(0, 1), self._digits(2, 2)
        hour = f"(?:{ten}?{one}|{two}{self._digits(0, 3)})"
        if self.meridiem:
            hour = f"(?:{self._digits(0, 0)}?{one}|{self._digits(1, 1)}{self._digits(0, 2)})"
        before = rf"(?:{BEFORE}){SPACE}?" if self.meridiem == "before" else ""
        after = rf"{SPACE}?(?:{AFTER})" if self.meridiem == "after" else ""
        join = re.escape(self.join) + SPACE if self.join else ""
        gap = rf"{marks}\.?{marks}{self.comma}{marks}{SPACE}{marks}{join}"
        return gap + before + hour + minute * (1 + self.seconds) + after + marks

    def _closing(self) -> str:
        closings = {"]": rf"\]{SPACE}?", ":": f":{SPACE}", ",": f",{SPACE}"}
        return closings.get(self.end, rf"{SPACE}{self.end}(?:{SPACE}|(?=\r?\n))")

    def example(self, order: str) -> str:
        """Return how a line begins, for people: `[D/M/Y, H:MM:SS] Name: text`."""
        signs = SIGNS.get(self.separator)
        numbers = order.split("/")
        day = self.separator.join(numbers)
        if signs is not None:
            day = "".join(number + sign for number, sign in zip(numbers, signs, strict=True))
        clock = self.colon.join(["H", "MM", "SS"][: 2 + self.seconds])
        clock = {"before": f"PM {clock}", "after": f"{clock} PM"}.get(self.meridiem, clock)
        stamp = f"{day}{self.comma} {self.join + ' ' if self.join else ''}{clock}"
        header = {"]": f"[{stamp}]", ":": f"{stamp}:", ",": f"{stamp},"}.get(self.end, f"{stamp} {self.end}")
        return f"{header} Name: text"


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
            guarded=closed > left_open and within <= 0,
        )


class Days(dict[str, date | None]):
    """Dates as written, read once each: by the first order that can; None: there is no such day."""

    def __init__(self, orders: tuple[str, ...]) -> None:
        super().__init__()
        self._orders = orders

    def __missing__(self, written: str) -> date | None:
        if len(self) > SAMPLE:
            self.clear()
        triple = numbers(written)
        found = next(filter(None, (read_date(triple, order) for order in self._orders)), None)
        self[written] = found
        return found


class Hours(dict[str, time]):
    """Times of the day as written, with what is around them, read once each."""

    def __missing__(self, written: str) -> time:
        if len(self) > SAMPLE:
            self.clear()
        found = self[written] = read_time(written)
        return found


def read_time(written: str) -> time:
    """Return the time of the day that is in the second half of a header."""
    match = TIME.search(written)
    assert match is not None, "a header has a time"
    before, hour, minute, second, after = match.groups()
    hours = int(hour)
    if meridiem := before or after:
        late = meridiem.startswith(AFTERNOON) and not (meridiem == NOON and hours in (10, 11))
        hours = hours % 12 + 12 * late
    return time(hours, int(minute), int(second or 0))


def numbers(written: str) -> Triple:
    """Return the three numbers of a date."""
    first, second, third = (int(number) for number in re.findall(r"\d+", written))
    return first, second, third
