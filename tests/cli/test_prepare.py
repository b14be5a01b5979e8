"""`sosias prepare` and `new --where`: what was cleaned is told, and a bad expression changes nothing."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sosias.cli.main import run
from sosias.sources.store import import_files
from sosias.workspace import Workspace
from tests.sources.exports import export


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Return a workspace with a chat in which every tenth message is only a link."""
    start = datetime(2024, 1, 1, 9)
    said = [
        (start + timedelta(hours=5 * number), ("Ana", "Luis")[number % 2], f"message {number}")
        for number in range(100)
    ]
    said[::10] = [(when, who, f"https://example.org/{when:%H}") for when, who, _text in said[::10]]
    path = tmp_path / "Chat de WhatsApp con Luis.txt"
    path.write_text(export("android es", said), "utf-8")
    workspace = Workspace.create(tmp_path / "chats")
    import_files(workspace, [path])
    return workspace


def test_rules_are_told_and_expressions_narrow(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    here = ["-C", str(workspace.folder)]
    assert run([*here, "new", "luis", "--where", "autor = 'Luis'", "--consent", "fiction"]) == 2
    assert "sent_at, author" in capsys.readouterr().err
    assert workspace.persona_names() == []
    assert run([*here, "new", "luis", "--where", "author = 'Luis'", "--consent", "fiction"]) == 0
    capsys.readouterr()

    assert run([*here, "prepare", "--json"]) == 0
    whole = json.loads(capsys.readouterr().out)
    [links] = [row for row in whole["rules"] if row["removed"]]
    assert (links["rule"], links["removed"], len(links["examples"])) == ("links", 10, 3)

    assert run([*here, "prepare", "--where", "sent_at < '2024-01-16'"]) == 0
    shown = capsys.readouterr().out
    assert "links" in shown and "https://example.org/" in shown and "forwards" not in shown
    narrowed = workspace.persona().settings.preparation.where
    assert narrowed == "sent_at < '2024-01-16'"

    for where, wrong in (("sent_at <", "missing for"), ("chat = 'nobody'", "--where ''")):
        assert run([*here, "prepare", "--where", where]) == 2
        assert wrong in " ".join(capsys.readouterr().err.split())
        assert workspace.persona().settings.preparation.where == narrowed


def test_what_cannot_work_is_one_sentence(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is written down, and the sentence names what is wrong."""
    here = ["-C", str(workspace.folder)]
    for where, wrong in (
        ("", "is empty"),
        ("author = 'Nobody'", "selects none of the 100 messages"),
        ("(select content from read_text('/etc/hostname')) <> ''", "messages alone"),
    ):
        assert run([*here, "new", "luis", "--where", where, "--consent", "fiction"]) == 2
        assert wrong in " ".join(capsys.readouterr().err.split())
        assert workspace.persona_names() == []
    assert run([*here, "new", "luis", "--as", "Luis", "--consent", "fiction"]) == 0
    for option in ("--add", "--refuse", "--accept"):
        assert run([*here, "prepare", option, " "]) == 2
        assert f"{option} was given no word" in capsys.readouterr().err
    file = workspace.persona().settings_file
    written = file.read_text("utf-8")
    for value, wrong in (("1e300", "at most 5270400 minutes"), ("nan", "greater than 0")):
        bad = written.replace("[preparation]\n", f"[preparation]\ngap_minutes = {value}\n")
        file.write_text(bad, "utf-8")
        assert run([*here, "prepare"]) == 2
        assert wrong in " ".join(capsys.readouterr().err.split())


def test_who_has_stand_ins_is_counted(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    here = ["-C", str(workspace.folder)]
    assert run([*here, "new", "luis", "--as", "Luis", "--consent", "public"]) == 0
    assert run([*here, "prepare"]) == 0
    assert "Others who write have stand-ins: 1;" in " ".join(capsys.readouterr().out.split())
