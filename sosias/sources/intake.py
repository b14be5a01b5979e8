"""One import: what exports have that the workspace does not, into one new file."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain, islice

import pyarrow as pa
import pyarrow.parquet as pq

from sosias.events import Listener, Notice, Progress
from sosias.language import translate as _
from sosias.messages import MESSAGE_SCHEMA, Message, repair, to_batch, with_ids
from sosias.sources.library import Library
from sosias.sources.merging import Merge, spaced
from sosias.sources.people import People
from sosias.sources.report import FileReport, ImportReport
from sosias.sources.rows import Rows
from sosias.sources.sieve import Sieve, rewritten
from sosias.sources.source import Identity
from sosias.workspace import Workspace, atomic_file, write_settings

MOST_TOLD = 10
"""Joins told at once; an Address Book brings hundreds."""
BATCH = 1 << 14
"""Messages held and written at once,"""
BATCH_CHARACTERS = 1 << 25
"""or fewer, where they have more characters than these together: articles and novels."""


class Intake:
    """One import: its messages and what it learns of people are there together, or not at all."""

    def __init__(self, workspace: Workspace, report: ImportReport, listener: Listener) -> None:
        self.workspace = workspace
        self.report = report
        self.listener = listener
        self.people = People.of(workspace)
        self.before = self.people.settings()
        self.sieve = Sieve(self.people.forgotten)
        self.libraries: dict[tuple[str, bool], Library] = {}
        self.followed = Counter(file.reading.format for file in report.files)
        counts = [file.reading.count for file in report.files]
        self.total = sum(counts) if all(counts) else 0

    def run(self) -> None:
        """Write the new messages to one file, none where there are none, and then who is who."""
        target = self.workspace.next_message_file()
        tables = _gathered(batch for file in self.report.files for batch in self._new(file))
        first = next(tables, None)
        if first is None:
            if (people := self.people.settings()) != self.before:
                write_settings(self.workspace.people_file, people)
            return
        with atomic_file(target) as new:
            with pq.ParquetWriter(new, MESSAGE_SCHEMA, compression="zstd") as writer:
                for table in chain([first], tables):
                    self.report.added += table.num_rows
                    writer.write_table(table)
            if self.people.forgotten.grown:
                self.report.added = rewritten(new, self.sieve)
            if (people := self.people.settings()) != self.before:
                write_settings(self.workspace.people_file_with(target), people)
        self.workspace.settle_people()

    def _new(self, file: FileReport) -> Iterator[pa.RecordBatch]:
        """Yield the messages of an export that the workspace does not have yet."""
        source = file.reading.format
        self.followed[source] -= 1
        messages = file.reading.messages()
        first = next(messages, None)
        if first is not None:
            library = self._library(source, by_content=not first.id)
            batches = self._batches(file, chain([first], messages))
            if len(library):
                yield from self._merged(file, library, batches)
            else:
                yield from self._first(library, batches, followed=self.followed[source] > 0)
        self._tell(self.people.learn(file.reading.identities))

    def _library(self, source: str, *, by_content: bool) -> Library:
        key = (source, by_content)
        if key not in self.libraries:
            files = self.workspace.message_files()
            self.libraries[key] = Library.load(files, source, by_content=by_content)
        return self.libraries[key]

    def _batches(self, file: FileReport, messages: Iterator[Message]) -> Iterator[pa.RecordBatch]:
        """Read an export's messages."""
        named = with_ids(messages)
        while lot := _lot(named):
            lot = self._remembered(file, lot)
            file.count(lot)
            self.listener(Progress("import", min(self.report.messages, self.total), self.total))
            try:
                batch = to_batch(lot)
            except UnicodeEncodeError:
                file.repaired += repair(lot)
                batch = to_batch(lot)
            yield self.sieve.sift(batch)

    def _remembered(self, file: FileReport, lot: list[Message]) -> list[Message]:
        """Drop the messages of those who asked to be forgotten."""
        forgotten = self.people.forgotten
        if not forgotten:
            return lot
        left = []
        for message in lot:
            if message.author is not None and forgotten.knows(message.author):
                why = _("asked to be forgotten")
                file.reading.dropped.add(message.first_line, why, message.file)
                self.sieve.hear(message.text)
            else:
                left.append(message)
        return left

    def _first(
        self, library: Library, batches: Iterator[pa.RecordBatch], *, followed: bool
    ) -> Iterator[pa.RecordBatch]:
        """Pass on the first messages of a source, and note them where more exports of it follow."""
        rows: list[Rows] = []
        for batch in map(spaced, batches):
            if followed:
                rows.append(library.rows(batch))
            yield batch
        library.add(rows)

    def _merged(
        self, file: FileReport, library: Library, batches: Iterator[pa.RecordBatch]
    ) -> Iterator[pa.RecordBatch]:
        """Leave out what is known, and place the rest."""
        with self.workspace.spool() as spool:
            merge = Merge(library, self.people, file, spool)
            yield from merge.batches(batches)
        self._tell(merge.joined)
        if merge.rows is not None and self.followed[file.reading.format]:
            library.add([merge.rows])

    def _tell(self, joined: Sequence[Identity]) -> None:
        """Say which names were joined."""
        self.report.joined += joined
        for one in joined[:MOST_TOLD]:
            said = _("{name} is also {others} ({why})")
            others = ", ".join(one.also)
            self.listener(Notice(said.format(name=one.name, others=others, why=one.why)))


def _lot(messages: Iterator[Message]) -> list[Message]:
    """Take the next messages, as many as are held at once."""
    lot: list[Message] = []
    characters = 0
    for message in islice(messages, BATCH):
        lot.append(message)
        characters += len(message.text)
        if characters >= BATCH_CHARACTERS:
            break
    return lot


def _gathered(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Put small batches together: a file of many small row groups is slow to read."""
    held: list[pa.RecordBatch] = []
    count = size = 0
    for batch in batches:
        held.append(batch)
        count, size = count + batch.num_rows, size + batch.nbytes
        if count >= BATCH or size >= BATCH_CHARACTERS:
            yield pa.Table.from_batches(held, MESSAGE_SCHEMA)
            held, count, size = [], 0, 0
    if held:
        yield pa.Table.from_batches(held, MESSAGE_SCHEMA)
