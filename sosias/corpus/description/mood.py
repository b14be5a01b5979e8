"""How good or bad the months sound: the mean of `feelings` over a sample."""

from typing import Any

import ibis
import ibis.expr.types as ir

from sosias.corpus.description import times
from sosias.corpus.description.feelings import CLEAR, scorer

SAMPLE = 20_000
"""Messages that are scored, drawn evenly: a second's work, and hundreds a month in most chats."""
LEAST_MESSAGES = 30
"""Of fewer the mean says nothing: its standard error is about 0.07."""


def mood(own: ir.Table, language: str) -> dict[str, Any] | None:
    """Return mean, and shares of good and bad messages, of each month; None for languages not known.

    The scorer is a function of one text that runs as a UDF, row by row; only sums are collected.
    """
    score = scorer(language)
    if score is None:
        return None

    @ibis.udf.scalar.python  # type: ignore[untyped-decorator]
    def feeling(text: str) -> float:
        return score(text) if isinstance(text, str) else 0.0  # NULL arrives as NaN on Spark

    drawn = own.filter(own.sent_at.notnull()).order_by("id").limit(SAMPLE)
    scored = drawn.select(month=times.month(drawn.sent_at), score=feeling(drawn.text))
    sums = scored.group_by("month").aggregate(
        messages=scored.count(),
        mean=scored.score.mean(),
        good=(scored.score > CLEAR).cast("int64").sum(),
        bad=(scored.score < -CLEAR).cast("int64").sum(),
    )
    rows = sums.filter(sums.messages >= LEAST_MESSAGES).order_by("month").to_pyarrow().to_pylist()
    return {"language": language, "months": {row.pop("month"): _rounded(row) for row in rows}}


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    shares = {key: round(row[key] / row["messages"], 3) for key in ("good", "bad")}
    return {"messages": row["messages"], "mean": round(row["mean"], 3), **shares}
