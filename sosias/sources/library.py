"""What a workspace has of one source, without a word of it: some forty bytes a message.

The rows that are stored lie sorted on shelves, by chat and place, with an index by id; what a later
export brings is looked up batch by batch.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sosias.sources.rows import (
    Integers,
    Numbers,
    Register,
    Rows,
    Words,
    is_among,
    moments,
    rows_of,
)

AT_ONCE = 1 << 16
"""Messages read at once."""
NONE = -1
"""No row."""


class Shelf:
    """Rows in the order of chat and place, and where each id is among them."""

    def __init__(self, rows: Rows) -> None:
        """Take the rows over: their columns are let go as they are put in order."""
        order = np.lexsort((rows.seq, rows.chat)).astype(np.uint32)
        for name in ("high", "low", "chat", "seq", "time", "content", "author"):
            column = getattr(rows, name)
            setattr(rows, name, column[order] if len(column) else column)
        del column, order
        self.chats, starts = np.unique(rows.chat, return_index=True)
        self.starts = np.append(starts, len(rows))
        self.seq, self.time, self.content, self.author = rows.seq, rows.time, rows.content, rows.author
        self.index = np.argsort(rows.high, kind="stable").astype(np.uint32)
        self.high, self.low = rows.high[self.index], rows.low[self.index]

    def __len__(self) -> int:
        return len(self.seq)

    def find(self, high: Words, low: Words) -> Integers:
        """Return the row of each id, NONE where it is not here."""
        found = np.full(len(high), NONE, np.int64)
        place = np.searchsorted(self.high, high)
        left = np.arange(len(high))
        while len(left):  # once, as good as always: ids whose first halves are equal follow each other
            at = place[left]
            inside = at < len(self)
            inside[inside] = self.high[at[inside]] == high[left[inside]]
            left, at = left[inside], at[inside]
            same = self.low[at] == low[left]
            found[left[same]] = self.index[at[same]]
            left = left[~same]
            place[left] += 1
        return found

    def slice_of(self, chat: int) -> slice:
        """Return where the rows of a chat are."""
        at = int(np.searchsorted(self.chats, chat))
        if at == len(self.chats) or self.chats[at] != chat:
            return slice(0, 0)
        return slice(int(self.starts[at]), int(self.starts[at + 1]))

    def chat_of(self, rows: Integers) -> Numbers:
        """Return the chat of each row."""
        return self.chats[np.searchsorted(self.starts, rows, "right") - 1]

    def rows(self) -> Rows:
        """Return the rows, to put them on another shelf."""
        high, low = np.empty_like(self.high), np.empty_like(self.low)
        high[self.index], low[self.index] = self.high, self.low
        chat = np.repeat(self.chats, np.diff(self.starts))
        return Rows(high, low, chat, self.seq, self.time, self.content, self.author, np.empty(0, np.bool_))


class Library:
    """All that is known of a source. A row's number holds until rows are added."""

    def __init__(self, *, by_content: bool) -> None:
        self.chats = Register()
        self.authors = Register() if by_content else None
        """Where ids are hashes of the content, contents and authors are compared, too; nobody is 0."""
        if self.authors is not None:
            self.authors.number(None)
        self.shelves: list[Shelf] = []

    @classmethod
    def load(cls, files: Sequence[Path], source: str, *, by_content: bool) -> "Library":
        """Read what the files have of a source."""
        library = cls(by_content=by_content)
        further = ["kind", "text", "author"] if by_content else []
        columns = ["id", "source", "chat", "seq", "sent_at", *further]
        parts = []
        for file in files:
            for batch in pq.ParquetFile(file).iter_batches(AT_ONCE, columns=columns):
                if (mine := batch.filter(pc.equal(batch.column("source"), source))).num_rows:
                    parts.append(library.rows(mine))
        library.add(parts)
        return library

    def __len__(self) -> int:
        return sum(map(len, self.shelves))

    def rows(self, batch: pa.RecordBatch) -> Rows:
        """Return the numbers of a batch of messages."""
        return rows_of(batch, self.chats, self.authors)

    def add(self, parts: list[Rows]) -> None:
        """Take rows over and put them on the shelves: few, each at least twice as long as the next."""
        new = [replace(part, telling=part.telling[:0]) for part in parts]
        parts.clear()
        count = sum(map(len, new))
        if not count:
            return
        while self.shelves and len(self.shelves[-1]) < 2 * count:
            last = self.shelves.pop()
            count += len(last)
            new.insert(0, last.rows())
        self.shelves.append(Shelf(Rows.joined(new)))

    def _numbered(self) -> Iterator[tuple[int, Shelf]]:
        """Yield the shelves with the number of their first row."""
        first = 0
        for shelf in self.shelves:
            yield first, shelf
            first += len(shelf)

    def find(self, rows: Rows) -> Integers:
        """Return the stored row with the id of each row, NONE where there is none."""
        found = np.full(len(rows), NONE, np.int64)
        for first, shelf in self._numbered():
            here = shelf.find(rows.high, rows.low)
            found = np.where((found == NONE) & (here != NONE), here + first, found)
        return found

    def chat_of(self, rows: Integers) -> Numbers:
        """Return the chat of each row."""
        chats = np.zeros(len(rows), np.uint32)
        for first, shelf in self._numbered():
            here = (rows >= first) & (rows < first + len(shelf))
            chats[here] = shelf.chat_of(rows[here] - first)
        return chats

    def column(self, name: str, rows: Integers) -> Integers:
        """Return `seq`, `time`, `content` or `author` of each row."""
        values = np.zeros(len(rows), np.int64)
        for first, shelf in self._numbered():
            here = (rows >= first) & (rows < first + len(shelf))
            values[here] = getattr(shelf, name)[rows[here] - first]
        return values

    def of_chat(self, chat: int) -> Integers:
        """Return the rows of a chat, none where nothing of it is stored."""
        parts = [
            np.arange(first + part.start, first + part.stop)
            for first, shelf in self._numbered()
            for part in [shelf.slice_of(chat)]
        ]
        return np.concatenate([np.empty(0, np.int64), *parts])

    def known_chats(self) -> Numbers:
        """Return the chats of which something is stored, in order."""
        return np.unique(np.concatenate([np.empty(0, np.uint32), *(shelf.chats for shelf in self.shelves)]))

    def sent_with(self, wanted: Integers, first: int, last: int) -> Integers:
        """Return the rows sent from `first` to `last` whose `moments` are among `wanted`, which is sorted."""
        found = [np.empty(0, np.int64)]
        for number, shelf in self._numbered():
            near = np.flatnonzero((shelf.time >= first) & (shelf.time <= last))
            found.append(number + near[is_among(moments(shelf.time[near], shelf.content[near]), wanted)])
        return np.concatenate(found)
