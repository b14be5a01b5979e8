"""What a step says before it begins."""

from pathlib import Path

import pytest

from sosias.events import Event, Notice, silent
from sosias.pipeline.steps import train_step
from tests.bases import tiny_folder
from tests.tiny import QUICK, tiny_persona

pytest.importorskip("torch")
from sosias.training import stepper  # it needs torch
from sosias.training.batches import Step
from sosias.training.choices import WindowTooLong


def test_a_training_begins_with_what_to_know_of_its_base(tmp_path: Path) -> None:
    training = QUICK.model_copy(update={"steps": 1})
    workspace, _persona = tiny_persona(tmp_path / "chats", tiny_folder(tmp_path / "base", "phi3"), training)
    said: list[Event] = []
    train_step(workspace.folder, "ana", {}, said.append)
    first = said[0]
    assert isinstance(first, Notice) and "names no licence" in first.text
    assert any(isinstance(one, Notice) and "400 tokens of talk" in one.text for one in said)


def test_a_training_that_falls_is_drawn_as_far_as_it_came(
    tmp_path: Path, llama_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, persona = tiny_persona(tmp_path / "chats", llama_folder, QUICK)
    whole = stepper.Stepper.step

    def broken(self: stepper.Stepper, step: Step) -> float:
        if self.state.step == 2:
            raise stepper.LossNotFinite(step=2, rate=1.0)
        return whole(self, step)

    monkeypatch.setattr(stepper.Stepper, "step", broken)
    with pytest.raises(stepper.LossNotFinite):
        train_step(workspace.folder, "ana", {}, silent)
    assert len(persona.runs()[0].metrics_file.read_text().splitlines()) == 2
    assert "<svg" in persona.report_page.read_text()


def test_what_falls_before_there_is_anything_to_draw_is_only_told(tmp_path: Path, llama_folder: Path) -> None:
    too_long = QUICK.model_copy(update={"window_tokens": 4096})
    workspace, persona = tiny_persona(tmp_path / "chats", llama_folder, too_long)
    with pytest.raises(WindowTooLong):
        train_step(workspace.folder, "ana", {}, silent)
    assert not persona.report_page.exists()
