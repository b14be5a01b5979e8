"""`sosias import`: what it answers, what it shows, and how it explains a line."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sosias.cli.main import run
from sosias.workspace import Workspace
from tests.sources.exports import export, write, zipped

START = datetime(2021, 3, 29, 8, 0)
CHAT = [(START + timedelta(minutes=step), ("Ann", "Bob")[step % 2], f"one {step}") for step in range(9)]


@pytest.fixture
def chat(tmp_path: Path) -> Path:
    return write(tmp_path / "WhatsApp Chat with Team.txt", "Hello\n" + export("android en-GB", CHAT))


def test_the_table_and_what_was_left_out(
    chat: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "more").mkdir()
    zipped(tmp_path / "more" / "x.zip", {"IMG-1.jpg": "x", "_chat.txt": export("ios es", CHAT)})
    assert run(["-C", str(tmp_path / "chats"), "import", str(chat), str(tmp_path / "more")]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "2021-03 – 2021-03" in shown and "D/M/Y (proven)" in shown
    assert "left out, before the first message: 1 (line 1)" in shown
    assert "lines: 10; text 9" in shown
    assert "left alone: .jpg 1" in shown
    assert "New messages: 18" in shown


def test_a_line_is_explained_and_nothing_imported(
    chat: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "chats"
    assert run(["-C", str(folder), "import", "--explain", f"{chat}:2", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    [found] = told["found"]
    assert (told["line"], found["message"]["author"], found["message"]["text"]) == (2, "Ann", "one 0")
    assert run(["import", "--explain", f"{chat}:2"]) == 0
    shown = capsys.readouterr().out
    assert "Ann" in shown and "one 0" in shown and "D/M/Y" in shown
    assert not folder.exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--explain", "chat.txt"], "does not name a line"),
        (["--explain", "chat.txt:0"], "does not name a line"),
        (["--explain", "none.txt:3"], "no such file"),
        (["--columns", "text", "x.csv"], "does not name columns"),
        (["--time-zone", "Madrid", "--explain", "x:1"], "no time zone"),
    ],
)
def test_mistakes_are_one_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["import", *arguments]) == 2
    said = capsys.readouterr().err
    assert sentence in said and said.count("\n") == 1


def test_a_time_zone_that_is_none(chat: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(tmp_path / "c"), "import", str(chat), "--time-zone", "Madrid"]) == 2
    assert "Europe/Madrid" in capsys.readouterr().err


def test_a_time_zone_is_remembered(chat: Path, tmp_path: Path) -> None:
    folder = tmp_path / "c"
    assert run(["-C", str(folder), "import", str(chat), "--time-zone", "America/Santiago"]) == 0
    assert Workspace.open(folder).settings.time_zone == "America/Santiago"
