"""What `prepare` has written of a persona: its sessions read again, and what they tell of who speaks."""

import hashlib
from collections import Counter
from collections.abc import Sequence

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from sosias.corpus import splitting
from sosias.corpus.engine import connect
from sosias.corpus.session import SESSION_SCHEMA, Session, from_table
from sosias.errors import SosiasError
from sosias.settings import PersonaSettings
from sosias.workspace import Persona


class NotPrepared(SosiasError):
    """The persona {name} has no sessions yet: run sosias -p {name} prepare."""


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
    split = connect().to_pyarrow(splitting.split(table, settings, until=until))
    return list(from_table(split.select(SESSION_SCHEMA.names).cast(SESSION_SCHEMA)))


def fingerprint(persona: Persona) -> str:
    """Return the hash of the prepared sessions: a run names what it was trained on."""
    if not persona.sessions_file.is_file():
        raise NotPrepared(name=persona.name)
    with persona.sessions_file.open("rb") as file:
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


def _stored(persona: Persona) -> pa.Table:
    if not persona.sessions_file.is_file():
        raise NotPrepared(name=persona.name)
    return pq.read_table(persona.sessions_file, schema=SESSION_SCHEMA)
