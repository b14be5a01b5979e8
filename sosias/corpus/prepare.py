"""A workspace's messages to a persona's sessions on disk."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from sosias.corpus import grouping, posts
from sosias.corpus.engine import connect, read_messages
from sosias.corpus.session import SESSION_SCHEMA, Session, from_table
from sosias.errors import SosiasError
from sosias.events import Listener, Progress, silent
from sosias.settings import PersonaSettings
from sosias.sources.people import names
from sosias.workspace import Persona, Workspace, atomic_file


class NoMessages(SosiasError):
    """There are no messages in {folder} yet: import some with sosias import FILE."""


class BadWhere(SosiasError):
    """The expression {where} cannot be used on the messages ({what}): mend it in persona.toml; the
    columns are source, chat, sent_at, author, kind, text and attributes."""


class NoWords(SosiasError):
    """Nothing in the messages is by {who}: look at the names with sosias look."""


class TooFewSessions(SosiasError):
    """The messages of {who} fall into {sessions} stretches of talk, too few to learn from some and
    measure on others: import more, or lower gap_minutes in persona.toml (now {gap})."""


class NotPrepared(SosiasError):
    """The persona {name} has no sessions yet: run sosias -p {name} prepare."""


def prepare(workspace: Workspace, persona: Persona, listener: Listener = silent) -> dict[str, Any]:
    """Write the persona's sessions; return how many sessions, turns, bubbles and words each split has.

    Raises:
        NoMessages, BadWhere, NoWords, TooFewSessions: nothing to prepare, or not enough.
    """
    known = names(workspace)
    settings = shown(persona.settings, known)
    listener(Progress("prepare", 0, 1))
    files = workspace.message_files()
    if not files:
        raise NoMessages(folder=workspace.folder)
    table = session_table(read_messages(files, known), settings)
    _check(table, settings)
    with workspace.writing(), atomic_file(persona.sessions_file) as new:
        pq.write_table(table, new)
    listener(Progress("prepare", 1, 1))
    return summary(list(from_table(table)))


def shown(settings: PersonaSettings, names: Mapping[str, str]) -> PersonaSettings:
    """Return the settings with the name under which the author's messages are read now."""
    author = settings.author and names.get(settings.author, settings.author)
    return settings.model_copy(update={"author": author})


def session_table(messages: Any, settings: PersonaSettings) -> pa.Table:
    """Return the sessions of a table of messages, split by time, as `SESSION_SCHEMA`."""
    try:
        marked = grouping.mark_persona(messages, settings)
        if settings.preparation.join == "answers":
            marked = posts.answers(marked)
        cleaned = grouping.clean(posts.clean_posts(marked))
        grouped = grouping.sessions(grouping.turns(cleaned, settings.preparation))
        table = grouping.split(grouped, settings.preparation).to_pyarrow()
    except Exception as error:
        if settings.where is None:
            raise
        raise BadWhere(where=settings.where, what=str(error).splitlines()[0]) from error
    return table.select(SESSION_SCHEMA.names).cast(SESSION_SCHEMA)


def read_sessions(persona: Persona) -> list[Session]:
    """Return the persona's sessions as prepared.

    Raises:
        NotPrepared: `prepare` has not been run.
    """
    return list(from_table(_stored(persona)))


def fold(persona: Persona, number: int, folds: int) -> list[Session]:
    """Return the sessions split for fold `number` of `folds`: each tests on a later stretch of time.

    The last fold is the split of `prepare`; each earlier one ends one test share sooner, so every
    fold trains on the past of what it is tested on.
    """
    settings = persona.settings.preparation
    until = 1.0 - (folds - 1 - number) * settings.test
    table = ibis.memtable(_stored(persona).drop_columns("split"))
    split = connect().to_pyarrow(grouping.split(table, settings, until=until))
    return list(from_table(split.select(SESSION_SCHEMA.names).cast(SESSION_SCHEMA)))


def fingerprint(persona: Persona) -> str:
    """Return the hash of the prepared sessions: a run names what it was trained on."""
    if not persona.sessions_file.is_file():
        raise NotPrepared(name=persona.name)
    return hashlib.sha256(persona.sessions_file.read_bytes()).hexdigest()


def persona_name(settings: PersonaSettings) -> str:
    """Return the name under which the persona speaks: the author's, or the persona's own."""
    return settings.author or settings.name


def partner(sessions: Sequence[Session]) -> str:
    """Return who speaks most just before the persona: the default user of a chat."""
    before: Counter[str] = Counter()
    for session in sessions:
        for previous, turn in zip(session.turns, session.turns[1:], strict=False):
            if turn.persona and not previous.persona:
                before[previous.author] += 1
    return before.most_common(1)[0][0] if before else "…"


def is_group(sessions: Sequence[Session]) -> bool:
    """Do more than two people speak in any one chat?"""
    others: dict[str, set[str]] = {}
    for session in sessions:
        others.setdefault(session.chat, set()).update(t.author for t in session.turns if not t.persona)
    return any(len(names) > 1 for names in others.values())


def summary(sessions: Sequence[Session]) -> dict[str, Any]:
    """Count sessions, turns and the persona's bubbles and words, in all and by split."""

    def count(chosen: Sequence[Session]) -> dict[str, int]:
        mine = [bubble for s in chosen for turn in s.turns if turn.persona for bubble in turn.bubbles]
        return {
            "sessions": len(chosen),
            "turns": sum(len(s.turns) for s in chosen),
            "bubbles": len(mine),
            "words": sum(len(bubble.split()) for bubble in mine),
        }

    by_split = {name: [s for s in sessions if s.split == name] for name in ("train", "validation", "test")}
    return {**count(sessions), "splits": {name: count(chosen) for name, chosen in by_split.items()}}


def _stored(persona: Persona) -> pa.Table:
    if not persona.sessions_file.is_file():
        raise NotPrepared(name=persona.name)
    return pq.read_table(persona.sessions_file, schema=SESSION_SCHEMA)


def _check(table: pa.Table, settings: PersonaSettings) -> None:
    rows = table.select(["split", "weight"]).to_pylist()
    if not any(row["weight"] for row in rows):
        raise NoWords(who=persona_name(settings))
    with_words = {row["split"] for row in rows if row["weight"]}
    if len(with_words) < 3:
        gap = settings.preparation.gap_minutes
        raise TooFewSessions(who=persona_name(settings), sessions=len(rows), gap=gap)
