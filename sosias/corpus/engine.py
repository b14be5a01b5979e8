"""The table engine: DuckDB in this process, closed to the network."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir


def connect() -> Any:
    """Return an in-memory DuckDB behind Ibis that neither installs nor loads extensions by itself."""
    connection = ibis.duckdb.connect()
    for setting in (
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        "TimeZone = 'UTC'",
    ):
        connection.raw_sql(f"SET {setting}")
    return connection


def read_messages(files: Sequence[Path]) -> ir.Table:
    """Return the messages of all imports as one table."""
    return connect().read_parquet([str(file) for file in files], table_name="messages")
