"""Messages with stand-ins for everybody but the persona: a function from table to table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import ibis
import ibis.expr.types as ir

from sosias.corpus.pseudonyms import phones
from sosias.corpus.pseudonyms.candidates import Candidate, Survey, row_function, survey
from sosias.corpus.pseudonyms.finder import Finder
from sosias.corpus.pseudonyms.forms import Sure, name_words, people_forms, second_gender
from sosias.corpus.pseudonyms.lists import plain
from sosias.corpus.pseudonyms.spans import KINDS, Kind, Span, only
from sosias.corpus.pseudonyms.spelling import WORD
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
    chats: Mapping[str, str]
    """What is shown in the place of a chat's name that holds one of a person."""

    @property
    def candidates(self) -> list[Candidate]:
        return self.survey.candidates


def planned(
    messages: ir.Table,
    settings: PseudonymSettings,
    language: str,
    spellings: Mapping[str, str] = MappingProxyType({}),
) -> Plan:
    """Return what stands for whom in a table of messages (`chat`, `text`, `author`, `persona`).

    `spellings` are further names of the participants, as the exports write them, with the one that is
    shown; `settings` holds the key, what was chosen before and what the user has refused and added.
    """
    persona = _distinct(messages.filter(messages.persona), "author")
    others = [name for name in _distinct(messages.filter(~messages.persona), "author") if name not in persona]
    chats = _distinct(messages, "chat")
    people = [*others, *(name for name in spellings if name not in persona)]
    found = survey(messages, _finder(messages, settings, language, persona, people))
    stand_ins = StandIns(
        settings.key,
        settings.stand_ins,
        language=language,
        occurring=found.occurring | _words(people + persona + chats),
    )
    for name in sorted(others):
        stand_ins.author(name, author_spans(name, found.finder))
    for one in sorted(found.candidates, key=lambda one: (KINDS.index(one.kind), one.canonical)):
        for spelling in sorted(one.spellings):
            stand_ins.of(Span(0, len(spelling), one.kind, one.canonical), spelling)
    named = {chat: spellings.get(chat, chat) for chat in chats}
    shown = _shown_chats(named, frozenset(persona), frozenset(others), found.finder, stand_ins)
    chosen = settings.model_copy(update={"stand_ins": stand_ins.as_settings()})
    return Plan(found, stand_ins, chosen, shown)


def pseudonymised(messages: ir.Table, plan: Plan) -> ir.Table:
    """Return the messages with stand-ins in all texts, for all authors (and `to`) but the persona, and in
    the names of chats.

    The persona's own name stays. The texts go through a row function, on DuckDB and on Spark.
    """
    finder, stand_ins, chats = plan.survey.finder, plan.stand_ins, plan.chats

    def hidden(text: str) -> str:
        return stand_ins.replaced(text, finder.find(text)) if isinstance(text, str) else text

    def hidden_author(author: str) -> str:
        return stand_ins.author(author, author_spans(author, finder)) if isinstance(author, str) else author

    def hidden_chat(chat: str) -> str:
        return chats.get(chat, chat)

    author = row_function(hidden_author)
    shown = {"author": ibis.ifelse(messages.persona, messages.author, author(messages.author))}
    if "to" in messages.columns:  # whom a message answers
        shown["to"] = ibis.ifelse(messages.to_persona, messages.to, author(messages.to))
    if chats:
        shown["chat"] = row_function(hidden_chat)(messages.chat)
    return messages.mutate(text=row_function(hidden)(messages.text), **shown)


def author_spans(name: str, finder: Finder) -> list[Span]:
    """Return the words of an author's name that are a person's names, the given name first; of who is known
    by a telephone number alone, that."""
    found: list[Span] = []
    for match in WORD.finditer(name):
        canonical = plain(match.group())
        known = finder.people.get(match.group().lower()) or finder.people.get(canonical)
        if known is None:
            continue
        kind: Kind = "surname" if found and known[0] == "surname" else "name"
        if len(found) == 1 and kind == "name" and second_gender(found[0].canonical, canonical):
            canonical = f"{found[0].canonical} {canonical}"
        found.append(Span(*match.span(), kind, canonical))
    return found or list(phones.find(name, finder.numbered))


def _shown_chats(
    named: Mapping[str, str],
    persona: frozenset[str],
    others: frozenset[str],
    finder: Finder,
    stand_ins: StandIns,
) -> dict[str, str]:
    """Return what is shown for chats' names, where it is another one.

    `named` has who a chat may be called after. A chat with one of the others bears their stand-in, a
    group's title has stand-ins as a text has; what is called after the persona stays.
    """
    found = {}
    for chat, person in named.items():
        if person in persona:
            continue
        if person in others:
            shown = stand_ins.author(person, author_spans(person, finder))
        else:
            shown = stand_ins.replaced(chat, finder.find(chat))
        if shown != chat:
            found[chat] = stand_ins.chat(chat, shown)
    return found


def _finder(
    messages: ir.Table,
    settings: PseudonymSettings,
    language: str,
    persona: Sequence[str],
    people: Sequence[str],
) -> Finder:
    numbers = messages.filter(messages.text.contains("+")).select("text").limit(MOST_NUMBERS)
    texts = numbers.to_pyarrow().column("text").to_pylist()
    return finder_for(settings, language, persona, people, texts)


def finder_for(
    settings: PseudonymSettings,
    language: str,
    persona: Sequence[str],
    people: Sequence[str],
    texts: Iterable[str] = (),
    learnt: Mapping[str, Sure] | None = None,
) -> Finder:
    """Return the finder for a corpus: who is the persona, who else takes part, what the user has decided.

    `texts` tell by their countries' codes whose telephones are spoken of; `learnt`: `Finder.learnt`.
    """
    own = people_forms(persona)
    regions = phones.regions_of([*people, *texts], language)
    numbers = {span.canonical for name in persona for span in phones.find(name, regions)}
    refused = {spelling for words in settings.refused for spelling in _spellings(words)} | numbers
    added: dict[str, Kind] = {word.lower(): kind for word, kind in settings.added.items()}  # type: ignore[misc]
    return Finder(
        people={word: form for word, form in people_forms(people).items() if word not in own},
        kept=frozenset(refused.union(map(plain, own)).difference(map(plain, added))),
        added=added,
        learnt=learnt,
        regions=regions,
        language=language,
    )


def _spellings(refused: str) -> set[str]:
    """Return the spellings by which what was refused is known again: whole, word by word, digits alone."""
    return {refused.lower(), only(refused).lower(), *map(plain, name_words(refused))}


def _distinct(messages: ir.Table, column: str) -> list[str]:
    names = messages.filter(messages[column].notnull()).select(column).distinct().order_by(column)
    return [str(name) for name in names.to_pyarrow().column(column).to_pylist()]


def _words(names: Iterable[str]) -> frozenset[str]:
    return frozenset(word.lower() for name in names for word in name_words(name))
