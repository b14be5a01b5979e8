"""What `prepare` has written of a persona: its sessions read again, and what they tell of who speaks."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from sosias.corpus import splitting
from sosias.corpus.engine import connect
from sosias.corpus.session import SESSION_SCHEMA, Session, Split, from_table
from sosias.errors import SosiasError
from sosias.settings import PersonaSettings
from sosias.workspace import Persona

SESSIONS_AT_ONCE = 16
READ_AT_ONCE = 1 << 20
"""Bytes of a column; without it whole ones would be read, of as many sessions as were written together."""


class NotPrepared(SosiasError):
    """The persona {name} has no sessions yet: run sosias -p {name} prepare."""


def read_sessions(persona: Persona, split: Split | None = None) -> list[Session]:
    """Return the persona's sessions as prepared, or those of one split.

    Raises:
        NotPrepared: `prepare` has not been run.
    """
    return list(from_table(_stored(persona, split)))


def each_session(persona: Persona) -> Iterator[Session]:
    """Yield the sessions one after the other, few of them in memory at a time: they may be a corpus.

    Raises:
        NotPrepared: `prepare` has not been run.
    """
    with pq.ParquetFile(_file(persona), buffer_size=READ_AT_ONCE, pre_buffer=False) as file:
        for batch in file.iter_batches(SESSIONS_AT_ONCE):
            yield from from_table(pa.Table.from_batches([batch]))


def fold(persona: Persona, number: int, folds: int) -> list[Session]:
    """Return the sessions split for fold `number` of `folds`: each tests on a later stretch of time.

    The last fold is the split of `prepare`; each earlier one ends one test share sooner, so every
    fold trains on the past of what it is tested on.
    """
    settings = persona.settings.preparation
    until = 1.0 - (folds - 1 - number) * settings.test
    table = ibis.memtable(_stored(persona).drop_columns("split"))
    split = connect().to_pyarrow(splitting.split(table, settings, until=until))
    return list(from_table(split.select(SESSION_SCHEMA.names).cast(SESSION_SCHEMA)))


def fingerprint(persona: Persona) -> str:
    """Return the hash of the prepared sessions: a run names what it was trained on."""
    with _file(persona).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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


def _stored(persona: Persona, split: Split | None = None) -> pa.Table:
    only = None if split is None else [("split", "=", split)]
    return pq.read_table(_file(persona), schema=SESSION_SCHEMA, filters=only)


def _file(persona: Persona) -> Path:
    if not persona.sessions_file.is_file():
        raise NotPrepared(name=persona.name)
    return persona.sessions_file
