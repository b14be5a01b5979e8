"""Emoji in texts: what is one, which are used, and by what name they go."""

from functools import cache
from typing import Any

import ibis
import ibis.expr.types as ir

from sosias.corpus.description.matches import every

MOST = 24
"""Emoji that are listed."""
PICTURES = 0x2600
"""From here on what may be drawn as an emoji or as a letter counts as an emoji, marked as one or not:
people send ❤ and ☺ without the mark. Before it stand ©, ™ and arrows, which are letters without it."""
MARK = "\ufe0f"
"""Says of a sign that it is meant as an emoji."""


@cache
def pattern() -> str:
    """Return what one emoji looks like to RE2 and to Java: with its joiners, skin and flag letters, one.

    The signs are those that the package `emoji` lists, by Unicode's emoji-test.txt.
    """
    from emoji import EMOJI_DATA
    from emoji.unicode_codes import STATUS

    single = {sign: facts["status"] for sign, facts in EMOJI_DATA.items() if len(sign) == 1}
    whole = (STATUS["fully_qualified"], STATUS["component"])  # a component: the bald head's hair
    drawn = {sign for sign, status in single.items() if status in whole}
    marked = {sign for sign, status in single.items() if status == STATUS["unqualified"]}
    free = _class(drawn | {sign for sign in marked if ord(sign) >= PICTURES})
    picture = rf"(?:{free}[\x{{FE0F}}\x{{1F3FB}}-\x{{1F3FF}}]?|{_class(marked)}\x{{FE0F}})"
    alternatives = (
        r"[\x{1F1E6}-\x{1F1FF}]{2}",
        r"\x{1F3F4}[\x{E0061}-\x{E007A}]+\x{E007F}",
        rf"{picture}(?:\x{{200D}}{picture})*",
        r"[0-9#*]\x{FE0F}?\x{20E3}",
    )
    return "|".join(alternatives)


def _class(signs: set[str]) -> str:
    """Write a set of signs as ranges in brackets."""
    codes = sorted(map(ord, signs))
    starts = [code for code in codes if code - 1 not in set(codes)]
    ends = [code for code in codes if code + 1 not in set(codes)]
    ranges = (rf"\x{{{start:X}}}-\x{{{end:X}}}" for start, end in zip(starts, ends, strict=True))
    return f"[{''.join(ranges)}]"


def found(text: ir.StringValue) -> ir.ArrayValue:
    """Return the emoji of a text, in order."""
    return every(text, pattern())


def favourites(own: ir.Table) -> list[dict[str, Any]]:
    """Return the emoji used most, with their names in English and their numbers."""
    counted = _counted(own.select(emoji=found(own.text).unnest()), [])
    rows = counted.order_by(ibis.desc("count"), "emoji").limit(MOST).to_pyarrow().to_pylist()
    return [_shown(row) for row in rows]


def favourite_of_each(own: ir.Table, most: int) -> dict[str, list[dict[str, Any]]]:
    """Return the emoji that each author uses most, at most `most` of them."""
    counted = _counted(own.select("author", emoji=found(own.text).unnest()), ["author"])
    place = ibis.row_number().over(group_by="author", order_by=[ibis.desc("count"), "emoji"])
    rows = counted.mutate(place=place).filter(ibis._.place < most).order_by("author", "place")
    by_author: dict[str, list[dict[str, Any]]] = {}
    for row in rows.drop("place").to_pyarrow().to_pylist():
        by_author.setdefault(row.pop("author"), []).append(_shown(row))
    return by_author


def _counted(emoji: ir.Table, keys: list[str]) -> ir.Table:
    bare = emoji.mutate(emoji=emoji.emoji.replace(MARK, ""))
    return bare.group_by([*keys, "emoji"]).aggregate(count=bare.count())


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """Write an emoji as it is meant to be drawn, with the name that Unicode gives it."""
    import emoji

    sign = next((one for one in (row["emoji"] + MARK, row["emoji"]) if emoji.is_emoji(one)), row["emoji"])
    return {"emoji": sign, "name": name(sign, "en"), "count": row["count"]}


def name(sign: str, language: str) -> str:
    """Return what an emoji is called in `en` or `es`; the emoji itself where it has no name."""
    import emoji

    said = emoji.demojize(sign, language=language, delimiters=("", ""))
    return said.replace("_", " ")
