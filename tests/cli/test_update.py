"""`sosias update` runs its steps in order and answers with their results."""

import hashlib
import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sosias.cli.main import run
from sosias.pipeline import chain
from sosias.settings import Consent, PersonaSettings, RunSettings, TrainingSettings
from sosias.workspace import Persona, Workspace, private_folder, write_json, write_settings

TRAINED = {
    "base": "tiny",
    "steps": 3,
    "seconds": 1.0,
    "tokens_per_second": 10.0,
    "updated": True,
    "parent": "001",
}
REPORT = {"bits_per_byte": {"base": 2.0, "tuned": 1.5, "fall": 0.25, "low": 0.1, "high": 0.4}, "folds": [{}]}


def finished(persona: Persona, values: dict[str, Any]) -> None:
    """Give the persona a run that has ended, as far as an update looks at it."""
    settings = RunSettings(
        base="",
        template="chat",
        persona_author="Ana",
        partner="Bea",
        group=False,
        training=TrainingSettings(),
        sessions_sha256="",
    )
    run = persona.new_run()
    write_settings(run.settings_file, settings.model_copy(update=values))
    run.adapter_folder.mkdir()
    write_json(run.result_file, {})


@pytest.mark.parametrize(("new", "left"), [(True, False), (False, True), (False, False)])
def test_the_steps_come_in_order(
    tmp_path: Path,
    llama_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    new: bool,
    left: bool,
) -> None:
    """An update that was cut off before it was measured has nothing new any more, and is measured then."""
    workspace = Workspace.create(tmp_path / "chats")
    consent = Consent(kind="self", recorded=date(2026, 1, 1))
    workspace.new_persona(PersonaSettings(name="ana", author="Ana", consent=consent))
    sessions = workspace.persona().sessions_file
    private_folder(sessions.parent)
    sessions.write_bytes(b"of the last update" if left else b"others")
    os.utime(sessions, (0, 0))  # older than what they are made from
    of_update = {"parent": "000", "sessions_sha256": hashlib.sha256(b"of the last update").hexdigest()}
    finished(workspace.persona(), {"base": str(llama_folder)} | of_update)
    steps: list[tuple[str, Any]] = []

    def step(name: str, _folder: Path, _persona: str | None, arguments: Any, _listener: Any) -> Any:
        steps.append((name, arguments))
        return {"update": TRAINED | {"updated": new}, "evaluate": REPORT}.get(name, {})

    monkeypatch.setattr(chain, "run_step", step)
    export = tmp_path / "chat.txt"
    assert run(["-C", str(workspace.folder), "update", "--from", str(export), "--json"]) == 0
    names = ["import", "prepare", "update", "evaluate"]
    assert [name for name, _arguments in steps] == (names if new or left else names[:3])
    assert steps[0][1] == {"paths": [str(export.resolve())]}
    answer = json.loads(capsys.readouterr().out)
    assert answer["persona"] == "ana" and answer["train"]["updated"] is new


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"outdated": True}, "forgotten since"),
        ({"training": TrainingSettings(method="scratch")}, "network from scratch"),
        ({"base": "nowhere"}, "nowhere"),
    ],
)
def test_what_no_update_can_go_on_from_is_refused_before_anything_is_imported(
    tmp_path: Path,
    llama_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    changed: dict[str, Any],
    said: str,
) -> None:
    workspace = Workspace.create(tmp_path / "chats")
    consent = Consent(kind="self", recorded=date(2026, 1, 1))
    persona = workspace.new_persona(PersonaSettings(name="ana", author="Ana", consent=consent))
    finished(persona, {"base": str(llama_folder)} | changed)
    steps: list[str] = []
    monkeypatch.setattr(chain, "run_step", lambda name, *_given: steps.append(name))
    assert run(["-C", str(workspace.folder), "update", "--from", "x.txt"]) == 2
    assert said in " ".join(capsys.readouterr().err.split())
    assert not steps


def test_a_persona_without_a_training_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace = Workspace.create(tmp_path / "chats")
    consent = Consent(kind="self", recorded=date(2026, 1, 1))
    workspace.new_persona(PersonaSettings(name="ana", author="Ana", consent=consent))
    assert run(["-C", str(workspace.folder), "update", "--from", "x.txt"]) == 2
    assert "has not been trained yet" in capsys.readouterr().err
