"""Runs to figures: the defaults beside each recipe, at equal time, with intervals."""

from collections.abc import Sequence
from statistics import mean
from typing import Any

from bench.recipes_known import DEFAULT, RECIPES
from bench.side_by_side import WORDS, Run, bits, paired
from sosias.evaluation.interval import mean_fall, paired_interval

FIGURES = ("elapsed", "steps", "tokens", "supervised_tokens", "epochs", "trained", "rate")


def summary(runs: Sequence[Run]) -> dict[str, Any]:
    """Return each recipe's means over folds, and how much less the same words cost after the defaults."""
    first = runs[0]
    ours = _of(runs, DEFAULT)
    whole = [one for one in ours if one["allowed"] == 60 * one["minutes"]]
    rows = [_row(_of(runs, name), ours) for name in RECIPES if _of(runs, name)]
    return {
        "corpus": first["corpus"],
        "base": first["base"],
        "minutes": first["minutes"],
        "folds": first["folds"],
        "dtype": first["dtype"],
        "threads": first["threads"],
        "sessions": sum(len(one["losses"][WORDS]) for one in whole),
        "words": int(sum(words for one in whole for _, _, words in one["losses"][WORDS].values())),
        "untuned": round(mean(bits(one["losses"][f"untuned {WORDS}"]) for one in whole), 4),
        "default": _means(whole),
        "recipes": rows,
        "beaten": sum(row["low"] > 0 for row in rows),
    }


def _of(runs: Sequence[Run], variant: str) -> list[Run]:
    return sorted((one for one in runs if one["variant"] == variant), key=lambda one: int(one["fold"]))


def _means(runs: Sequence[Run]) -> dict[str, Any]:
    means = {name: mean(one[name] for one in runs) for name in FIGURES}
    return {"bits_per_byte": round(mean(bits(one["losses"][WORDS]) for one in runs), 4)} | {
        name: value if name == "rate" else round(value, 2) for name, value in means.items()
    }


def _row(theirs: Sequence[Run], ours: Sequence[Run]) -> dict[str, Any]:
    """Return a recipe's figures; `fall`: of the default's loss below the recipe's, as a share of that."""
    beside = [_beside(one, ours) for one in theirs]
    pairs = [
        paired(one["losses"][WORDS], default["losses"][WORDS])
        for one, default in zip(theirs, beside, strict=True)
    ]
    low, high = paired_interval(pairs)
    row = {"recipe": theirs[0]["variant"], "default": _means(beside)} | _means(theirs)
    return row | {"fall": round(mean_fall(pairs), 5), "low": round(low, 5), "high": round(high, 5)}


def _beside(run: Run, ours: Sequence[Run]) -> Run:
    """Return the default's run that had the same time."""
    fits = (one for one in ours if (one["fold"], one["allowed"]) == (run["fold"], run["beside"]))
    return next(fits)
