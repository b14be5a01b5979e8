"""What a corpus is, in figures: who writes how much, when, in what language, and whether it will do."""

from typing import Any

import ibis.expr.types as ir

from sosias.corpus.description import emojis, languages, lengths, mood, talk, times, words
from sosias.corpus.description.kept import kept
from sosias.corpus.description.people import measured, people
from sosias.corpus.description.sentences import sentences
from sosias.corpus.engine import engine_for, read_messages
from sosias.messages import TRAINABLE_KINDS
from sosias.sources.people import names
from sosias.sources.store import NothingImported
from sosias.workspace import Workspace, scratch_folder

DETAILED = 20
"""People of whom everything is counted, the busiest; of all others only sums."""
FAVOURITES = 3
"""Emoji of each of them."""
FORMS = ("q", "k", "xq", "pq", "tb", "tmb", "d", "jaja", "jajaja", "ja", "haha", "http", "https", "www")
"""Spellings of common words in chats, which lists of stop words do not have."""


def describe_workspace(workspace: Workspace) -> dict[str, Any]:
    """Return the figures of a workspace's messages, people's joined names applied.

    Spark counts where the workspace asks for it; else DuckDB does, also for those who prepare on BigQuery,
    which has no maps and no functions of Python's, and would be sent all messages.

    Raises:
        NothingImported: there are no messages.
    """
    files = workspace.message_files()
    if not files:
        raise NothingImported(folder=workspace.folder)
    settings = workspace.settings
    if settings.engine == "bigquery":
        settings = settings.model_copy(update={"engine": "duckdb"})
    with scratch_folder(workspace.folder) as scratch:
        return describe(read_messages(files, names(workspace), engine_for(settings, scratch)))


def describe(messages: ir.Table) -> dict[str, Any]:
    """Return the figures of a table of messages, ready for JSON; `people` are the busiest first.

    Words, manner and language are of people's own words alone (text, posts, articles); `months`,
    `weekdays`, `hours` and `kinds` count every message. All is summed by the table engine; collected
    are the sums, and texts of a sample in which the language is told.
    """
    own = own_words(messages)
    texts = languages.sample(own)
    language, why, told = languages.told(texts)
    sizes, used = kept(measured(own)), kept(words.used(own))
    turns = talk.turns(messages)
    stopped = words.stop_words(["es", "en", *told["shares"]]) | set(FORMS)
    totals = messages.aggregate(messages=messages.count(), chats=messages.chat.nunique())
    facts = {
        **totals.to_pyarrow().to_pylist()[0],
        "language": language,
        "language_why": why,
        "languages": told,
        "kinds": times.counts(messages, messages.kind),
        "span": times.span(messages),
        "months": times.months(messages),
        "weekdays": times.weekdays(messages),
        "hours": times.hours(messages),
        "people": _people(own, sizes, used, turns),
        "lengths": lengths.lengths(sizes),
        "turns": turns,
        "replies": talk.replies(messages),
        "emoji": emojis.favourites(own),
        "vocabulary": words.vocabulary_of_all(used),
        "top_words": words.top(used, stopped),
        "sentiment": mood.mood(own, language),
    }
    return {**facts, "sentences": sentences(facts)}


def own_words(messages: ir.Table) -> ir.Table:
    """Leave what people wrote themselves."""
    return messages.filter(messages.kind.isin(TRAINABLE_KINDS), messages.author.notnull())


def language(messages: ir.Table) -> str:
    """Return `es`, `en` or `other`: what most is written in."""
    found, _why, _shares = languages.told(languages.sample(own_words(messages)))
    return found


def _people(own: ir.Table, sizes: ir.Table, used: ir.Table, turns: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the people, the busiest with all that is counted of one."""
    everybody = people(sizes)
    busiest = [person["name"] for person in everybody[:DETAILED]]
    theirs = own.filter(own.author.isin(busiest))
    details: dict[str, dict[str, Any]] = {
        "hours": times.hours_of_each(theirs),
        "vocabulary": words.vocabulary(used.filter(used.author.isin(busiest))),
        "distinctive": words.distinctive(used) if len(everybody) > 1 else {},
        "emoji": emojis.favourite_of_each(theirs, FAVOURITES),
        "bubbles_per_turn": turns.pop("bubbles_of_each"),
    }
    for person in everybody[:DETAILED]:
        person |= {key: found.get(person["name"]) for key, found in details.items()}
    return everybody
