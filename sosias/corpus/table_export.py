"""A workspace's messages to a table for other programs: CSV or Parquet, a row a message, in one stream."""

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sosias.corpus.choosing import mark_persona
from sosias.corpus.engine import read_messages
from sosias.corpus.prepare import NoMessages, shown
from sosias.corpus.pseudonyms import book
from sosias.corpus.pseudonyms.pseudonymise import pseudonymised
from sosias.errors import SosiasError
from sosias.messages import MESSAGE_SCHEMA, TRAINABLE_KINDS
from sosias.sources.people import names
from sosias.sources.tables_ours import COLUMNS, guarded
from sosias.workspace import Persona, Workspace, atomic_file

BATCH = 1 << 14
"""Messages held at once."""
SCHEMA = pa.schema([MESSAGE_SCHEMA.field(name) for name in COLUMNS])

Pseudonymised = Callable[[ir.Table], ir.Table]
"""Returns a table of messages, in which `persona` is marked, with stand-ins in `text` and `author`."""


class NoTable(SosiasError):
    """{path} names no table: let its name end in .csv or .parquet."""


class TableThere(SosiasError):
    """There is already something called {path}: choose another name, or delete it."""


def stand_ins(workspace: Workspace) -> Pseudonymised:
    """Return what puts the workspace's stand-ins into a table; new ones are written down in people.toml.

    What it returns raises:
        WorkspaceBusy: another process is writing.
    """

    def replaced(messages: ir.Table) -> ir.Table:
        with workspace.writing():
            plan = book.planned_for(workspace, messages)
            book.keep(workspace, plan.settings)
        return pseudonymised(messages, plan)

    return replaced


def export_table(
    workspace: Workspace,
    path: Path,
    *,
    persona: Persona | None,
    everyone: bool = False,
    hide: Pseudonymised | None,
) -> dict[str, Any]:
    """Write messages to a private file, in one move; return `path`, `format`, `messages`, `people`.

    Only the persona's messages are written; `everyone`: everybody's, and then there need be no persona.
    `hide` puts stand-ins in the place of names; then chats have numbers, and what holds names
    besides the text (attributes, notices, calls) is left out. None: all as it is.

    Raises:
        NoTable, TableThere: the file cannot be called so.
        NoMessages: there is nothing to write.
        BadWhere: the persona's expression cannot be used.
    """
    writers = {".csv": _write_csv, ".parquet": _write_parquet}
    write = writers.get(path.suffix.lower())
    if write is None:
        raise NoTable(path=path)
    if path.exists():
        raise TableThere(path=path)
    if not workspace.message_files():
        raise NoMessages(folder=workspace.folder)
    count, people = 0, set[str | None]()

    def counted() -> Iterator[pa.RecordBatch]:
        nonlocal count
        messages = _marked(workspace, persona)
        if hide is not None:
            messages = hide(messages.filter(messages.kind.isin(TRAINABLE_KINDS)))
        if not everyone:
            messages = messages.filter(messages.persona)
        for batch in _batches(_in_order(messages), numbered=hide is not None):
            count += batch.num_rows
            people.update(batch.column("author").unique().to_pylist())
            yield batch

    with atomic_file(path) as new:
        write(new, counted())
    return {"path": str(path), "format": path.suffix[1:], "messages": count, "people": len(people - {None})}


def _marked(workspace: Workspace, persona: Persona | None) -> ir.Table:
    """Return all messages; `persona` tells which are the persona's."""
    known = names(workspace)
    messages = read_messages(workspace.message_files(), known)
    if persona is None:
        return messages.mutate(persona=False)
    return mark_persona(messages, shown(persona.settings, known))


def _in_order(messages: ir.Table) -> ir.Table:
    """Return the messages chat by chat, the oldest chat first."""
    begins = messages.sent_at.min().over(group_by=["source", "chat"])
    return messages.mutate(begins=begins).order_by("begins", "source", "chat", "seq", "file", "first_line")


def _batches(messages: ir.Table, *, numbered: bool) -> Iterator[pa.RecordBatch]:
    """Yield the columns of `SCHEMA`; with numbers for the chats, and no attributes, where that is asked."""
    numbers: dict[tuple[str, str], str] = {}
    for batch in messages.select("source", *COLUMNS).to_pyarrow_batches(chunk_size=BATCH):
        columns = {name: batch.column(name) for name in COLUMNS}
        # that the owner did not write what nobody wrote would read as somebody else's
        written = columns["author"].is_valid()
        columns["is_owner"] = pc.if_else(written, columns["is_owner"], pa.scalar(None, pa.bool_()))
        if numbered:
            chats = zip(batch.column("source").to_pylist(), columns["chat"].to_pylist(), strict=True)
            columns["chat"] = [numbers.setdefault(one, f"chat {len(numbers) + 1}") for one in chats]
            columns["attributes"] = pa.array([()] * batch.num_rows, SCHEMA.field("attributes").type)
        arrays = [pa.array(columns[field.name]).cast(field.type) for field in SCHEMA]
        yield pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def _write_parquet(path: Path, batches: Iterator[pa.RecordBatch]) -> None:
    with pq.ParquetWriter(path, SCHEMA, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)


def _write_csv(path: Path, batches: Iterator[pa.RecordBatch]) -> None:
    """Write CSV as RFC 4180 has it, with the mark by which spreadsheets know UTF-8."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for batch in batches:
            columns = [map(_cell, batch.column(name).to_pylist()) for name in COLUMNS]
            writer.writerows(zip(*columns, strict=True))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return json.dumps(dict(value), ensure_ascii=False) if value else ""
    return guarded(str(value))
