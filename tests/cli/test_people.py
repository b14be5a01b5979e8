"""`sosias people`: shown, joined, undone; and personas go on."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sosias.cli.main import run
from sosias.corpus.engine import read_messages
from sosias.corpus.prepare import prepare
from sosias.corpus.prepared import read_sessions
from sosias.pipeline import new_persona, record_consent
from sosias.settings import PersonaSettings
from sosias.sources.people import names
from sosias.sources.store import find_author, import_files
from sosias.workspace import Workspace
from tests.sources.exports import export

PEOPLE = ("Ana Gómez", "ana gomez", "+34 600 11 22 33", "600112233", "Luis")


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """Return a workspace in which three people write under five names."""
    start = datetime(2024, 1, 1, 9)
    said = [
        (start + timedelta(hours=5 * number), PEOPLE[number % 5], f"message {number}")
        for number in range(100)
    ]
    path = tmp_path / "Chat de WhatsApp con Equipo.txt"
    path.write_text(export("android es", said), "utf-8")
    import_files(Workspace.create(tmp_path / "chats"), [path])
    return str(tmp_path / "chats")


@pytest.fixture
def ask(folder: str, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command and return its code and its JSON."""

    def asked(*words: str) -> tuple[int, dict[str, Any]]:
        code = run(["-C", folder, *words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return asked


def test_people_are_listed_with_what_may_be_joined(
    folder: str, ask: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = ask("people")
    assert code == 0
    assert {one["name"]: one["messages"] for one in found["people"]} == dict.fromkeys(PEOPLE, 20)
    pairs = {(one["name"], one["other"]) for one in found["suggestions"]}
    assert pairs == {("Ana Gómez", "ana gomez"), ("+34 600 11 22 33", "600112233")}
    assert run(["-C", folder, "people"]) == 0
    shown = capsys.readouterr().out
    assert "people join 'Ana Gómez' 'ana gomez'" in shown


def test_joining_and_undoing(folder: str, ask: Any, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = ask("people", "join", "Ana Gómez", "ana gomez", "600112233")
    assert (code, found["spellings"]) == (0, ["Ana Gómez", "ana gomez", "600112233"])
    listed = ask("people")[1]
    assert listed["people"][0]["messages"] == 60
    assert listed["people"][0]["spellings"][2] == {
        "name": "600112233",
        "messages": 20,
        "why": "you said so",
        "by": "you",
    }
    assert [person["messages"] for person in ask("look")[1]["people"]] == [60, 20, 20]
    assert ask("people", "undo", "Ana Gómez", "600112233")[1] == {
        "name": "Ana Gómez",
        "parted": ["600112233"],
    }
    assert ask("people")[1]["refused"] == [["600112233", "Ana Gómez"]]
    assert run(["-C", folder, "people"]) == 0
    assert "= ana gomez" in capsys.readouterr().out
    assert ask("people", "undo", "ana gomez")[1]["parted"] == ["ana gomez"]
    assert ask("people", "undo", "ana gomez")[0] == 2


def test_a_name_that_nobody_has_lists_the_nearest(folder: str, ask: Any) -> None:
    before = sorted(Path(folder).rglob("*"))
    for words in (("join", "Ana Gómez", "Luiz"), ("undo", "Luiz"), ("join", "Luiz", "Ana Gómez")):
        code, found = ask("people", *words)
        assert code == 2 and "Luiz" in found["error"] and "names are: Luis" in found["error"]
    assert ask("people", "undo", "Luis", "Ana Gómez")[0] == 2
    assert [path for path in sorted(Path(folder).rglob("*")) if path.name != ".lock"] == [
        path for path in before if path.name != ".lock"
    ]


def test_an_empty_workspace_says_what_to_do(tmp_path: Path) -> None:
    Workspace.create(tmp_path / "empty")
    assert run(["-C", str(tmp_path / "empty"), "people"]) == 2


def test_a_persona_goes_on_after_a_join_and_after_its_end(folder: str, ask: Any) -> None:
    workspace = Workspace.open(Path(folder))
    persona = new_persona(workspace, "ana", record_consent("fiction", None, "ana"), author="ana gomez")
    alone = prepare(workspace, persona)["bubbles"]
    ask("people", "join", "Ana Gómez", "ana gomez", "600112233")
    assert persona.settings.author == "ana gomez" and find_author(workspace, "ana gomez") == "Ana Gómez"
    assert prepare(workspace, persona)["bubbles"] == 3 * alone
    turns = [turn for session in read_sessions(persona) for turn in session.turns]
    assert {turn.author for turn in turns if turn.persona} == {"Ana Gómez"}
    ask("people", "undo", "Ana Gómez")
    assert prepare(workspace, persona)["bubbles"] == alone


def test_an_expression_sees_the_name_that_is_shown(folder: str, ask: Any) -> None:
    from sosias.corpus.prepare import session_table

    ask("people", "join", "Ana Gómez", "ana gomez")
    workspace = Workspace.open(Path(folder))
    consent = record_consent("fiction", None, "ana")
    settings = PersonaSettings(name="ana", where="author = 'Ana Gómez'", consent=consent)
    table = session_table(read_messages(workspace.message_files(), names(workspace)), settings)
    assert sum(table.column("weight").to_pylist()) == 40
