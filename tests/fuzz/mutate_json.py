"""Damage to JSON that stays JSON: values of other types, keys lost, things doubled and nested."""

import json
from collections.abc import Sequence
from random import Random
from typing import Any

from tests.fuzz.mutate_text import HOSTILE, NUMBERS

VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    10**30,
    -(10**18),
    253402300800,
    1e308,
    float("nan"),
    float("inf"),
    "",
    "x",
    [],
    {},
    [None],
    [[[]]],
    {"": None},
    {"text": {"text": []}},
    ["a", 1, None, {"type": 3}],
)


def damaged(text: str, random: Random) -> str | None:
    """Return JSON with one damage, after what may stand before it (`window.x = `); None: it is no JSON.

    Raises:
        RecursionError: it is nested too deeply for Python's own reader.
    """
    start = min((place for place in (text.find("["), text.find("{")) if place >= 0), default=-1)
    if start < 0 or start > 200:
        return None
    try:
        value = json.loads(text[start:])
    except ValueError:
        return None
    value = _damaged(value, random)
    indent = random.choice((None, None, 1, 2))
    return text[:start] + json.dumps(value, ensure_ascii=random.random() < 0.3, indent=indent)


def damaged_line(text: str, random: Random) -> str | None:
    """Return text with one of its lines, a JSON value, damaged; None: that line is no JSON."""
    lines = text.split("\n")
    place = random.randrange(len(lines))
    try:
        value = json.loads(lines[place])
    except ValueError:
        return None
    lines[place] = json.dumps(_damaged(value, random), ensure_ascii=random.random() < 0.3)
    return "\n".join(lines)


def _damaged(value: Any, random: Random) -> Any:
    """Change one place; return the whole, which may be another thing if the place is the top."""
    places = [place for place in _places(value) if place]
    if not places or random.random() < 0.01:
        return _other(value, random)
    *way, last = random.choice(places)
    holder = _at(value, way)
    weighed = {_lose: 2, _double: 2, _copy_of_another: 1, _replace: 5}
    [change] = random.choices(list(weighed), list(weighed.values()))
    change(holder, last, _at(value, random.choice(places)), random)
    return value


def _at(value: Any, way: Sequence[Any]) -> Any:
    for step in way:
        value = value[step]
    return value


def _lose(holder: Any, last: Any, _another: Any, _random: Random) -> None:
    del holder[last]


def _double(holder: Any, last: Any, _another: Any, random: Random) -> None:
    """Put a thing there several times; one that has a key gets another key."""
    if isinstance(holder, list):
        holder[last:last] = [holder[last]] * random.choice((1, 2, 30))
    else:
        holder[random.choice((last.upper(), f"{last}_", "", "id", "type"))] = holder.pop(last)


def _copy_of_another(holder: Any, last: Any, another: Any, _random: Random) -> None:
    holder[last] = json.loads(json.dumps(another))


def _replace(holder: Any, last: Any, _another: Any, random: Random) -> None:
    holder[last] = _other(holder[last], random)


def _other(value: Any, random: Random) -> Any:
    """Return something in a value's place."""
    choice = random.random()
    if isinstance(value, str) and choice < 0.5:
        place = random.randint(0, len(value))
        return random.choice((value[:place], value + value, value[:place] + random.choice(HOSTILE)))
    if isinstance(value, (int, float)) and choice < 0.5:
        return random.choice((str(value), -value, value + 1, value * 1000, bool(value)))
    if choice < 0.52:
        return random.choice(NUMBERS)
    if choice < 0.55:
        return _nested(value, random)
    return json.loads(json.dumps(random.choice((*VALUES, *HOSTILE))))


def _nested(value: Any, random: Random) -> Any:
    for _time in range(random.choice((1, 2, 300))):
        value = [value] if random.random() < 0.5 else {"x": value}
    return value


def _places(value: Any) -> list[tuple[Any, ...]]:
    """Return the way to every place, without recursion: what is damaged may be nested deeply."""
    places: list[tuple[Any, ...]] = []
    waiting: list[tuple[tuple[Any, ...], Any]] = [((), value)]
    while waiting and len(places) < 5000:
        way, found = waiting.pop()
        places.append(way)
        if isinstance(found, dict):
            waiting += [((*way, key), inner) for key, inner in found.items()]
        elif isinstance(found, list):
            waiting += [((*way, number), inner) for number, inner in enumerate(found)]
    return places
