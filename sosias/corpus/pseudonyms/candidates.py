"""What a corpus has that points to people: each with its count and where it stands, for the user to look at.

Two passes over the texts, as row functions in the table engine: the first gathers the words that clear
cues tell to be names, the second everything that is found then. Only what was found comes back, once
for each spelling.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import ibis
import ibis.expr.types as ir

from sosias.corpus.pseudonyms.finder import Finder, learn, learnt_from
from sosias.corpus.pseudonyms.invented import is_a_stand_in
from sosias.corpus.pseudonyms.names import LEARNT_FROM
from sosias.corpus.pseudonyms.spans import Kind, Span
from sosias.corpus.pseudonyms.spelling import WORD

AROUND = 30
"""Characters of context on each side."""
CONTEXTS = 3
PART = "\x1f"
"""Parts the fields of a find: it stands in no chat."""
OCCURS = "occurs"
"""Marks a word that is a name of the lists of stand-ins: it cannot be one here."""
_numbers = count()


@dataclass
class Candidate:
    """One thing that points to somebody, in all its spellings."""

    kind: Kind
    canonical: str
    spellings: Counter[str] = field(default_factory=Counter)
    contexts: list[str] = field(default_factory=list)
    """Up to three stretches of text, the find in «»."""

    @property
    def count(self) -> int:
        return self.spellings.total()

    @property
    def shown(self) -> str:
        """Return the commonest spelling."""
        return self.spellings.most_common(1)[0][0]


@dataclass(frozen=True)
class Survey:
    """What two passes have found: candidates, the commonest first; the finder that knows the corpus; and the
    words that cannot be stand-ins, since they occur."""

    candidates: list[Candidate]
    finder: Finder
    occurring: frozenset[str]


def survey(messages: ir.Table, finder: Finder) -> Survey:
    """Return what there is in a table of messages (`text`)."""
    known = learnt_from(finder, _evidence(messages, finder))
    rows = _found(messages, known)
    occurring = frozenset(row["spelling"] for row in rows if row["kind"] == OCCURS)
    return Survey(gathered(row for row in rows if row["kind"] != OCCURS), known, occurring)


def survey_texts(texts: Iterable[str], finder: Finder) -> Survey:
    """Return what there is in texts: as `survey`, in this process."""
    texts = list(texts)
    known = learn(finder, texts)
    rows: list[dict[str, Any]] = []
    for text in texts:
        for one in finds(text, known):
            kind, canonical, spelling, context = one.split(PART)
            rows.append(
                {
                    "kind": kind,
                    "canonical": canonical,
                    "spelling": spelling,
                    "count": 1,
                    "contexts": (context,),
                }
            )
    occurring = frozenset(row["spelling"] for row in rows if row["kind"] == OCCURS)
    return Survey(gathered(row for row in rows if row["kind"] != OCCURS), known, occurring)


def row_function(function: Callable[[str], Any]) -> Callable[[ir.StringColumn], Any]:
    """Return a function of one text as one of a column, on DuckDB and on Spark; NULL may come as NaN."""
    named = ibis.udf.scalar.python(name=f"{function.__name__}_{next(_numbers)}")
    made: Callable[[ir.StringColumn], Any] = named(function)
    return made


def finds(text: str, finder: Finder) -> Iterator[str]:
    """Yield the finds of a text as one string each: kind, canonical, spelling, context."""
    for span in finder.find(text):
        yield PART.join((span.kind, span.canonical, text[span.start : span.end], in_context(text, span)))
    for word in WORD.findall(text):
        small = word.lower()
        if is_a_stand_in(small):
            yield PART.join((OCCURS, "", small, ""))


def in_context(text: str, span: Span) -> str:
    """Return a span in «» with what stands around it, on one line."""
    start, end = max(0, span.start - AROUND), span.end + AROUND
    before = ("…" if start else "") + text[start : span.start]
    after = text[span.end : end] + ("…" if end < len(text) else "")
    return " ".join(f"{before}«{text[span.start : span.end]}»{after}".replace(PART, " ").split())


def gathered(rows: Iterable[Mapping[str, Any]]) -> list[Candidate]:
    """Return the candidates of rows, one a spelling, the commonest candidate first."""
    found: dict[tuple[str, str], Candidate] = {}
    for row in rows:
        key = (row["kind"], row["canonical"])
        one = found.setdefault(key, Candidate(*key))
        one.spellings[row["spelling"]] += row["count"]
        one.contexts += row["contexts"]
    for one in found.values():
        one.contexts = sorted(set(one.contexts))[:CONTEXTS]
    return sorted(found.values(), key=lambda one: (-one.count, one.kind, one.canonical))


def _evidence(messages: ir.Table, finder: Finder) -> list[tuple[str, int, int]]:
    names = finder.names

    def evidence(text: str) -> list[str]:
        return list(names.evidence(text)) if isinstance(text, str) else []

    found = (
        messages.select(found=row_function(evidence)(messages.text).unnest()).found.name("found").as_table()
    )
    words = found.select(small=found.found.substr(1), clear=(found.found.substr(0, 1) == "+").cast("int64"))
    counted = words.group_by("small").aggregate(clear=words.clear.sum(), occurred=words.count())
    rows = counted.filter(counted.clear >= LEARNT_FROM).to_pyarrow().to_pylist()
    return [(row["small"], row["clear"], row["occurred"]) for row in rows]


def _found(messages: ir.Table, finder: Finder) -> list[dict[str, Any]]:
    def everything(text: str) -> list[str]:
        return list(finds(text, finder)) if isinstance(text, str) else []

    parts = messages.select(part=row_function(everything)(messages.text).unnest()).part.split(PART)
    table = parts.name("parts").as_table()
    named = table.select(
        kind=table.parts[0], canonical=table.parts[1], spelling=table.parts[2], context=table.parts[3]
    )
    grouped = named.group_by(["kind", "canonical", "spelling"]).aggregate(
        count=named.count(), first=named.context.min(), last=named.context.max()
    )
    rows = grouped.order_by(["kind", "canonical", "spelling"]).to_pyarrow().to_pylist()
    return [row | {"contexts": (row["first"], row["last"])} for row in rows]
