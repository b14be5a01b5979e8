"""What the tools measured, to the figures that are reported."""

from collections.abc import Sequence
from statistics import median
from typing import Any

TOOLS = ("ours", "trl", "body")

Result = dict[str, Any]


def ratios(rounds: Sequence[dict[str, Result]]) -> Result:
    """Return `vs_trl` and `vs_body`, with the least and the greatest of a round, and each tool's figures.

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


def time_to_quality(ours: Sequence[Sequence[float]], trl: dict[str, Sequence[Sequence[float]]]) -> Result:
    """Compare curves of (step, seconds, bits per byte); None where ours never comes to TRL's best."""
    rate = min(trl, key=lambda one: min(bits for *_rest, bits in trl[one]))
    wanted, theirs = min((bits, seconds) for _step, seconds, bits in trl[rate])
    reached = [seconds for _step, seconds, bits in ours if bits <= wanted]
    return {
        "time_to_quality": round(theirs / reached[0], 2) if reached and reached[0] else None,
        "quality": {
            "learning_rate": float(rate),
            "bits_per_byte": {
                "untuned": round(ours[0][2], 4),
                "trl": round(wanted, 4),
                "ours": round(min(bits for *_rest, bits in ours), 4),
            },
            "trl_minutes": round(theirs / 60, 2),
            "our_minutes": round(reached[0] / 60, 2) if reached else None,
        },
    }
