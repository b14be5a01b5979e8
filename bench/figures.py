"""What the tools measured, to the figures that are reported."""

from collections.abc import Sequence
from statistics import median
from typing import Any

TOOLS = ("ours", "trl", "body")

Result = dict[str, Any]
Curve = Sequence[Sequence[float]]


def ratios(rounds: Sequence[dict[str, Result]]) -> Result:
    """Return `vs_trl` and `vs_body`, with the least and the greatest of a round, `memory_vs_trl`, and each
    tool's figures.

    Raises:
        AssertionError: the tools did not do the same work.
    """
    for what in ("tokens", "threads", "trained_parameters"):
        found = {one[tool][what] for one in rounds for tool in TOOLS}
        assert len(found) == 1, f"the tools differ in {what}: {found}"
    result: Result = {}
    for peer in ("trl", "body"):
        each = [speed_of(one["ours"]) / speed_of(one[peer]) for one in rounds]
        speeds = {tool: median(speed_of(one[tool]) for one in rounds) for tool in ("ours", peer)}
        result[f"vs_{peer}"] = round(speeds["ours"] / speeds[peer], 3)
        result[f"vs_{peer}_spread"] = [round(min(each), 3), round(max(each), 3)]
    result["tools"] = {tool: _figures([one[tool] for one in rounds]) for tool in TOOLS}
    peaks = {tool: result["tools"][tool]["peak_rss_mb"] for tool in TOOLS}
    result["memory_vs_trl"] = round(peaks["ours"] / peaks["trl"], 3)
    return result | {"threads": rounds[0]["ours"]["threads"]}


def _figures(measured: Sequence[Result]) -> Result:
    speeds = [speed_of(one) for one in measured]
    return {
        "tokens_per_second": round(median(speeds), 1),
        "rounds": [round(speed, 1) for speed in speeds],
        "peak_rss_mb": max(one["peak_rss_mb"] for one in measured),
        "trained_parameters": measured[0]["trained_parameters"],
        "first_loss": measured[0].get("first_loss"),
    }


def speed_of(measured: Result) -> float:
    """Return unpadded tokens a second."""
    return float(measured["tokens"] / measured["seconds"])


def time_to_quality(ours: Sequence[Result], trl: Sequence[Result]) -> Result:
    """Compare with TRL's best run that one of ours which came to as much first; None where none did.

    Args:
        ours: our runs, each with `passes` and its curve, `points`: (step, seconds, bits per byte).
        trl: its runs, each with `learning_rate`, `passes` and `points`.
    """
    each = [one | _best(one["points"], ours) for one in trl]
    best = min(each, key=lambda one: one["bits_per_byte"])
    reached = best["our_seconds"]
    return {
        "time_to_quality": best["ratio"],
        "quality": {
            "learning_rate": best["learning_rate"],
            "passes": best["passes"],
            "bits_per_byte": {
                "untuned": round(ours[0]["points"][0][2], 4),
                "trl": best["bits_per_byte"],
                "ours": {
                    one["passes"]: round(min(bits for *_rest, bits in one["points"]), 4) for one in ours
                },
            },
            "trl_minutes": round(best["seconds"] / 60, 2),
            "our_minutes": None if reached is None else round(reached / 60, 2),
            "our_passes": best["our_passes"],
            "ratios": best["ratios"],
        },
        "each": [{name: value for name, value in one.items() if name != "points"} for one in each],
    }


def _best(theirs: Curve, ours: Sequence[Result]) -> Result:
    """Return how well a run of TRL's did at its best, after how long, and how soon one of ours did."""
    wanted, seconds = min((bits, seconds) for _step, seconds, bits in theirs)
    did = {
        one["passes"]: min((taken for _step, taken, bits in one["points"] if bits <= wanted), default=None)
        for one in ours
    }
    came = [(taken, passes) for passes, taken in did.items() if taken is not None]
    reached, passes = min(came, default=(None, None))
    return {
        "bits_per_byte": round(wanted, 4),
        "seconds": round(seconds, 1),
        "our_seconds": None if reached is None else round(reached, 1),
        "our_passes": passes,
        "ratio": round(seconds / reached, 2) if reached else None,
        "ratios": {passes: round(seconds / taken, 2) if taken else None for passes, taken in did.items()},
    }
