"""What computes the sessions: DuckDB in this process, or Spark, or BigQuery, as the workspace asks.

The expressions are the same on each; an engine says how files become tables and tables become files.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import ibis.expr.types as ir
import pyarrow as pa

from sosias.corpus.engine_duckdb import DuckDB, connect
from sosias.messages import MESSAGE_SCHEMA
from sosias.settings import SparkSettings, WorkspaceSettings

__all__ = ["Engine", "connect", "engine_for", "no_messages", "read_messages"]


class Engine(Protocol):
    """Where expressions are computed."""

    connection: Any
    """Ibis's own."""

    def read(self, files: Sequence[Path]) -> ir.Table:
        """Return Parquet files of one schema as one table."""

    def hold(self, rows: pa.Table) -> ir.Table:
        """Return a small table, to join others with."""

    def keep(self, tables: Sequence[ir.Table]) -> ir.Table:
        """Compute tables of one schema now, and return them as one: for what is looked at more than once."""

    def parts(self, rows: int, letters: int) -> int:
        """Return in how many parts so many messages, with so many letters, are gathered into sessions."""

    def write(self, table: ir.Table, path: Path, schema: pa.Schema) -> None:
        """Write a table, in its order, into one Parquet file; never the whole of it in memory."""


def engine_for(settings: WorkspaceSettings, scratch: Path) -> Engine:
    """Return the engine that a workspace asks for; `scratch` is a private folder for what it lays on disk.

    Raises:
        NoSpark, NoJava, NoSparkThere, NoBigQuery: what is missing for it.
        NotAgreed, NotLetIn: the messages may not be sent to BigQuery, or it does not take them.
    """
    if settings.engine == "spark":
        from sosias.corpus.engine_spark import Spark

        return Spark(scratch, settings.spark or SparkSettings())
    if settings.engine == "bigquery":
        from sosias.corpus.engine_bigquery import BigQuery, NotAgreed

        if settings.bigquery is None or settings.bigquery.agreed is None:
            raise NotAgreed(today=date.today())
        return BigQuery(settings.bigquery)
    return DuckDB(scratch, settings.memory_gb)


def read_messages(
    files: Sequence[Path], names: Mapping[str, str] | None = None, engine: Engine | None = None
) -> ir.Table:
    """Return the messages of all imports as one table; without an engine, in a DuckDB that has to hold them.

    `names` has the name that is shown of every author who writes under others, too
    (`sosias.sources.people.names`).
    """
    engine = engine or DuckDB()
    messages = engine.read(files)
    if not names:
        return messages
    known = engine.hold(pa.table({"_spelling": list(names), "_shown": list(names.values())}))
    joined = messages.left_join(known, messages.author == known._spelling)
    return joined.mutate(author=joined._shown.coalesce(joined.author)).select(*messages.columns)


def no_messages() -> ir.Table:
    """Return the table of messages, empty."""
    return DuckDB().hold(MESSAGE_SCHEMA.empty_table())
