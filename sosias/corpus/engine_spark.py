"""Spark, on this machine or a cluster: the same expressions for a corpus that outgrows one process."""

import os
import shutil
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from sosias.corpus.batches import BATCH, write_batches
from sosias.errors import SosiasError
from sosias.settings import SparkSettings


class NoSpark(SosiasError):
    """Spark is not installed: pip install 'sosias[spark]', or set engine = "duckdb" in sosias.toml."""


class NoJava(SosiasError):
    """Spark needs Java 17 or 21, and there is none here: install it (Debian: apt install
    openjdk-17-jre-headless) or name its folder in JAVA_HOME."""


class Spark:
    """Expressions computed by Spark. A cluster must see the workspace's folder, and `scratch` in it."""

    def __init__(self, scratch: Path, settings: SparkSettings) -> None:
        """`scratch` is a private folder for what lies on disk between two steps.

        Raises:
            NoSpark, NoJava: what is missing.
        """
        self._scratch = scratch
        self._session = _session(settings)
        self.connection = ibis.pyspark.connect(self._session)

    def read(self, files: Sequence[Path]) -> ir.Table:
        """Return Parquet files of one schema as one table."""
        tables = [self.connection.read_parquet(file.resolve().as_uri()) for file in files]
        return ibis.union(*tables)

    def hold(self, rows: pa.Table) -> ir.Table:
        """Return a small table, to join others with."""
        name = f"held_{uuid4().hex}"
        self._session.createDataFrame(rows).createOrReplaceTempView(name)
        return self.connection.table(name)

    def keep(self, tables: Sequence[ir.Table]) -> ir.Table:
        """Compute tables of one schema now, and return them as one: for what is looked at more than once."""
        return self.read([self._written(table) for table in tables])

    def parts(self, rows: int) -> int:  # noqa: ARG002
        """Return in how many parts messages are gathered into sessions: Spark divides them itself."""
        return 1

    def write(self, table: ir.Table, path: Path, schema: pa.Schema) -> None:
        """Write a table, in its order, into one Parquet file; never the whole of it in memory."""
        # the names of its parts are in the order of the rows
        parts = sorted(self._written(table).glob("part-*.parquet"))
        batches = (batch for part in parts for batch in pq.ParquetFile(part).iter_batches(BATCH))
        write_batches(batches, path, schema)

    def _written(self, table: ir.Table) -> Path:
        folder = self._scratch.resolve() / uuid4().hex
        self.connection.to_parquet(table, folder.as_uri())
        return folder


def _session(settings: SparkSettings) -> Any:
    if find_spec("pyspark") is None:
        raise NoSpark
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        raise NoJava
    from pyspark.sql import SparkSession

    if settings.master.startswith("local"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # row functions need what is installed here
    builder = SparkSession.builder.appName("sosias").master(settings.master)
    for name, value in (_properties(settings) | settings.properties).items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def _properties(settings: SparkSettings) -> dict[str, str]:
    properties = {
        "spark.sql.session.timeZone": "UTC",
        "spark.ui.enabled": "false",  # it would show everything on a port without a key
        "spark.ui.showConsoleProgress": "false",
    }
    if settings.master.startswith("local"):
        properties |= {
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.memory": "2g",
        }
    return properties
