"""The messages of a workspace: files go in, one Parquet file an import; the record comes out."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from rapidfuzz import fuzz, process

from sosias.errors import SosiasError
from sosias.events import Choice, Listener, Progress, silent
from sosias.language import translate as _
from sosias.messages import (
    MESSAGE_SCHEMA,
    TRAINABLE_KINDS,
    Message,
    from_batch,
    repair,
    to_batch,
    with_ids,
)
from sosias.sources.merging import Known, place
from sosias.sources.report import FileReport, ImportReport
from sosias.sources.source import Options, Reading, recognise
from sosias.workspace import Workspace, atomic_file

BATCH = 1 << 14
"""Messages held and written at once."""
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
        listener(Progress("import", 0, 0))
        found = [recognise(path, options) for path in paths]
        readings = [reading for one in found for reading in one.readings]
        others = [entry for one in found for entry in one.others]
        report = ImportReport([FileReport(reading) for reading in readings], others=others)
        for file in report.files:
            _announce(file.reading, listener)
        _write(workspace.next_message_file(), _new_messages(workspace, report, listener))
    return report


def _announce(reading: Reading, listener: Listener) -> None:
    """Tell what was chosen for an export, and why."""
    name = reading.entries[0].origin
    if reading.date_order is not None:
        what = _("order of the dates in {file}").format(file=name)
        listener(Choice(what, reading.date_order.value, reading.date_order.why))
    if reading.owner is not None:
        listener(Choice(_("who exported {file}").format(file=name), reading.owner, reading.owner_why))


def _write(target: Path, batches: Iterator[pa.RecordBatch]) -> None:
    """Write the batches to a new file, none at all where there are none."""
    first = next(batches, None)
    if first is None:
        return
    with atomic_file(target) as new, pq.ParquetWriter(new, MESSAGE_SCHEMA, compression="zstd") as writer:
        writer.write_batch(first)
        for batch in batches:
            writer.write_batch(batch)


def _new_messages(workspace: Workspace, report: ImportReport, listener: Listener) -> Iterator[pa.RecordBatch]:
    """Yield the messages that the workspace does not have yet."""
    counts = [file.reading.count for file in report.files]
    total = sum(counts) if all(counts) else 0
    followed = Counter(file.reading.format for file in report.files)
    library: dict[str, dict[str, Known]] = {}
    for file in report.files:
        source = file.reading.format
        if source not in library:
            library[source] = _known(workspace, source)
        known = library[source]
        batches = _batches(file)
        followed[source] -= 1
        for batch in _merged(batches, known, file) if known else batches:
            report.added += batch.num_rows
            yield batch
            if followed[source]:
                _learn(known, batch)
            listener(Progress("import", min(report.messages, total), total))


def _known(workspace: Workspace, source: str) -> dict[str, Known]:
    """Return what the workspace has of a format, by chat."""
    known: dict[str, Known] = {}
    if files := workspace.message_files():
        stored = ds.dataset([str(file) for file in files], schema=MESSAGE_SCHEMA)
        columns = ["id", "chat", "seq", "sent_at"]
        _learn(known, stored.to_table(columns=columns, filter=ds.field("source") == source))
    return known


def _learn(known: dict[str, Known], table: pa.Table | pa.RecordBatch) -> None:
    for chat in pc.unique(table["chat"]).to_pylist():
        rows = table.filter(pc.equal(table["chat"], chat))
        known.setdefault(chat, Known()).add(rows)


def _batches(file: FileReport) -> Iterator[pa.RecordBatch]:
    """Read an export's messages."""
    messages = with_ids(file.reading.messages())
    while lot := list(islice(messages, BATCH)):
        file.count(lot)
        try:
            yield to_batch(lot)
        except UnicodeEncodeError:
            file.repaired += repair(lot)
            yield to_batch(lot)


def _merged(
    batches: Iterator[pa.RecordBatch], known: dict[str, Known], file: FileReport
) -> Iterator[pa.RecordBatch]:
    """Leave out what is known, and place the rest: held as a whole, for a run's place shows at its end."""
    table = pa.Table.from_batches(batches, MESSAGE_SCHEMA)
    for chat in pc.unique(table["chat"]).to_pylist():
        rows = table.filter(pc.equal(table["chat"], chat))
        yield from _placed(rows, known[chat], file) if chat in known else rows.to_batches(BATCH)


def _placed(table: pa.Table, known: Known, file: FileReport) -> Iterator[pa.RecordBatch]:
    """Leave out what is known of one chat, and place the rest."""
    places = known.places(table["id"].combine_chunks())
    seqs = place(known, places, table["sent_at"][0].as_py())
    table = table.set_column(MESSAGE_SCHEMA.get_field_index("seq"), MESSAGE_SCHEMA.field("seq"), [seqs])
    new = table.filter(pa.array([one is None for one in places]))
    file.duplicates += table.num_rows - new.num_rows
    yield from new.to_batches(BATCH)


def stored_messages(workspace: Workspace) -> Iterator[Message]:
    """Yield all messages, import by import, as their files had them."""
    for file in workspace.message_files():
        for batch in pq.ParquetFile(file).iter_batches(BATCH):
            yield from from_batch(batch)


def authors(workspace: Workspace) -> list[tuple[str, int]]:
    """Return the names of those who wrote words of their own, and how many messages; the busiest first."""
    files = [str(file) for file in workspace.message_files()]
    if not files:
        return []
    words = ds.field("kind").isin(TRAINABLE_KINDS) & ds.field("author").is_valid()
    counts: Counter[str] = Counter()
    for batch in ds.dataset(files, schema=MESSAGE_SCHEMA).to_batches(columns=["author"], filter=words):
        for one in pc.value_counts(batch.column("author")).to_pylist():
            counts[one["values"]] += one["counts"]
    return counts.most_common()


def find_author(workspace: Workspace, name: str) -> str:
    """Return the author called `name`, as the messages spell it.

    Raises:
        NothingImported: there are no messages.
        UnknownAuthor: nobody is called so; it lists who is, nearest first.
    """
    names = [author for author, _count in authors(workspace)]
    if not names:
        raise NothingImported(folder=workspace.folder)
    wanted = unicodedata.normalize("NFC", name)
    for author in names:
        if unicodedata.normalize("NFC", author) == wanted:
            return author
    nearest = process.extract(name, names, scorer=fuzz.WRatio, processor=_plain, limit=NEAREST)
    raise UnknownAuthor(name=name, names="; ".join(author for author, _score, _index in nearest))


def _plain(name: str) -> str:
    """Return a name in small letters without accents, for comparing."""
    letters = unicodedata.normalize("NFD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
