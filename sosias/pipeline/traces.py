"""What a workspace has of one person: messages, what others' messages keep of them, personas, runs."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sosias.errors import SosiasError
from sosias.messages import TRAINABLE_KINDS
from sosias.models.base import whole_name
from sosias.settings import PersonaSettings
from sosias.sources.forgotten import Forgotten
from sosias.sources.people import People
from sosias.sources.sieve import Sieve, batches
from sosias.sources.spellings import folded, plain
from sosias.sources.store import all_spellings, find_spelling
from sosias.workspace import Persona, Run, Workspace, root_of

OURS = {"sosias.toml", "people.toml", "messages", "personas", "report", "fault.txt", "server-token"}
"""What sosias itself lays down in a workspace; hidden files apart."""
SHORTEST = 3
"""Letters of a first name that is looked for in others' texts, and of parts of names in expressions."""
LITERAL = re.compile(r"'((?:[^']|'')*)'")
WORD = re.compile(r"[^\W\d_]+")


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
    hints: bool
    """An expression that selects messages holds part of a name still, and is kept: it may mean others."""
    exports: tuple[str, ...]
    """Folders that one of these runs was exported to, and addresses: out of reach here."""


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
    look: bool
    """There is a page that describes all messages: it is deleted."""
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
class Aim:
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
    return surveyed(aim_at(workspace, name))


def aim_at(workspace: Workspace, name: str) -> Aim:
    people = People.of(workspace)
    written = all_spellings(workspace)
    known = [*written, *people.names(), *people.names().values()]
    same = [one for one in known if folded(one) == folded(name)]
    number = people.forgotten.person(name)
    if number is None and not same:
        number = people.forgotten.person("~" + name.lstrip("~ "))  # as `find_spelling` knows strangers
    again = number is not None
    if number is None:
        found = name if name in same else same[0] if same else find_spelling(workspace, name, people)
        number = people.forget(people.name(found))
    aim = Aim(workspace, people, number, again, name, Sieve(people.forgotten))
    aim.spellings = list(dict.fromkeys(filter(aim.is_theirs, known)))
    aim.name = people.name(aim.spellings[0]) if aim.spellings else name
    return aim


def surveyed(aim: Aim) -> Traces:
    mentioned, pattern = 0, _mention([aim.name, *aim.spellings])
    for file in aim.workspace.message_files():
        for batch in batches(file):
            mentioned += _mentions(aim.sieve.sift(batch), pattern)
    return Traces(
        name=aim.name,
        spellings=tuple(aim.spellings),
        files=aim.sieve.removed.copy(),
        named=aim.sieve.named,
        mentioned=mentioned,
        look=aim.workspace.look_page.parent.exists(),
        personas=_all_persona_traces(aim),
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


def _all_persona_traces(aim: Aim) -> tuple[PersonaTraces, ...]:
    """Return what personas have of the person; a run on top of another's weights has what that one has."""
    personas = [aim.workspace.persona(name) for name in aim.workspace.persona_names()]
    shares = [_share(aim, persona.settings) for persona in personas]
    learnt: set[Path] = set()
    while True:
        before = len(learnt)
        every = [_persona_traces(aim, *one, learnt) for one in zip(personas, shares, strict=True)]
        if len(learnt) == before:
            return tuple(found for found in every if found is not None)


def _persona_traces(aim: Aim, persona: Persona, share: "_Share", learnt: set[Path]) -> PersonaTraces | None:
    """Return what a persona has of the person, None where it is nothing; its runs are added to `learnt`."""
    settings = persona.settings
    found = [run for run in persona.runs() if share.theirs or _learnt(aim, run, share, learnt)]
    learnt.update(run.folder.resolve() for run in found)
    runs = tuple(run.folder.name for run in found)
    unnamed = redacted(aim, settings)
    hints = _hints(aim, unnamed)
    if not (share.theirs or share.read or runs or hints or unnamed != settings):
        return None
    return PersonaTraces(
        persona=persona.name,
        theirs=share.theirs,
        prepared=share.read and persona.sessions_file.is_file(),
        report=(share.read or _measured(persona) in runs) and persona.report_file.parent.is_dir(),
        runs=runs,
        talks=persona.talks_file.is_file(),
        hints=hints,
        exports=_exports(persona, runs),
    )


def _measured(persona: Persona) -> str | None:
    """Return the run that a persona's report is of."""
    file = persona.report_file
    return json.loads(file.read_text(encoding="utf-8")).get("run") if file.is_file() else None


def _exports(persona: Persona, runs: Sequence[str]) -> tuple[str, ...]:
    from sosias.pipeline.exporting import read_exports

    found = [one for one in read_exports(persona) if one["run"] in runs]
    return tuple(dict.fromkeys(one.get("url", one["path"]) for one in found))


def _hints(aim: Aim, unnamed: PersonaSettings) -> bool:
    """Does what an expression compares with hold a word of the person's names, or part of one?"""
    expressions = (unnamed.where or "", unnamed.preparation.where or "")
    compared = {word for one in expressions for text in LITERAL.findall(one) for word in _words(text)}
    named = {word for name in (aim.name, *aim.spellings) for word in _words(name)}
    return any(word in name or name in word for word in compared for name in named)


def _words(text: str) -> set[str]:
    """Return the words of a text that are long enough to tell somebody by, spelt alike."""
    return {word for word in WORD.findall(plain(text)) if len(word) >= SHORTEST}


@dataclass(frozen=True)
class _Share:
    """What the person has to do with a persona."""

    theirs: bool
    """All of its messages are the person's."""
    read: bool
    """The person is in what is prepared for it,"""
    met: bool
    """and in a chat with it."""


def _share(aim: Aim, settings: PersonaSettings) -> _Share:
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


def _learnt(aim: Aim, run: Run, share: _Share, learnt: set[Path]) -> bool:
    """May a run, or one that it stands on, have been trained on words of the person, or said to them?"""
    if not run.settings_file.is_file():
        return share.read
    settings = run.settings
    named = aim.forgotten.without(settings.partner) != settings.partner
    stands_on = {Path(whole_name(settings.base, root_of(run.folder))).parent}
    if settings.parent is not None:
        stands_on.add(run.folder.with_name(settings.parent).resolve())
    own = share.met or (share.read and settings.training.loss == "all")
    return settings.outdated or named or own or not learnt.isdisjoint(stands_on)


def _others(workspace: Workspace) -> list[str]:
    names = (path.name for path in workspace.folder.iterdir())
    return sorted(name for name in names if name not in OURS and not name.startswith("."))


def redacted(aim: Aim, settings: PersonaSettings) -> PersonaSettings:
    """Return a persona's settings without the person's names, as the messages have them now."""

    def without(text: str | None) -> str | None:
        return text and aim.forgotten.without(text)

    preparation = settings.preparation.model_copy(update={"where": without(settings.preparation.where)})
    consent = settings.consent.model_copy(update={"by": without(settings.consent.by)})
    changed = {"where": without(settings.where), "preparation": preparation, "consent": consent}
    return settings.model_copy(update=changed)
