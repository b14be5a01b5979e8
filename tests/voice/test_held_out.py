"""The check that the project promises: 50 held-out prompts, the persona's adapter, the full vocabulary.

A persona of the sample is trained for a few steps on each real base; then llama.cpp over the
quantised GGUF is held against torch over the converted folder. What is left between them is the
rounding inside llama.cpp's quantised products.
"""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

import sosias
from sosias.models.base import Base
from sosias.settings import Consent, PersonaSettings
from sosias.templates import Template, open_template
from sosias.voice.llama import LlamaEngine
from sosias.voice.torch_engine import TorchEngine
from sosias.workspace import Persona, Run, Workspace

pytest.importorskip("torch", reason="torch is the reference")
pytestmark = pytest.mark.timeout(1800)  # on a machine that does other things too

PROMPTS = 50
PROMPT_TOKENS = 128
AUTHOR = "Plácido"
QUICK = {"steps": 6, "batch_tokens": 256, "window_tokens": 128, "validations": 1, "learning_rate": 2e-3}


Record = Callable[[str, object], None]


class Trained(NamedTuple):
    base: Base
    run: Run
    prompts: list[list[int]]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return the sample, imported."""
    from sosias.sources.store import import_files

    workspace = Workspace.create(tmp_path_factory.mktemp("sample"))
    import_files(workspace, sorted((Path(sosias.__file__).parent / "sample").glob("*.txt")))
    return workspace


@pytest.fixture(scope="module", params=["smollm2-135m-instruct", "gemma3-270m"])
def trained(request: pytest.FixtureRequest, workspace: Workspace) -> Trained:
    """Return a persona's run on a real base, and prompts from the sessions that it never saw."""
    from sosias.corpus import prepare
    from sosias.training.train import train

    name: str = request.param
    base: Base = request.getfixturevalue("smollm2" if name.startswith("smollm2") else "gemma3")
    consent = Consent(kind="fiction", recorded=date(2026, 1, 1))
    settings = PersonaSettings(name=name.split("-")[0], author=AUTHOR, consent=consent, base=base.name)
    persona = workspace.new_persona(settings)
    prepare.prepare(workspace, persona)
    train(workspace, persona, overrides=QUICK)
    run = persona.finished_run()
    template = open_template(run.settings.template, base, AUTHOR, group=run.settings.group)
    return Trained(base, run, held_out_prompts(persona, template))


def held_out_prompts(persona: Persona, template: Template) -> list[list[int]]:
    """Return prompts spread over the test sessions, each ending where the persona speaks."""
    from sosias.corpus import prepared

    prompts = [
        template.prompt(session.turns[:number], PROMPT_TOKENS)
        for session in prepared.read_sessions(persona)
        if session.split == "test"
        for number in range(1, len(session.turns))
    ]
    assert len(prompts) >= PROMPTS
    return [prompts[number * len(prompts) // PROMPTS] for number in range(PROMPTS)]


@pytest.fixture(scope="module")
def engines(trained: Trained) -> Iterator[tuple[LlamaEngine, TorchEngine]]:
    llama = LlamaEngine(trained.base, trained.run.adapter_gguf, 512)
    torch = TorchEngine(trained.base, trained.run.adapter_folder, 512)
    yield llama, torch
    llama.close()
    torch.close()


def test_llama_cpp_says_what_torch_says(
    trained: Trained, engines: tuple[LlamaEngine, TorchEngine], record_property: Record
) -> None:
    llama, torch = engines
    tuned, moved = [], []
    for number, prompt in enumerate(trained.prompts):
        reference = torch.next_token_probabilities(prompt)
        tuned.append(np.abs(llama.next_token_probabilities(prompt) - reference).sum() / 2)
        if number % 5 == 0:
            moved.append(np.abs(torch.next_token_probabilities(prompt, tuned=False) - reference).sum() / 2)
    record_property("total variation, tuned", f"mean {np.mean(tuned):.4f}, most {max(tuned):.4f}")
    record_property("moved by the adapter", f"{np.mean(moved):.4f}")
    assert np.mean(tuned) < 0.06
    assert np.mean(moved) > 3 * np.mean(tuned), "an adapter that got lost would show"


def test_llama_cpp_says_what_torch_says_without_the_adapter(
    trained: Trained, engines: tuple[LlamaEngine, TorchEngine], record_property: Record
) -> None:
    llama, torch = engines
    found = [
        np.abs(
            llama.next_token_probabilities(prompt, tuned=False)
            - torch.next_token_probabilities(prompt, tuned=False)
        ).sum()
        / 2
        for prompt in trained.prompts[::10]
    ]
    record_property("total variation, untuned", f"mean {np.mean(found):.4f}, most {max(found):.4f}")
    assert np.mean(found) < 0.06
