"""The table engine: DuckDB in this process, closed to the network."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from sosias.messages import MESSAGE_SCHEMA


def connect(scratch: Path | None = None) -> Any:
    """Return an in-memory DuckDB behind Ibis that neither installs nor loads extensions by itself.

    What does not fit into memory goes to the folder `scratch` meanwhile; None: it has to fit.
    """
    connection = ibis.duckdb.connect()
    for setting in (
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        "TimeZone = 'UTC'",
        "temp_directory = '{}'".format(str(scratch or "").replace("'", "''")),
    ):
        connection.raw_sql(f"SET {setting}")
    return connection


def no_messages() -> ir.Table:
    """Return the table of messages, empty."""
    connection = connect()
    connection.con.register("messages", MESSAGE_SCHEMA.empty_table())
    return connection.table("messages")


def read_messages(
    files: Sequence[Path], names: Mapping[str, str] | None = None, scratch: Path | None = None
) -> ir.Table:
    """Return the messages of all imports as one table.

    `names` has the name that is shown of every author who writes under others, too
    (`sosias.sources.people.names`); `scratch` is as in `connect`.
    """
    connection = connect(scratch)
    messages = connection.read_parquet([str(file) for file in files], table_name="messages")
    if not names:
        return messages
    people = pa.table({"_spelling": list(names), "_shown": list(names.values())})
    # in the connection, not a memtable: those are not there for a view, which a `where` makes
    connection.con.register("people", people)
    known = connection.table("people")
    joined = messages.left_join(known, messages.author == known._spelling)
    return joined.mutate(author=joined._shown.coalesce(joined.author)).select(*messages.columns)
