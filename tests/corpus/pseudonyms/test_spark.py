"""Spark hides the same people behind the same stand-ins as DuckDB."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sosias.corpus.engine import Engine, read_messages
from sosias.corpus.engine_duckdb import DuckDB
from sosias.corpus.engine_spark import Spark
from sosias.corpus.pseudonyms.pseudonymise import planned, pseudonymised
from sosias.messages import Message, to_table, with_ids
from sosias.settings import PseudonymSettings, SparkSettings
from tests.corpus.pseudonyms.planted import chats


@pytest.fixture
def spark(tmp_path: Path) -> Iterator[Spark]:
    pytest.importorskip("pyspark")
    if shutil.which("java") is None:
        pytest.skip("no Java: install it to test Spark (Debian: apt install openjdk-17-jre-headless)")
    few = {"spark.sql.shuffle.partitions": "2", "spark.default.parallelism": "2"}
    engine = Spark(tmp_path / "spark", SparkSettings(master="local[2]", properties=few))
    yield engine
    engine.connection._session.stop()


def test_duckdb_and_spark_hide_the_same(spark: Spark, tmp_path: Path) -> None:
    [chat] = chats("development", 1, 80)
    rows = [
        Message("test", "c", number, None, line.author, "text", line.text)
        for number, line in enumerate(chat.lines)
    ]
    rows.append(Message("test", "c", len(rows), None, None, "system", "un cambio"))
    file = tmp_path / "messages.parquet"
    pq.write_table(to_table(with_ids(rows)), file)

    def hidden(engine: Engine) -> tuple[dict[str, dict[str, str]], list[tuple[str | None, str]]]:
        messages = read_messages([file], engine=engine)
        marked = messages.mutate(persona=(messages.author == chat.people[0]).fill_null(False))
        plan = planned(marked, PseudonymSettings(key="1f" * 32), "es")
        table = engine.connection.to_pyarrow(
            pseudonymised(marked, plan).select("seq", "author", "text").order_by("seq")
        )
        return plan.settings.stand_ins, [(row["author"], row["text"]) for row in table.to_pylist()]

    assert hidden(spark) == hidden(DuckDB(tmp_path))
