"""Turn and Session: what the corpus yields, and their Arrow schema.

Kept apart from the functions that make them, so that a voice can speak of turns without
loading a table engine.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import pyarrow as pa

Split = Literal["train", "validation", "test"]


@dataclass(frozen=True, slots=True)
class Turn:
    """Consecutive bubbles of one author."""

    author: str
    persona: bool
    """Written by the one who is imitated."""
    bubbles: tuple[str, ...]
    start: datetime | None = None
    attributes: tuple[Mapping[str, str], ...] = ()
    """What is known of each bubble (`sosias.corpus.attributes`); empty where it was not asked for."""


@dataclass(frozen=True, slots=True)
class Session:
    """A stretch of one chat without a long silence."""

    number: int
    """Position in time among all sessions, from 0."""
    chat: str
    split: Split
    turns: tuple[Turn, ...]


SESSION_SCHEMA = pa.schema(
    [
        ("number", pa.int64()),
        ("chat", pa.string()),
        ("start", pa.timestamp("us")),
        ("weight", pa.int64()),
        ("split", pa.string()),
        (
            "turns",
            pa.list_(
                pa.struct(
                    [
                        ("author", pa.string()),
                        ("persona", pa.bool_()),
                        ("bubbles", pa.list_(pa.string())),
                        ("start", pa.timestamp("us")),
                        ("attributes", pa.list_(pa.string())),
                    ]
                )
            ),
        ),
    ],
    metadata={"sosias.format": "1"},
)
"""`weight` is the number of the persona's bubbles: what a split shares out. `attributes` has a JSON object
for each bubble, or is NULL; older files, which have none, read as if it were."""


def from_table(table: pa.Table) -> Iterator[Session]:
    """Yield the sessions of a table of `SESSION_SCHEMA`."""
    for batch in table.to_batches():
        for row in batch.to_pylist():
            turns = tuple(
                Turn(
                    turn["author"],
                    turn["persona"],
                    tuple(turn["bubbles"]),
                    turn["start"],
                    tuple(json.loads(one) for one in turn.get("attributes") or ()),
                )
                for turn in row["turns"]
            )
            yield Session(row["number"], row["chat"], row["split"], turns)
