"""Runs to figures: each variant beside the one that it is compared with."""

from collections.abc import Sequence
from statistics import mean
from typing import Any

from bench.grouping_fit import INNER
from bench.grouping_variants import VARIANTS
from bench.side_by_side import WORDS, Run, bits, paired
from sosias.evaluation.interval import mean_fall, paired_interval

FIGURES = ("seconds", "elapsed", "steps", "tokens", "supervised_tokens", "epoch_tokens", "epoch_supervised")


def summary(runs: Sequence[Run]) -> dict[str, Any]:
    """Return the means over folds, and each variant's fall below the other with its interval."""
    first = runs[0]
    rows = [_row(runs, name, WORDS) for name in VARIANTS if _of(runs, name)]
    if _of(runs, "joined"):
        rows += [_row(runs, name, INNER) for name in ("default", "joined")]
    return {
        "corpus": first["corpus"],
        "base": first["base"],
        "gap": first["gap"],
        "minutes": first["minutes"],
        "folds": len(_of(runs, first["variant"])),
        "dtype": first["dtype"],
        "threads": first["threads"],
        "untuned": round(mean(bits(one["losses"][f"untuned {WORDS}"]) for one in _of(runs, "default")), 4),
        "variants": rows,
    }


def _of(runs: Sequence[Run], variant: str) -> list[Run]:
    return sorted((one for one in runs if one["variant"] == variant), key=lambda one: int(one["fold"]))


def _row(runs: Sequence[Run], name: str, measure: str) -> dict[str, Any]:
    mine, against = _of(runs, name), VARIANTS[name].against
    row = {
        "variant": name,
        "against": against,
        "measure": measure,
        "bits_per_byte": round(mean(bits(one["losses"][measure]) for one in mine), 4),
        "sessions": sum(len(one["losses"][measure]) for one in mine),
        "epochs": round(mean(one["tokens"] / one["epoch_tokens"] for one in mine), 2),
    }
    for figure in FIGURES:
        row[figure] = round(mean(one[figure] for one in mine), 1)
    if against and _of(runs, against):
        pairs = [
            paired(other["losses"][measure], one["losses"][measure])
            for other, one in zip(_of(runs, against), mine, strict=True)
        ]
        low, high = paired_interval(pairs)
        row |= {"fall": round(mean_fall(pairs), 5), "low": round(low, 5), "high": round(high, 5)}
        row["folds"] = [round(mean_fall([pair]), 5) for pair in pairs]
    return row
