"""The words of a corpus: how many different ones, the most frequent, and those that are somebody's own.

A word is a run of letters, in small letters; links and mentions are taken out first. Only sums leave the
table engine: how often each of the most frequent words is used, never where.
"""

import math
from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from sosias.corpus.description.matches import every

WORD = r"[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)*"
NO_WORDS = r"(?:https?://|www\.)\S+|@[\p{L}\p{N}_.]+"
"""Links and mentions."""
SHORTEST = 2
"""Letters of the shortest word that is listed."""
LEAST_USES = 3
"""Words used less often are listed nowhere: they may be anything, a password too."""
MOST = 60
"""Words that are listed."""
MOST_DISTINCTIVE = 10
"""Of each person."""
DRAWN = 1_000
"""Words among which different ones are counted, so that those who wrote much and little compare."""
PRIOR = 1_000
"""Weight, in words, of what all write when what one writes is judged: see `distinctive`."""
CLEARLY = 1.96
"""Standard errors beyond which a word is somebody's own: 95 %."""


def used(own: ir.Table) -> ir.Table:
    """Return how often each author uses each word (`author`, `word`, `count`)."""
    bare = own.text.re_replace(NO_WORDS, " ").lower()
    words = own.select("author", word=every(bare, WORD).unnest())
    return words.group_by(["author", "word"]).aggregate(count=words.count())


def stop_words(languages: Sequence[str]) -> frozenset[str]:
    """Return the words of these languages (ISO 639-1) that say little by themselves."""
    from stop_words import LANGUAGE_MAPPING, get_stop_words

    known = [language for language in languages if language in LANGUAGE_MAPPING]
    return frozenset(word for language in known for word in get_stop_words(language))


def top(used: ir.Table, stopped: frozenset[str]) -> list[dict[str, Any]]:
    """Return the words used most, those of `stopped` left out."""
    totals = used.group_by("word").aggregate(count=used["count"].sum())
    listed = totals.filter(totals["count"] >= LEAST_USES, totals.word.length() >= SHORTEST)
    # so many that enough are left: DuckDB compares with each of thousands of literals in turn
    most = listed.order_by(ibis.desc("count"), "word").limit(MOST + len(stopped)).to_pyarrow().to_pylist()
    return [row for row in most if row["word"] not in stopped][:MOST]


def vocabulary(used: ir.Table) -> dict[str, dict[str, Any]]:
    """Return of each author how many words, how many different ones, and how many of these in `DRAWN`.

    Collected is how many words an author uses once, twice, three times …
    """
    spectrum = used.group_by(["author", "count"]).aggregate(types=used.count())
    spectra: dict[str, list[tuple[int, int]]] = {}
    for row in spectrum.order_by("author", "count").to_pyarrow().to_pylist():
        spectra.setdefault(row["author"], []).append((row["count"], row["types"]))
    return {author: _figures(spectrum) for author, spectrum in spectra.items()}


def vocabulary_of_all(used: ir.Table) -> dict[str, Any]:
    """Return the same for everybody together."""
    totals = used.group_by("word").aggregate(count=used["count"].sum())
    spectrum = totals.group_by("count").aggregate(types=totals.count()).order_by("count")
    return _figures([(row["count"], row["types"]) for row in spectrum.to_pyarrow().to_pylist()])


def _figures(spectrum: Sequence[tuple[int, int]]) -> dict[str, Any]:
    return {
        "words": sum(count * types for count, types in spectrum),
        "different": sum(types for _count, types in spectrum),
        f"different_in_{DRAWN}": different_among(spectrum, DRAWN),
    }


def different_among(spectrum: Sequence[tuple[int, int]], drawn: int) -> float | None:
    """Return how many different words `drawn` words would have, drawn at random; None: there are fewer.

    `spectrum` has pairs of a count and how many words are used that often. The expectation is exact:
    Σ 1 − C(N − f, n) / C(N, n), Hurlbert 1971 (rarefaction).
    """
    total = sum(count * types for count, types in spectrum)
    if total < drawn:
        return None
    whole = _log_choose(total, drawn)
    missed = (
        types * math.exp(_log_choose(total - count, drawn) - whole)
        for count, types in spectrum
        if total - count >= drawn
    )
    return round(sum(types for _count, types in spectrum) - sum(missed), 1)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def distinctive(used: ir.Table) -> dict[str, list[dict[str, Any]]]:
    """Return the words that each author uses more than the others do, the surest first.

    By the log-odds ratio with an informative Dirichlet prior, in standard errors (Monroe, Colaresi and
    Quinn 2008, "Fightin' Words", equations 16 and 22); the prior is what all write, `PRIOR` words heavy.
    """
    word, author = ibis.window(group_by="word"), ibis.window(group_by="author")
    counted = used.mutate(mine=used["count"].cast("float64"))
    counted = counted.mutate(
        all=counted.mine.sum().over(word),
        n=counted.mine.sum().over(author),
        total=counted.mine.sum().over(ibis.window()),
    )
    prior = PRIOR * counted["all"] / counted.total
    mine, theirs = counted.mine + prior, counted["all"] - counted.mine + prior
    odds = mine / (counted.n + PRIOR - mine)
    other_odds = theirs / (counted.total - counted.n + PRIOR - theirs)
    surely = (odds.ln() - other_odds.ln()) / (1 / mine + 1 / theirs).sqrt()
    listed = counted.mutate(surely=surely).filter(
        ibis._["count"] >= LEAST_USES, ibis._.surely > CLEARLY, ibis._.word.length() >= SHORTEST
    )
    place = ibis.row_number().over(group_by="author", order_by=[ibis.desc("surely"), "word"])
    rows = listed.mutate(place=place).filter(ibis._.place < MOST_DISTINCTIVE).order_by("author", "place")
    by_author: dict[str, list[dict[str, Any]]] = {}
    for row in rows.select("author", "word", "count").to_pyarrow().to_pylist():
        by_author.setdefault(row.pop("author"), []).append(row)
    return by_author
