"""From texts to a base of one's own, cut off and gone on with, and on that base a person."""

from pathlib import Path
from typing import Any

import pytest

from sosias.evaluation.evaluate import evaluate
from sosias.events import Event, Sample
from sosias.models.base import open_base, started_from
from sosias.training import scratch_run
from sosias.training.scratch_run import TooLittleText
from sosias.training.train import train
from sosias.voice.voice import open_voice
from sosias.workspace import Persona, Workspace, write_settings
from tests.tiny import QUICK, novel, tiny_novels, tiny_persona


@pytest.fixture
def novels(tmp_path: Path) -> tuple[Workspace, Persona]:
    """Return ten texts, prepared."""
    return tiny_novels(tmp_path)


def test_who_looks_on_hears_texts_gone_on_with(novels: tuple[Workspace, Persona]) -> None:
    workspace, persona = novels
    heard: list[Event] = []
    train(workspace, persona, listener=heard.append, overrides={"sample_steps": 15}, samples=True)
    said = [event for event in heard if isinstance(event, Sample)]
    assert {event.step for event in said} == {15, 30}
    assert all(event.prompt.startswith("Novela") for event in said)


def test_everything_left_open_is_chosen_with_a_reason(novels: tuple[Workspace, Persona]) -> None:
    workspace, persona = novels
    left_open = {"window_tokens": None, "batch_tokens": None, "steps": 1}
    training = persona.settings.training.model_copy(update=left_open)
    persona.save(persona.settings.model_copy(update={"training": training}))
    chosen = {one["what"]: one for one in train(workspace, persona)["choices"]}
    run = persona.finished_run().settings.training
    for name in ("window_tokens", "batch_tokens"):
        assert chosen[name]["value"] == str(getattr(run, name)) and chosen[name]["why"]


def test_a_reason_is_kept_whatever_is_cut_off(
    novels: tuple[Workspace, Persona], monkeypatch: pytest.MonkeyPatch
) -> None:
    def falls(*_arguments: Any, **_options: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut_off:
        cut_off.setattr(scratch_run, "shards_in", falls)
        with pytest.raises(KeyboardInterrupt):
            train(*novels)
    assert "vocabulary" in {one["what"] for one in train(*novels)["choices"]}


def test_general_spanish_then_a_person(novels: tuple[Workspace, Persona], tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    workspace, persona = novels
    result = train(workspace, persona)
    run = persona.finished_run()
    assert result["method"] == "scratch"
    assert result["validation_losses"][-1] < result["validation_losses"][0]
    assert {"vocabulary", "layout", "learning_rate", "loss"} <= {one["what"] for one in result["choices"]}
    assert open_base(str(run.weights_folder)).config.context_length == 64  # as long as what it has read
    assert not run.corpus_folder.exists()
    assert not run.checkpoint_folder.exists()
    assert AutoModelForCausalLM.from_pretrained(run.weights_folder).num_parameters() == result["weights"]
    assert AutoTokenizer.from_pretrained(run.weights_folder)("la casa").input_ids
    measured = evaluate(workspace, persona)
    assert measured["bits_per_byte"]["tuned"] < measured["bits_per_byte"]["base"]
    assert train(workspace, persona) == result  # it is not trained twice

    base = open_base(str(run.weights_folder))
    (base.folder / "README.md").write_text("---\nlicense: cc-by-nc-4.0\n---\n")
    (base.folder / "LICENCE.txt").write_text("The texts are not for money.")
    for method in ("lora", "full"):
        training = QUICK.model_copy(update={"method": method, "learning_rate": 3e-3})
        own, ana = tiny_persona(tmp_path / method, base.folder, training)
        losses = train(own, ana)["validation_losses"]
        assert losses[-1] < losses[0]
    second = open_base(str(ana.finished_run().weights_folder))
    assert second.config.licence == "cc-by-nc-4.0", "what the first stage came under holds for the second"
    assert (second.folder / "LICENCE.txt").is_file()


def test_the_workspace_can_be_moved(novels: tuple[Workspace, Persona], tmp_path: Path) -> None:
    workspace, persona = novels
    result = train(workspace, persona, overrides={"steps": 1})
    run = persona.finished_run()
    assert run.settings.base == "personas/spanish/runs/001/start"
    before = evaluate(workspace, persona)
    moved = Workspace.open(workspace.folder.rename(tmp_path / "other"))
    persona = moved.persona()
    assert evaluate(moved, persona) == before
    with open_voice(persona) as speaker:
        assert [speaker.write("la casa", 4, seed=3, tuned=tuned) for tuned in (True, False)]
    assert train(moved, persona, overrides={"steps": 1}) == result
    run = persona.finished_run()
    gone = str(workspace.folder / "personas/spanish/runs/001/start")  # whole, as it once was written down
    write_settings(run.settings_file, run.settings.model_copy(update={"base": gone}))
    assert started_from(run).folder == run.start_folder.resolve()
    assert train(moved, persona, overrides={"steps": 1}) == result


def test_a_run_that_is_cut_off_ends_in_the_same_weights(
    novels: tuple[Workspace, Persona], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from sosias.training import fit

    workspace, persona = novels
    train(workspace, persona)
    whole = (persona.finished_run().weights_folder / "model.safetensors").read_bytes()
    run = persona.runs()[0]
    run.folder.rename(tmp_path / "kept")

    steps = fit.Fit.step

    def falls(self: Any, step: Any) -> float:
        if self.state.step == 17:
            raise KeyboardInterrupt
        if self.state.step == 11 and not self.checkpoint_folder.joinpath("state.pt").is_file():
            self._save()
        return steps(self, step)

    monkeypatch.setattr(fit.Fit, "step", falls)
    with pytest.raises(KeyboardInterrupt):
        train(workspace, persona)
    monkeypatch.setattr(fit.Fit, "step", steps)
    train(workspace, persona)
    assert len(persona.runs()) == 1
    assert (persona.finished_run().weights_folder / "model.safetensors").read_bytes() == whole


def test_what_a_fall_leaves_is_not_taken_for_another_size(
    novels: tuple[Workspace, Persona], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, persona = novels
    before = scratch_run.shards_in

    def falls(*_arguments: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(scratch_run, "shards_in", falls)
    with pytest.raises(KeyboardInterrupt):
        train(workspace, persona)
    monkeypatch.setattr(scratch_run, "shards_in", before)
    result = train(workspace, persona, overrides={"layout": "gpt2", "steps": 2})
    assert open_base(str(persona.finished_run().weights_folder)).config.layout == "gpt2"
    assert result["steps"] == 2
    assert len(persona.runs()) == 2


def test_nobody_elses_private_texts_are_learnt(novels: tuple[Workspace, Persona]) -> None:
    from sosias.training.scratch_corpus import Texts

    _workspace, persona = novels
    mine = list(Texts(persona, everybody=False).of("train"))
    assert mine
    assert all(text in [novel(number) for number in range(10)] for text in mine)
    whole = sum(Texts(persona, everybody=True).bytes_of(split) for split in ("train", "validation", "test"))  # type: ignore[arg-type]
    assert whole == sum(len(novel(number).encode()) for number in range(10))


def test_too_little_text_is_refused_in_a_sentence(
    novels: tuple[Workspace, Persona], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, persona = novels
    monkeypatch.setattr(scratch_run, "LEAST_TOKENS", 10**9)
    with pytest.raises(TooLittleText, match="too few to train from scratch on"):
        train(workspace, persona)
