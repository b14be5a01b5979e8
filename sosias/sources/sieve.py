"""Messages without those who are forgotten: theirs left out, and what others' messages keep of them.

Others' texts stay as they were written; a name that the exporter put beside them (the chat's, the
file's, who reacted, a notice that somebody joined) gives way to a stand-in or is left out.
"""

from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sosias.messages import MESSAGE_SCHEMA, TRAINABLE_KINDS
from sosias.sources.forgotten import Forgotten
from sosias.sources.rows import Truths
from sosias.workspace import atomic_file

AT_ONCE = 1 << 16
"""Messages held at once."""
WRITTEN = {*TRAINABLE_KINDS, "poll"}
"""Kinds whose text somebody wrote; that of the others is the program's."""
OWN_WORDS = {"title", "subject", "options", "text", "share_text"}
"""Attributes that are words of a message's author, as its text is."""
QUOTES = {"quote"}
"""Attributes that are words of whoever is answered."""
TELLING = 60
"""Characters by which a quotation is known as somebody's words."""


class Sieve:
    """Passes messages on without those who are forgotten, and counts."""

    def __init__(self, forgotten: Forgotten) -> None:
        self.forgotten = forgotten
        self.removed: Counter[str] = Counter()
        """Messages of theirs, by file."""
        self.chats: set[tuple[str, str]] = set()
        """Source and name of the chats that they wrote in, or that are called after them."""
        self.named = 0
        """Messages of others beside which they were named."""
        self._words: set[bytes] = set()
        """What they wrote, as hashes: others may quote it."""

    def hear(self, text: str) -> None:
        """Note what one of them wrote, to know it where others quote it."""
        self._words.add(_telling(text))

    def sift(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return a batch of `MESSAGE_SCHEMA` without them; the very same where nothing is of them."""
        if not self.forgotten:
            return batch
        theirs = _mapped(batch.column("author"), self.forgotten.knows)
        if theirs.any():
            self._note(batch.filter(pa.array(theirs)))
            batch = batch.filter(pa.array(~theirs))
        return self._unnamed(batch)

    def _note(self, batch: pa.RecordBatch) -> None:
        self.removed.update(batch.column("file").to_pylist())
        self.chats.update(zip(*(batch.column(name).to_pylist() for name in ("source", "chat")), strict=True))
        for text in filter(None, batch.column("text").to_pylist()):
            self.hear(text)

    def _unnamed(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        changed = np.zeros(batch.num_rows, np.bool_)
        for name, replace in (("chat", self._chat), ("file", self._file), ("text", self._text)):
            column = replace(batch)
            if column is not None:
                changed |= np.not_equal(column.to_numpy(False), batch.column(name).to_numpy(False))
                batch = _with(batch, name, column)
        attributes = self._attributes(batch, changed)
        if attributes is not None:
            batch = _with(batch, "attributes", attributes)
        self.named += int(changed.sum())
        return batch

    def _chat(self, batch: pa.RecordBatch) -> pa.Array | None:
        chats = batch.column("chat").dictionary_encode()
        before = chats.dictionary.to_pylist()
        after = list(map(self.forgotten.without, before))
        named = {one for one, other in zip(before, after, strict=True) if one != other}
        if not named:
            return None
        pairs = zip(batch.column("source").to_pylist(), batch.column("chat").to_pylist(), strict=True)
        self.chats.update(pair for pair in set(pairs) if pair[1] in named)
        return pa.array(after, pa.string()).take(chats.indices)

    def _file(self, batch: pa.RecordBatch) -> pa.Array | None:
        files = batch.column("file").dictionary_encode()
        before = files.dictionary.to_pylist()
        after = list(map(self.forgotten.without, before))
        return None if before == after else pa.array(after, pa.string()).take(files.indices)

    def _text(self, batch: pa.RecordBatch) -> pa.Array | None:
        """Return the texts with a stand-in in what programs wrote."""
        written = _mapped(batch.column("kind"), WRITTEN.__contains__)
        if written.all():
            return None
        texts = batch.column("text").to_pylist()
        after = [
            text if own else self.forgotten.without(text) for text, own in zip(texts, written, strict=True)
        ]
        return None if texts == after else pa.array(after, pa.string())

    def _attributes(self, batch: pa.RecordBatch, changed: Truths) -> pa.Array | None:
        before = batch.column("attributes").to_pylist()
        after = [self._facts(facts) if facts else facts for facts in before]
        differs = np.array([one != other for one, other in zip(before, after, strict=True)], np.bool_)
        changed |= differs
        return pa.array(after, MESSAGE_SCHEMA.field("attributes").type) if differs.any() else None

    def _facts(self, facts: list[tuple[str, str]]) -> list[tuple[str, str]]:
        left = ((name, self._fact(name, value)) for name, value in facts)
        return [(name, value) for name, value in left if value is not None]

    def _fact(self, name: str, value: str) -> str | None:
        """Return an attribute without them, None where nothing is left of it."""
        if name in OWN_WORDS or not value:
            return value
        if name in QUOTES and _telling(value) in self._words:
            return None
        if self.forgotten.without(value) == value:
            return value
        parts = value.split(", ")
        left = [part for part in parts if self.forgotten.without(part) == part]
        return ", ".join(left) if left and len(left) < len(parts) else None


def rewritten(path: Path, sieve: Sieve) -> int:
    """Put a file of messages through a sieve, in one move; return how many are left."""
    with atomic_file(path) as new, pq.ParquetWriter(new, MESSAGE_SCHEMA, compression="zstd") as writer:
        count = 0
        for batch in batches(path):
            left = sieve.sift(batch)
            count += left.num_rows
            if left.num_rows:
                writer.write_batch(left)
    return count


def batches(path: Path) -> Iterator[pa.RecordBatch]:
    """Yield the messages of a file."""
    with pq.ParquetFile(path) as file:
        yield from file.iter_batches(AT_ONCE)


def _mapped(column: pa.Array, truth: Any) -> Truths:
    """Return what a function of names says of each; nobody's are false."""
    encoded = column.dictionary_encode()
    values = [bool(truth(name)) for name in encoded.dictionary.to_pylist()]
    indices = encoded.indices.fill_null(len(values)).to_numpy(zero_copy_only=False)
    found: Truths = np.array([*values, False], np.bool_)[indices]
    return found


def _telling(text: str) -> bytes:
    """Return the beginning of a text as a hash, signs of quotation apart."""
    plain = " ".join(text.replace(">", " ").split()).casefold()[:TELLING]
    return blake2b(plain.encode("utf-8", "replace"), digest_size=8).digest()


def _with(batch: pa.RecordBatch, name: str, column: pa.Array) -> pa.RecordBatch:
    at = batch.schema.get_field_index(name)
    return batch.set_column(at, batch.schema.field(at), column)
