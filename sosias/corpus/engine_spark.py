"""Spark, on this machine or a cluster: the same expressions for a corpus that outgrows one process."""

import os
import re
import shutil
import subprocess
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
from sosias.language import translate as _
from sosias.settings import SparkSettings


class NoSpark(SosiasError):
    """Spark is not installed: pip install 'sosias[spark]', or set engine = "duckdb" in sosias.toml."""


class NoJava(SosiasError):
    """Spark needs Java 17 or 21, and here is {found}: install it (Debian: apt install
    openjdk-17-jre-headless) or name its folder in JAVA_HOME."""


class NoSparkThere(SosiasError):
    """Spark does not start with master = "{master}" ({what}): in sosias.toml, under [spark], it is local[*]
    or the address of a cluster that answers."""


JAVA = range(17, 24)
"""Spark 4.0 is made for 17 and 21; older ones cannot read it, and 24 took away what its Hadoop calls."""


class Spark:
    """Expressions computed by Spark. A cluster must see the workspace's folder, and `scratch` in it."""

    def __init__(self, scratch: Path, settings: SparkSettings) -> None:
        """`scratch` is a private folder for what lies on disk between two steps.

        Raises:
            NoSpark, NoJava, NoSparkThere: what is missing.
        """
        self._scratch = scratch
        self._session = _session(settings, scratch.resolve())
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

    def parts(self, rows: int, letters: int) -> int:  # noqa: ARG002
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


def _session(settings: SparkSettings, scratch: Path) -> Any:
    if find_spec("pyspark") is None:
        raise NoSpark
    _check_java()
    from pyspark.sql import SparkSession

    if settings.master.startswith("local"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # row functions need what is installed here
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    _stop_homeless(SparkSession.getActiveSession())
    builder = SparkSession.builder.appName("sosias").master(settings.master)
    for name, value in (_properties(settings, scratch) | settings.properties).items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except Exception as error:  # Java's faults and Python's have no common kind
        raise NoSparkThere(master=settings.master, what=type(error).__name__) from error
    session.sparkContext.setLogLevel("ERROR")
    return session


def _check_java() -> None:
    """Raises:
    NoJava: there is none that Spark runs on.
    """
    home = os.environ.get("JAVA_HOME")
    command = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    try:
        told = subprocess.run([command or "java", "-version"], capture_output=True, text=True).stderr
    except OSError as error:
        raise NoJava(found=_("none")) from error
    version = re.search(r'version "(?:1\.)?(\d+)', told)
    if version is None or int(version[1]) not in JAVA:
        raise NoJava(found=f"Java {version[1]}" if version else _("none"))


def _stop_homeless(session: Any) -> None:
    """Stop a Spark of an earlier step, whose folder went with that step."""
    folder = session and session.conf.get("spark.local.dir", "")
    if folder and not Path(folder).exists():
        session.stop()


def _properties(settings: SparkSettings, scratch: Path) -> dict[str, str]:
    properties = {
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.mapKeyDedupPolicy": "LAST_WIN",  # as everywhere else
        "spark.ui.enabled": "false",  # it would show everything on a port without a key
        "spark.ui.showConsoleProgress": "false",
    }
    if settings.master.startswith("local"):
        properties |= {
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.memory": "2g",
            "spark.local.dir": str(scratch),  # else in /tmp, where everybody could read the messages
        }
    return properties
