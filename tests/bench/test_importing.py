"""What `bench.importing` writes is read whole, and its figures are what they say."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench import importing, importing_ours, importing_peers
from bench import importing_material as material
from bench.importing_figures import compared, flatness, rounded
from bench.peak import peak_mb
from sosias.sources.entry import entries
from sosias.sources.source import recognise


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    path = tmp_path_factory.mktemp("chat") / "WhatsApp Chat with Teatro.txt"
    return path, material.write_whatsapp(path, 3000)


def test_the_chat_has_its_lines_and_is_read_whole(chat: tuple[Path, int]) -> None:
    path, written = chat
    assert path.read_bytes().count(b"\n") in (2999, 3000)
    [reading] = recognise(path).readings
    messages = list(reading.messages())
    assert len(messages) == written and reading.dropped.counts.total() == 0
    assert len({message.author for message in messages}) == material.AUTHORS
    assert {message.kind for message in messages} == {"text"}
    assert any("\n" in message.text for message in messages)
    assert reading.date_order is not None and reading.date_order.evidence == "proven"


def test_the_chat_is_the_same_in_every_run(chat: tuple[Path, int], tmp_path: Path) -> None:
    path, written = chat
    assert material.write_whatsapp(tmp_path / "again.txt", 3000) == written
    assert (tmp_path / "again.txt").read_bytes() == path.read_bytes()


def test_the_database_is_read_whole(tmp_path: Path) -> None:
    material.write_imessage(tmp_path / "chat.db", 300)
    [reading] = recognise(tmp_path / "chat.db").readings
    messages = list(reading.messages())
    written = [text for _number, (_time, _author, text) in zip(range(300), material.talk(), strict=False)]
    assert [message.text for message in messages] == written
    assert {message.is_owner for message in messages} == {True, False}


@pytest.mark.parametrize("name", ["reddit", "mediawiki"])
def test_a_dump_is_repeated_to_its_size_and_read_whole(name: str, tmp_path: Path) -> None:
    write = {"reddit": material.write_reddit, "mediawiki": material.write_mediawiki}[name]
    path = tmp_path / {"reddit": "RC_2021-03.zst", "mediawiki": "eswiki.xml.bz2"}[name]
    assert write(path, 1, 50) == 50
    with entries(path)[0].open() as stream:
        size = len(stream.read())
    records = write(path, 3 * size, 50)
    assert records in (150, 200)  # a dump's head and tail are not repeated
    with entries(path)[0].open() as stream:
        assert len(stream.read()) >= 3 * size
    assert importing_ours.stream(path)["messages"] == records


def test_ours_reads_stores_and_streams_the_same(chat: tuple[Path, int]) -> None:
    path, written = chat
    assert importing_ours.read(path)["messages"] == written
    assert importing_ours.store(path)["messages"] == written
    assert importing_ours.stream(path)["authors"] == material.AUTHORS


def test_the_peak_is_the_process_own() -> None:
    bare = float(subprocess.check_output([sys.executable, importing.ROOT / "bench" / "peak.py"]))
    assert 1 < bare < peak_mb()


def test_from_nothing_to_a_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--json", "--lines", "400", "--rounds", "2", "--no-peers", "--megabytes", "0.01"]
    importing.main(arguments)
    (line,) = capsys.readouterr().out.splitlines()
    result = json.loads(line)
    assert {"lines_per_second", "extra_rss_mb", "tools", "store", "memory", "processor"} <= result.keys()
    assert result["differ"] == [] and result["messages"] == result["tools"]["ours"]["messages"]
    assert result["imessage"]["rows"] == result["imessage"]["messages"] == 400
    for name in ("reddit", "mediawiki"):
        [one] = result[name]["sizes"]
        assert one["messages"] == one["records"] > 0 and result[name]["flatness"] == 1


def test_the_table_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    importing.main(["--only", "whatsapp", "--lines", "400", "--rounds", "1", "--no-peers"])
    assert "lines/s" in capsys.readouterr().out


def test_a_tool_that_is_not_here_is_left_out_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing(tool: str) -> importing_peers.Command:
        raise importing_peers.Missing(f"no {tool}")

    monkeypatch.setattr(importing, "peer", missing)
    importing.main(["--json", "--only", "whatsapp", "--lines", "400", "--rounds", "1"])
    said = capsys.readouterr()
    assert set(json.loads(said.out)["skipped"]) == set(importing_peers.TOOLS)
    assert "no whatstk" in said.err


def test_a_tool_that_falls_is_left_out_with_its_last_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = (sys.executable, "-c", "raise KeyError('its own fault')")
    monkeypatch.setattr(importing, "peer", lambda _tool: importing_peers.Command(words, importing.ROOT))
    importing.main(["--json", "--only", "whatsapp", "--lines", "400", "--rounds", "1"])
    assert json.loads(capsys.readouterr().out)["skipped"]["whatstk"] == "KeyError: 'its own fault'"


def test_without_node_its_tool_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing_peers.shutil, "which", lambda _name: None)
    with pytest.raises(importing_peers.Missing, match="Node"):
        importing_peers.peer(importing_peers.NODE_TOOL)


def measured(seconds: float, messages: int = 10, authors: int = 2) -> dict[str, float]:
    times = {"seconds": seconds, "first_seconds": seconds, "loading_seconds": 0.1}
    return times | {"messages": messages, "authors": authors, "loaded_mb": 1.0, "peak_mb": 2.0}


def test_the_ratio_is_that_of_the_medians() -> None:
    seconds = [(1.0, 4.0), (2.0, 5.0), (3.0, 12.0)]
    rounds = [{"ours": measured(ours), "whatstk": measured(peer)} for ours, peer in seconds]
    result = compared(rounds, 100, 10)
    assert result["vs_whatstk"] == 2.5 and result["vs_whatstk_spread"] == [2.5, 4]
    assert result["vs_whatstk_first"] == 2.5
    assert result["lines_per_second"] == 50 and result["differ"] == []


def test_tools_that_read_something_else_are_named() -> None:
    one = {"ours": measured(1), "whatstk": measured(1, messages=9), "chatpack": measured(1, authors=3)}
    assert compared([one], 100, 10)["differ"] == ["whatstk", "chatpack"]


def test_figures_are_short() -> None:
    assert rounded({"seconds": 0.12345, "peak_mb": 10.06, "messages": 3}) == {
        "seconds": 0.123,
        "peak_mb": 10.1,
        "messages": 3,
    }
    assert flatness([100, 105, 110]) == 1.1
