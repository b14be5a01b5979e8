"""Texts that occur more than once: exactly the same, or nearly.

Short texts ("jaja", "ok") are the way a person talks; only those of `LONG_TEXT` characters or more
count, and blanks and capitals make no other text of one. A text is looked up by its keys: its plain form,
or the bands of its MinHash. Counting goes by the keys' hashes first, so that the strings themselves are
only held for the few that may be repeated.
"""

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir

from sosias.errors import SosiasError

if TYPE_CHECKING:
    from collections.abc import Callable

LONG_TEXT = 40
"""Characters of a text that nobody writes twice by chance; a line of a chat has 20 to 30."""
BANDS, ROWS = 10, 12
"""Texts are near copies where all of one band's values agree: at a resemblance of 0.9 that is so for
96 in 100 pairs, at 0.8 for 51, at 0.7 for 13 (1 − (1 − sʳ)ᵇ; Leskovec, Rajaraman and Ullman, Mining
of Massive Datasets, 3.4)."""
BLANKS = r"[\s\pZ\x0B]+"
"""What RE2 and Java both take for a run of blanks, those beyond ASCII with them."""
SHINGLE = 5
"""Characters that are compared at a time: the same book advises 5 for short texts."""


class NoNearCopies(SosiasError):
    """Near copies are found with a package that is not installed: pip install 'sosias[near-copies]', or
    set near_copies = false in persona.toml."""


def keyed(texts: ir.Table, *, near: bool) -> ir.Table:
    """Add `key` to a table with `text`, and leave out the short ones; `near`: a row for each of the keys.

    Texts that differ in blanks or capitals alone have one key.

    Raises:
        NoNearCopies: the package for it is missing.
    """
    most = texts.filter(texts.text.length() >= LONG_TEXT)
    plain = most.mutate(key=most.text.re_replace(BLANKS, " ").strip().lower())
    long = plain.filter(plain.key.length() >= LONG_TEXT)
    return long.mutate(key=_bands()(long.key).unnest()) if near else long


def copies(texts: ir.Table, least: int) -> ir.Table:
    """Return the ids of the texts that repeat an earlier one that occurs at least `least` times.

    Comes in with `id`, `author`, `place` (a string that sorts by time) and `key`.
    """
    hashed = texts.mutate(_hash=texts.key.hash())
    count = hashed.group_by(["author", "_hash"]).aggregate(_count=hashed.count())
    candidates = hashed.semi_join(count.filter(count._count >= least), ["author", "_hash"])
    group = candidates.group_by(["author", "key"])
    same = group.aggregate(_count=candidates.id.nunique(), first=candidates.place.min())
    often = same.filter(same._count >= least).drop("_count")
    repeated = candidates.inner_join(often, ["author", "key"])
    return repeated.filter(repeated.place > repeated.first).select("id").distinct()


def leaks(texts: ir.Table) -> ir.Table:
    """Return which of the persona's texts anybody has in an earlier split: `number`, and all of that
    session in `leaks`.

    Comes in with `number` (of the session), `rank` (of its split, the earliest lowest), `persona` (it is
    theirs), `text` and `key`.
    """
    hashed = texts.mutate(_hash=texts.key.hash())
    span = hashed.group_by("_hash").aggregate(_first=hashed["rank"].min(), _last=hashed["rank"].max())
    candidates = hashed.semi_join(span.filter(span._first < span._last), "_hash")
    first = candidates.group_by("key").aggregate(first=candidates["rank"].min())
    found = candidates.inner_join(first, "key")
    late = found.filter(found.persona, found["rank"] > found.first).select("number", "text").distinct()
    return late.group_by("number").aggregate(leaks=late.text.collect())


@cache
def _bands() -> "Callable[[ir.StringColumn], ir.ArrayColumn]":
    """Return the row function from a text to the bands of its MinHash over small letters."""
    try:
        from datasketch import MinHash
    except ImportError as error:
        raise NoNearCopies from error
    empty = MinHash(num_perm=BANDS * ROWS, seed=1)

    def bands(text: str) -> list[str]:
        if not isinstance(text, str):  # Spark hands NULL as NaN
            return []
        plain = re.sub(r"\s+", " ", text.casefold()).encode()
        sketch = empty.copy()
        sketch.update_batch([plain[at : at + SHINGLE] for at in range(max(1, len(plain) - SHINGLE + 1))])
        values = sketch.hashvalues
        return [f"{band}:" + values[band * ROWS :][:ROWS].tobytes().hex() for band in range(BANDS)]

    row_function: Any = ibis.udf.scalar.python(bands)
    return row_function  # type: ignore[no-any-return]
