"""An export into what is known of its source: once each, every chat under one name, in order.

What is known by its id is passed over. The rest waits on disk until the whole export has been seen,
for only then is it known which chats and authors are stored under other names, and where a run of
new messages belongs; of all messages only numbers are held in memory.
"""

from collections.abc import Iterator
from typing import IO

import numpy as np
import pyarrow as pa

from sosias.language import translate as _
from sosias.messages import MESSAGE_SCHEMA
from sosias.sources.evidence import Alike, Evidence, Incoming, Span
from sosias.sources.library import NONE, Library
from sosias.sources.people import People
from sosias.sources.placing import STEP, last_before, place
from sosias.sources.report import FileReport
from sosias.sources.rows import NEVER, Integers, Numbers, Rows, Truths
from sosias.sources.source import Identity

RENAMED = 0.5
"""Share of a stored chat's messages, in the time that an export covers, that must be in one of its chats
before that is held to be the same chat renamed: some messages are in two chats."""


def spaced(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return messages of which nothing is known with their places apart, so that others can come between."""
    seq = batch.column("seq").to_numpy(zero_copy_only=False) * STEP
    return _with(batch, seq=pa.array(seq))


def _with(batch: pa.RecordBatch, **columns: pa.Array) -> pa.RecordBatch:
    arrays = [columns.get(name, batch.column(name)) for name in MESSAGE_SCHEMA.names]
    return pa.RecordBatch.from_arrays(arrays, schema=MESSAGE_SCHEMA)


class Merge:
    """Merges one export; `joined` is what it showed of people."""

    def __init__(self, library: Library, people: People, file: FileReport, spool: IO[bytes]) -> None:
        self.library = library
        self.people = people
        self.file = file
        self.spool = spool
        self.joined: list[Identity] = []
        self.rows: Rows | None = None
        """What is new, as it is stored."""

    def batches(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Read all, then yield what is new."""
        seen, new = self._read(batches)
        if new is None:
            return
        export = _Export(self.library, seen, new)
        alike = self._alike(export)
        chats = {**export.chats, **alike.chats}
        self._tell(export, chats)
        seq = export.placed(chats, alike.found)
        fresh = alike.found == NONE
        self.file.duplicates += int((~fresh).sum())
        new.chat = np.array([chats.get(chat, chat) for chat in new.chat.tolist()], np.uint32)
        new.seq = seq
        self.rows = new.take(fresh)
        yield from self._stored(new, fresh)

    def _read(self, batches: Iterator[pa.RecordBatch]) -> tuple["Passing", Rows | None]:
        """Note what comes by as numbers, and put what is new on the spool."""
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        seen, new = Passing(), []
        with pa.ipc.new_stream(self.spool, MESSAGE_SCHEMA, options=options) as writer:
            for batch in batches:
                rows = self.library.rows(batch)
                found = self.library.find(rows)
                fresh = found == NONE
                seen.add(rows, found)
                self.file.duplicates += int((~fresh).sum())
                if fresh.any():
                    new.append(rows.take(fresh))
                    writer.write_batch(batch.filter(pa.array(fresh)))
        return seen, Rows.joined(new) if new else None

    def _alike(self, export: "_Export") -> Alike:
        authors = self.library.authors
        if authors is None:
            return Alike(np.full(len(export.new), NONE, np.int64))

        def person(author: int) -> int:
            name = authors.names[author]
            return author if name is None else authors.number(self.people.name(name))

        alike = Evidence(self.library, export.incoming(), person).weigh()
        why = _("{count} messages are the same in two exports")
        told = [
            Identity(str(authors.names[stored]), (str(authors.names[new]),), why.format(count=count))
            for (stored, new), count in alike.authors.items()
        ]
        self.joined += self.people.learn(told)
        return alike

    def _tell(self, export: "_Export", chats: dict[int, int]) -> None:
        """Note which chats are stored under another name."""
        said = _("the chat {chat} is stored as {before}: they have messages in common; what is new joins it")
        names = self.library.chats.names
        for chat, stored in chats.items():
            if chat != stored and chat in export.with_new:
                self.file.reading.notes.append(said.format(chat=names[chat], before=names[stored]))

    def _stored(self, new: Rows, fresh: Truths) -> Iterator[pa.RecordBatch]:
        """Read what is new from the spool, under its chat's stored name and in its place."""
        names = self.library.chats.names
        self.spool.seek(0)
        first = 0
        for batch in pa.ipc.open_stream(self.spool):
            here = slice(first, first := first + batch.num_rows)
            chat = pa.array([names[number] for number in new.chat[here].tolist()], pa.string())
            stored = _with(batch, chat=chat, seq=pa.array(new.seq[here])).filter(pa.array(fresh[here]))
            if stored.num_rows:
                yield stored


class Passing:
    """All messages of an export, known and new."""

    def __init__(self) -> None:
        self._parts: list[tuple[Numbers | Integers, ...]] = []

    def add(self, rows: Rows, found: Integers) -> None:
        self._parts.append((rows.chat, rows.seq, rows.time, rows.author, found))

    def columns(self) -> Iterator[Integers]:
        """Yield chat, place in the file, time, author (or nothing), and the stored row or NONE."""
        for column in zip(*self._parts, strict=True):
            yield np.concatenate(column)
        self._parts.clear()


class _Export:
    """An export that has been seen: its chats, and where they are stored."""

    def __init__(self, library: Library, seen: Passing, new: Rows) -> None:
        self.library = library
        self.new = new
        self.chat, self.seq, self.time, self.author, self.found = seen.columns()
        self.with_new = set(np.unique(new.chat).tolist())
        order = np.lexsort((self.seq, self.chat))
        numbers, starts = np.unique(self.chat[order], return_index=True)
        ends = np.append(starts[1:], len(order))
        self._slices = {
            chat: order[start:end]
            for chat, start, end in zip(numbers.tolist(), starts.tolist(), ends.tolist(), strict=True)
            if chat in self.with_new
        }
        """Rows in the order of the file, by chat."""
        self.stored = library.known_chats()
        self.chats = self._known() | self._renamed()

    def _known(self) -> dict[int, int]:
        return {chat: chat for chat in np.intersect1d(self.stored, np.unique(self.new.chat)).tolist()}

    def _renamed(self) -> dict[int, int]:
        """Return the stored chat of each chat whose messages are known under another name."""
        rows = np.flatnonzero((self.found != NONE) & ~np.isin(self.chat, self.stored))
        if not len(rows):
            return {}
        pairs = np.stack([self.chat[rows], self.library.chat_of(self.found[rows])])
        found, counts = np.unique(pairs, axis=1, return_counts=True)
        best: dict[int, tuple[int, int]] = {}
        for chat, stored, count in zip(*found.tolist(), counts.tolist(), strict=True):
            if chat in self.with_new and count >= RENAMED * self._covered(stored, self.span(chat)):
                best[chat] = max(best.get(chat, (0, 0)), (count, stored))
        return {chat: stored for chat, (_count, stored) in best.items()}

    def span(self, chat: int) -> Span:
        """Return the first and the last time in a chat."""
        times = self.time[self._slices[chat]]
        times = times[times != NEVER]
        return (int(times.min()), int(times.max())) if len(times) else (NEVER + 1, NEVER + 1)

    def _covered(self, stored: int, span: Span) -> int:
        """Return how many messages of a stored chat were sent in a span."""
        times = self.library.column("time", self.library.of_chat(stored))
        return int(((times >= span[0]) & (times <= span[1])).sum())

    def messages(self, chat: int) -> tuple[Integers, Integers]:
        """Return the times and the authors of a chat."""
        rows = self._slices[chat]
        return self.time[rows], self.author[rows]

    def incoming(self) -> Incoming:
        """Return what is compared with the messages under other names."""
        taken = np.unique(self.found[self.found != NONE])
        return Incoming(self.new, self.chats, self.messages, taken)

    def placed(self, chats: dict[int, int], same: Integers) -> Integers:
        """Return the place of each new message, in the order of the spool; `same` is where it is stored."""
        seq = self.seq * STEP
        found = self.found.copy()
        found[found == NONE] = same
        added: dict[int, list[Integers]] = {}
        for chat, rows in self._slices.items():
            if chat in chats and (found[rows] == NONE).any():
                seq[self._new(rows, found)] = self._placed(rows, found, chats[chat], added)
        result: Integers = seq[self.found == NONE]
        return result

    def _new(self, rows: Integers, found: Integers) -> Integers:
        new: Integers = rows[found[rows] == NONE]
        return new

    def _placed(
        self, rows: Integers, found: Integers, chat: int, added: dict[int, list[Integers]]
    ) -> Integers:
        """Place what is new of a chat among what is stored, and what came under another of its names."""
        stored = self.library.of_chat(chat)
        places, times = self.library.column("seq", stored), self.library.column("time", stored)
        taken = np.sort(np.concatenate([places, *added.get(chat, [])]))
        at = found[rows]
        known = at != NONE
        in_chat = ~known
        in_chat[known] = self.library.chat_of(at[known]) == chat
        at, known = at[in_chat], known[in_chat]
        there = np.zeros(len(at), np.int64)
        there[known] = self.library.column("seq", at[known])
        before = last_before(places, times, int(self.time[rows[0]]))
        new = place(taken, known, there, before)
        added.setdefault(chat, []).append(new)
        return new
