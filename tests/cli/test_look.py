"""`sosias look`: in the terminal, as JSON, and as a page."""

import json
from pathlib import Path

import pytest

from sosias.cli.main import run
from sosias.sources.store import import_files
from sosias.workspace import Workspace

SAMPLE = next((Path(__file__).parents[2] / "sosias" / "sample").glob("*.txt"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace with the packaged sample."""
    folder = tmp_path_factory.mktemp("look") / "chats"
    import_files(Workspace.create(folder), [SAMPLE])
    return folder


def test_the_sample_in_the_terminal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(folder), "look"]) == 0
    shown = capsys.readouterr().out
    assert "Plácido" in shown and "6855" in shown and "look --page" in shown
    assert len(shown.splitlines()) < 50


def test_the_sample_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(folder), "look", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["messages"], found["chats"], found["language"]) == (2692, 1, "es")
    assert found["languages"]["shares"] == {"es": 1.0} and sum(found["hours"]) == 2692
    placido = found["people"][0]
    assert (placido["name"], placido["words"], placido["enough"]) == ("Plácido", 6855, True)
    assert placido["manner"]["questions_opened_percent"] > 90
    assert found["sentiment"]["language"] == "es" and len(found["people"]) == 15


def test_the_page_is_written_for_its_owner_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(folder), "look", "--page"]) == 0
    written = folder / "report" / "look.html"
    assert written.stat().st_mode & 0o777 == 0o600
    assert (folder / "report").stat().st_mode & 0o777 == 0o700
    assert str(written.resolve()) in capsys.readouterr().out.replace("\n", "")
    text = written.read_text("utf-8")
    assert text.startswith("<!doctype html>") and "Plácido" in text
    assert list(written.parent.iterdir()) == [written]


def test_the_page_can_go_elsewhere(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(folder), "look", "--page", str(tmp_path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["page"] == str((tmp_path / "look.html").resolve()) and found["messages"] == 2692
    assert (tmp_path / "look.html").stat().st_mode & 0o777 == 0o600


def test_without_messages_there_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Workspace.create(tmp_path / "chats")
    assert run(["-C", str(tmp_path / "chats"), "look", "--page"]) == 2
    assert "import" in capsys.readouterr().err
    assert not (tmp_path / "chats" / "report").exists()
