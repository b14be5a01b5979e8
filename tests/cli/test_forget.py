"""`sosias forget`: shown, asked, done; and what it says when it is not."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sosias.cli.main import run
from sosias.sources.store import import_files, stored_messages
from sosias.workspace import Workspace
from tests.sources.exports import export


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """Return a workspace in which three people write."""
    said = [
        (datetime(2024, 1, 1, 9) + timedelta(hours=n), ("Ana", "Berenguela", "Luis")[n % 3], f"texto {n}")
        for n in range(30)
    ]
    said.append((datetime(2024, 2, 1), "Ana", "¿y Berenguela?"))
    path = tmp_path / "Chat de WhatsApp con Equipo.txt"
    path.write_text(export("android es", said), "utf-8")
    import_files(Workspace.create(tmp_path / "chats"), [path])
    return str(tmp_path / "chats")


def authors(folder: str) -> set[str | None]:
    return {one.author for one in stored_messages(Workspace.open(Path(folder)))}


def terminal(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    """Let somebody sit there and answer."""
    for name in ("stdin", "stderr"):
        monkeypatch.setattr(f"sys.{name}.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda: answer)


def test_a_script_says_yes(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", folder, "forget", "berenguela", "--yes", "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert found["deleted"] is True
    assert found["spellings"] == ["Berenguela"]
    assert (found["messages"], found["mentioned"], found["named"]) == (10, 1, 0)
    assert list(found["files"].values()) == [10]
    assert (found["personas"], found["others"], found["again"]) == ([], [], False)
    assert authors(folder) == {"Ana", "Luis"}


def test_without_anybody_to_ask_nothing_is_deleted(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    for further in ([], ["--json"]):
        assert run(["-C", folder, "forget", "Berenguela", *further]) == 2
        assert "--yes" in capsys.readouterr().err
    assert "Berenguela" in authors(folder)


def test_a_name_that_is_nobody_s_lists_the_nearest(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    for further in ([], ["--yes"]):
        assert run(["-C", folder, "forget", "Berengela", *further]) == 2
        said = capsys.readouterr().err
        assert "the nearest names are: Berenguela" in said
    assert "Berenguela" in authors(folder)


@pytest.mark.parametrize(("answer", "left"), [("n", True), ("", True), ("sí", False), ("y", False)])
def test_it_is_shown_and_asked(
    folder: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answer: str,
    left: bool,
) -> None:
    terminal(monkeypatch, answer)
    assert run(["-C", folder, "forget", "Berenguela"]) == 0
    said = capsys.readouterr()
    assert "10 messages from Chat de WhatsApp con Equipo.txt" in said.err
    assert "cannot be undone" in said.err
    assert ("Berenguela" in authors(folder)) is left
    if left:
        assert said.out == "Nothing was deleted.\n"
    else:
        assert "name them stay as they are: 1" in said.out
        assert "backups" in said.out and "models trained elsewhere" in said.out


def test_once_more_is_no_mistake(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", folder, "forget", "Berenguela", "--yes"]) == 0
    assert run(["-C", folder, "forget", "Berenguela", "--yes"]) == 0
    assert "forgotten already" in capsys.readouterr().out
