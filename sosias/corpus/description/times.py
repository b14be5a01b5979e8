"""When people write: by day, month, weekday and hour, as the exports' clocks tell it."""

from collections.abc import Iterator
from typing import Any

import ibis
import ibis.expr.types as ir

WITHOUT_CLOCK = 0.9
"""Where more than this share was sent at midnight sharp, the export tells days and no hours."""


def span(messages: ir.Table) -> dict[str, Any]:
    """Return the first and the last time, the days between them and those on which anything was sent."""
    dated = messages.aggregate(
        first=messages.sent_at.min(),
        last=messages.sent_at.max(),
        active_days=messages.sent_at.date().nunique(),
    )
    row = dated.to_pyarrow().to_pylist()[0]
    if row["first"] is None:
        return {"first": None, "last": None, "days": 0, "active_days": 0}
    days = (row["last"].date() - row["first"].date()).days + 1
    return {
        "first": row["first"].isoformat(),
        "last": row["last"].isoformat(),
        "days": days,
        "active_days": row["active_days"],
    }


def months(messages: ir.Table) -> dict[str, int]:
    """Return how many messages each month has that has any, in order."""
    return dict(sorted(counts(messages, month(messages.sent_at)).items()))


def all_months(months: dict[str, int]) -> Iterator[tuple[str, int]]:
    """Yield every month from the first to the last, also those without a message."""
    first, last = (int(one[:4]) * 12 + int(one[5:]) - 1 for one in (min(months), max(months)))
    for number in range(first, last + 1):
        written = f"{number // 12:04}-{number % 12 + 1:02}"
        yield written, months.get(written, 0)


def month(sent_at: ir.TimestampColumn) -> ir.StringColumn:
    """Write a time as `2024-02`."""
    return sent_at.year().cast("string") + "-" + sent_at.month().cast("string").lpad(2, "0")


def counts(messages: ir.Table, key: ir.Value) -> dict[Any, int]:
    """Return how many messages have each value of `key`, the most frequent first."""
    counted = messages.group_by(key=key).aggregate(count=messages.count())
    rows = counted.filter(counted.key.notnull()).order_by(ibis.desc("count"), "key").to_pyarrow().to_pylist()
    return {row["key"]: row["count"] for row in rows}


def weekdays(messages: ir.Table) -> list[int]:
    """Return how many messages each day of the week has, Monday first."""
    found = counts(messages, messages.sent_at.day_of_week.index())
    return [found.get(day, 0) for day in range(7)]


def hours(messages: ir.Table) -> list[int] | None:
    """Return how many messages each hour of the day has; None where the export tells no hours."""
    dated = messages.filter(messages.sent_at.notnull())
    sharp = _midnight(dated.sent_at).cast("int64").sum()
    row = dated.aggregate(all=dated.count(), midnight=sharp).to_pyarrow().to_pylist()[0]
    if not row["all"] or row["midnight"] > WITHOUT_CLOCK * row["all"]:
        return None
    found = counts(dated, dated.sent_at.hour())
    return [found.get(hour, 0) for hour in range(24)]


def hours_of_each(own: ir.Table) -> dict[str, list[int]]:
    """Return the same for every author."""
    dated = own.filter(own.sent_at.notnull())
    counted = dated.group_by(author="author", hour=dated.sent_at.hour()).aggregate(count=dated.count())
    by_author: dict[str, list[int]] = {}
    for row in counted.to_pyarrow().to_pylist():
        by_author.setdefault(row["author"], [0] * 24)[row["hour"]] = row["count"]
    return by_author


def _midnight(sent_at: ir.TimestampColumn) -> ir.BooleanColumn:
    return (sent_at.hour() == 0) & (sent_at.minute() == 0) & (sent_at.second() == 0)
