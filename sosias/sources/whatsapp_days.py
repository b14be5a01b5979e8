"""Where the days of a WhatsApp file show that one export ends in it and another begins.

An export is in order: its clock falls back by an hour in autumn, by a day or two with a journey or a
late delivery, and by years for as long as a telephone's clock is wrong. What falls back further, and
does not return to where it was, is another export.
"""

from array import array
from collections.abc import Sequence
from itertools import pairwise

from sosias.sources.dates import BY_YEAR, DAY_FIRST, FALL, STRAY, Triple, read_date
from sosias.sources.whatsapp_header import numbers

WRONG = 3
"""Days for which a telephone's clock may be wrong,"""
RETURN = 40
"""days within which it then goes on from where it was,"""
LOOK = 50
"""and changes of date among which that is looked for."""
LASTS = 3
"""Changes of date, or"""
LASTING = 20
"""messages, with which a fall is more than somebody's quotation at the end."""
MOST = 20_000
"""Changes of date that are looked through: fifty years of them."""
FEW = 3
"""Changes of date from which another order of the dates can be told."""


class DayLog:
    """The days of a file, one entry for each change of date: 17 bytes each, whatever the file's size."""

    def __init__(self, year_place: int | None) -> None:
        self._orders = BY_YEAR[year_place]
        self._lines = array("q")
        self._days = array("q")
        """The three numbers of a date, packed into one."""
        self._counts = array("q")
        """Messages of the day."""
        self._heads = bytearray()
        """1 where a chat's first notice stands."""
        self._written = ""
        self._authored = False

    def see(self, line: int, written: str, *, is_head: bool, is_authored: bool) -> None:
        """Take note of the message at a line; a notice counts as a head only after others' messages."""
        is_head = is_head and self._authored
        self._authored = is_authored or (self._authored and not is_head)
        if written != self._written or is_head:
            self._written = written
            first, second, third = numbers(written)
            self._lines.append(line)
            self._days.append((first * 10_000 + second) * 10_000 + third)
            self._counts.append(0)
            self._heads.append(is_head)
        self._counts[-1] += 1

    def cuts(self, day_first: bool | None) -> list[int]:
        """Return the lines on which another export begins."""
        starts = [0, *(index for index, head in enumerate(self._heads) if head), len(self._lines)]
        spans = list(pairwise(starts))
        if day_first is None:
            spans = [part for span in spans for part in self._by_order(*span)]
        cuts = [start for start, _end in spans if start]
        for start, end in spans:
            cuts += self._by_clock(start, end, self._order(start, end, day_first))
        return [self._lines[index] for index in sorted(cuts)]

    def _triple(self, index: int) -> Triple:
        rest, third = divmod(self._days[index], 10_000)
        first, second = divmod(rest, 10_000)
        return first, second, third

    def _ordinals(self, start: int, end: int, order: str) -> "array[int]":
        """Return the days as numbers that count up; 0: there is no such day."""
        days = (read_date(self._triple(index), order) for index in range(start, end))
        return array("q", (day.toordinal() if day else 0 for day in days))

    def _order(self, start: int, end: int, day_first: bool | None) -> str:
        """Return the order that fits the days best."""
        told = [one for one in self._orders if day_first is None or (one in DAY_FIRST) == day_first]
        return min(told or self._orders, key=lambda order: _against(self._ordinals(start, end, order))[-1])

    def _by_order(self, start: int, end: int) -> list[tuple[int, int]]:
        """Cut days that no one order can read where two can, until all can be read."""
        days = {order: self._ordinals(start, end, order) for order in self._orders}
        if not 2 * FEW <= end - start <= MOST or not all(0 in one for one in days.values()):
            return [(start, end)]
        sums = {order: _against(one) for order, one in days.items()}
        alone = min(one[-1] for one in sums.values())
        cost, place = min(
            (sums[first][index] + _against_from(sums[second], days[second], index), index)
            for first in sums
            for second in sums
            if first != second
            for index in range(FEW, end - start - FEW + 1)
        )
        if alone - cost < max(FEW, STRAY * (end - start)):
            return [(start, end)]
        middle = start + place
        return [*self._by_order(start, middle), *self._by_order(middle, end)]

    def _by_clock(self, start: int, end: int, order: str) -> list[int]:
        """Return where the clock falls back for good."""
        days = self._ordinals(start, end, order)
        counts = self._counts[start:end]
        cuts: list[int] = []
        previous = first = 0
        for index, day in enumerate(days):
            if not day:
                continue
            falls = index > first and day < days[previous] - FALL
            lasts = falls and _lasts(counts[first:index]) and _lasts(counts[index:])
            if lasts and not _returns(days, first, index):
                cuts.append(start + index)
                first = index
            previous = index
            if len(cuts) > MOST:
                break
        return cuts


def _against(days: Sequence[int]) -> "array[int]":
    """Return, for each number of days from the first, how many speak against their order."""
    sums, before = array("q", [0]), 0
    for day in days:
        sums.append(sums[-1] + (day == 0 or day < before))
        before = day or before
    return sums


def _against_from(sums: Sequence[int], days: Sequence[int], index: int) -> int:
    """Return how many speak against an order from one day on, which nothing stands before."""
    return sums[-1] - sums[index + 1] + (days[index] == 0)


def _returns(days: Sequence[int], first: int, index: int) -> bool:
    """Is a fall that of a clock that was wrong for some days, before it or from it on?"""
    before = max(index - LOOK, first)
    wrong = index
    while wrong > before and (days[wrong - 1] > days[index] or not days[wrong - 1]):
        wrong -= 1
    if wrong > first and wrong > before and 0 <= days[index] - days[wrong - 1] <= RETURN:
        return _span(days[wrong:index]) <= WRONG
    right = index
    limit = days[index - 1] - FALL
    while right < min(index + LOOK, len(days)) and days[right] < limit:
        right += 1
    if right < min(index + LOOK, len(days)) and days[right] - days[index - 1] <= RETURN:
        return _span(days[index:right]) <= WRONG
    return False


def _span(days: Sequence[int]) -> int:
    known = [day for day in days if day]
    return max(known) - min(known) + 1 if known else 0


def _lasts(counts: Sequence[int]) -> bool:
    """Is there more before a fall, or after it, than a few lines?"""
    return len(counts) >= LASTS or sum(counts) >= LASTING
