"""What a step says before it begins."""

from pathlib import Path

import pytest

from sosias.events import Event, Notice
from sosias.pipeline.steps import train_step
from tests.bases import tiny_folder
from tests.tiny import QUICK, tiny_persona

pytest.importorskip("torch")


def test_a_training_begins_with_what_to_know_of_its_base(tmp_path: Path) -> None:
    training = QUICK.model_copy(update={"steps": 1})
    workspace, _persona = tiny_persona(tmp_path / "chats", tiny_folder(tmp_path / "base", "phi3"), training)
    said: list[Event] = []
    train_step(workspace.folder, "ana", {}, said.append)
    first = said[0]
    assert isinstance(first, Notice) and "names no licence" in first.text
    assert any(isinstance(one, Notice) and "400 tokens of talk" in one.text for one in said)
