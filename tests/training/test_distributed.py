"""Several processes follow one: same rows, same loss, same files; what would train alone is refused."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file

from sosias.corpus.prepared import read_sessions
from sosias.pipeline import run_step
from sosias.settings import TrainingSettings
from sosias.training import distributed_memory as memory
from sosias.training.batches import epoch_steps
from sosias.training.distributed import AccelerateLaunch, EachAlone, Launch, OneProcessStep, launch, place
from sosias.training.fit import Fit
from sosias.training.foreseen import Size
from sosias.training.methods import trainable_network
from sosias.training.plan import plan_run
from sosias.training.source import Windows
from sosias.training.train import train
from sosias.workspace import Persona, Workspace
from tests.tiny import QUICK, tiny_persona

ROOT = Path(__file__).parents[2]
TOLERANCE = 2e-5
"""Of each loss, in nats: sums in another order, twelve steps at a rate of 0.01."""
TORCHRUN = {
    "TORCHELASTIC_RUN_ID": "none",
    "RANK": "1",
    "WORLD_SIZE": "4",
    "LOCAL_RANK": "1",
    "LOCAL_WORLD_SIZE": "2",
    "GROUP_WORLD_SIZE": "2",
}


def torchrun(*module: str | Path, processes: int = 2) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    command += ["--nproc-per-node", str(processes), "-m", *map(str, module)]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, cwd=ROOT)


def trained_by_two(folder: Path, sharing: str, *more: str) -> str:
    """Train in two processes; return how the run ended."""
    done = torchrun("tests.training.ranks", folder, sharing, *more)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def losses(persona: Persona) -> dict[tuple[int, str], float]:
    """Return every loss that the newest run has written down, by step and kind."""
    lines = map(json.loads, persona.runs()[-1].metrics_file.read_text().splitlines())
    kinds = ("loss", "validation_loss")
    found = [((line["step"], kind), line[kind]) for line in lines for kind in kinds if kind in line]
    assert len(found) == len(dict(found)), "one process alone writes"
    return dict(found)


def weights(persona: Persona) -> dict[str, torch.Tensor]:
    (file,) = persona.finished_run().folder.glob("*/*model.safetensors")
    return load_file(file)


def assert_follows(one: Persona, other: Persona) -> None:
    ours, theirs = losses(one), losses(other)
    assert ours.keys() == theirs.keys() and len(ours) == 16
    assert max(abs(loss - theirs[which]) for which, loss in ours.items()) <= TOLERANCE
    mine, its = weights(one), weights(other)
    assert mine.keys() == its.keys()
    for name, value in mine.items():
        torch.testing.assert_close(value, its[name], rtol=1e-3, atol=1e-3)


def persona_in(folder: Path, base: Path, **update: Any) -> tuple[Workspace, Persona]:
    return tiny_persona(folder, base, QUICK.model_copy(update=update))


@pytest.mark.parametrize(
    ("method", "sharing", "batch"),
    [
        ("lora", "copies", 256),
        ("dora", "copies", 256),
        ("full", "copies", 256),
        ("full", "parts", 256),
        ("lora", "copies", 64),  # a step of one window: the second process has nothing to do
        ("full", "parts", 64),
    ],
)
def test_two_processes_follow_one(
    llama_folder: Path, tmp_path: Path, method: str, sharing: str, batch: int
) -> None:
    rate = 1e-2 if method != "full" else 1e-3
    settings = {"method": method, "batch_tokens": batch, "learning_rate": rate}
    workspace, one = persona_in(tmp_path / "one", llama_folder, **settings)
    alone = train(workspace, one)
    _workspace, two = persona_in(tmp_path / "two", llama_folder, **settings)
    assert trained_by_two(tmp_path / "two", sharing) == "finished"
    assert_follows(one, two)
    result = two.finished_run().result()
    assert result["processes"] == 2 and "processes" not in alone
    assert result["tokens"] == alone["tokens"]
    assert result["supervised_tokens"] == alone["supervised_tokens"]
    assert not two.finished_run().checkpoint_folder.exists()


@pytest.mark.parametrize(("method", "sharing"), [("lora", "copies"), ("full", "parts")])
def test_a_run_goes_on_in_another_number_of_processes(
    llama_folder: Path, tmp_path: Path, method: str, sharing: str
) -> None:
    settings = {"method": method, "learning_rate": 1e-3}
    workspace, straight = persona_in(tmp_path / "straight", llama_folder, **settings)
    train(workspace, straight)
    workspace, fewer = persona_in(tmp_path / "fewer", llama_folder, **settings)
    assert trained_by_two(tmp_path / "fewer", sharing, "5") == "interrupted"
    assert fewer.runs()[-1].checkpoint_folder.is_dir()
    assert train(workspace, fewer)["stopped"] == "finished"
    assert_follows(straight, fewer)
    _workspace, same = persona_in(tmp_path / "same", llama_folder, **settings)
    assert trained_by_two(tmp_path / "same", sharing, "5") == "interrupted"
    assert trained_by_two(tmp_path / "same", sharing) == "finished"
    assert_follows(straight, same)


@pytest.mark.parametrize(("method", "sharing"), [("lora", "copies"), ("full", "parts")])
def test_a_loss_that_is_no_number_in_one_process_ends_all_of_them(
    llama_folder: Path, tmp_path: Path, method: str, sharing: str
) -> None:
    settings = {"method": method, "learning_rate": 1e-3}
    _workspace, persona = persona_in(tmp_path / "chats", llama_folder, **settings)
    assert trained_by_two(tmp_path / "chats", sharing, "5", "breaks") == "diverged"
    assert persona.finished_run().result()["steps"] == 5
    assert all(torch.isfinite(value).all() for value in weights(persona).values())


def test_the_command_is_the_same_and_answers_once(llama_folder: Path, tmp_path: Path) -> None:
    _workspace, persona = persona_in(tmp_path / "chats", llama_folder)
    done = torchrun("sosias", "-C", tmp_path / "chats", "--json", "train")
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    page = str(persona.report_page)
    assert json.loads(line) == persona.finished_run().result() | {"page": page}
    assert persona.finished_run().adapter_gguf.is_file()
    assert {"what": "sharing", "value": "copies"}.items() <= json.loads(line)["choices"][-1].items()


def test_what_several_cannot_train_is_said(llama_folder: Path, tmp_path: Path) -> None:
    persona_in(tmp_path / "chats", llama_folder, method="scratch")
    done = torchrun("sosias", "-C", tmp_path / "chats", "train")
    assert done.returncode != 0
    assert "--method scratch trains in one process only" in done.stderr
    assert "sosias/training" not in done.stderr  # no traceback of ours


def test_torchrun_of_one_is_one_process(llama_folder: Path, tmp_path: Path) -> None:
    _workspace, persona = persona_in(tmp_path / "chats", llama_folder)
    done = torchrun("sosias", "-C", tmp_path / "chats", "--json", "train", processes=1)
    assert done.returncode == 0, done.stderr
    assert "processes" not in persona.finished_run().result()


# --- how processes are started -------------------------------------------------------------------


def test_torchrun_says_which_one_this_is() -> None:
    assert launch({}) == Launch(0, 1) and launch({}).first
    assert launch(TORCHRUN) == Launch(1, 4, 1, 2) and not launch(TORCHRUN).first
    assert launch(TORCHRUN | {"SLURM_STEP_NUM_TASKS": "2"}).world == 4  # srun started one torchrun a machine
    assert launch({"SLURM_STEP_NUM_TASKS": "1", "WORLD_SIZE": "1"}).world == 1
    assert place({"RANK": "1", "WORLD_SIZE": "2"}).world == 1


@pytest.mark.parametrize(
    "environment",
    [
        {"WORLD_SIZE": "2"},
        {"WORLD_SIZE": "2", "RANK": "1", "MASTER_ADDR": "localhost", "MASTER_PORT": "29500"},
        {"SLURM_STEP_NUM_TASKS": "2"},
        {"OMPI_COMM_WORLD_SIZE": "2"},
        {"PMI_SIZE": "4"},
        TORCHRUN | {"GROUP_WORLD_SIZE": "1", "SLURM_STEP_NUM_TASKS": "2"},  # each for itself
    ],
)
def test_processes_that_would_train_apart_are_refused(environment: dict[str, str]) -> None:
    with pytest.raises(EachAlone, match="start them with torchrun"):
        launch(environment)


@pytest.mark.parametrize(
    ("name", "value"), [("ACCELERATE_MIXED_PRECISION", "no"), ("ACCELERATE_USE_FSDP", "true")]
)
def test_a_configuration_of_accelerate_is_refused(name: str, value: str) -> None:
    for environment in ({}, TORCHRUN):
        with pytest.raises(AccelerateLaunch, match=name):
            launch(environment | {name: value})
    assert launch({"ACCELERATE_USE_FSDP": "false"}).world == 1


def test_a_training_that_would_fall_back_to_one_process_does_not_begin(
    llama_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, persona = persona_in(tmp_path / "chats", llama_folder)
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(EachAlone, match="WORLD_SIZE says that 2 processes"):
        train(workspace, persona)
    assert not persona.runs()


def test_only_training_runs_in_several_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in TORCHRUN.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(OneProcessStep):
        run_step("prepare", tmp_path)


def test_a_loop_that_does_not_know_of_the_others_does_not_begin(
    llama_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _workspace, persona = persona_in(tmp_path / "chats", llama_folder)
    plan = plan_run(persona, read_sessions(persona), persona.settings)
    network = trainable_network(plan.base, plan.run.training)
    for environment, error in (({"WORLD_SIZE": "2"}, EachAlone), (TORCHRUN, OneProcessStep)):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(error):
            Fit(network, Windows(plan.train, QUICK, 0), plan.validation, QUICK, 0, tmp_path)


# --- how work is shared out ----------------------------------------------------------------------


@given(
    lengths=st.lists(st.integers(1, 64), min_size=1, max_size=40),
    world=st.integers(1, 5),
    batch=st.integers(16, 400),
)
def test_processes_share_the_very_steps_of_one(lengths: list[int], world: int, batch: int) -> None:
    def steps(rank: int, of: int) -> list[list[int]]:
        found = epoch_steps(lengths, batch=batch, micro=128, seed=1, epoch=0, rank=rank, world=of)
        assert all(sum(lengths[row] for row in rows) <= 128 for step in found for rows in step)
        return [[row for rows in step for row in rows] for step in found]

    whole = steps(0, 1)
    shares = [steps(rank, world) for rank in range(world)]
    for number, step in enumerate(whole):
        parts = [share[number] for share in shares]
        assert sorted(row for part in parts for row in part) == sorted(step)
        assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_weights_are_held_in_parts_where_copies_do_not_fit() -> None:
    size = Size(10**9, 10**6, 8 * 10**8, 100, 50_000)
    full = TrainingSettings(method="full", dtype="float32", batch_tokens=1024)
    chosen = [
        memory.choose_sharing(size, full, length=384, learnt=0.5, available=gigabytes * 10**9).value
        for gigabytes in (100, 10)
    ]
    assert chosen == ["copies", "parts"]
    lora = full.model_copy(update={"method": "lora", "rank": 16})
    assert memory.choose_sharing(size, lora, length=384, learnt=0.5, available=10**9).value == "copies"
    held = [memory.standing_bytes_in_parts(size, full, world) for world in (2, 4, 8)]
    assert held == sorted(held, reverse=True)
