"""How long messages are, in words."""

from typing import Any

import ibis
import ibis.expr.types as ir

STEPS = (1, 2, 3, 5, 8, 13, 21, 50)
"""Most words of each class but the last, which has all longer ones."""


def lengths(measured: ir.Table) -> dict[str, Any]:
    """Return the median of the words of a message, and how many messages are how long.

    A class has at most as many words as its `most`, and more than the one before it.
    """
    words = measured.words
    median = measured.aggregate(median=words.median()).to_pyarrow().to_pylist()[0]["median"]
    classes = ibis.cases(*((words <= most, most) for most in STEPS), else_=0)
    rows = measured.group_by(most=classes).aggregate(messages=ibis._.count()).to_pyarrow().to_pylist()
    found = {row["most"]: row["messages"] for row in rows}
    return {
        "median_words": median,
        "classes": [{"most": most or None, "messages": found.get(most, 0)} for most in (*STEPS, 0)],
    }
