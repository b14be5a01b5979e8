"""`sosias train` hands its options on, and says in a sentence what came of it."""

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sosias import settings
from sosias.cli import train
from sosias.cli.call import Call
from sosias.cli.main import run
from sosias.settings import Consent, PersonaSettings
from sosias.training.plan import requested
from sosias.workspace import Workspace

RESULT = {"base": "tiny", "steps": 3, "seconds": 61.0, "tokens_per_second": 10.0, "page": "index.html"}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace.create(tmp_path / "chats")
    consent = Consent(kind="self", recorded=date(2026, 1, 1))
    made.new_persona(PersonaSettings(name="ana", author="Ana", consent=consent, base="tiny"))
    return made


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return what the step is asked for, instead of doing it."""
    heard: dict[str, Any] = {}

    def step(_call: Call, name: str, arguments: dict[str, Any] | None = None) -> dict[str, Any]:
        heard.update({"step": name} | (arguments or {}))
        return RESULT

    monkeypatch.setattr(Call, "run_step", step)
    return heard


def test_method_and_length_reach_the_training(
    workspace: Workspace, asked: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["-C", str(workspace.folder), "train", "--method", "full", "--epochs", "2", "--json"]
    assert run(command) == 0
    assert json.loads(capsys.readouterr().out) == RESULT
    assert (asked["step"], asked["method"], asked["epochs"]) == ("train", "full", 2)
    assert (asked["base"], asked["minutes"]) == ("tiny", None)
    assert asked["samples"] is False, "nobody looks on"


def test_the_base_of_the_settings_is_the_workspace_s(
    workspace: Workspace,
    asked: dict[str, Any],
    llama_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for place in (workspace.folder, tmp_path):
        shutil.copytree(llama_folder, place / "tiny")
    monkeypatch.chdir(tmp_path)
    assert run(["-C", "chats", "train", "--json"]) == 0
    assert asked["base"] == str(workspace.folder / "tiny")
    assert run(["-C", "chats", "train", "--base", "tiny", "--json"]) == 0
    assert requested(workspace.persona(), {"base": asked["base"]}).base == str((tmp_path / "tiny").resolve())


@pytest.mark.parametrize("option", ["--minutes", "--epochs"])
@pytest.mark.parametrize("value", ["inf", "nan", "1e300"])
def test_no_number_to_count_by_is_a_mistake_of_the_user_s(
    workspace: Workspace, asked: dict[str, Any], capsys: pytest.CaptureFixture[str], option: str, value: str
) -> None:
    assert run(["-C", str(workspace.folder), "train", option, value]) == 2
    said = capsys.readouterr().err
    assert option in said and said.count("\n") == 1 and not asked
    assert train.MOST_TO_TRAIN == settings.MOST_TO_TRAIN
    made = ["-C", str(workspace.folder), "demo", "--minutes", value]
    assert run(made) == 2 and "--minutes" in capsys.readouterr().err


def test_a_person_is_told_in_a_sentence(
    workspace: Workspace, asked: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["-C", str(workspace.folder), "train"]) == 0
    said = capsys.readouterr().out
    assert "Trained on tiny. Steps: 3." in said and "index.html" in said
    assert asked["method"] is None


def test_an_unknown_method_is_a_mistake_of_the_user_s(
    workspace: Workspace, asked: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["-C", str(workspace.folder), "train", "--method", "magic"]) == 2
    assert "--method" in capsys.readouterr().err and not asked
