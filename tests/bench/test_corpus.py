"""What `bench.corpus` repeats stays a talk, and its figures are what they say."""

import json
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench import corpus
from bench import corpus_material as material
from sosias.corpus import prepare, prepared
from sosias.messages import MESSAGE_SCHEMA, Message, to_table, with_ids


@pytest.fixture(autouse=True)
def no_shared_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOSIAS_DATA", str(tmp_path))


def test_ids_and_names_are_fresh_and_times_go_on() -> None:
    once = to_table(with_ids(material._talk("sample")))
    messages = 2 * once.num_rows + 100
    rows = pa.concat_tables(material.repeated(once, messages))
    assert rows.schema == MESSAGE_SCHEMA and rows.num_rows == messages
    assert len(rows["id"].unique()) == messages
    assert rows["seq"].to_pylist() == list(range(messages))
    assert rows["text"].slice(once.num_rows, once.num_rows).equals(once["text"])
    parts = [rows.slice(start, once.num_rows) for start in range(0, messages, once.num_rows)]
    assert [one["author"].drop_null()[0].as_py().rsplit(" ", 1)[1] for one in parts] == ["0", "1", "2"]
    for before, after in pairwise(parts):
        assert max(before["sent_at"].to_pylist()) < min(after["sent_at"].to_pylist())


def test_both_personas_can_be_prepared_and_are_in_all_repetitions(tmp_path: Path) -> None:
    workspace = material.lay_out(tmp_path / "w", 6000, "sample")
    [file] = workspace.message_files()
    assert pq.ParquetFile(file).metadata.num_rows == 6000
    assert workspace.persona_names() == ["hidden", "plain"]
    prepare.prepare(workspace, workspace.persona("plain"))
    own = {
        turn.author
        for session in prepared.read_sessions(workspace.persona("plain"))
        for turn in session.turns
        if turn.persona
    }
    assert own == {f"{material.TALKS['sample']} {number}" for number in range(3)}


def test_the_real_talk_is_taken_where_it_is(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert material.talk_here() == "sample"
    monkeypatch.setenv("SOSIAS_DATA", str(shared_data))
    assert material.talk_here() == "duraspace"
    talk: list[Message] = material._talk("duraspace")
    assert len(talk) > 50_000 and {one.kind for one in talk} == {"text"}


def test_sizes_grow_tenfold_up_to_what_is_asked() -> None:
    assert corpus.growing(10_000_000) == [100_000, 1_000_000, 10_000_000]
    assert corpus.growing(300_000) == [100_000, 300_000]
    assert corpus.growing(500) == [500]


def test_flatness_is_of_the_time_a_message() -> None:
    sizes = [
        {"messages": 10, "seconds": 1.0, "rss_mb": 5.0, "talk": "sample"},
        {"messages": 100, "seconds": 15.0, "rss_mb": 4.0, "talk": "sample"},
    ]
    found = corpus.figures(sizes)
    assert (found["messages"], found["seconds"], found["rss_mb"], found["flatness"]) == (100, 15, 5, 1.5)


def test_from_nothing_to_a_line_of_json(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corpus, "SMALLEST", 2000)
    corpus.main(["--json", "--messages", "3000", "--hidden", "2000"])
    (line,) = capsys.readouterr().out.splitlines()
    result = json.loads(line)
    found = result["corpus"]
    assert {"messages", "seconds", "rss_mb", "flatness", "sizes", "pseudonyms"} <= found.keys()
    assert [one["messages"] for one in found["sizes"]] == [2000, 3000] and found["talk"] == "sample"
    assert found["seconds"] > 0 and found["rss_mb"] > 50 and found["pseudonyms"]["rss_mb"] > 50
    assert "duckdb" in result["versions"]


def test_the_table_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    corpus.main(["--messages", "2000", "--hidden", "0"])
    assert "flatness 1.0" in capsys.readouterr().out
