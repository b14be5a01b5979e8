"""Spark tells the same of messages as DuckDB, with a table of people and without."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sosias.corpus import prepare
from sosias.corpus.attributes_people import with_people
from sosias.corpus.engine import Engine, read_messages
from sosias.corpus.engine_duckdb import DuckDB
from sosias.corpus.engine_spark import Spark
from sosias.messages import to_table, with_ids
from sosias.settings import Consent, PersonaSettings, PreparationSettings, SparkSettings
from sosias.workspace import Workspace
from tests.corpus.test_attributes import posts


@pytest.fixture
def spark(tmp_path: Path) -> Iterator[Spark]:
    pytest.importorskip("pyspark")
    if shutil.which("java") is None:
        pytest.skip("no Java: install it to test Spark (Debian: apt install openjdk-17-jre-headless)")
    few = {"spark.sql.shuffle.partitions": "2", "spark.default.parallelism": "2"}
    engine = Spark(tmp_path / "spark", SparkSettings(master="local[2]", properties=few))
    yield engine
    engine.connection._session.stop()


def test_duckdb_and_spark_tell_the_same(spark: Spark, tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    file = tmp_path / "messages.parquet"
    pq.write_table(to_table(with_ids(posts())), file)
    (tmp_path / "w" / "people.csv").write_text("author,coalition,partido\nbea,Centro,X\n", encoding="utf-8")
    workspace.save(workspace.settings.model_copy(update={"people_table": "people.csv"}))
    settings = PersonaSettings(
        name="left",
        where="attributes['partido'] = 'L'",
        consent=Consent(kind="public", recorded=date(2026, 1, 1)),
        preparation=PreparationSettings(attributes=True),
    )

    def told(engine: Engine) -> list[tuple[int, str, str]]:
        messages = with_people(read_messages([file], engine=engine), workspace, {}, engine)
        judged = engine.keep([prepare.judge(messages, settings)])
        numbered = prepare.described(prepare.number(judged, settings), judged, settings)
        rows = engine.connection.to_pyarrow(numbered.select("place", "author", "facts"))
        return sorted((row["place"], row["author"], row["facts"]) for row in rows.to_pylist())

    found = told(DuckDB(tmp_path))
    assert len(found) == 24
    assert sum('"coalition": "Centro", "party": "L"' in facts for _place, _author, facts in found) == 12
    assert told(spark) == found
