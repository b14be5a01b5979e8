"""Message: the one record that every source yields, and its Arrow schema."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, get_args

import pyarrow as pa

Kind = Literal["text", "media", "system", "deleted", "call", "poll", "reaction", "post", "article"]
KINDS: tuple[Kind, ...] = get_args(Kind)
TRAINABLE_KINDS: tuple[Kind, ...] = ("text", "post", "article")
"""The only kinds that ever reach training."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message as the export tells it; `text` is exact, no character changed or normalised."""

    source: str
    """Name of the format, e.g. `whatsapp`."""
    chat: str
    """Name of the chat."""
    seq: int
    """Position in the file: the order that is true, also where the clock goes back."""
    sent_at: datetime | None
    """As the export wrote it: naive, the exporter's wall clock."""
    author: str | None
    """None for system lines."""
    kind: Kind
    text: str
    is_owner: bool | None = None
    """Written by the account that exported; None: the export does not tell."""
    reply_to: str | None = None
    edited: bool = False
    forwarded: bool = False
    attributes: dict[str, str] = field(default_factory=dict)
    """Further facts: party, subreddit, score, file name of a medium …"""
    file: str = ""
    """Origin: the file's name,"""
    first_line: int = 0
    """its first line, counted from 1,"""
    last_line: int = 0
    """and its last."""
    id: str = ""
    """Hash of chat, time, author, text and count among equals: overlapping exports merge by it."""


MESSAGE_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("source", pa.string()),
        ("chat", pa.string()),
        ("seq", pa.int64()),
        ("sent_at", pa.timestamp("us")),
        ("author", pa.string()),
        ("is_owner", pa.bool_()),
        ("kind", pa.string()),
        ("text", pa.string()),
        ("reply_to", pa.string()),
        ("edited", pa.bool_()),
        ("forwarded", pa.bool_()),
        ("attributes", pa.map_(pa.string(), pa.string())),
        ("file", pa.string()),
        ("first_line", pa.int64()),
        ("last_line", pa.int64()),
    ],
    metadata={"sosias.format": "1"},
)


def with_ids(messages: Iterable[Message]) -> Iterator[Message]:
    """Yield the messages with their ids; equal messages of one minute are told apart by their count."""
    seen: Counter[bytes] = Counter()
    for message in messages:
        sent_at = message.sent_at.isoformat() if message.sent_at else ""
        parts = (message.chat, sent_at, message.author or "", message.text)
        digest = hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).digest()
        seen[digest] += 1
        counted = hashlib.sha256(digest + str(seen[digest]).encode()).hexdigest()[:32]
        yield replace(message, id=counted)


def to_table(messages: Iterable[Message]) -> pa.Table:
    """Return the messages as an Arrow table of `MESSAGE_SCHEMA`."""
    rows: list[dict[str, Any]] = [
        {name: getattr(message, name) for name in MESSAGE_SCHEMA.names} for message in messages
    ]
    return pa.Table.from_pylist(
        [row | {"attributes": list(row["attributes"].items())} for row in rows], schema=MESSAGE_SCHEMA
    )


def from_table(table: pa.Table) -> Iterator[Message]:
    """Yield the messages of a table of `MESSAGE_SCHEMA`."""
    for batch in table.to_batches():
        for row in batch.to_pylist():
            yield Message(**row | {"attributes": dict(row["attributes"] or ())})
