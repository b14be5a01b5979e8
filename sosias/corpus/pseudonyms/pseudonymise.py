"""Messages with stand-ins for everybody but the persona: a function from table to table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from sosias.corpus.pseudonyms import phones
from sosias.corpus.pseudonyms.candidates import Candidate, Survey, row_function, survey
from sosias.corpus.pseudonyms.finder import Finder
from sosias.corpus.pseudonyms.forms import name_words, people_forms
from sosias.corpus.pseudonyms.lists import plain
from sosias.corpus.pseudonyms.spans import KINDS, Kind, Span, only
from sosias.corpus.pseudonyms.stand_ins import StandIns
from sosias.settings import PseudonymSettings

MOST_NUMBERS = 5_000
"""Texts with a country's code that are looked at to tell whose telephones are spoken of."""


@dataclass(frozen=True)
class Plan:
    """What is found in a corpus and what stands for it."""

    survey: Survey
    stand_ins: StandIns
    settings: PseudonymSettings
    """With all stand-ins: for people.toml."""

    @property
    def candidates(self) -> list[Candidate]:
        return self.survey.candidates


def planned(
    messages: ir.Table, settings: PseudonymSettings, language: str, spellings: Iterable[str] = ()
) -> Plan:
    """Return what stands for whom in a table of messages (`text`, `author`, `persona`).

    `spellings` are further names of the participants, as the exports write them; `settings` holds the key,
    what was chosen before and what the user has refused and added.
    """
    persona = _authors(messages.filter(messages.persona))
    others = [name for name in _authors(messages.filter(~messages.persona)) if name not in persona]
    people = [*others, *(name for name in spellings if name not in persona)]
    found = survey(messages, _finder(messages, settings, language, persona, people))
    stand_ins = StandIns(
        settings.key,
        settings.stand_ins,
        language=language,
        occurring=found.occurring | _words(people + persona),
    )
    for name in sorted(others):
        stand_ins.author(name, shown_words(name, found.finder))
    for one in sorted(found.candidates, key=lambda one: (KINDS.index(one.kind), one.canonical)):
        for spelling in sorted(one.spellings):
            stand_ins.of(Span(0, len(spelling), one.kind, one.canonical), spelling)
    chosen = settings.model_copy(update={"stand_ins": stand_ins.as_settings()})
    return Plan(found, stand_ins, chosen)


def pseudonymised(messages: ir.Table, plan: Plan) -> ir.Table:
    """Return the messages with stand-ins in all texts, and for all authors (and `to`) but the persona.

    The persona's own name stays. The texts go through a row function, on DuckDB and on Spark.
    """
    finder, stand_ins = plan.survey.finder, plan.stand_ins

    def hidden(text: str) -> str:
        return stand_ins.replaced(text, finder.find(text)) if isinstance(text, str) else text

    def hidden_author(author: str) -> str:
        return stand_ins.author(author, shown_words(author, finder)) if isinstance(author, str) else author

    author = row_function(hidden_author)
    shown = {"author": ibis.ifelse(messages.persona, messages.author, author(messages.author))}
    if "to" in messages.columns:  # whom a message answers
        shown["to"] = ibis.ifelse(messages.to_persona, messages.to, author(messages.to))
    return messages.mutate(text=row_function(hidden)(messages.text), **shown)


def shown_words(name: str, finder: Finder) -> list[str]:
    """Return the words of an author's name that are a person's names, the given name first."""
    known = finder.people
    return [word for word in name_words(name) if word.lower() in known or plain(word) in known]


def _finder(
    messages: ir.Table,
    settings: PseudonymSettings,
    language: str,
    persona: Sequence[str],
    people: Sequence[str],
) -> Finder:
    numbers = messages.filter(messages.text.contains("+")).select("text").limit(MOST_NUMBERS)
    texts = numbers.to_pyarrow().column("text").to_pylist()
    own = people_forms(persona)
    refused = {spelling for words in settings.refused for spelling in _spellings(words)}
    added: dict[str, Kind] = {word.lower(): kind for word, kind in settings.added.items()}  # type: ignore[misc]
    return Finder(
        people={word: form for word, form in people_forms(people).items() if word not in own},
        kept=frozenset(refused.union(map(plain, own)).difference(map(plain, added))),
        added=added,
        regions=phones.regions_of([*people, *texts], language),
        language=language,
    )


def _spellings(refused: str) -> set[str]:
    """Return the spellings by which what was refused is known again: whole, word by word, digits alone."""
    return {refused.lower(), only(refused).lower(), *map(plain, name_words(refused))}


def _authors(messages: ir.Table) -> list[str]:
    names = messages.filter(messages.author.notnull()).select("author").distinct().order_by("author")
    return [str(name) for name in names.to_pyarrow().column("author").to_pylist()]


def _words(names: Iterable[str]) -> frozenset[str]:
    return frozenset(word.lower() for name in names for word in name_words(name))
