"""Samples: heard by who looks on, kept nowhere, and without a trace in the weights."""

import json
import signal
from pathlib import Path
from typing import Any

import pytest
import torch

from sosias.corpus import prepared
from sosias.events import Curves, Event, Learning, Progress, Sample, Validated
from sosias.models.base import open_base
from sosias.settings import GenerationSettings
from sosias.templates import open_template
from sosias.training import samples
from sosias.training import train as training
from sosias.training.samples import PROMPTS, Prompt, Sampler, prompts
from sosias.workspace import Persona
from tests.tiny import QUICK, tiny_persona


def trained(
    folder: Path, base: Path, *, looked_at: bool = True, **update: Any
) -> tuple[Persona, list[Event]]:
    workspace, persona = tiny_persona(folder, base, QUICK.model_copy(update=update))
    heard: list[Event] = []
    training.train(workspace, persona, listener=heard.append, samples=looked_at)
    return persona, heard


def steps_of(heard: list[Event]) -> list[int]:
    return sorted({event.step for event in heard if isinstance(event, Sample)})


def stopping_at(step: int, heard: list[Event]) -> Any:
    """Return a listener that keeps the events and presses Ctrl-C at a step."""

    def listen(event: Event) -> None:
        heard.append(event)
        if isinstance(event, Progress) and event.step == "train" and event.done == step:
            signal.raise_signal(signal.SIGINT)

    return listen


@pytest.mark.parametrize("update", [{"dropout": 0.1}, {"method": "full"}])
def test_samples_change_no_weight(llama_folder: Path, tmp_path: Path, update: dict[str, Any]) -> None:
    from safetensors.torch import load_file

    alone, silence = trained(tmp_path / "alone", llama_folder, looked_at=False, **update)
    watched, heard = trained(tmp_path / "watched", llama_folder, sample_steps=5, **update)
    assert steps_of(silence) == [] and steps_of(heard) == [5, 10]
    folders = [one.finished_run().folder for one in (alone, watched)]
    first, second = (load_file(next(one.rglob("*.safetensors"))) for one in folders)
    assert first.keys() == second.keys() and first
    assert all(torch.equal(value, second[name]) for name, value in first.items())


def test_what_is_said_is_written_nowhere(llama_folder: Path, tmp_path: Path) -> None:
    persona, heard = trained(tmp_path / "chats", llama_folder, sample_steps=4)
    said = [event for event in heard if isinstance(event, Sample)]
    assert len(said) == 3 * PROMPTS
    held_out = [one for one in prepared.read_sessions(persona) if one.split == "validation"]
    others = {"\n".join(turn.bubbles) for one in held_out for turn in one.turns if not turn.persona}
    assert {one.prompt for one in said} <= others
    texts = {text for one in said for text in (one.prompt, one.reply) if len(text) > 3}
    assert texts
    for file in persona.finished_run().folder.rglob("*"):
        if file.is_file():
            assert not any(text.encode("utf-8", "replace") in file.read_bytes() for text in texts), file
    assert not any(text in repr(event) for event in heard for text in texts)


def test_samples_follow_validations_within_their_share(
    llama_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(samples, "SHARE", float("inf"))
    _persona, often = trained(tmp_path / "often", llama_folder)
    assert steps_of(often) == sorted(event.step for event in often if isinstance(event, Validated))
    monkeypatch.setattr(samples, "SHARE", 1e-9)
    _persona, once = trained(tmp_path / "once", llama_folder)
    assert steps_of(once) == steps_of(often)[:1]
    _persona, never = trained(tmp_path / "never", llama_folder, sample_steps=0)
    assert steps_of(never) == []


def test_another_number_of_steps_between_samples_is_the_same_run(llama_folder: Path, tmp_path: Path) -> None:
    workspace, persona = tiny_persona(tmp_path / "chats", llama_folder)
    assert training.train(workspace, persona, listener=stopping_at(5, []))["stopped"] == "interrupted"
    heard: list[Event] = []
    often = {"sample_steps": 1}
    training.train(workspace, persona, listener=heard.append, overrides=often, samples=True)
    assert steps_of(heard) == list(range(6, 13))
    training.train(workspace, persona)
    assert [run.folder.name for run in persona.runs()] == ["001"]


def test_a_run_gone_on_with_tells_its_curve_and_writes_it_whole(llama_folder: Path, tmp_path: Path) -> None:
    workspace, persona = tiny_persona(tmp_path / "chats", llama_folder)
    first: list[Event] = []
    training.train(workspace, persona, listener=stopping_at(7, first))
    again: list[Event] = []
    training.train(workspace, persona, listener=again.append)
    assert not any(isinstance(event, Curves) for event in first)
    curves = next(event for event in again if isinstance(event, Curves))
    told = [(event.step, event.loss) for event in first if isinstance(event, Learning)]
    assert curves.training == tuple((step, round(loss, 5)) for step, loss in told) and len(told) == 7
    validated = [(event.step, event.loss) for event in first if isinstance(event, Validated)]
    assert curves.validation == tuple((step, round(loss, 5)) for step, loss in validated) and validated
    lines = [json.loads(one) for one in persona.finished_run().metrics_file.read_text().splitlines()]
    steps = [one for one in lines if "loss" in one]
    assert [one["step"] for one in steps] == list(range(1, 13))
    assert all(one["tokens_per_second"] > 0 and one["rss_mb"] > 0 for one in steps)
    assert max(one["learning_rate"] for one in steps) == QUICK.learning_rate


def test_what_comes_last_of_a_step_is_how_far_the_run_is(llama_folder: Path, tmp_path: Path) -> None:
    _persona, heard = trained(tmp_path / "chats", llama_folder, sample_steps=12)
    last = max(place for place, event in enumerate(heard) if isinstance(event, Progress) and event.left == 0)
    kinds = [type(event) for event in heard[last - PROMPTS - 2 : last + 1]]
    assert kinds == [Learning, Validated, *[Sample] * PROMPTS, Progress]


def test_a_persona_that_does_not_talk_goes_on_with_first_words(llama_folder: Path, tmp_path: Path) -> None:
    _workspace, persona = tiny_persona(tmp_path / "chats", llama_folder)
    base = open_base(str(llama_folder))
    document = open_template("document", base, "Ana", group=False)
    asked = prompts(document, prepared.read_sessions(persona))
    assert len(asked) == PROMPTS
    assert all(base.tokenizer.decode(one.ids).endswith(one.said) for one in asked)
    assert prompts(document, []) == []


class Full:
    """A network for which there is no memory."""

    training = True
    device = "cpu"

    def eval(self) -> None:
        self.training = False

    def train(self, mode: bool) -> None:
        self.training = mode

    def __call__(self, **_arguments: Any) -> Any:
        raise MemoryError


def test_the_training_goes_on_where_memory_does_not_reach_for_samples(llama_folder: Path) -> None:
    template = open_template("transcript", open_base(str(llama_folder)), "Ana", group=False)
    sampler = Sampler(template, [Prompt("a", [5])], GenerationSettings(), 1, lambda _event: None)
    network = Full()
    sampler.speak(network, 1)
    sampler.speak(network, 2)
    assert network.training and sampler.asked == []
