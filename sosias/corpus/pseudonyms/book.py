"""The pseudonyms of a workspace: planned when a persona is prepared, looked through, kept in people.toml."""

import secrets
from collections import Counter
from collections.abc import Sequence
from typing import Any

import ibis.expr.types as ir

from sosias.corpus.description.languages import language_of, sample
from sosias.corpus.engine import read_messages
from sosias.corpus.pseudonyms.both_ways import BothWays
from sosias.corpus.pseudonyms.pseudonymise import Plan, planned
from sosias.corpus.pseudonyms.spans import KINDS, Span
from sosias.errors import SosiasError
from sosias.events import Choice, Listener
from sosias.language import translate as _
from sosias.settings import PersonaSettings, PseudonymSettings
from sosias.sources.people import People
from sosias.workspace import Persona, Workspace, write_settings

KEY_BYTES = 32


class UnknownKind(SosiasError):
    """{word} cannot be added as {kind}: the kinds are {kinds}; without one it is a name."""


class NoPseudonymsThere(SosiasError):
    """BigQuery cannot replace names: set engine = "duckdb" or "spark" in {file}, or, if all whose messages
    these are agree, pseudonyms = false under [preparation] in persona.toml."""


def are_wanted(settings: PersonaSettings, listener: Listener) -> bool:
    """Tell whether others get stand-ins, and why; in fiction nobody has to be hidden."""
    wanted = settings.preparation.pseudonyms
    if wanted is not None:
        why = _("persona.toml says so")
    elif settings.consent.kind == "fiction":
        wanted, why = False, _("the people of a fiction are nobody's data")
    else:
        wanted, why = True, _("the others have not agreed to be learnt by heart")
    listener(Choice(_("stand-ins for others' names and numbers"), _("yes") if wanted else _("no"), why))
    return wanted


def check_engine(workspace: Workspace) -> None:
    """See whether the workspace's engine has row functions, before any message is sent to it.

    Raises:
        NoPseudonymsThere: it has none.
    """
    if workspace.settings.engine == "bigquery":
        raise NoPseudonymsThere(file=workspace.folder / "sosias.toml")


def planned_for(workspace: Workspace, messages: ir.Table) -> Plan:
    """Return what stands for whom in the messages, new stand-ins included; nothing is written down."""
    people = People.of(workspace)
    settings = people.settings().pseudonyms
    if not settings.key:
        settings = settings.model_copy(update={"key": secrets.token_hex(KEY_BYTES)})
    language, _why = language_of(sample(messages))
    return planned(messages, settings, language, people.names())


def keep(workspace: Workspace, settings: PseudonymSettings) -> None:
    """Write pseudonyms into people.toml; the workspace is held for writing."""
    people = People.of(workspace).settings()
    write_settings(workspace.people_file, people.model_copy(update={"pseudonyms": settings}))


def told(plan: Plan) -> dict[str, Any]:
    """Return how much was replaced: finds by kind, and how many different ones."""
    counts: Counter[str] = Counter()
    for one in plan.candidates:
        counts[one.kind] += one.count
    return {"replaced": dict(counts.most_common()), "different": len(plan.candidates)}


def listed(plan: Plan) -> dict[str, Any]:
    """Return every candidate with its count, stand-in and contexts, and what the user has decided."""
    candidates = [
        {
            "kind": one.kind,
            "word": one.shown,
            "stand_in": plan.stand_ins.of(Span(0, 0, one.kind, one.canonical), one.shown),
            "count": one.count,
            "spellings": [spelling for spelling, _count in one.spellings.most_common()],
            "contexts": one.contexts,
        }
        for one in plan.candidates
    ]
    return {
        "candidates": candidates,
        "refused": list(plan.settings.refused),
        "added": dict(plan.settings.added),
    }


def decide(
    workspace: Workspace, *, refuse: Sequence[str] = (), accept: Sequence[str] = (), add: Sequence[str] = ()
) -> None:
    """Write down which words stay as they are, which are replaced after all, and which always are.

    `add` has words, or `word=kind`. What was decided last counts.

    Raises:
        UnknownKind: of a word that is added.
    """
    added = dict(map(_word_and_kind, add))
    with workspace.writing():
        workspace.settle_people()
        settings = People.of(workspace).settings().pseudonyms
        back = {word.casefold() for word in (*accept, *added)}
        gone = {word.casefold() for word in refuse}
        refused = [word for word in settings.refused if word.casefold() not in back]
        always = {word: kind for word, kind in settings.added.items() if word.casefold() not in gone}
        update = {"refused": tuple(dict.fromkeys([*refused, *refuse])), "added": always | added}
        keep(workspace, settings.model_copy(update=update))


def both_ways(workspace: Workspace, persona: Persona) -> BothWays:
    """Return what puts stand-ins into what is said to a persona, and real names into what it says."""
    people = People.of(workspace)
    files, author = workspace.message_files(), persona.settings.author
    language = language_of(sample(read_messages(files)))[0] if files else "other"
    own = people.spellings(people.name(author)) if author else []
    return BothWays(people.settings().pseudonyms, own, people.names(), language)


def _word_and_kind(written: str) -> tuple[str, str]:
    word, _equals, kind = written.rpartition("=")
    if not word:
        word, kind = written, "name"
    if kind not in KINDS or not word.strip():
        raise UnknownKind(word=word, kind=kind, kinds=", ".join(KINDS))
    return word.strip(), kind
