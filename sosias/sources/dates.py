"""The order of day, month and year, from the dates of a whole file: what proves it, what hints at it.

Evidence is asked strongest first. Only what makes every other order impossible proves one; whatever
else decides is said to be a guess, with its reason.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sosias.language import translate as _
from sosias.sources.source import DateOrder

Triple = tuple[int, int, int]
"""The three numbers of a date, as written."""

PLACES: dict[str, Triple] = {
    "D/M/Y": (2, 1, 0),
    "M/D/Y": (2, 0, 1),
    "Y/M/D": (0, 1, 2),
    "Y/D/M": (0, 2, 1),
    "M/Y/D": (1, 0, 2),
    "D/Y/M": (1, 2, 0),
}
"""Where year, month and day stand in each order."""
BY_YEAR: dict[int | None, tuple[str, ...]] = {
    0: ("Y/M/D", "Y/D/M"),
    1: ("M/Y/D", "D/Y/M"),
    2: ("D/M/Y", "M/D/Y"),
    None: ("D/M/Y", "M/D/Y", "Y/M/D"),
}
"""The orders left open by the place of a four-digit year (None: two digits), the likelier first."""
DAY_FIRST = ("D/M/Y", "D/Y/M", "Y/D/M")
FALL = 2
"""Days by which the clock of one export may fall back: with a journey, or a late delivery."""
STRAY = 0.02
"""Share of dates against an order below which they are stray (quoted lines), not another export's."""
MANY = 5
"""Falls of the clock that no journey and no late delivery gives one export."""


@dataclass(frozen=True)
class Hints:
    """What else a file says of its dates."""

    separator: str
    meridiem: str = ""
    """How morning and afternoon are spelt, empty on a 24-hour clock."""
    spanish: bool = False
    """Its name or its placeholders are Spanish."""
    written: datetime | None = None
    """When the file was written."""
    day_first: bool | None = None
    """What the user said."""
    since: int = 0
    """The year before which no such message was written."""


def read_date(triple: Triple, order: str) -> date | None:
    """Return the date in that order, None where there is no such day; two-digit years are 20xx."""
    year, month, day = (triple[place] for place in PLACES[order])
    try:
        return date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return None


@dataclass
class Tally:
    """What speaks for and against one order."""

    impossible: int = 0
    """Dates that are none in this order."""
    backward: int = 0
    """Steps back in time: exports are written in order;"""
    falls: int = 0
    """and those of them by more than two days."""
    years: Counter[int] = field(default_factory=Counter)
    """Dates by year."""
    day_changes: int = 0
    """The day changes more often than the month."""
    latest: date = date.min
    previous: date | None = None

    def see(self, found: date | None) -> None:
        if found is None:
            self.impossible += 1
            return
        if self.previous is not None:
            if found < self.previous:
                self.backward += 1
                self.falls += (self.previous - found).days > FALL
            self.day_changes += found.day != self.previous.day
        self.years[found.year] += 1
        self.previous = found
        self.latest = max(self.latest, found)


@dataclass
class DateEvidence:
    """Gathers the dates of a file, one for every change of date."""

    year_place: int | None
    seen: int = 0
    tallies: dict[str, Tally] = field(init=False)

    def __post_init__(self) -> None:
        self.tallies = {order: Tally() for order in BY_YEAR[self.year_place]}

    def see(self, triple: Triple) -> bool:
        """Count a date; say whether any order can read it."""
        dates = {order: read_date(triple, order) for order in self.tallies}
        if not any(dates.values()):
            return False
        self.seen += 1
        for order, found in dates.items():
            self.tallies[order].see(found)
        return True

    def order(self, hints: Hints) -> DateOrder:
        """Return the order that the evidence leaves."""
        if hints.day_first is not None:
            return self._as_told(hints.day_first)
        if self.year_place is None and self._short_year_leads(hints):
            return DateOrder("Y/M/D", "guessed", _("in any other order the dates go back in time"))
        left = [order for order in self._likely() if not self.tallies[order].impossible]
        if not left:
            return self._mixed()
        if len(left) == 1:
            return self._only(left[0], hints)
        if self.year_place == 0:
            return DateOrder("Y/M/D", "proven", _("the year stands first"))
        return self._guess(left, hints)

    def readings(self, order: str) -> tuple[str, ...]:
        """Return the orders to read dates by: others too where more than stray lines need them."""
        others = tuple(other for other in self._likely() if other != order)
        return (order, *others) if self._fails(self.tallies[order]) else (order,)

    def _as_told(self, day_first: bool) -> DateOrder:
        told = [order for order in self.tallies if (order in DAY_FIRST) == day_first]
        best = min(told, key=lambda order: self.tallies[order].impossible)
        return DateOrder(best, "proven", _("you said so"))

    def _mixed(self) -> DateOrder:
        best = min(self._likely(), key=lambda order: self.tallies[order].impossible)
        why = _("no one order fits all dates: most fit this one, and the file may be two exports joined")
        return DateOrder(best, "guessed", why)

    def _only(self, order: str, hints: Hints) -> DateOrder:
        """Return an order that alone is likely: proven, unless years of two digits may lead instead."""
        leading = None if self.year_place is not None else self.tallies["Y/M/D"]
        if leading is None or leading.impossible:
            why = _("in any other order there are dates that do not exist")
        elif _too_early(leading, hints) > STRAY * self.seen or _in_future(leading, hints):
            why = _("in any other order dates do not exist, are too old, or later than the file")
        elif leading.falls >= self.tallies[order].falls + MANY:
            why = _("in any other order dates do not exist, or go back in time again and again")
        else:
            why = _("in any other order dates do not exist, or begin with a year of two digits, as few do")
            return DateOrder(order, "guessed", why)
        return DateOrder(order, "proven", why)

    def _likely(self) -> list[str]:
        """Return the orders without that of dates such as 23-04-01, where years of two digits lead."""
        return [order for order in self.tallies if self.year_place is not None or order != "Y/M/D"]

    def _short_year_leads(self, hints: Hints) -> bool:
        """Do years of two digits lead? It is rare: only if any other order fails or runs backwards."""
        leading = self.tallies["Y/M/D"]
        others = [self.tallies[order] for order in self._likely()]
        worse = [self._fails(other) or other.backward > leading.backward for other in others]
        return not leading.impossible and all(worse) and not _in_future(leading, hints)

    def _fails(self, tally: Tally) -> bool:
        """Are there more dates that the order cannot read than stray lines would give?"""
        return tally.impossible > STRAY * self.seen

    def _guess(self, left: list[str], hints: Hints) -> DateOrder:
        """Choose between a day and a month that could be either."""
        first, second = (self.tallies[order] for order in left)
        why = _("in the other order the dates go back in time")
        if first.backward != second.backward:
            return DateOrder(left[first.backward > second.backward], "guessed", why)
        why = _("in the other order some dates are later than the file")
        if _in_future(first, hints) != _in_future(second, hints):
            return DateOrder(left[_in_future(first, hints)], "guessed", why)
        why = _("the number read as the day changes more often")
        if first.day_changes != second.day_changes:
            return DateOrder(left[first.day_changes < second.day_changes], "guessed", why)
        return _by_custom(left, hints)


def _in_future(tally: Tally, hints: Hints) -> bool:
    return hints.written is not None and tally.latest > hints.written.date() + timedelta(days=1)


def _too_early(tally: Tally, hints: Hints) -> int:
    return sum(count for year, count in tally.years.items() if year < hints.since)


def _by_custom(left: list[str], hints: Hints) -> DateOrder:
    """Choose by how the other marks are usually combined: `1/4/23, 7:02 PM` is American."""
    day_first, month_first = sorted(left, key=lambda order: order not in DAY_FIRST)
    if hints.separator == "/" and hints.meridiem.isupper():
        return DateOrder(month_first, "guessed", _("dates with / and AM or PM are mostly American"))
    if hints.spanish:
        return DateOrder(day_first, "guessed", _("the export is in Spanish"))
    return DateOrder(day_first, "guessed", _("nothing tells; most countries write so"))
