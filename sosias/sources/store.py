"""The messages of a workspace: files go in, one Parquet file an import; the record comes out."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from sosias.errors import SosiasError
from sosias.events import Choice, Listener, Progress, silent
from sosias.language import translate as _
from sosias.messages import KINDS, MESSAGE_SCHEMA, TRAINABLE_KINDS, Kind, Message, from_batch
from sosias.sources.intake import BATCH, Intake
from sosias.sources.people import People
from sosias.sources.report import FileReport, ImportReport
from sosias.sources.rows import Integers, Register
from sosias.sources.source import Options, Reading, recognise
from sosias.sources.spellings import plain
from sosias.workspace import Workspace, write_settings

NEAREST = 10
"""Names that an error lists."""


class NothingImported(SosiasError):
    """There are no messages in {folder} yet: import a chat first (sosias -C {folder} import FILE)."""


class UnknownAuthor(SosiasError):
    """Nobody is called {name} in the messages; the nearest names are: {names}."""


def import_files(
    workspace: Workspace,
    paths: Sequence[Path],
    *,
    options: Options | None = None,
    listener: Listener = silent,
) -> ImportReport:
    """Add the messages of files, folders and zips to the workspace; all or, if one cannot be read, none.

    Messages that it has already (the same file again, an overlapping export) are not added twice.

    Raises:
        Unreadable, NotAnExport: which file, and why.
        WorkspaceBusy: another process is writing.
    """
    with workspace.writing():
        workspace.settle_people()
        listener(Progress("import", 0, 0))
        found = [recognise(path, options) for path in paths]
        readings = [reading for one in found for reading in one.readings]
        others = [entry for one in found for entry in one.others]
        report = ImportReport([FileReport(reading) for reading in readings], others=others)
        Intake(workspace, report, listener).run()
        _announce(readings, listener)
    return report


def _announce(readings: Sequence[Reading], listener: Listener) -> None:
    """Tell what was chosen for the exports, and why; once what holds for several."""
    dates: dict[tuple[str, str], list[str]] = {}
    owners: dict[tuple[str, str], list[str]] = {}
    for reading in readings:
        name = reading.entries[0].origin
        if reading.date_order is not None:
            dates.setdefault((reading.date_order.value, reading.date_order.why), []).append(name)
        if reading.owner is not None:
            owners.setdefault((reading.owner, reading.owner_why), []).append(name)
    for what, chosen in ((_("order of the dates in {file}"), dates), (_("who exported {file}"), owners)):
        for (value, why), names in chosen.items():
            listener(Choice(what.format(file=_together(names)), value, why))


def _together(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    return _("{file} and {more} more").format(file=names[0], more=len(names) - 1)


def stored_messages(workspace: Workspace) -> Iterator[Message]:
    """Yield all messages, import by import, as their files had them: joined authors by one name, and
    `seq` counted anew over all exports of a chat."""
    names = People.of(workspace).names()
    seqs = _positions(workspace.message_files())
    first = 0
    for file in workspace.message_files():
        for batch in pq.ParquetFile(file).iter_batches(BATCH):
            here = seqs[first : (first := first + batch.num_rows)].tolist()
            for message, seq in zip(from_batch(batch), here, strict=True):
                message.seq = seq
                message.author = message.author and names.get(message.author, message.author)
                yield message


def _positions(files: Sequence[Path]) -> Integers:
    """Return the position of every message in its chat; those that share a place stand as they came."""
    sources, chats = Register(), Register()
    columns: list[list[NDArray[Any]]] = [[np.empty(0, np.int64)] for _column in range(3)]
    for file in files:
        for batch in pq.ParquetFile(file).iter_batches(columns=["source", "chat", "seq"]):
            columns[0].append(batch.column("seq").to_numpy())
            columns[1].append(chats.numbers(batch.column("chat")))
            columns[2].append(sources.numbers(batch.column("source")))
    seq, chat, source = map(np.concatenate, columns)
    order = np.lexsort((seq, chat, source))
    chat, source, count = chat[order], source[order], np.arange(len(order))
    begins = np.append(True, (chat[1:] != chat[:-1]) | (source[1:] != source[:-1]))[: len(order)]
    positions = np.empty(len(order), np.int64)
    positions[order] = count - np.maximum.accumulate(np.where(begins, count, 0))
    return positions


def authors(workspace: Workspace) -> list[tuple[str, int]]:
    """Return the names of those who wrote words of their own, and how many messages; the busiest first."""
    people = People.of(workspace)
    counts: Counter[str] = Counter()
    for spelling, count in spellings(workspace).items():
        counts[people.name(spelling)] += count
    return counts.most_common()


def spellings(workspace: Workspace) -> Counter[str]:
    """Return the names of those who wrote words of their own, as the exports write them, and how many."""
    return _authors(workspace, TRAINABLE_KINDS)


def all_spellings(workspace: Workspace) -> Counter[str]:
    """Return the names of those who have messages of any kind, as the exports write them, and how many."""
    return _authors(workspace, KINDS)


def _authors(workspace: Workspace, kinds: Sequence[Kind]) -> Counter[str]:
    files = [str(file) for file in workspace.message_files()]
    counts: Counter[str] = Counter()
    if not files:
        return counts
    import pyarrow.dataset as ds  # brings pandas, 40 MB: not for reading alone

    words = ds.field("kind").isin(kinds) & ds.field("author").is_valid()
    for batch in ds.dataset(files, schema=MESSAGE_SCHEMA).to_batches(columns=["author"], filter=words):
        for one in pc.value_counts(batch.column("author")).to_pylist():
            counts[one["values"]] += one["counts"]
    return counts


def find_author(workspace: Workspace, name: str) -> str:
    """Return the author called `name`, by any of their spellings, under the one that is shown.

    Raises:
        NothingImported: there are no messages.
        UnknownAuthor: nobody is called so; it lists who is, nearest first.
    """
    people = People.of(workspace)
    return people.name(find_spelling(workspace, name, people))


def find_spelling(workspace: Workspace, name: str, people: People) -> str:
    """Return the spelling that is `name`: of an author, or one that is joined with an author's.

    Raises:
        NothingImported, UnknownAuthor: as `find_author`.
    """
    written = [spelling for spelling, _count in spellings(workspace).most_common()]
    if not written:
        raise NothingImported(folder=workspace.folder)
    shown = {people.name(spelling): None for spelling in written}
    known = [*shown, *written, *(also for name in shown for also in people.spellings(name))]
    wanted = unicodedata.normalize("NFC", name)
    stranger = "~" + wanted.lstrip("~ \u00a0\u202f")
    normal = {unicodedata.normalize("NFC", one): one for one in reversed(known)}
    for called in (wanted, stranger):  # WhatsApp's `~` says only that somebody is not a contact
        if called in normal:
            return normal[called]
    nearest = process.extract(name, list(shown), scorer=fuzz.WRatio, processor=plain, limit=NEAREST)
    raise UnknownAuthor(name=name, names="; ".join(author for author, _score, _index in nearest))


def join_people(workspace: Workspace, name: str, others: Sequence[str]) -> list[str]:
    """Join names that the user says are one person's; return them all, the one that is shown first.

    Raises:
        NothingImported, UnknownAuthor: as `find_author`.
        WorkspaceBusy: another process is writing.
    """
    with _changing_people(workspace) as people:
        kept = find_spelling(workspace, name, people)
        for other in [find_spelling(workspace, other, people) for other in others]:
            people.join(kept, other, _("you said so"))
        return people.spellings(people.name(kept))


def part_people(workspace: Workspace, name: str, other: str | None) -> tuple[str, list[str]]:
    """Take apart what was joined; return the name that is left, and those that stand for themselves now.

    Raises:
        NothingImported, UnknownAuthor: as `find_author`.
        NotJoined, NotOfSeveral: there is nothing to take apart.
        WorkspaceBusy: another process is writing.
    """
    with _changing_people(workspace) as people:
        kept = find_spelling(workspace, name, people)
        gone = None if other is None else find_spelling(workspace, other, people)
        person = people.name(kept)
        return person, people.undo(kept, gone)


@contextmanager
def _changing_people(workspace: Workspace) -> Iterator[People]:
    """Give the people of a workspace to change, and write them down when all went well."""
    with workspace.writing():
        workspace.settle_people()
        people = People.of(workspace)
        yield people
        write_settings(workspace.people_file, people.settings())
