"""What reading took, to the figures that are reported."""

from collections.abc import Sequence
from statistics import median

from bench.figures import Result


def compared(rounds: Sequence[dict[str, Result]], lines: int, written: int) -> Result:
    """Return each peer's median seconds divided by ours, and what each tool read.

    `differ` names the tools that did not find the messages that were written, or not as many authors as
    most of them did: it is reported, not hidden.
    """
    tools = {tool: _figures([one[tool] for one in rounds]) for tool in rounds[0]}
    result: Result = {}
    for tool in tools:
        if tool != "ours":
            each = [one[tool]["seconds"] / one["ours"]["seconds"] for one in rounds]
            result[f"vs_{tool}"] = round(tools[tool]["seconds"] / tools["ours"]["seconds"], 3)
            result[f"vs_{tool}_spread"] = [round(min(each), 3), round(max(each), 3)]
            first = tools[tool]["first_seconds"] / tools["ours"]["first_seconds"]
            result[f"vs_{tool}_first"] = round(first, 3)
    authors = median(one["authors"] for one in tools.values())
    return result | {
        "lines_per_second": round(lines / tools["ours"]["seconds"]),
        "lines": lines,
        "messages": written,
        "tools": {tool: rounded(one) for tool, one in tools.items()},
        "differ": [
            tool for tool, one in tools.items() if one["messages"] != written or one["authors"] != authors
        ],
    }


def _figures(measured: Sequence[Result]) -> Result:
    seconds = [one["seconds"] for one in measured]
    return {
        "seconds": median(seconds),
        "best": min(seconds),
        "rounds": [round(one, 3) for one in seconds],
        "first_seconds": median(one["first_seconds"] for one in measured),
        "loading_seconds": median(one["loading_seconds"] for one in measured),
        "loaded_mb": max(one["loaded_mb"] for one in measured),
        "peak_mb": max(one["peak_mb"] for one in measured),
        "messages": measured[0]["messages"],
        "authors": measured[0]["authors"],
    }


def rounded(measured: Result) -> Result:
    """Return figures as short as they are exact: seconds to the millisecond, MB to a tenth."""
    places = {name: 1 if name.endswith("_mb") else 3 for name in measured}
    return {
        name: round(value, places[name]) if isinstance(value, float) else value
        for name, value in measured.items()
    }


def flatness(peaks: Sequence[float]) -> float:
    """Return the peak of the largest input divided by that of the smallest."""
    return round(peaks[-1] / peaks[0], 3)
