"""A workspace's messages to a persona's sessions on disk."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from sosias.corpus import attributes, cleaning, grouping, posts, splitting, threads
from sosias.corpus.attributes_people import with_people
from sosias.corpus.choosing import check_where, mark_persona, narrowed
from sosias.corpus.description.languages import language_of, sample
from sosias.corpus.engine import Engine, connect, engine_for, read_messages
from sosias.corpus.prepared import persona_name
from sosias.corpus.pseudonyms import book
from sosias.corpus.pseudonyms.pseudonymise import Plan, pseudonymised
from sosias.corpus.session import SESSION_SCHEMA
from sosias.errors import SosiasError
from sosias.events import Listener, Progress, silent
from sosias.settings import PersonaSettings
from sosias.sources.people import names
from sosias.workspace import Persona, Workspace, atomic_file, scratch_folder

STAGES = 4
"""Cleaning counted, people found, grouped, split."""


class NoMessages(SosiasError):
    """There are no messages in {folder} yet: import some with sosias import FILE."""


class NoWords(SosiasError):
    """Nothing in the messages is by {who}: look at the names with sosias look."""


class NoWordsThere(SosiasError):
    """Nothing is by {who} among the messages that the expression {where} selects: prepare with another
    --where, or with --where '' to take all messages."""


class TooFewSessions(SosiasError):
    """The messages of {who} fall into {sessions} stretches of talk, too few to learn from some and
    measure on others: import more, or lower gap_minutes in persona.toml (now {gap})."""


def prepare(
    workspace: Workspace,
    persona: Persona,
    listener: Listener = silent,
    *,
    where: str | None = None,
    attributes: bool | None = None,
) -> dict[str, Any]:
    """Write the persona's sessions; return how many sessions, turns, bubbles and words each split has.

    `where` narrows the messages, and is written down in the settings once it has worked; empty, it takes
    them all again. `attributes` asks for what is known of each message, and is written down likewise.
    `rules` tells what was cleaned, with examples: for the user's eyes alone; `seconds` how long it took to
    put in stand-ins (`pseudonyms`) and to look for near copies, where either was done.

    Raises:
        NoMessages, BadWhere, NoWords, NoWordsThere, TooFewSessions: nothing to prepare, or not enough.
        NoPseudonymsThere: the workspace's engine cannot replace names.
        NoNearCopies: they are asked for, and the package for it is missing.
        NoSpark, NoJava, NoSparkThere, NoBigQuery, NotAgreed, NotLetIn: as `engine_for`.
    """
    known = names(workspace)
    files = workspace.message_files()
    if not files:
        raise NoMessages(folder=workspace.folder)
    with workspace.writing(), scratch_folder(persona.sessions_file.parent) as scratch:
        asked = _asked(workspace, persona.settings, where, attributes)
        settings = shown(asked, known)
        hidden = book.are_wanted(settings, listener)
        if hidden:
            book.check_engine(workspace)
        listener(Progress("prepare", 0, STAGES))
        engine = engine_for(workspace.settings, scratch)
        seconds: dict[str, float] = {}
        judged = _judged(_messages(workspace, known, engine), settings, engine, seconds)
        counted = cleaning.counted(judged).to_pyarrow().to_pylist()
        rules = cleaning.report(counted, settings.preparation.cleaning)
        listener(Progress("prepare", 1, STAGES))
        plan = None
        if hidden:
            with _timed("pseudonyms", seconds):
                plan = _planned(workspace, cleaning.left(judged))
        listener(Progress("prepare", 2, STAGES))
        grouped = in_parts(judged, settings, engine, plan, seconds)
        listener(Progress("prepare", 3, STAGES))
        with atomic_file(persona.sessions_file) as new:
            engine.write(divide(grouped, settings), new, SESSION_SCHEMA)
            counts = summary(connect(scratch).read_parquet(new))
            _check(counts, settings)
        if asked != persona.settings:
            persona.save(asked)
    listener(Progress("prepare", STAGES, STAGES))
    told = {"rules": rules, "pseudonyms": plan and book.told(plan)}
    return counts | told | {"seconds": {what: round(took, 2) for what, took in seconds.items()}}


def review(workspace: Workspace, persona: Persona, listener: Listener = silent) -> dict[str, Any]:
    """Return everything in the persona's messages that has or would have a stand-in; nothing is written.

    Raises:
        NoMessages, BadWhere, NoSpark, NoJava, NoSparkThere, NoBigQuery, NotAgreed, NotLetIn: as `prepare`.
        NoPseudonymsThere: the workspace's engine cannot replace names.
    """
    known = names(workspace)
    files = workspace.message_files()
    if not files:
        raise NoMessages(folder=workspace.folder)
    with scratch_folder(persona.sessions_file.parent) as scratch:
        settings = shown(persona.settings, known)
        book.are_wanted(settings, listener)
        book.check_engine(workspace)
        engine = engine_for(workspace.settings, scratch)
        judged = engine.keep([judge(_messages(workspace, known, engine), settings)])
        return book.listed(book.planned_for(workspace, cleaning.left(judged)))


def _messages(workspace: Workspace, known: Mapping[str, str], engine: Engine) -> ir.Table:
    """Return the workspace's messages, with what its table of people says of their authors."""
    messages = read_messages(workspace.message_files(), known, engine)
    return with_people(messages, workspace, known, engine)


def _judged(
    messages: ir.Table, settings: PersonaSettings, engine: Engine, seconds: dict[str, float]
) -> ir.Table:
    """Return what `judge` does, with the time that near copies take apart from that of the other rules."""
    rules = settings.preparation.cleaning
    if not rules.near_copies:
        return engine.keep([judge(messages, settings)])
    others = rules.model_copy(update={"near_copies": False})
    preparation = settings.preparation.model_copy(update={"cleaning": others})
    judged = engine.keep([judge(messages, settings.model_copy(update={"preparation": preparation}))])
    with _timed("near_copies", seconds):
        return engine.keep([cleaning.mark_near_copies(judged, rules)])


@contextmanager
def _timed(what: str, seconds: dict[str, float] | None) -> Iterator[None]:
    """Add the time that something takes."""
    begun = monotonic()
    yield
    if seconds is not None:
        seconds[what] = seconds.get(what, 0.0) + monotonic() - begun


def _planned(workspace: Workspace, own: ir.Table) -> Plan:
    """Return what stands for whom, written down before it is used."""
    plan = book.planned_for(workspace, own)
    book.keep(workspace, plan.settings)
    return plan


def _asked(
    workspace: Workspace, settings: PersonaSettings, where: str | None, attributes: bool | None
) -> PersonaSettings:
    """Return a persona's settings with what is asked for.

    Raises:
        BadWhere: an expression, now or written down already, cannot be used.
    """
    wanted = settings.preparation.where if where is None else where or None
    for expression in (wanted, settings.where):
        if expression is not None:
            check_where(workspace, expression)
    told = settings.preparation.attributes if attributes is None else attributes
    preparation = settings.preparation.model_copy(update={"where": wanted, "attributes": told})
    return settings.model_copy(update={"preparation": preparation})


def shown(settings: PersonaSettings, names: Mapping[str, str]) -> PersonaSettings:
    """Return the settings with the name under which the author's messages are read now."""
    author = settings.author and names.get(settings.author, settings.author)
    return settings.model_copy(update={"author": author})


def judge(messages: ir.Table, settings: PersonaSettings) -> ir.Table:
    """Return the messages that are chosen, the persona's marked, with what each rule takes of them.

    Raises:
        BadWhere: an expression cannot be used.
    """
    preparation = settings.preparation
    marked = mark_persona(narrowed(messages, preparation.where), settings)
    if preparation.join == "answers":
        marked = posts.answers(marked)
    return cleaning.marked(marked, preparation.cleaning)


def number(judged: ir.Table, settings: PersonaSettings, *, hidden: bool = False) -> ir.Table:
    """Return the messages that no rule takes, with the numbers of their sessions and turns.

    Only of chats in which the persona writes: others are no talk of theirs. `hidden`: names will have
    stand-ins.
    """
    own = cleaning.left(judged)
    theirs = own.filter(own.persona).select(*grouping.CHAT).distinct()
    own = own.semi_join(theirs, grouping.CHAT)
    if attributes_wanted(settings):
        own = attributes.told(own, hidden=hidden)
    aimed = threads.addressed(own) if settings.preparation.threads else threads.unaddressed(own)
    return grouping.numbered(aimed, settings.preparation)


def attributes_wanted(settings: PersonaSettings) -> bool:
    """Tell whether sessions say what is known of each message: where the template writes it down."""
    wanted = settings.preparation.attributes
    return settings.template == "attributes" if wanted is None else wanted


def described(numbered: ir.Table, judged: ir.Table, settings: PersonaSettings) -> ir.Table:
    """Return numbered messages with their attributes, where they are asked for."""
    if not attributes_wanted(settings):
        return numbered
    language, _why = language_of(sample(cleaning.left(judged)))
    return attributes.described(numbered, language)


def group(numbered: ir.Table, settings: PersonaSettings, *, part: int = 0, parts: int = 1) -> ir.Table:
    """Return the sessions of numbered messages, or one of so many parts of them."""
    here = numbered.filter(numbered.session % parts == part) if parts > 1 else numbered
    turns = grouping.gathered(here)
    if settings.preparation.threads:
        turns = threads.concerning(turns, threads.groups(numbered))
    return grouping.sessions(turns, settings.preparation)


def in_parts(
    judged: ir.Table,
    settings: PersonaSettings,
    engine: Engine,
    plan: Plan | None = None,
    seconds: dict[str, float] | None = None,
) -> ir.Table:
    """Return the sessions of the messages that no rule takes, as few at a time as the engine can hold.

    Stand-ins come after the numbers: who is named is told by real names.
    """
    numbered = number(judged, settings, hidden=plan is not None)
    if plan is not None:
        numbered = engine.keep([numbered])
        with _timed("pseudonyms", seconds):
            numbered = engine.keep([pseudonymised(numbered, plan)])
    if plan is None or attributes_wanted(settings):
        numbered = engine.keep([described(numbered, judged, settings)])
    size = numbered.aggregate(rows=numbered.count(), letters=numbered.text.length().sum())
    parts = engine.parts(**{what: int(many or 0) for what, many in size.to_pyarrow().to_pylist()[0].items()})
    return engine.keep([group(numbered, settings, part=part, parts=parts) for part in range(parts)])


def divide(grouped: ir.Table, settings: PersonaSettings) -> ir.Table:
    """Return the sessions that are taken, numbered in time and split: the columns of `SESSION_SCHEMA`."""
    taken = grouping.capped(grouped, settings.preparation)
    return splitting.split(splitting.number(taken), settings.preparation).select(*SESSION_SCHEMA.names)


def session_table(messages: ir.Table, settings: PersonaSettings) -> pa.Table:
    """Return the sessions of a table of messages, split by time, as `SESSION_SCHEMA`.

    Raises:
        BadWhere: an expression cannot be used.
    """
    judged = judge(messages, settings)
    grouped = group(described(number(judged, settings), judged, settings), settings)
    return divide(grouped, settings).to_pyarrow().cast(SESSION_SCHEMA)


def summary(sessions: ir.Table) -> dict[str, Any]:
    """Count sessions, turns and the persona's bubbles and words, in all and by split; and the `others`."""
    turns = sessions.select("split", turn=sessions.turns.unnest())
    mine = turns.filter(turns.turn.persona)
    bubbles = mine.select("split", text=mine.turn.bubbles.unnest())
    found = {
        "sessions": _by_split(sessions, sessions.count()),
        "turns": _by_split(turns, turns.count()),
        "bubbles": _by_split(bubbles, bubbles.count()),
        "words": _by_split(bubbles, bubbles.text.strip().re_split(r"\s+").length().sum()),
    }
    splits = {
        name: {what: counts.get(name, 0) for what, counts in found.items()}
        for name in ("train", "validation", "test")
    }
    sums = {what: sum(counts.values()) for what, counts in found.items()}
    others = turns.filter(~turns.turn.persona).turn.author.nunique().to_pyarrow().as_py()
    return {**sums, "others": others, "splits": splits}


def _by_split(table: ir.Table, count: ir.IntegerScalar) -> dict[str, int]:
    rows = table.group_by("split").aggregate(count=count).to_pyarrow().to_pylist()
    return {row["split"]: int(row["count"]) for row in rows}


def _check(counts: dict[str, Any], settings: PersonaSettings) -> None:
    where = settings.preparation.where
    if not counts["bubbles"] and where is not None:
        raise NoWordsThere(who=persona_name(settings), where=where)
    if not counts["bubbles"]:
        raise NoWords(who=persona_name(settings))
    if not all(split["bubbles"] for split in counts["splits"].values()):
        gap = grouping.grouping(settings.preparation).gap_minutes
        raise TooFewSessions(who=persona_name(settings), sessions=counts["sessions"], gap=gap)
