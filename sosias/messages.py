"""Message: the one record that every source yields, and its Arrow schema."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from hashlib import blake2b
from operator import attrgetter
from typing import Any, Literal, get_args

import pyarrow as pa

Kind = Literal["text", "media", "system", "deleted", "call", "poll", "reaction", "post", "article"]
KINDS: tuple[Kind, ...] = get_args(Kind)
TRAINABLE_KINDS: tuple[Kind, ...] = ("text", "post", "article")
"""The only kinds that ever reach training."""


@dataclass(slots=True)
class Message:
    """One message as the export tells it; `text` is exact, no character changed or normalised.

    Only `with_ids` and the store change one that is made. It is not frozen because a frozen one takes
    six times as long to make, and they are made by the million.
    """

    source: str
    """Name of the format, e.g. `whatsapp`."""
    chat: str
    """Name of the chat."""
    seq: int
    """Position in the chat, as the file has it: the order that is true, also where the clock goes back."""
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
    """Hash of what tells it from all others, so that overlapping exports merge: of the export's own key
    where it has one (`native_id`), else of chat, time, author, text and count among equals."""


FIELDS = [one.name for one in fields(Message)]

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


def native_id(source: str, *key: object) -> str:
    """Return the id of a message that its export gives a key: the same in every export, edited or not,
    and whatever clock tells its time. `reply_to` is made likewise."""
    parts = "\x00".join((source, *map(str, key)))
    return blake2b(parts.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


RECENT = 1 << 17
"""Messages among which equals are counted, at least: a whole export, and bounded on a longer stream."""


def with_ids(messages: Iterable[Message]) -> Iterator[Message]:
    """Yield the messages with their ids set; equal messages of one minute are told apart by their count.

    Ids that a source has set stay.
    """
    recent: dict[bytes, int] = {}
    older: dict[bytes, int] = {}
    sent_at, written = None, b""
    for message in messages:
        if message.id:
            yield message
            continue
        if message.sent_at is not sent_at:
            sent_at = message.sent_at
            written = sent_at.isoformat().encode() if sent_at else b""
        parts = f"\x00{message.chat}\x00{message.author or ''}\x00{message.text}"
        digest = blake2b(written + parts.encode("utf-8", "surrogatepass"), digest_size=16)
        key = digest.digest()
        count = recent[key] = (recent.get(key) or older.get(key, 0)) + 1
        if count > 1:
            digest.update(b"\x00%d" % count)
        message.id = digest.hexdigest()
        if len(recent) >= RECENT:
            recent, older = {}, recent
        yield message


def repair(messages: Iterable[Message]) -> int:
    """Put U+FFFD where half of a surrogate pair stands: no text can hold it; return in how many texts."""
    repaired = 0
    for message in messages:
        facts = {_whole(key): _whole(value) for key, value in message.attributes.items()}
        whole = _whole(message.chat), message.author and _whole(message.author), _whole(message.text), facts
        repaired += whole != (message.chat, message.author, message.text, message.attributes)
        message.chat, message.author, message.text, message.attributes = whole
    return repaired


def _whole(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def to_batch(messages: Sequence[Message]) -> pa.RecordBatch:
    """Return the messages as one Arrow batch of `MESSAGE_SCHEMA`, column by column: rows are slow."""
    columns: dict[str, list[Any]] = {
        name: list(map(attrgetter(name), messages)) for name in MESSAGE_SCHEMA.names
    }
    columns["attributes"] = [list(one.items()) if one else () for one in columns["attributes"]]
    arrays = [pa.array(columns[field.name], field.type) for field in MESSAGE_SCHEMA]
    return pa.RecordBatch.from_arrays(arrays, schema=MESSAGE_SCHEMA)


def to_table(messages: Iterable[Message]) -> pa.Table:
    """Return the messages as an Arrow table of `MESSAGE_SCHEMA`."""
    return pa.Table.from_batches([to_batch(list(messages))])


def from_batch(batch: pa.RecordBatch) -> Iterator[Message]:
    """Yield the messages of a batch of `MESSAGE_SCHEMA`."""
    columns = [batch.column(name).to_pylist() for name in FIELDS]
    attributes = FIELDS.index("attributes")
    columns[attributes] = [dict(one or ()) for one in columns[attributes]]
    return map(Message, *columns)


def from_table(table: pa.Table) -> Iterator[Message]:
    """Yield the messages of a table of `MESSAGE_SCHEMA`."""
    for batch in table.to_batches():
        yield from from_batch(batch)
