"""Messages as tables, for tests of functions from table to table."""

from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import ibis.expr.types as ir
import pyarrow.parquet as pq

from sosias.corpus.engine import read_messages
from sosias.corpus.session import Session
from sosias.messages import Message, to_table, with_ids

START = datetime(2024, 1, 1, 10)
FOLDER = TemporaryDirectory()
"""Tables are read when they are asked for, so their files stay until the end."""


def message(
    seq: int, minute: float | None, author: str | None, text: str = "hola", **more: object
) -> Message:
    sent_at = None if minute is None else START + timedelta(minutes=minute)
    fields = {"source": "test", "chat": "c", "kind": "text", "file": "f", **more}
    return Message(seq=seq, sent_at=sent_at, author=author, text=text, **fields)  # type: ignore[arg-type]


def table(messages: list[Message]) -> ir.Table:
    file = Path(FOLDER.name) / f"{uuid4()}.parquet"
    pq.write_table(to_table(with_ids(messages)), file)
    return read_messages([file])


def rows(found: ir.Table, *columns: str) -> list[tuple[Any, ...]]:
    wanted = found.order_by(["chat", "seq"]).select(*columns).to_pyarrow().to_pylist()
    return [tuple(row.values()) for row in wanted]


def shape(sessions: list[Session]) -> list[list[tuple[str, tuple[str, ...]]]]:
    return [[(turn.author, turn.bubbles) for turn in session.turns] for session in sessions]
