"""Spark counts what DuckDB counts."""

import shutil
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sosias.corpus.describe import describe
from sosias.corpus.engine import read_messages
from sosias.messages import to_table, with_ids
from sosias.settings import SparkSettings
from tests.corpus.tables import message

TEXTS = (
    "¿Qué tal, ana?",
    "muy bien 😂👩‍👩‍👧",
    "no me gusta nada, la verdad",
    "a " * 30,
    "https://a.b/c ¡ya!",
)


def test_spark_and_duckdb_describe_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyspark")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    from sosias.corpus.engine_spark import Spark

    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    authors, kinds = ("Ana", "Bea", None), ("text", "text", "post", "media")
    messages = [
        message(n, n * 171, authors[n % 7 % 3], TEXTS[n % 5], chat="ab"[n % 2], kind=kinds[n % 4])
        for n in range(240)
    ]
    file = tmp_path / "000001.parquet"
    pq.write_table(to_table(with_ids([*messages, message(241, None, "Ana", "sin hora")])), file)
    spark = Spark(tmp_path / "scratch", SparkSettings(properties={"spark.sql.shuffle.partitions": "2"}))
    assert describe(read_messages([file], engine=spark)) == describe(read_messages([file]))
