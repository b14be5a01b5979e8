"""A run ends in an adapter, goes on where it was cut off, and says what it chose."""

import json
import math
import multiprocessing
import os
import shutil
import signal
import stat
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
import torch

from sosias.corpus import prepared
from sosias.events import Choice, Event, Notice, Progress, silent
from sosias.models.base import started_from
from sosias.training import distributed_memory, foreseen, scratch_run
from sosias.training import fit as fitting
from sosias.training import train as training
from sosias.training.checkpoint import BadCheckpoint, Checkpoint
from sosias.training.fit import Fit
from sosias.training.memory import NotEnoughMemory
from sosias.training.methods import trainable_network
from sosias.training.plan import NotFromScratch, OnlyFromScratch, plan_run
from sosias.training.schedule import learning_rate
from sosias.training.source import Windows
from sosias.training.stepper import LossNotFinite
from sosias.voice.voice import open_voice
from sosias.workspace import Persona, Workspace, WorkspaceBusy, write_settings
from tests.tiny import QUICK, add_later, tiny_novels, tiny_persona


def adapter_of(persona: Persona) -> dict[str, torch.Tensor]:
    from safetensors.torch import load_file

    return load_file(persona.finished_run().adapter_folder / "adapter_model.safetensors")


def assert_same(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> None:
    assert first.keys() == second.keys() and first
    assert all(torch.equal(value, second[name]) for name, value in first.items())


class Hears:
    """Keeps the events, and may do something at a step."""

    def __init__(self, at: int = -1, act: Any = None) -> None:
        self.events: list[Event] = []
        self.at, self.act = at, act

    def __call__(self, event: Event) -> None:
        self.events.append(event)
        if isinstance(event, Progress) and event.step == "train" and event.done == self.at:
            self.act()


def test_a_run_learns_and_says_what_it_did(llama_folder: Path, tmp_path: Path) -> None:
    workspace, persona = tiny_persona(tmp_path / "chats", llama_folder)
    hears = Hears()
    result = training.train(workspace, persona, listener=hears)
    assert result["stopped"] == "finished" and result["steps"] == 12
    assert result["validation_losses"][-1] < result["validation_losses"][0]
    assert 0 < result["supervised_tokens"] < result["tokens"]
    assert {"template"} <= {choice["what"] for choice in result["choices"]}
    run = persona.finished_run()
    assert run.settings.training.steps == 12 and run.settings.partner == "Bea"
    assert run.adapter_gguf.is_file()
    losses = [json.loads(line) for line in run.metrics_file.read_text().splitlines()]
    assert [one["step"] for one in losses if "loss" in one] == list(range(1, 13))
    assert any(isinstance(event, Choice) and event.why for event in hears.events)


def test_nothing_it_writes_is_readable_by_others_or_names_this_machine(
    llama_folder: Path, tmp_path: Path
) -> None:
    workspace, persona = tiny_persona(tmp_path / "chats", llama_folder)
    training.train(workspace, persona)
    for path in persona.folder.rglob("*"):
        if os.name == "posix":
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    config = (persona.finished_run().adapter_folder / "adapter_config.json").read_text()
    assert str(llama_folder.parent) not in config and llama_folder.name in config


def test_the_same_settings_are_not_trained_twice(llama_folder: Path, tmp_path: Path) -> None:
    workspace, persona = tiny_persona(tmp_path / "chats", llama_folder)
    first = training.train(workspace, persona)
    hears = Hears()
    assert training.train(workspace, persona, listener=hears) == first
    assert any(isinstance(event, Notice) for event in hears.events)
    training.train(workspace, persona, overrides={"steps": 3})
    assert [run.folder.name for run in persona.runs()] == ["001", "002"]


def test_a_base_is_the_same_from_wherever_it_is_named(
    llama_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, persona = tiny_persona(tmp_path / "chats", tmp_path / "none")
    monkeypatch.chdir(llama_folder.parent)
    first = training.train(workspace, persona, overrides={"base": f"./{llama_folder.name}", "steps": 1})
    (run,) = persona.runs()
    assert run.settings.base == str(llama_folder.resolve())
    monkeypatch.chdir(tmp_path)
    with open_voice(persona) as speaker:
        assert speaker.write("claro", 2, seed=3)
    elsewhere = os.path.relpath(llama_folder, tmp_path)
    assert training.train(workspace, persona, overrides={"base": elsewhere, "steps": 1}) == first
    write_settings(run.settings_file, run.settings.model_copy(update={"base": elsewhere}))  # as it once was
    assert started_from(run).folder == llama_folder.resolve()
    assert training.train(workspace, persona, overrides={"base": str(llama_folder), "steps": 1}) == first
    assert len(persona.runs()) == 1


def test_a_base_in_the_workspace_moves_with_it(
    llama_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, persona = tiny_persona(tmp_path / "chats", Path("bases/own"))
    own = shutil.copytree(llama_folder, workspace.folder / "bases" / "own")
    shutil.copytree(llama_folder, tmp_path / "bases" / "own")  # another one, of the same name
    monkeypatch.chdir(tmp_path)
    first = training.train(workspace, persona, overrides={"steps": 1})  # named in persona.toml
    (run,) = persona.runs()
    assert run.settings.base == "bases/own" and started_from(run).folder == own.resolve()
    monkeypatch.chdir(own)
    assert training.train(workspace, persona, overrides={"base": ".", "steps": 1}) == first
    monkeypatch.chdir(tmp_path)
    workspace.folder.rename(tmp_path / "other")
    persona = Workspace.open(tmp_path / "other").persona()
    assert started_from(persona.finished_run()).folder == (tmp_path / "other" / "bases" / "own").resolve()
    with open_voice(persona) as speaker:
        assert speaker.write("claro", 2, seed=3)


def test_what_train_answers_for_is_what_chats_use(llama_folder: Path, tmp_path: Path) -> None:
    workspace, persona = tiny_persona(tmp_path / "chats", llama_folder)
    for steps in (2, 3, 2):
        result = training.train(workspace, persona, overrides={"steps": steps})
        assert persona.finished_run().result() == result and result["steps"] == steps


def test_a_run_that_fell_before_it_began_is_taken_up(llama_folder: Path, tmp_path: Path) -> None:
    workspace, persona = tiny_persona(tmp_path / "chats", llama_folder)
    persona.new_run()
    training.train(workspace, persona, overrides={"steps": 1})
    assert [run.folder.name for run in persona.runs()] == ["001"]


@pytest.mark.parametrize("method", ["lora", "scratch"])
def test_a_run_that_is_left_behind_is_named(llama_folder: Path, tmp_path: Path, method: str) -> None:
    lora = method == "lora"
    workspace, persona = tiny_persona(tmp_path, llama_folder) if lora else tiny_novels(tmp_path)
    stop = Hears(5, lambda: signal.raise_signal(signal.SIGINT))
    first = {"minutes": 600, "seed": 3}
    assert training.train(workspace, persona, listener=stop, overrides=first)["stopped"] == "interrupted"
    again, often = Hears(6, lambda: signal.raise_signal(signal.SIGINT)), {"checkpoint_seconds": 7}
    training.train(workspace, persona, listener=again, overrides=first | often)
    assert len(persona.runs()) == 1 and not any(isinstance(event, Notice) for event in again.events)
    other = Hears()
    training.train(workspace, persona, listener=other)
    (said,) = [event.text for event in other.events if isinstance(event, Notice)]
    assert said.startswith(f"Run 001 of {persona.name} stands unfinished at step 6 ")
    assert "(minutes, seed)" in said and "To go on with 001" in said and " MB" in said
    assert persona.runs()[0].checkpoint_folder.is_dir(), "nothing is deleted"
    shutil.rmtree(persona.runs()[1].folder)
    result = training.train(workspace, persona, overrides=first)
    assert result["stopped"] == "finished" and len(persona.runs()) == 1, "it is gone on with"
    later = Hears()
    training.train(workspace, persona, overrides={"steps": 2}, listener=later)
    assert not any(isinstance(event, Notice) for event in later.events), "a finished run is not left behind"


def test_no_setting_leads_back_to_other_sessions(llama_folder: Path, tmp_path: Path) -> None:
    workspace, persona = tiny_persona(tmp_path, llama_folder)
    training.train(workspace, persona, listener=Hears(5, lambda: signal.raise_signal(signal.SIGINT)))
    add_later(workspace, persona)
    other = Hears()
    training.train(workspace, persona, overrides={"steps": 1}, listener=other)
    (said,) = [event.text for event in other.events if isinstance(event, Notice)]
    assert "sessions" in said and "To go on" not in said


def test_a_run_repeats_exactly(llama_folder: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        workspace, persona = tiny_persona(tmp_path / name, llama_folder)
        training.train(workspace, persona)
    personas = [Workspace.open(tmp_path / name).persona() for name in ("a", "b")]
    assert_same(adapter_of(personas[0]), adapter_of(personas[1]))


@pytest.mark.parametrize("dropout", [0.0, 0.1])
def test_ctrl_c_saves_and_the_next_call_ends_in_the_same_weights(
    llama_folder: Path, tmp_path: Path, dropout: float
) -> None:
    settings = QUICK.model_copy(update={"dropout": dropout})
    workspace, straight = tiny_persona(tmp_path / "straight", llama_folder, settings)
    training.train(workspace, straight)
    workspace, cut = tiny_persona(tmp_path / "cut", llama_folder, settings)
    stop = Hears(5, lambda: signal.raise_signal(signal.SIGINT))
    assert training.train(workspace, cut, listener=stop)["stopped"] == "interrupted"
    again = Hears()
    assert training.train(workspace, cut, listener=again)["stopped"] == "finished"
    assert min(e.done for e in again.events if isinstance(e, Progress) and e.step == "train") == 6
    assert_same(adapter_of(straight), adapter_of(cut))


@pytest.mark.parametrize("method", ["lora", "scratch"])
def test_what_a_kill_left_half_written_is_taken_away(
    llama_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    lora = method == "lora"
    workspace, persona = tiny_persona(tmp_path, llama_folder) if lora else tiny_novels(tmp_path)
    run = persona.new_run()
    for name in (".adapter.k3j2/model", ".start.b7/model", "checkpoint/.state.pt.x9", "corpus/train/.bin.y"):
        (run.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (run.folder / name).write_bytes(b"half of it")
    check, seen = foreseen.check_disk, []

    def checked(folder: Path, *others: Any) -> None:
        seen.extend(folder.rglob(".*"))
        check(folder, *others)

    monkeypatch.setattr(training if lora else scratch_run, "check_disk", checked)
    training.train(workspace, persona)
    assert not seen, "taken for room on the disk"
    assert [path.name for path in persona.runs()[-1].folder.rglob(".*")] == []
    assert persona.runs()[-1].folder == run.folder


def _train_until_killed(folder: Path) -> None:
    workspace = Workspace.open(folder)
    fitting.SAVING_SHARE = math.inf  # a checkpoint after every step, however long it takes

    def die(event: Event) -> None:
        if isinstance(event, Progress) and event.step == "train" and event.done == 7:
            os.kill(os.getpid(), signal.SIGKILL)

    training.train(workspace, workspace.persona(), listener=die)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")
def test_kill_9_loses_at_most_the_last_interval(llama_folder: Path, tmp_path: Path) -> None:
    often = QUICK.model_copy(update={"checkpoint_seconds": 1e-6})
    workspace, straight = tiny_persona(tmp_path / "straight", llama_folder, often)
    training.train(workspace, straight)
    workspace, cut = tiny_persona(tmp_path / "cut", llama_folder, often)
    process = multiprocessing.get_context("spawn").Process(
        target=_train_until_killed, args=(tmp_path / "cut",)
    )
    process.start()
    process.join(240)
    assert process.exitcode == -signal.SIGKILL
    again = Hears()
    training.train(workspace, cut, listener=again)
    steps = [e.done for e in again.events if isinstance(e, Progress) and e.step == "train"]
    assert min(steps) == 7
    lines = cut.finished_run().metrics_file.read_text().splitlines()
    told = [json.loads(line)["step"] for line in lines if "seconds" in line]
    assert told == list(range(1, 13))
    assert_same(adapter_of(straight), adapter_of(cut))


def test_one_writer_at_a_time(llama_folder: Path, tmp_path: Path) -> None:
    workspace, persona = tiny_persona(tmp_path / "chats", llama_folder)
    with workspace.writing(), pytest.raises(WorkspaceBusy):
        training.train(workspace, persona)


def _fit(llama_folder: Path, folder: Path, **update: Any) -> Fit:
    _workspace, persona = tiny_persona(folder / "chats", llama_folder, QUICK.model_copy(update=update))
    plan = plan_run(persona, prepared.read_sessions(persona), persona.settings)
    settings = plan.run.training
    network = trainable_network(plan.base, settings)
    return Fit(network, Windows(plan.train, settings, 0), plan.validation, settings, 0, folder, silent)


def curves_of(folder: Path) -> list[tuple[int, int, float]]:
    lines = map(json.loads, (folder / "metrics.jsonl").read_text().splitlines())
    return [(one["step"], one["epoch"], one.get("validation_loss", one.get("loss"))) for one in lines]


def copied(fit: Fit) -> dict[str, torch.Tensor]:
    return {name: value.detach().clone() for name, value in fit.trained.items()}


@pytest.mark.parametrize(("fall", "stopped"), [(0.1, "overfitting"), (0.0, "plateau"), (-0.1, "plateau")])
def test_a_validation_loss_that_falls_no_more_stops_the_run_and_the_best_is_kept(
    llama_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fall: float, stopped: str
) -> None:
    planted = iter([3.0, 2.0, 2.5, 2.6, 2.7, 1.0])
    fit = _fit(llama_folder, tmp_path, patience=3, validations=12)
    whole = fit.gradient
    monkeypatch.setattr(fit, "gradient", lambda step: (4 - fall * fit.state.step, *whole(step)[1:]))
    kept: list[dict[str, torch.Tensor]] = []

    def loss(*_arguments: Any, **_options: Any) -> float:
        kept.append(copied(fit))
        return next(planted)

    monkeypatch.setattr(fitting, "mean_loss", loss)
    fitted = fit.run()
    assert (fitted.stopped, fitted.steps, fitted.best_loss) == (stopped, 5, 2.0)
    assert_same(copied(fit), kept[1])


@pytest.mark.parametrize(("fall", "stopped"), [(0.1, "overfitting"), (-0.1, "plateau")])
def test_an_update_that_gets_no_better_says_which_way_it_went(
    llama_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fall: float, stopped: str
) -> None:
    fit, planted = _fit(llama_folder, tmp_path, patience=3, validations=12), iter([1.0, 2.0, 2.0, 2.0])
    fit.trained_before, whole = True, fit.gradient
    monkeypatch.setattr(fit, "gradient", lambda step: (4 - fall * fit.state.step, *whole(step)[1:]))
    monkeypatch.setattr(fitting, "mean_loss", lambda *_arguments, **_options: next(planted))
    fitted = fit.run()
    assert (fitted.stopped, fitted.steps, fitted.best_loss) == (stopped, 3, 1.0)


def test_a_validation_that_does_not_fit_or_is_no_number_loses_nothing(
    llama_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []

    def full(*_arguments: Any, together: int) -> float:
        tried.append(together)
        raise MemoryError

    fit = _fit(llama_folder, tmp_path / "full", validations=3)
    monkeypatch.setattr(fitting, "mean_loss", full)
    with pytest.raises(NotEnoughMemory):
        fit.run()
    assert tried[-1] == 1 and tried == sorted(tried, reverse=True), "fewer windows at once, down to one"
    kept = Checkpoint.load(tmp_path / "full" / "checkpoint")
    assert kept is not None and kept.step == 4 and not kept.losses
    broken = _fit(llama_folder, tmp_path / "broken", validations=3)
    monkeypatch.setattr(fitting, "mean_loss", lambda *_arguments, **_options: math.nan)
    with pytest.raises(LossNotFinite, match="step 4"):
        broken.run()
    assert Checkpoint.load(tmp_path / "broken" / "checkpoint") is None, "broken weights are not kept"


@pytest.mark.parametrize(("validations", "falls"), [(3, 0), (3, 2), (1, 0)])
def test_a_validation_that_memory_ran_out_in_is_made_up_for(
    llama_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, validations: int, falls: int
) -> None:
    straight = _fit(llama_folder, tmp_path / "straight", validations=validations)
    whole = straight.run()
    cut = _fit(llama_folder, tmp_path / "cut", validations=validations)
    calls, measured = iter(range(validations)), cut._mean_loss

    def short() -> float:
        if next(calls) == falls:
            raise NotEnoughMemory
        return measured()

    monkeypatch.setattr(cut, "_mean_loss", short)
    with pytest.raises(NotEnoughMemory):
        cut.run()
    shutil.rmtree(tmp_path / "cut" / "chats")
    again = _fit(llama_folder, tmp_path / "cut", validations=validations)
    fitted = again.run()
    assert (fitted.stopped, fitted.losses, fitted.best_loss) == ("finished", whole.losses, whole.best_loss)
    assert_same(copied(straight), copied(again))
    assert curves_of(tmp_path / "cut") == curves_of(tmp_path / "straight")


def test_a_loss_that_is_no_number_stops_with_the_step(
    llama_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit = _fit(llama_folder, tmp_path, validations=1)
    whole = fit.gradient
    calls = iter(range(100))
    broken = lambda step: (math.nan, 1, 1) if next(calls) == 4 else whole(step)  # noqa: E731
    monkeypatch.setattr(fit, "gradient", broken)
    with pytest.raises(LossNotFinite, match="step 4"):
        fit.run()
    kept = Checkpoint.load(tmp_path / "checkpoint")
    assert kept is not None and kept.step == 4
    assert all(torch.isfinite(value).all() for value in fit.trained.values())


@pytest.mark.parametrize(("validation", "worse"), [(False, False), (True, False), (False, True)])
def test_a_loss_that_is_no_number_ends_the_run_in_the_best_weights_so_far(
    llama_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, validation: bool, worse: bool
) -> None:
    fit, hears = _fit(llama_folder, tmp_path, validations=6), Hears()
    fit.listener = hears
    whole, best = fit.gradient, []
    planted = iter([3.0, 2.0, 2.5 if worse else 1.0, math.nan])

    def loss(*_arguments: Any, **_options: Any) -> float:
        best.append(copied(fit))
        return next(planted)

    def gradient(step: Any) -> tuple[float, int, int]:
        return (math.nan, 1, 1) if fit.state.step == 7 and not validation else whole(step)

    monkeypatch.setattr(fitting, "mean_loss", loss)
    monkeypatch.setattr(fit, "gradient", gradient)
    fitted = fit.run()
    assert (fitted.stopped, fitted.steps) == ("diverged", 8 if validation else 7)
    assert_same(copied(fit), best[1 if worse else 2])
    (said,) = [event.text for event in hears.events if isinstance(event, Notice)]
    assert f"at step {fitted.steps}:" in said and f"(step {4 if worse else 6})" in said


@pytest.mark.parametrize("losses", [[1.0, 2.0, math.nan], [1.0, 0.9, math.nan]])
def test_an_update_that_only_made_it_worse_is_no_result(
    llama_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, losses: list[float]
) -> None:
    fit, better = _fit(llama_folder, tmp_path, validations=6), losses[1] < losses[0]
    fit.trained_before, planted = True, iter(losses)
    monkeypatch.setattr(fitting, "mean_loss", lambda *_arguments, **_options: next(planted))
    with nullcontext() if better else pytest.raises(LossNotFinite, match="lower"):
        fitted = fit.run()
        assert (fitted.stopped, fitted.steps) == ("diverged", 4)


@pytest.mark.parametrize("method", ["lora", "scratch"])
def test_a_run_whose_loss_became_no_number_can_be_used(
    llama_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    lora = method == "lora"
    workspace, persona = tiny_persona(tmp_path, llama_folder) if lora else tiny_novels(tmp_path)
    whole = Fit.gradient
    monkeypatch.setattr(
        Fit, "gradient", lambda fit, step: (math.nan, 1, 1) if fit.state.step == 11 else whole(fit, step)
    )
    result = training.train(workspace, persona)
    run = persona.finished_run()
    assert (result["stopped"], result["steps"]) == ("diverged", 11) and run.result() == result
    assert (run.adapter_folder if lora else run.weights_folder).is_dir()
    assert not run.checkpoint_folder.exists()
    assert training.train(workspace, persona) == result


def test_a_damaged_checkpoint_is_said(llama_folder: Path, tmp_path: Path) -> None:
    fit = _fit(llama_folder, tmp_path)
    (tmp_path / "checkpoint").mkdir()
    (tmp_path / "checkpoint" / "state.pt").write_bytes(b"PK\x03\x04 damaged")
    with pytest.raises(BadCheckpoint, match="delete that folder"):
        fit.run()
    assert Checkpoint.load(tmp_path / "nowhere") is None


def test_minutes_fix_a_number_of_steps_within_the_epochs(llama_folder: Path, tmp_path: Path) -> None:
    workspace, persona = tiny_persona(
        tmp_path / "chats", llama_folder, QUICK.model_copy(update={"steps": None})
    )
    started = time.perf_counter()
    result = training.train(workspace, persona, overrides={"minutes": 1e-6})
    assert result["steps"] == 1 and time.perf_counter() - started < 60
    result = training.train(workspace, persona, overrides={"minutes": 60, "epochs": 2})
    asked = next(choice for choice in result["choices"] if choice["what"] == "steps")
    assert int(asked["value"]) == persona.finished_run().settings.training.steps
    assert "epochs: 2" in asked["why"]


def test_a_run_gone_on_with_tells_what_was_chosen_before(llama_folder: Path, tmp_path: Path) -> None:
    left_open = QUICK.model_copy(update={"steps": None, "micro_batch_tokens": None, "epochs": 2})
    workspace, persona = tiny_persona(tmp_path / "chats", llama_folder, left_open)

    def stop(event: Event) -> None:
        if isinstance(event, Progress) and event.done == 2:
            signal.raise_signal(signal.SIGINT)

    assert training.train(workspace, persona, listener=stop)["stopped"] == "interrupted"
    result = training.train(workspace, persona)
    chosen = [choice["what"] for choice in result["choices"]]
    assert result["stopped"] == "finished" and {"steps", "micro_batch_tokens"} <= set(chosen)
    assert len(chosen) == len(set(chosen))


@pytest.mark.parametrize("by", ["the machine", "the user"])
def test_a_run_goes_on_with_less_at_once_where_less_fits(
    llama_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    left_open = QUICK.model_copy(update={"micro_batch_tokens": None})
    workspace, persona = tiny_persona(tmp_path / "chats", llama_folder, left_open)

    def stop(event: Event) -> None:
        if isinstance(event, Progress) and event.done == 2:
            signal.raise_signal(signal.SIGINT)

    assert training.train(workspace, persona, listener=stop)["stopped"] == "interrupted"
    (run,) = persona.runs()
    assert run.settings.training.micro_batch_tokens == QUICK.batch_tokens, "all of a step"
    if by == "the user":
        settings = persona.settings
        less = settings.training.model_copy(update={"micro_batch_tokens": 64})
        persona.save(settings.model_copy(update={"training": less}))
    else:
        monkeypatch.setattr(foreseen, "MARGIN", 1.0)
        monkeypatch.setattr(distributed_memory, "least_available", lambda _ranks: 136_000_000)
    hears = Hears()
    assert training.train(workspace, persona, listener=hears)["stopped"] == "finished"
    assert [one.folder.name for one in persona.runs()] == ["001"]
    chosen = [event.value for event in hears.events if isinstance(event, Choice) and "micro" in event.what]
    assert chosen == ([] if by == "the user" else [str(run.settings.training.micro_batch_tokens)])
    assert (run.settings.training.micro_batch_tokens or 0) < (QUICK.batch_tokens or 0)
    told = [one["value"] for one in run.result()["choices"] if one["what"] == "micro_batch_tokens"]
    assert told == chosen, "the result tells of no choice that does not hold any more"


@pytest.mark.parametrize(
    ("wanted", "kind"),
    [
        ({"method": "scratch", "base": "gemma3-270m"}, NotFromScratch),
        ({"method": "scratch", "template": "chat"}, NotFromScratch),
        ({"size": "tiny"}, OnlyFromScratch),
    ],
)
def test_settings_that_mean_nothing_together_are_refused(
    llama_folder: Path, tmp_path: Path, wanted: dict[str, Any], kind: type[Exception]
) -> None:
    workspace, persona = tiny_persona(tmp_path / "chats", llama_folder)
    with pytest.raises(kind, match="leave it out"):
        training.train(workspace, persona, overrides=wanted)
    assert not persona.runs()


@pytest.mark.parametrize(
    ("method", "own", "idle"),
    [
        ("lora", {"size": "tiny", "dropout": 0.1}, "size"),
        ("dora", {"layout": "gpt2"}, "layout"),
        ("full", {"rank": 4, "size": None, "dropout": 0.1}, "rank, alpha, dropout"),
        ("scratch", {"size": "tiny", "rank": None}, "alpha"),
        ("lora", {}, None),
    ],
)
def test_settings_that_do_nothing_with_the_method_are_named(
    llama_folder: Path, tmp_path: Path, method: str, own: dict[str, Any], idle: str | None
) -> None:
    settings = QUICK.model_copy(update={"steps": 1, "method": method} | own)
    scratch = method == "scratch"
    workspace, persona = (
        tiny_novels(tmp_path, settings) if scratch else tiny_persona(tmp_path, llama_folder, settings)
    )
    hears = Hears()
    training.train(workspace, persona, listener=hears)
    said = [event.text for event in hears.events if isinstance(event, Notice)]
    told = f"{idle} under [training] in persona.toml: nothing comes of it with --method {method}."
    assert said == ([told] if idle else [])


@pytest.mark.parametrize("method", ["lora", "full", "scratch"])
def test_the_learning_rate_warms_up_and_falls_where_all_weights_learn(method: str) -> None:
    settings = QUICK.model_copy(update={"steps": 100, "learning_rate": 1.0, "method": method})
    rates = [learning_rate(step, settings) for step in range(100)]
    assert rates[0] < rates[5] == 1.0
    if method == "lora":
        assert set(rates[5:]) == {1.0}
    else:
        assert rates[6:] == sorted(rates[6:], reverse=True)
        assert 0.1 <= rates[-1] < 0.102


@pytest.mark.parametrize(("kind", "loss"), [("fiction", "all"), ("public", "all"), ("self", "persona")])
def test_others_private_words_are_not_learnt(
    llama_folder: Path, tmp_path: Path, kind: str, loss: str
) -> None:
    _workspace, persona = tiny_persona(tmp_path / "chats", llama_folder)
    consent = persona.settings.consent.model_copy(update={"kind": kind})
    settings = persona.settings.model_copy(update={"consent": consent})
    plan = plan_run(persona, prepared.read_sessions(persona), settings)
    assert plan.run.training.loss == loss
    learnt = [
        token for window in plan.train for token, flag in zip(window.ids, window.learnt, strict=True) if flag
    ]
    text = plan.base.tokenizer.decode(learnt)
    assert ("¿y el" in text) == (loss == "all") and "claro" in text
    held = [
        token
        for window in plan.validation
        for token, flag in zip(window.ids, window.learnt, strict=True)
        if flag
    ]
    assert "¿y el" not in plan.base.tokenizer.decode(held)


def test_a_gradient_without_end_changes_no_weight(
    llama_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit = _fit(llama_folder, tmp_path, validations=1)
    whole = fit.gradient
    kept: list[dict[str, torch.Tensor]] = []

    def planted(step: Any) -> tuple[float, int, int]:
        result = whole(step)
        if fit.state.step == 3:
            kept.append(copied(fit))
            next(iter(fit.trained.values())).grad.fill_(math.inf)
        return result

    monkeypatch.setattr(fit, "gradient", planted)
    with pytest.raises(LossNotFinite, match="step 3"):
        fit.run()
    assert_same(copied(fit), kept[0])
    found = Checkpoint.load(tmp_path / "checkpoint")
    assert found is not None and found.step == 3
    assert_same(found.weights, kept[0])


def test_a_line_cut_in_two_by_a_kill_is_forgotten(llama_folder: Path, tmp_path: Path) -> None:
    fit = _fit(llama_folder, tmp_path)
    (tmp_path / "metrics.jsonl").write_text('{"step": 1, "loss": 2.0}\n{"step": 2, "lo')
    fit.metrics.forget_after(1)
    assert (tmp_path / "metrics.jsonl").read_text() == '{"step": 1, "loss": 2.0}\n'
