"""Finder: everything in a text that points to a person, by what is known of a corpus."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sosias.corpus.pseudonyms import identifiers, phones
from sosias.corpus.pseudonyms.forms import Sure
from sosias.corpus.pseudonyms.lists import plain
from sosias.corpus.pseudonyms.names import LEARNT_FROM, UNKNOWN_SHARE, WORD_SHARE, Names
from sosias.corpus.pseudonyms.ordinary import words
from sosias.corpus.pseudonyms.spans import Kind, Span, apart, only
from sosias.corpus.pseudonyms.spelling import squeezed


@dataclass(frozen=True)
class Finder:
    """What is known of a corpus and of its owner's wishes; it can be sent to other machines."""

    people: Mapping[str, tuple[str, Sure]]
    """Words of the participants' names (`forms.people_forms`)."""
    kept: frozenset[str] = frozenset()
    """Plain spellings that stay: the persona's own names, and what was refused."""
    added: Mapping[str, Kind] | None = None
    """Words that are always taken, small, with their kind."""
    learnt: Mapping[str, Sure] | None = None
    """Words that the corpus itself tells to be names."""
    regions: Sequence[str] | None = None
    """Countries whose telephone numbers are looked for; None: those of the language."""
    language: str = "es"

    @cached_property
    def names(self) -> Names:
        added = frozenset(word for word, kind in (self.added or {}).items() if kind == "name")
        return Names(self.people, self.kept, added, self.learnt or {})

    def find(self, text: str) -> list[Span]:
        """Return what points to a person, in order and apart from each other."""
        found = [span for span in identifiers.find(text, self.numbered) if not self._is_kept(span, text)]
        if self.added:
            found = [*self._wished(text), *found]
        names = self.names.find(text)
        if "@" in text:
            # @rosa is Rosa: her stand-in is that of her name.
            named = {(span.start, span.end) for span in names if self._takes_part(span, text)}
            found = [span for span in found if span.kind != "handle" or (span.start, span.end) not in named]
        return apart([*found, *names]) if found else names

    def _takes_part(self, span: Span, text: str) -> bool:
        small = text[span.start : span.end].lower()
        return small in self.people or plain(small) in self.people

    @cached_property
    def numbered(self) -> Sequence[str]:
        """Return the countries whose telephone numbers are looked for."""
        return self.regions or phones.regions_of((), self.language)

    def _wished(self, text: str) -> list[Span]:
        """Return what the user has added, word for word."""
        kinds = self.added or {}
        return [
            Span(*match.span(), kinds[match.group().lower()], match.group().lower())
            for match in self._added.finditer(text)
            if match.group().lower() in kinds
        ]

    @cached_property
    def _added(self) -> re.Pattern[str]:
        words = sorted(self.added or (), key=len, reverse=True)
        return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)", re.IGNORECASE)

    def _is_kept(self, span: Span, text: str) -> bool:
        real = text[span.start : span.end]
        return bool(self.kept) and not self.kept.isdisjoint(
            (span.canonical.lower(), real.lower(), only(real).lower())
        )


def learn(finder: Finder, texts: Iterable[str]) -> Finder:
    """Return the finder with the names that texts tell by clear cues."""
    clear: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for text in texts:
        for signed in finder.names.evidence(text):
            counts[signed[1:]] += 1
            clear[signed[1:]] += signed[0] == "+"
    return learnt_from(finder, ((small, clear[small], counts[small]) for small in counts))


def learnt_from(finder: Finder, evidence: Iterable[tuple[str, int, int]]) -> Finder:
    """Return the finder with the words that clear cues tell to be names often enough.

    `evidence` has a word, how often a clear cue stood beside it, and how often it occurred. What is no word
    of the language is a name from then on; a word needs further signs where it stands.
    """
    learnt: dict[str, Sure] = {}
    for small, clear, occurred in evidence:
        if clear < LEARNT_FROM or clear < (WORD_SHARE if small in words() else UNKNOWN_SHARE) * occurred:
            continue
        for spelling in (small, plain(squeezed(small))):
            learnt[spelling] = Sure.CUE if {small, spelling} & words() else Sure.ALWAYS
    return replace(finder, learnt=learnt)
