"""Messages as numbers: what is compared of them when exports are merged, without a word of theirs."""

import re
from dataclasses import dataclass, fields
from hashlib import blake2b

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sosias.messages import TRAINABLE_KINDS

Integers = NDArray[np.int64]
Words = NDArray[np.uint64]
Numbers = NDArray[np.uint32]
Truths = NDArray[np.bool_]

NEVER = int(np.iinfo(np.int64).min)
"""The time of a message that has none."""
MINUTE = 60_000_000
"""Microseconds."""
WORDED = {*TRAINABLE_KINDS, "system"}
"""Kinds whose text tells one message from another; of a photograph, exports write what they like."""
TELLING = 12
"""Characters of a text that two people do not write in the same minute by chance."""
HEX_ID = re.compile("[0-9a-f]{32}")
DIGITS = np.full(256, 255, np.uint8)
DIGITS[np.frombuffer(b"0123456789abcdef", np.uint8)] = np.arange(16)


@dataclass
class Rows:
    """Messages as numbers, a row each."""

    high: Words
    """The first half of the id,"""
    low: Words
    """and the second."""
    chat: Numbers
    """Number of the chat."""
    seq: Integers
    """Place in the chat."""
    time: Integers
    """Microseconds on the wall clock since 1970, or NEVER."""
    content: Numbers
    """Hash of kind and text; empty, as are the next two, where ids alone are compared."""
    author: Numbers
    """Number of the author."""
    telling: Truths
    """Says enough to be known again."""

    def __len__(self) -> int:
        return len(self.high)

    def take(self, chosen: Truths) -> "Rows":
        columns = (getattr(self, one.name) for one in fields(self))
        return Rows(*(column[chosen] if len(column) else column for column in columns))

    @classmethod
    def joined(cls, parts: list["Rows"]) -> "Rows":
        """Put parts together and empty them, column by column: so there are never two of all."""
        columns = []
        for one in fields(cls):
            columns.append(np.concatenate([getattr(part, one.name) for part in parts]))
            for part in parts:
                setattr(part, one.name, None)
        parts.clear()
        return cls(*columns)


class Register:
    """Gives names numbers, and knows which have one."""

    def __init__(self) -> None:
        self.names: list[str | None] = []
        self._numbers: dict[str | None, int] = {}

    def number(self, name: str | None) -> int:
        if name not in self._numbers:
            self._numbers[name] = len(self.names)
            self.names.append(name)
        return self._numbers[name]

    def numbers(self, column: pa.Array) -> Numbers:
        """Return the number of each name in a column."""
        encoded = column.dictionary_encode()
        names = encoded.dictionary.to_pylist()
        table = [self.number(name) for name in names]
        if encoded.null_count:
            table.append(self.number(None))
        indices = encoded.indices.fill_null(len(names)).to_numpy(zero_copy_only=False)
        found: Numbers = np.array(table, np.uint32)[indices]
        return found


def rows_of(batch: pa.RecordBatch, chats: Register, authors: Register | None) -> Rows:
    """Return a batch of messages as numbers; contents and authors only where `authors` is given."""
    high, low = ids(batch.column("id"))
    chat = chats.numbers(batch.column("chat"))
    seq = batch.column("seq").to_numpy(zero_copy_only=False)
    time = batch.column("sent_at").cast(pa.int64()).fill_null(NEVER).to_numpy(zero_copy_only=False)
    if authors is None:
        nothing = np.empty(0, np.uint32)
        return Rows(high, low, chat, seq, time, nothing, nothing, np.empty(0, np.bool_))
    content, telling = _contents(batch.column("kind").to_pylist(), batch.column("text").to_pylist())
    return Rows(high, low, chat, seq, time, content, authors.numbers(batch.column("author")), telling)


def _contents(kinds: list[str], texts: list[str]) -> tuple[Numbers, Truths]:
    """Return a hash of what each message says, and whether it says enough to be known again."""
    said = list(zip(kinds, texts, strict=True))
    hashes = (hash((kind, text if kind in WORDED else "")) & 0xFFFFFFFF for kind, text in said)
    telling = (kind in TRAINABLE_KINDS and len(text) >= TELLING for kind, text in said)
    return np.fromiter(hashes, np.uint32, len(said)), np.fromiter(telling, np.bool_, len(said))


def moments(time: Integers, content: Numbers | Integers) -> Integers:
    """Return one number for the minute and the content of each row."""
    return ((time // MINUTE) << 32) | content.astype(np.int64)


def is_among(values: Integers, wanted: Integers) -> Truths:
    """Tell which values are among the sorted `wanted`."""
    at = np.searchsorted(wanted, values)
    inside: Truths = at < len(wanted)
    inside[inside] = wanted[at[inside]] == values[inside]
    return inside


def ids(column: pa.Array) -> tuple[Words, Words]:
    """Return the ids as two numbers each; what is no hash yet becomes one."""
    try:
        digits = DIGITS[_letters(column)]
        hashed = not (digits == 255).any()
    except pa.ArrowInvalid:
        hashed = False
    if hashed:
        halves = ((digits[:, ::2] << 4) | digits[:, 1::2]).view(">u8")
    else:
        data = b"".join(_hashed(one) for one in column.to_pylist())
        halves = np.frombuffer(data, ">u8").reshape(-1, 2)
    return halves[:, 0].astype(np.uint64), halves[:, 1].astype(np.uint64)


def _letters(column: pa.Array) -> NDArray[np.uint8]:
    fixed = column.cast(pa.binary()).cast(pa.binary(32))
    data = np.frombuffer(fixed.buffers()[1] or b"", np.uint8)
    return data[32 * fixed.offset : 32 * (fixed.offset + len(fixed))].reshape(-1, 32)


def _hashed(one: str) -> bytes:
    return bytes.fromhex(one) if HEX_ID.fullmatch(one) else blake2b(one.encode(), digest_size=16).digest()
