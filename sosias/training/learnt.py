"""Which sessions a run has learnt, and those that it goes on from: so that none is taken for unseen."""

import hashlib
from collections.abc import Iterable

from sosias.corpus.session import Session
from sosias.workspace import Run, write_text


def key(session: Session) -> str:
    """Return a short hash of what is said in a session, by whom and in which chat."""
    digest = hashlib.sha256(session.chat.encode("utf-8", "surrogatepass"))
    for turn in session.turns:
        for part in (turn.author, *turn.bubbles):
            digest.update(b"\0" + part.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:16]


def write_learnt(run: Run, keys: Iterable[str]) -> None:
    """Write down the sessions that a run learns, and all that its forebears have learnt."""
    write_text(run.learnt_file, "".join(f"{one}\n" for one in sorted(set(keys))))


def read_learnt(run: Run) -> set[str]:
    """Return the keys of what a run has learnt; empty for one of a version that kept none."""
    if not run.learnt_file.is_file():
        return set()
    return set(run.learnt_file.read_text(encoding="utf-8").split())


def unseen(sessions: Iterable[Session], learnt: set[str]) -> list[Session]:
    """Return the sessions that are held out and were not learnt by an earlier run, and all to learn from."""
    return [one for one in sessions if one.split == "train" or key(one) not in learnt]
