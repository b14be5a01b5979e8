"""An update learns what a newer export brings, from where the last run was, and forgets nothing."""

import shutil
from pathlib import Path

import pytest

from sosias.corpus import prepare, prepared
from sosias.evaluation.interval import SessionLoss
from sosias.evaluation.measure import run_losses
from sosias.events import Event, Notice, silent
from sosias.models.base import open_base
from sosias.settings import TrainingSettings
from sosias.templates import open_template
from sosias.training import train as training
from sosias.training.learnt import key, read_learnt
from sosias.training.parent import NewNetwork, OutdatedRun
from sosias.training.plan import plan_run, split_windows
from sosias.training.update import plan_update, replayed, update
from sosias.workspace import NotTrained, Persona, Run, write_settings
from tests.tiny import add_later, tiny_persona


def tuned_loss(persona: Persona, run: Run) -> float:
    """Return what the words of the sessions held out now cost a run."""
    settings = persona.runs()[-1].settings
    base = open_base(settings.base)
    template = open_template(settings.template, base, settings.persona_author)
    windows = split_windows(template, prepared.read_sessions(persona), "test", settings.training)
    losses: list[SessionLoss] = run_losses(base, run, windows, silent)
    return sum(one.tuned for one in losses)


def plan_again(persona: Persona, parent: Run) -> TrainingSettings:
    """Return the settings of a further update, as if nothing had been learnt yet."""
    learnt = parent.learnt_file.read_text()
    parent.learnt_file.write_text("")
    plan = plan_update(persona, prepared.read_sessions(persona), parent)
    parent.learnt_file.write_text(learnt)
    assert plan is not None
    return plan.run.training


@pytest.mark.parametrize("method", ["lora", "full"])
def test_new_words_are_learnt_and_the_parent_is_named(
    llama_folder: Path, tmp_path: Path, method: str
) -> None:
    workspace, persona = tiny_persona(tmp_path / "chats", llama_folder)
    training.train(workspace, persona, overrides={"method": method})
    first = persona.finished_run()
    add_later(workspace, persona)
    result = update(workspace, persona)
    child = persona.finished_run()
    assert (result["updated"], result["parent"], result["method"]) == (True, "001", method)
    assert (child.folder.name, child.settings.parent) == ("002", "001")
    assert child.settings.training.learning_rate == first.settings.training.learning_rate / 2
    assert result["validation_losses"][-1] < result["validation_losses"][0]
    assert tuned_loss(persona, child) < tuned_loss(persona, first)
    assert read_learnt(first) < read_learnt(child)
    assert plan_again(persona, child).learning_rate == child.settings.training.learning_rate
    heard: list[Event] = []
    again = update(workspace, persona, listener=heard.append)
    assert not again["updated"] and len(persona.runs()) == 2
    assert any(isinstance(event, Notice) for event in heard)


def test_an_update_learns_at_a_rate_that_was_lowered_since(llama_folder: Path, tmp_path: Path) -> None:
    """Where a loss was no number there would be no way out otherwise."""
    workspace, persona = tiny_persona(tmp_path / "chats", llama_folder)
    training.train(workspace, persona, overrides={"steps": 1})
    add_later(workspace, persona)
    settings = persona.settings
    assert settings.training.learning_rate == 1e-2, "what it was trained at, of which an update takes half"
    lower = settings.training.model_copy(update={"learning_rate": 1e-3})
    persona.save(settings.model_copy(update={"training": lower}))
    update(workspace, persona)
    assert persona.finished_run().settings.training.learning_rate == 1e-3


def test_an_update_finds_the_base_that_lies_in_the_workspace(
    llama_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, persona = tiny_persona(tmp_path / "chats", Path("base"))
    shutil.copytree(llama_folder, workspace.folder / "base")
    training.train(workspace, persona, overrides={"steps": 1})
    add_later(workspace, persona)
    monkeypatch.chdir(tmp_path)
    assert update(workspace, persona)["updated"]
    assert persona.finished_run().settings.base == "base"


def test_new_and_old_windows_are_shared_out(llama_folder: Path, tmp_path: Path) -> None:
    workspace, persona = tiny_persona(tmp_path / "chats", llama_folder)
    training.train(workspace, persona, overrides={"steps": 1})
    parent = persona.finished_run()
    add_later(workspace, persona)
    sessions = prepared.read_sessions(persona)
    plan = plan_update(persona, sessions, parent)
    assert plan is not None and plan.parent == parent
    known = read_learnt(parent)
    new = {one.number for one in sessions if one.split == "train" and key(one) not in known}
    fresh = [window for window in plan.train if window.session in new]
    old = [window for window in plan.train if window.session not in new]
    tokens = [sum(len(window.ids) for window in some) for some in (fresh, old)]
    assert fresh and 0 < tokens[1] <= tokens[0] + 64
    held_out = {window.session for window in plan.validation}
    assert not any(key(one) in known for one in sessions if one.number in held_out)


def test_how_an_update_is_looked_after_is_as_the_persona_has_it_today(
    llama_folder: Path, tmp_path: Path
) -> None:
    workspace, persona = tiny_persona(tmp_path / "chats", llama_folder)
    training.train(workspace, persona, overrides={"steps": 1})
    add_later(workspace, persona)
    today = persona.settings.training.model_copy(update={"checkpoint_seconds": 7.0, "validations": 2})
    write_settings(persona.settings_file, persona.settings.model_copy(update={"training": today}))
    plan = plan_update(persona, prepared.read_sessions(persona), persona.finished_run())
    assert plan is not None
    assert (plan.run.training.checkpoint_seconds, plan.run.training.validations) == (7.0, 2)


def test_old_windows_are_drawn_again_in_the_same_way(llama_folder: Path, tmp_path: Path) -> None:
    _workspace, persona = tiny_persona(tmp_path / "chats", llama_folder)
    plan = plan_run(persona, prepared.read_sessions(persona), persona.settings)
    drawn = replayed(plan.train, 200, seed="1")
    assert drawn == replayed(plan.train, 200, seed="1") != replayed(plan.train, 200, seed="2")
    assert 200 <= sum(len(window.ids) for window in drawn) <= 200 + 64
    assert len(replayed(plan.train, 10**9, seed="1")) == len(plan.train)


def test_nothing_goes_on_from_nothing_or_from_forgotten_people(llama_folder: Path, tmp_path: Path) -> None:
    workspace, persona = tiny_persona(tmp_path / "chats", llama_folder)
    with pytest.raises(NotTrained):
        update(workspace, persona)
    training.train(workspace, persona, overrides={"steps": 1})
    run = persona.finished_run()
    write_settings(run.settings_file, run.settings.model_copy(update={"outdated": True}))
    with pytest.raises(OutdatedRun, match="from the start"):
        update(workspace, persona)
    scratch = run.settings.training.model_copy(update={"method": "scratch"})
    write_settings(
        run.settings_file, run.settings.model_copy(update={"outdated": False, "training": scratch})
    )
    with pytest.raises(NewNetwork, match="weights"):
        update(workspace, persona)


def test_people_keep_their_stand_ins(llama_folder: Path, tmp_path: Path) -> None:
    workspace, persona = tiny_persona(tmp_path / "chats", llama_folder)
    hidden = persona.settings.preparation.model_copy(update={"pseudonyms": True})
    persona.save(persona.settings.model_copy(update={"preparation": hidden}))
    prepare.prepare(workspace, persona)
    before = prepared.partner(prepared.read_sessions(persona))
    add_later(workspace, persona)
    assert prepared.partner(prepared.read_sessions(persona)) == before != "Bea"
