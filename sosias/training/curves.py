"""The losses of a run, as its `metrics.jsonl` has them; read without torch."""

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from sosias.events import Curves

Point = tuple[int, float]
"""A step and what was measured then."""


def read_metrics(file: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of a run's metrics; a line that a kill has cut in two is left out."""
    if not file.is_file():
        return
    for line in file.read_text(encoding="utf-8").splitlines():
        try:
            record = json.loads(line)
        except json.JSONDecodeError:
            continue
        if isinstance(record, dict) and isinstance(record.get("step"), int):
            yield record


def read_curves(file: Path) -> Curves:
    """Return the losses of a run so far; empty where it has none."""
    records = list(read_metrics(file))
    return Curves(points(records, "loss"), points(records, "validation_loss"))


def points(records: Sequence[dict[str, Any]], name: str) -> tuple[Point, ...]:
    """Return one figure of the records that have it."""
    return tuple((record["step"], record[name]) for record in records if name in record)


def thinned(some: Sequence[Point], most: int) -> list[Point]:
    """Return at most `most` points: the means over stretches of equal length, in steps and in value."""
    if len(some) <= most:
        return list(some)
    bounds = [number * len(some) // most for number in range(most + 1)]
    stretches = [some[first:last] for first, last in pairwise(bounds)]
    return [
        (round(sum(step for step, _value in one) / len(one)), sum(value for _step, value in one) / len(one))
        for one in stretches
    ]
