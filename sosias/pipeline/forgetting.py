"""Somebody out of a workspace: shown first, then deleted, or listed where it is for the user to judge.

The hashes of the person's names are written down before anything is deleted and the names are let go
last. What is to be deleted is found by the hashes: after a fall at any moment the same command goes on.
"""

import re
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sosias.errors import SosiasError
from sosias.messages import TRAINABLE_KINDS
from sosias.settings import PersonaSettings
from sosias.sources.forgotten import Forgotten
from sosias.sources.people import People
from sosias.sources.sieve import Sieve, batches, rewritten
from sosias.sources.spellings import folded
from sosias.sources.store import all_spellings, find_spelling
from sosias.workspace import Persona, Run, Workspace, write_settings

OURS = {"sosias.toml", "people.toml", "messages", "personas", "fault.txt", "server-token"}
"""What sosias itself lays down in a workspace; hidden files apart."""
SHORTEST = 3
"""Letters of a first name that is looked for in others' texts."""


@dataclass(frozen=True)
class PersonaTraces:
    """What a persona has of the person."""

    persona: str
    theirs: bool
    """It imitates the person and nobody else: all of it is deleted."""
    prepared: bool
    """There are sessions,"""
    report: bool
    """and a report: both are deleted."""
    runs: tuple[str, ...]
    """Trained on talk with the person: kept and marked, or deleted."""
    talks: bool
    """Talks with the persona are kept; they may name the person."""


@dataclass(frozen=True)
class Traces:
    """What a workspace has of a person."""

    name: str
    spellings: tuple[str, ...]
    """The person's names in the messages."""
    files: Counter[str]
    """Messages of theirs, by the export that they came in."""
    named: int
    """Messages of others beside which they are named: reactions, notices, the chat's name, quotations."""
    mentioned: int
    """Texts of others that name them: these stay."""
    personas: tuple[PersonaTraces, ...]
    others: tuple[str, ...]
    """Files in the folder that sosias did not lay there."""
    again: bool
    """The person had been forgotten before."""

    @property
    def messages(self) -> int:
        return self.files.total()

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "messages": self.messages, "files": dict(self.files.most_common())}


@dataclass
class _Aim:
    """Who is meant, in a workspace that is not changed by knowing it."""

    workspace: Workspace
    people: People
    number: int
    again: bool
    name: str
    sieve: Sieve
    spellings: list[str] = field(default_factory=list)

    @property
    def forgotten(self) -> Forgotten:
        return self.people.forgotten

    def touches(self, file: Path) -> bool:
        """Is anything of theirs in a file of messages?"""
        return any(self.sieve.sift(batch) is not batch for batch in batches(file))

    def is_theirs(self, name: str | None) -> bool:
        return name is not None and self.forgotten.person(name) == self.number


def survey(workspace: Workspace, name: str) -> Traces:
    """Return what there is of the person of this name, by any of their spellings; nothing is changed.

    Raises:
        NothingImported, UnknownAuthor: nobody is called so; it lists who is, nearest first.
    """
    return _survey(_aim(workspace, name))


def forget(workspace: Workspace, name: str, *, runs: bool = False) -> Traces:
    """Delete what there is of a person, and return what that was; `runs`: also those of other personas.

    Raises:
        NothingImported, UnknownAuthor: as `survey`.
        WorkspaceBusy: another process is writing.
    """
    with workspace.writing():
        workspace.settle_people()
        aim = _aim(workspace, name)
        traces = _survey(aim)
        write_settings(workspace.people_file, aim.people.settings())
        for persona in traces.personas:
            _clear(aim, persona, runs=runs)
        for file in filter(aim.touches, workspace.message_files()):
            if not rewritten(file, aim.sieve):
                file.unlink()
        _sweep(workspace.folder.glob(".people.*"), workspace.messages_folder.glob(".*"))
        aim.people.let_go()
        write_settings(workspace.people_file, aim.people.settings())
    return traces


# --- what there is -------------------------------------------------------------------------------


def _aim(workspace: Workspace, name: str) -> _Aim:
    people = People.of(workspace)
    written = all_spellings(workspace)
    number = people.forgotten.person(name)
    again = number is not None
    if number is None:
        known = [*written, *people.names(), *people.names().values()]
        same = [one for one in known if folded(one) == folded(name)]
        found = name if name in same else same[0] if same else find_spelling(workspace, name, people)
        number = people.forget(people.name(found))
    aim = _Aim(workspace, people, number, again, name, Sieve(people.forgotten))
    known = [*written, *people.names(), *people.names().values()]
    aim.spellings = list(dict.fromkeys(filter(aim.is_theirs, known)))
    aim.name = people.name(aim.spellings[0]) if aim.spellings else name
    return aim


def _survey(aim: _Aim) -> Traces:
    mentioned, pattern = 0, _mention([aim.name, *aim.spellings])
    for file in aim.workspace.message_files():
        for batch in batches(file):
            mentioned += _mentions(aim.sieve.sift(batch), pattern)
    personas = [_persona_traces(aim, name) for name in aim.workspace.persona_names()]
    return Traces(
        name=aim.name,
        spellings=tuple(aim.spellings),
        files=aim.sieve.removed.copy(),
        named=aim.sieve.named,
        mentioned=mentioned,
        personas=tuple(found for found in personas if found is not None),
        others=tuple(_others(aim.workspace)),
        again=aim.again,
    )


def _mention(names: Sequence[str]) -> str:
    """Return a pattern of RE2 for a person's names, whole or the first one alone."""
    firsts = [name.split()[0] for name in names if name.split()]
    words = {*names, *(first for first in firsts if len(first) >= SHORTEST and first.isalpha())}
    joined = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    return rf"(?i)(?:^|[^\pL\pN])(?:{joined})(?:$|[^\pL\pN])"


def _mentions(batch: pa.RecordBatch, pattern: str) -> int:
    own = pc.is_in(batch.column("kind"), pa.array(TRAINABLE_KINDS))
    texts = pc.utf8_normalize(batch.column("text").filter(own), form="NFC")
    return pc.sum(pc.match_substring_regex(texts, pattern)).as_py() or 0


def _persona_traces(aim: _Aim, name: str) -> PersonaTraces | None:
    """Return what a persona has of the person, None where it is nothing."""
    persona = aim.workspace.persona(name)
    settings = persona.settings
    share = _share(aim, settings)
    runs = tuple(run.folder.name for run in persona.runs() if share.theirs or _learnt(aim, run, share))
    if not (share.theirs or share.read or runs or _redacted(aim, settings) != settings):
        return None
    return PersonaTraces(
        persona=name,
        theirs=share.theirs,
        prepared=share.read and persona.sessions_file.is_file(),
        report=share.read and persona.report_file.parent.is_dir(),
        runs=runs,
        talks=persona.talks_file.is_file(),
    )


@dataclass(frozen=True)
class _Share:
    """What the person has to do with a persona."""

    theirs: bool
    """All of its messages are the person's."""
    read: bool
    """The person is in what is prepared for it,"""
    met: bool
    """and in a chat with it."""


def _share(aim: _Aim, settings: PersonaSettings) -> _Share:
    """Return what the person has to do with a persona, by the messages that are there still."""
    if aim.is_theirs(settings.author):
        return _Share(theirs=True, read=True, met=True)
    from sosias.corpus.choosing import mark_persona, narrowed
    from sosias.corpus.engine import read_messages
    from sosias.corpus.prepare import shown

    files, names = aim.workspace.message_files(), aim.people.names()
    if not files:
        return _Share(theirs=False, read=False, met=False)
    try:
        messages = narrowed(read_messages(files, names), settings.preparation.where)
        marked = mark_persona(messages, shown(settings, names))
        voices = marked.select("source", "chat", "author", "persona").distinct().to_pyarrow().to_pylist()
    except SosiasError:  # an expression that cannot be used: they may be in what it was meant to select
        return _Share(theirs=False, read=True, met=True)
    wrote = [aim.is_theirs(one["author"]) for one in voices if one["persona"]]
    shared = [one for one in voices if (one["source"], one["chat"]) in aim.sieve.chats]
    met = any(one["persona"] for one in shared)
    return _Share(theirs=bool(wrote) and all(wrote), read=bool(shared), met=met)


def _learnt(aim: _Aim, run: Run, share: _Share) -> bool:
    """May a run have been trained on words of the person, or on what was said to them?"""
    if not run.settings_file.is_file():
        return share.read
    settings = run.settings
    named = aim.forgotten.without(settings.partner) != settings.partner
    return settings.outdated or named or share.met or (share.read and settings.training.loss == "all")


def _others(workspace: Workspace) -> list[str]:
    names = (path.name for path in workspace.folder.iterdir())
    return sorted(name for name in names if name not in OURS and not name.startswith("."))


# --- deleting ------------------------------------------------------------------------------------


def _clear(aim: _Aim, traces: PersonaTraces, *, runs: bool) -> None:
    """Delete a persona of the person; of another, what talk with them went into, and mark its runs."""
    persona = aim.workspace.persona(traces.persona)
    if traces.theirs:
        _delete_persona(persona)
        return
    for run in persona.runs():
        if run.folder.name in traces.runs:
            _mark(aim, run, delete=runs)
    if traces.report:
        shutil.rmtree(persona.report_file.parent)
    if traces.prepared:
        shutil.rmtree(persona.sessions_file.parent)
    settings = persona.settings
    redacted = _redacted(aim, settings)
    if redacted != settings:
        persona.save(redacted)
    _sweep(persona.folder.glob(".*"))


def _delete_persona(persona: Persona) -> None:
    """Delete a persona's folder; its settings last, so that it is found again after a fall."""
    for path in persona.folder.iterdir():
        if path != persona.settings_file:
            _delete(path)
    persona.settings_file.unlink()
    persona.folder.rmdir()


def _mark(aim: _Aim, run: Run, *, delete: bool) -> None:
    """Write down that a run has to be made again; one that is not finished cannot be gone on with."""
    if delete or not run.is_finished:
        shutil.rmtree(run.folder)
        return
    settings = run.settings
    partner = aim.forgotten.without(settings.partner)
    write_settings(run.settings_file, settings.model_copy(update={"partner": partner, "outdated": True}))
    if run.checkpoint_folder.is_dir():
        shutil.rmtree(run.checkpoint_folder)
    _sweep(run.folder.glob(".*"))


def _redacted(aim: _Aim, settings: PersonaSettings) -> PersonaSettings:
    """Return a persona's settings without the person's names, as the messages have them now."""

    def without(text: str | None) -> str | None:
        return text and aim.forgotten.without(text)

    preparation = settings.preparation.model_copy(update={"where": without(settings.preparation.where)})
    consent = settings.consent.model_copy(update={"by": without(settings.consent.by)})
    changed = {"where": without(settings.where), "preparation": preparation, "consent": consent}
    return settings.model_copy(update=changed)


def _sweep(*found: Iterator[Path]) -> None:
    """Delete what writes that were cut off have left."""
    for paths in found:
        for path in list(paths):
            _delete(path)


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
