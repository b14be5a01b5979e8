"""DuckDB in this process: closed to the network, and bounded in memory."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import ibis
import ibis.expr.types as ir
import psutil
import pyarrow as pa

from sosias.corpus.batches import BATCH, write_batches

GIGABYTE = 10**9
MOST_OF_THE_MACHINE = 0.6
"""Share of the machine's memory that is taken at most; the rest is the system's and Python's."""
MEMORY_OF_A_THREAD = GIGABYTE / 2
"""Each thread holds buffers of its own: with less, more threads run out of memory sooner."""
TOGETHER = 1_000_000
"""Messages that are gathered into sessions at a time: lists that grow do not go to disk. A million
hold about 1 GB."""
LETTERS_TOGETHER = 200_000_000
"""And of articles, which are longer, so many letters."""


class DuckDB:
    """Expressions computed on this machine; what does not fit into memory goes to `scratch` meanwhile."""

    def __init__(self, scratch: Path | None = None, memory_gb: float = 2.5) -> None:
        """`scratch` is a private folder; None: everything has to fit, and nothing can be kept."""
        self._scratch = scratch
        self.connection = connect(scratch, memory_gb)

    def read(self, files: Sequence[Path]) -> ir.Table:
        """Return Parquet files of one schema as one table."""
        return self.connection.read_parquet([str(file) for file in files])

    def hold(self, rows: pa.Table) -> ir.Table:
        """Return a small table, to join others with; not a memtable: those are not there for a view."""
        name = f"held_{uuid4().hex}"
        self.connection.con.register(name, rows)
        return self.connection.table(name)

    def keep(self, tables: Sequence[ir.Table]) -> ir.Table:
        """Compute tables of one schema now, and return them as one: for what is looked at more than once."""
        if self._scratch is None:
            return self.hold(pa.concat_tables([table.to_pyarrow() for table in tables]))
        files = [self._scratch / f"{uuid4().hex}.parquet" for _table in tables]
        for table, file in zip(tables, files, strict=True):
            self.connection.to_parquet(table, file)
        return self.read(files)

    def parts(self, rows: int, letters: int) -> int:
        """Return in how many parts so many messages, with so many letters, are gathered into sessions."""
        return 1 + max(rows // TOGETHER, letters // LETTERS_TOGETHER)

    def write(self, table: ir.Table, path: Path, schema: pa.Schema) -> None:
        """Write a table, in its order, into one Parquet file; never the whole of it in memory."""
        write_batches(table.to_pyarrow_batches(chunk_size=BATCH), path, schema)


def connect(scratch: Path | None = None, memory_gb: float = 2.5) -> Any:
    """Return an in-memory DuckDB behind Ibis that neither installs nor loads extensions by itself."""
    memory = min(memory_gb * GIGABYTE, MOST_OF_THE_MACHINE * psutil.virtual_memory().total)
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    threads = max(1, min(cores, int(memory / MEMORY_OF_A_THREAD)))
    connection = ibis.duckdb.connect()
    for setting in (
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        "TimeZone = 'UTC'",
        "enable_progress_bar = false",  # it would be drawn on stdout, in the middle of --json
        f"memory_limit = '{round(memory / 1e6)}MB'",
        f"threads = {threads}",
        "preserve_insertion_order = false",  # whatever needs an order asks for it
        "temp_directory = '{}'".format(str(scratch or "").replace("'", "''")),
    ):
        connection.raw_sql(f"SET {setting}")
    return connection
