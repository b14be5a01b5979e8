"""BigQuery, Google's: the messages are sent there, with the user's own credentials, once they agreed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.expr import operations as ops

from sosias.corpus.batches import BATCH, write_batches
from sosias.errors import SosiasError
from sosias.settings import BigQuerySettings


class NoBigQuery(SosiasError):
    """BigQuery's client is not installed: pip install 'sosias[bigquery]', or set engine = "duckdb" in
    sosias.toml."""


class NotAgreed(SosiasError):
    """With engine = "bigquery" all messages are sent to Google. If that is what you want, write a section
    [bigquery] into sosias.toml with project = "your project" and agreed = {today}; if not, set
    engine = "duckdb"."""


class NotLetIn(SosiasError):
    """BigQuery does not open the project {project} ({what}): log in with
    gcloud auth application-default login, and see whether the name is right."""


SCOPES = ("https://www.googleapis.com/auth/bigquery",)
"""What the login is used for, and nothing else."""


class BigQuery:
    """Expressions computed by BigQuery; its tables are a session's own, and go with it."""

    def __init__(self, settings: BigQuerySettings) -> None:
        """Raises:
        NoBigQuery: the packages are missing.
        NotLetIn: the credentials are, or do not do.
        """
        try:
            import google.auth
            import google.cloud.bigquery
        except ImportError as error:
            raise NoBigQuery from error
        try:
            # found here, since Ibis would open a browser for want of them, and keep what comes of it
            credentials, _project = google.auth.default(scopes=SCOPES)
            self.connection = ibis.bigquery.connect(
                project_id=settings.project, location=settings.location, credentials=credentials
            )
            self.connection.raw_sql("SELECT 1")  # asks Google, before messages are sent there
        except Exception as error:  # what Google's libraries raise has no common kind
            raise NotLetIn(project=settings.project, what=type(error).__name__) from error

    def read(self, files: Sequence[Path]) -> ir.Table:
        """Send Parquet files of one schema; return them as one table."""
        tables = [self.connection.read_parquet(file) for file in files]
        return with_pairs(ibis.union(*tables))

    def hold(self, rows: pa.Table) -> ir.Table:
        """Return a small table, to join others with."""
        return self.connection.create_table(f"held_{uuid4().hex}", rows, temp=True)

    def keep(self, tables: Sequence[ir.Table]) -> ir.Table:
        """Compute tables of one schema now, and return them as one: for what is looked at more than once."""
        name = f"kept_{uuid4().hex}"
        return self.connection.create_table(name, in_its_words(ibis.union(*tables)), temp=True)

    def parts(self, rows: int, letters: int) -> int:  # noqa: ARG002
        """Return in how many parts messages are gathered into sessions: BigQuery divides them itself."""
        return 1

    def write(self, table: ir.Table, path: Path, schema: pa.Schema) -> None:
        """Write a table, in its order, into one Parquet file; never the whole of it in memory."""
        write_batches(in_its_words(table).to_pyarrow_batches(chunk_size=BATCH), path, schema)


def with_pairs(messages: ir.Table) -> ir.Table:
    """Return messages whose attributes are an array of keys and values.

    BigQuery has no maps: it loads Parquet's as a record with the one field `key_value`
    (https://cloud.google.com/bigquery/docs/loading-data-cloud-storage-parquet, type conversions).
    """
    if "attributes" in messages.columns and messages.attributes.type().is_struct():
        return messages.mutate(attributes=messages.attributes["key_value"])
    return messages


def in_its_words(table: ir.Table) -> ir.Table:
    """Return the same table as BigQuery can compute it: rows are put in order as they are gathered.

    Elsewhere lists of rows are sorted, which is by their first column; BigQuery has no order of rows
    (https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#orderable_data_types).
    """

    def rewritten(node: Any, changed: dict[str, Any] | None) -> Any:
        node = node.__recreate__(changed) if changed else node
        if isinstance(node, ops.ArrayCollect) and node.arg.dtype.is_struct():
            first = ops.StructField(node.arg, node.arg.dtype.names[0])
            return node.copy(order_by=(ops.SortKey(first, nulls_first=True),))
        if isinstance(node, ops.ArraySort) and node.dtype.value_type.is_struct():
            return node.arg
        return node

    return table.op().replace(rewritten).to_expr()
