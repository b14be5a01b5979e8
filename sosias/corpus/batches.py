"""Rows in batches, to one Parquet file."""

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

BATCH = 1_000
"""Rows at a time: a session may be a day of talk, or a novel."""


def write_batches(batches: Iterable[pa.RecordBatch], path: Path, schema: pa.Schema) -> None:
    """Write batches one after the other, in the columns and types of `schema`."""
    with pq.ParquetWriter(path, schema) as writer:
        for batch in batches:
            writer.write_table(pa.Table.from_batches([batch]).select(schema.names).cast(schema))
