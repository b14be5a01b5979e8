"""The same messages give the same sessions on DuckDB and on Spark, and every step is SQL for BigQuery."""

import gzip
import json
import random
import shutil
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Literal

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlglot
from sqlglot import expressions as exp

from sosias.corpus import cleaning, engine_bigquery, engine_duckdb, engine_spark, grouping, prepare
from sosias.corpus.engine import Engine, engine_for, read_messages
from sosias.corpus.engine_bigquery import BigQuery, NoBigQuery, NotAgreed, NotLetIn, in_its_words, with_pairs
from sosias.corpus.engine_duckdb import DuckDB
from sosias.corpus.engine_spark import NoJava, NoSpark, NoSparkThere, Spark
from sosias.corpus.pseudonyms.pseudonymise import planned
from sosias.corpus.session import SESSION_SCHEMA, from_table
from sosias.messages import MESSAGE_SCHEMA, Message, to_table, with_ids
from sosias.settings import (
    BigQuerySettings,
    CleaningSettings,
    Consent,
    PersonaSettings,
    PreparationSettings,
    PseudonymSettings,
    SparkSettings,
    WorkspaceSettings,
)
from sosias.sources.source import recognise

CONSENT = Consent(kind="public", recorded=date(2026, 1, 1))
SAMPLE = Path(__file__).parents[2] / "sosias" / "sample"


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spark]:
    if shutil.which("java") is None:
        pytest.skip("no Java: install it to test Spark (Debian: apt install openjdk-17-jre-headless)")
    few = {"spark.sql.shuffle.partitions": "2", "spark.default.parallelism": "2"}
    engine = Spark(tmp_path_factory.mktemp("spark"), SparkSettings(master="local[2]", properties=few))
    yield engine
    engine.connection._session.stop()


def sample() -> list[Message]:
    [path] = SAMPLE.glob("*.txt")
    [reading] = recognise(path).readings
    return list(with_ids(reading.messages()))


def duraspace(shared_data: Path) -> list[Message]:
    """Return the talk, the time's minutes spread over seconds, with facts about who wrote it."""
    path = shared_data / "chat_en_duraspace_irc" / "duraspace_2009_2013.jsonl.gz"
    found = []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for number, line in enumerate(file):
            one = json.loads(line)
            time = datetime.fromisoformat(one["ts"]).replace(second=number % 60, microsecond=number % 1000)
            facts = {"first": one["author"][0]} if number % 3 else {}
            found.append(
                Message(
                    "irc",
                    "#duraspace",
                    number,
                    time,
                    one["author"],
                    "text",
                    one["text"],
                    attributes=facts,
                    file="f",
                    first_line=number,
                )
            )
    return list(with_ids(found))


TEXTS = (
    "ok",
    " \u00a0 ",
    "ÁÉ ıİ ß 👩‍👩‍👧",
    "@Ana mañana",
    "ana, ven",
    "> said\nno",
    "",
    "https://a.b",
    "text 'with' \"quotes\" \\ $1",
    "see https://a.b/c?d=ñ … and a text that is long enough to be told",
)


def edges() -> list[Message]:
    """Return what engines might take differently: no times, one place for several, one name for two chats."""
    chance = random.Random(7)
    found = []
    for number in range(600):
        time = datetime(2039, 12, 31, 23) + timedelta(seconds=number * 700, microseconds=number)
        one = Message(
            chance.choice(("whatsapp", "discord")),
            chance.choice(("Ana", "ana", "Ñu")),
            number // 3 * 2**40,
            None if chance.random() < 0.1 else time - timedelta(hours=chance.choice((0, 0, 0, 1, 9))),
            chance.choice(("Ana", "Bea", "Éva María", "~ Bea", None)),
            chance.choice(("text", "text", "text", "media")),
            chance.choice(TEXTS),
            forwarded=chance.random() < 0.05,
            attributes={"a": "1"} if number % 2 else {},
            file="f",
            first_line=number,
        )
        found.append(one)
    return list(with_ids(found))


def stored(messages: list[Message], folder: Path) -> list[Path]:
    """Write messages as two imports."""
    files = [folder / "1.parquet", folder / "2.parquet"]
    for file, half in zip(files, (messages[::2], messages[1::2]), strict=True):
        pq.write_table(to_table(half), file)
    return files


def sessions(
    engine: Engine,
    files: list[Path],
    persona: PersonaSettings,
    folder: Path,
    names: dict[str, str] | None = None,
    hidden: str | None = None,
) -> pa.Table:
    """Compute sessions as `prepare` does, to a file; `hidden`: with stand-ins of that language."""
    judged = engine.keep([prepare.judge(read_messages(files, names, engine), persona)])
    plan = None if hidden is None else planned(cleaning.left(judged), BOOK, hidden)
    grouped = prepare.in_parts(judged, persona, engine, plan)
    engine.write(prepare.divide(grouped, persona), folder / "sessions.parquet", SESSION_SCHEMA)
    return pq.read_table(folder / "sessions.parquet", schema=SESSION_SCHEMA)


BOOK = PseudonymSettings(key="5a" * 32)
ANA = PersonaSettings(name="ana", author="Ana", consent=CONSENT)
PLACIDO = PersonaSettings(name="placido", author="Plácido", consent=CONSENT)
OTHERS = PersonaSettings(
    name="tim",
    where="attributes['first'] = 't' AND sent_at < '2012-01-01' OR author = 'tim'",
    consent=CONSENT,
    preparation=PreparationSettings(
        where="length(text) > 3 AND author <> 'mdiggory'",
        preset="famaf",
        threads=True,
        most_turns_per_chat=2000,
    ),
)


Preset = Literal["elvisbot", "famaf", "weclone"] | None
PRESETS: tuple[Preset, ...] = (None, "elvisbot", "famaf", "weclone")


def grouped_as(persona: PersonaSettings, preset: Preset) -> PersonaSettings:
    return persona.model_copy(update={"preparation": PreparationSettings(preset=preset)})


@pytest.mark.parametrize("preset", PRESETS)
def test_the_sample_gives_the_same_sessions_on_duckdb_and_spark(
    preset: Preset, spark: Spark, tmp_path: Path
) -> None:
    files, persona = stored(sample(), tmp_path), grouped_as(PLACIDO, preset)
    ours = sessions(DuckDB(tmp_path), files, persona, tmp_path)
    theirs = sessions(spark, files, persona, tmp_path)
    assert ours.num_rows > 10 and ours.equals(theirs)


def authors(sessions: pa.Table) -> set[str]:
    return {turn.author for session in from_table(sessions) for turn in session.turns}


def test_the_sample_gets_the_same_stand_ins_on_duckdb_and_spark(spark: Spark, tmp_path: Path) -> None:
    files = stored(sample(), tmp_path)
    ours = sessions(DuckDB(tmp_path), files, PLACIDO, tmp_path, hidden="es")
    assert "Plácido" in authors(ours) and not {"Blanca", "Claudio", "Josefina"} & authors(ours)
    assert ours.equals(sessions(spark, files, PLACIDO, tmp_path, hidden="es"))


@pytest.mark.parametrize("preset", [None, "elvisbot"])
def test_what_is_odd_gives_the_same_sessions_on_duckdb_and_spark(
    preset: Preset, spark: Spark, tmp_path: Path
) -> None:
    preparation = PreparationSettings(preset=preset, threads=True)
    persona = PersonaSettings(
        name="ana", where="author = 'Ana' OR attributes['a'] = '1'", consent=CONSENT, preparation=preparation
    )
    files = stored(edges(), tmp_path)
    ours = sessions(DuckDB(tmp_path), files, persona, tmp_path)
    assert ours.num_rows > 20
    assert ours.equals(sessions(spark, files, persona, tmp_path))


TIM = PersonaSettings(name="tim", author="tim", consent=CONSENT)
NAMES = {"tdonohue": "tim"}


@pytest.mark.parametrize(
    "persona", [*(grouped_as(TIM, preset) for preset in PRESETS), OTHERS], ids=[*map(str, PRESETS), "where"]
)
def test_duraspace_gives_the_same_sessions_on_duckdb_and_spark(
    persona: PersonaSettings, spark: Spark, shared_data: Path, tmp_path: Path
) -> None:
    files = stored(duraspace(shared_data), tmp_path)
    ours = sessions(DuckDB(tmp_path), files, persona, tmp_path, NAMES)
    theirs = sessions(spark, files, persona, tmp_path, NAMES)
    assert ours.num_rows > 500 and ours["weight"].to_numpy().sum() > 1000
    assert ours.equals(theirs)


def test_duraspace_gets_the_same_stand_ins_on_duckdb_and_spark(
    spark: Spark, shared_data: Path, tmp_path: Path
) -> None:
    files = stored(duraspace(shared_data), tmp_path)
    ours = sessions(DuckDB(tmp_path), files, TIM, tmp_path, NAMES, hidden="en")
    assert "tim" in authors(ours) and "mdiggory" not in authors(ours)
    assert ours.equals(sessions(spark, files, TIM, tmp_path, NAMES, hidden="en"))


COLUMNS = {field.name: str(field.type) for field in MESSAGE_SCHEMA} | {
    **dict.fromkeys(("is_owner", "edited", "forwarded"), "boolean"),
    "sent_at": "timestamp",
    "attributes": "struct<key_value: array<struct<key: string, value: string>>>",
}
"""As BigQuery loads messages from Parquet."""
EVERYTHING = PreparationSettings(
    threads=True, pairs=True, session_turns=4, most_turns_per_chat=9, cleaning=CleaningSettings(links="all")
)


def steps(preparation: PreparationSettings) -> dict[str, ir.Table]:
    """Return every step of `prepare`, each on a table as the one before it has kept it."""
    persona = PersonaSettings(name="ana", author="Ana", consent=CONSENT, preparation=preparation)
    judged = prepare.judge(with_pairs(ibis.table(COLUMNS, name="messages")), persona)
    numbered = prepare.number(ibis.table(judged.schema(), name="judged"), persona)
    grouped = prepare.group(ibis.table(numbered.schema(), name="numbered"), persona)
    divided = prepare.divide(ibis.table(grouped.schema(), name="grouped"), persona)
    counted = cleaning.counted(judged)
    return {
        "judged": judged,
        "counted": counted,
        "numbered": numbered,
        "grouped": grouped,
        "divided": divided,
    }


@pytest.mark.parametrize(
    "preparation", [PreparationSettings(), EVERYTHING, PreparationSettings(join="answers")]
)
def test_every_step_is_sql_for_bigquery(preparation: PreparationSettings) -> None:
    for name, table in steps(preparation).items():
        sql = ibis.to_sql(in_its_words(table), dialect="bigquery")
        [parsed] = sqlglot.parse(sql, read="bigquery")
        assert parsed is not None, name


def sorts(parsed: exp.Expression) -> list[exp.Order]:
    """Return where rows are put in order, but for as they are gathered or numbered."""
    return [one for one in parsed.find_all(exp.Order) if not one.find_ancestor(exp.ArrayAgg, exp.Window)]


def test_bigquery_gathers_in_order_and_sorts_no_rows() -> None:
    grouped = steps(EVERYTHING)["grouped"]
    plain, rewritten = (
        sqlglot.parse_one(ibis.to_sql(table, dialect="bigquery"), read="bigquery")
        for table in (grouped, in_its_words(grouped))
    )
    assert len(sorts(plain)) == 2 and not sorts(rewritten)
    ordered = [one.find(exp.Ordered) for one in rewritten.find_all(exp.ArrayAgg)]
    assert sorted(one.this.name for one in ordered if one) == ["place", "turn"]
    assert not [one for one in rewritten.find_all(exp.Unnest) if one.find(exp.ArrayAgg)]


def test_what_is_gathered_in_order_is_the_same_as_what_is_sorted(tmp_path: Path) -> None:
    files = stored(edges(), tmp_path)
    table = prepare.group(prepare.number(prepare.judge(read_messages(files), ANA), ANA), ANA)
    ours, theirs = (one.order_by(grouping.PIECE).to_pyarrow() for one in (table, in_its_words(table)))
    assert ours.num_rows > 5 and ours.equals(theirs)


@pytest.mark.parametrize("preparation", [PreparationSettings(), EVERYTHING], ids=["default", "everything"])
def test_parts_make_up_the_whole(
    preparation: PreparationSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    persona = ANA.model_copy(update={"preparation": preparation})
    files = stored(edges(), tmp_path)
    whole = sessions(DuckDB(tmp_path), files, persona, tmp_path)
    monkeypatch.setattr(engine_duckdb, "TOGETHER", 50)
    assert DuckDB().parts(600, 0) == 13
    assert whole.num_rows > 5 and whole.equals(sessions(DuckDB(tmp_path), files, persona, tmp_path))


def test_articles_are_gathered_by_their_length(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []

    def parts(self: DuckDB, rows: int, letters: int) -> int:  # noqa: ARG001
        asked.append((rows, letters))
        return 3

    assert DuckDB().parts(10, 1_000_000_000) == 6
    monkeypatch.setattr(DuckDB, "parts", parts)
    files = stored(edges(), tmp_path)
    kept = sessions(DuckDB(tmp_path), files, ANA, tmp_path).to_pylist()
    turns = [turn for row in kept for turn in row["turns"]]
    [(rows, letters)] = asked
    assert rows >= sum(len(turn["bubbles"]) for turn in turns) > 5
    assert letters >= sum(len(text) for turn in turns for text in turn["bubbles"]) > 50


def test_duckdb_loads_nothing_and_spills_where_it_is_told(tmp_path: Path) -> None:
    engine = DuckDB(tmp_path, memory_gb=0.1)
    query = "SELECT name, value FROM duckdb_settings()"
    settings = dict(engine.connection.con.sql(query).fetchall())
    assert settings["autoinstall_known_extensions"] == settings["autoload_known_extensions"] == "false"
    assert settings["temp_directory"] == str(tmp_path)
    assert (settings["memory_limit"], settings["threads"], settings["TimeZone"]) == ("95.3 MiB", "1", "UTC")
    assert dict(DuckDB().connection.con.sql(query).fetchall())["temp_directory"] == ""


def test_the_engine_is_the_one_that_the_workspace_asks_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(engine_for(WorkspaceSettings(), tmp_path), DuckDB)
    asked = BigQuerySettings(project="p")
    for settings in (None, asked):
        with pytest.raises(NotAgreed, match="agreed = 20"):
            engine_for(WorkspaceSettings(engine="bigquery", bigquery=settings), tmp_path)
    monkeypatch.setattr(engine_spark, "find_spec", lambda _name: None)
    with pytest.raises(NoSpark, match="pip install"):
        engine_for(WorkspaceSettings(engine="spark"), tmp_path)
    monkeypatch.setitem(sys.modules, "google.cloud.bigquery", None)
    agreed = asked.model_copy(update={"agreed": date(2026, 1, 1)})
    with pytest.raises(NoBigQuery, match="pip install"):
        engine_for(WorkspaceSettings(engine="bigquery", bigquery=agreed), tmp_path)


@pytest.mark.parametrize("fault", ["no login", "no such project"])
def test_bigquery_is_asked_before_anything_is_sent(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Google's packages are stood in for: they are not installed to develop."""

    class Connection:
        def raw_sql(self, _query: str) -> None:
            raise PermissionError("a name of a table")

    def login(**_more: object) -> tuple[object, str]:
        if fault == "no login":
            raise LookupError("a path")
        return object(), "another project"

    def connect(**given: object) -> Connection:
        assert given["project_id"] == "p" and given["credentials"] is not None
        return Connection()

    for name in ("google", "google.auth", "google.cloud", "google.cloud.bigquery"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    google = sys.modules["google"]
    monkeypatch.setattr(google, "auth", SimpleNamespace(default=login), raising=False)
    monkeypatch.setitem(vars(engine_bigquery.ibis), "bigquery", SimpleNamespace(connect=connect))
    kind = "LookupError" if fault == "no login" else "PermissionError"
    with pytest.raises(NotLetIn, match=rf"project p \({kind}\): log in") as raised:
        BigQuery(BigQuerySettings(project="p"))
    assert "a path" not in str(raised.value) and "a name" not in str(raised.value)


@pytest.mark.parametrize(
    ("told", "found"),
    [
        (None, "none"),
        ('openjdk version "25.0.3" 2026-04-21 LTS', "Java 25"),
        ('java version "1.8.0_402"', "Java 8"),
        ("no java at all", "none"),
    ],
)
def test_without_its_java_one_sentence_says_so(
    told: str | None, found: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(_command: list[str], **_more: object) -> SimpleNamespace:
        if told is None:
            raise FileNotFoundError
        return SimpleNamespace(stderr=told)

    pytest.importorskip("pyspark")
    monkeypatch.setattr(engine_spark.subprocess, "run", run)
    with pytest.raises(NoJava, match=f"here is {found}: install"):
        engine_for(WorkspaceSettings(engine="spark"), tmp_path)


def test_a_cluster_that_there_is_not_is_told_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sql = pytest.importorskip("pyspark.sql")

    class Builder:
        def getOrCreate(self) -> None:
            raise ConnectionError

        def __getattr__(self, _name: str) -> object:
            return lambda *_given: self

    monkeypatch.setattr(engine_spark, "_check_java", lambda: None)
    monkeypatch.setattr(sql.SparkSession, "builder", Builder())
    settings = WorkspaceSettings(engine="spark", spark=SparkSettings(master="spark://nowhere:7077"))
    with pytest.raises(NoSparkThere, match=r'"spark://nowhere:7077" \(ConnectionError\)'):
        engine_for(settings, tmp_path)


def test_spark_lays_nothing_outside_the_private_folder(spark: Spark) -> None:
    folder = spark.connection._session.conf.get("spark.local.dir")
    assert Path(folder) == spark._scratch.resolve()
