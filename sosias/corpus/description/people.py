"""Who writes how much, and in what manner: one row of sums for each author."""

from typing import Any

import ibis
import ibis.expr.types as ir

from sosias.corpus.description import emojis
from sosias.corpus.description.matches import how_many
from sosias.language import translate as _

TOO_FEW_WORDS = 1_000
"""Under this there is nothing left to measure on once a fifth is held out."""
FEW_WORDS = 5_000
"""The sample, where training is known to help, has 6,855 words of its persona."""


def measured(own: ir.Table) -> ir.Table:
    """Return what of each message is summed up later: its length, and the signs in it, without its text.

    A word is what stands between blanks, as a person would count.
    """
    text = own.text
    return own.select(
        "author",
        "sent_at",
        words=how_many(text, r"\S+"),
        characters=text.length(),
        commas=how_many(text, ","),
        emoji=emojis.found(text).length(),
        asks=text.contains("?"),
        opens_question=text.contains("?") & text.contains("¿"),
        exclaims=text.contains("!"),
        opens_exclamation=text.contains("!") & text.contains("¡"),
    )


def people(measured: ir.Table) -> list[dict[str, Any]]:
    """Return each author of measured messages, the busiest first."""
    signs = ("commas", "emoji", "asks", "opens_question", "exclaims", "opens_exclamation")
    counted = measured.group_by(name="author").aggregate(
        messages=measured.count(),
        words=measured.words.sum(),
        characters=measured.characters.sum(),
        first=measured.sent_at.min(),
        last=measured.sent_at.max(),
        median_words=measured.words.median(),
        **{sign: measured[sign].cast("int64").sum() for sign in signs},
    )
    return [_person(row) for row in counted.order_by(ibis.desc("messages"), "name").to_pyarrow().to_pylist()]


def _person(row: dict[str, Any]) -> dict[str, Any]:
    enough, why = enough_to_train(row["words"])
    dates = {key: row[key].isoformat() if row[key] else None for key in ("first", "last")}
    kept = {key: row[key] for key in ("name", "messages", "words", "characters")}
    rates = {
        "median_words": float(row["median_words"]),
        "commas_per_100_words": _rate(row["commas"], row["words"]),
        "emoji_per_100_messages": _rate(row["emoji"], row["messages"]),
        "questions_per_100_messages": _rate(row["asks"], row["messages"]),
        "exclamations_per_100_messages": _rate(row["exclaims"], row["messages"]),
        "questions_opened_percent": _rate(row["opens_question"], row["asks"]),
        "exclamations_opened_percent": _rate(row["opens_exclamation"], row["exclaims"]),
    }
    return {**kept, **dates, "enough": enough, "enough_why": why, "manner": rates}


def _rate(part: int, whole: int) -> float | None:
    """Return how many in a hundred, to a tenth; None where there is nothing to take them from."""
    return round(100 * part / whole, 1) if whole else None


def enough_to_train(words: int) -> tuple[bool, str]:
    """Return whether that many words of a person are worth training on, and the reason."""
    if words < TOO_FEW_WORDS:
        why = _("{words} words are too few to learn from some and measure on others: {least} is the least")
        if words == 1:
            why = _("one word is too little to learn from some and measure on others: {least} is the least")
        return False, why.format(words=words, least=TOO_FEW_WORDS)
    if words < FEW_WORDS:
        return True, _("{words} words are few: the manner will show, little more").format(words=words)
    return True, _("{words} words are enough").format(words=words)
