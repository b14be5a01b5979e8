"""Running out of memory halves what goes through the network at once, and changes no result."""

import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from sosias.events import Event, Notice
from sosias.training import memory
from sosias.training.batches import Step
from sosias.training.checkpoint import Checkpoint
from sosias.training.fit import Fit
from sosias.training.memory import NotEnoughMemory, is_out_of_memory
from sosias.training.stepper import halved
from tests.training.test_methods import fit_of


def short_of_memory(fit: Fit, rows: int) -> None:
    """Let a fit have memory for so many rows at once, and no more."""
    whole = fit.gradient

    def gradient(step: Step) -> tuple[float, int, int]:
        for micro in step:
            if len(micro) > rows:
                torch.rand(3)  # as dropout does: what is drawn before the fall must not be missed afterwards
                torch.empty(2**60, dtype=torch.uint8)
        return whole(step)

    fit.gradient = gradient  # type: ignore[method-assign]


def test_torch_s_own_words_are_understood() -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**60, dtype=torch.uint8)
    assert is_out_of_memory(caught.value) and is_out_of_memory(MemoryError())
    assert not is_out_of_memory(RuntimeError("shapes do not fit"))
    assert 0 < memory.available_bytes() < 2**60


def test_halves_hold_the_same_rows() -> None:
    assert halved([[1, 2, 3], [4]]) == [[1, 2], [3], [4]]
    assert halved([[1], [2]]) == [[1], [2]]


def test_a_smaller_micro_batch_gives_the_same_weights(llama_folder: Path, tmp_path: Path) -> None:
    plenty = fit_of(tmp_path / "a", llama_folder, micro_batch_tokens=256)
    little = fit_of(tmp_path / "b", llama_folder, micro_batch_tokens=256)
    heard: list[Event] = []
    little.listener = heard.append
    short_of_memory(little, rows=1)
    plenty.run()
    assert little.run().stopped == "finished"
    assert sum(isinstance(event, Notice) for event in heard) == little.state.halvings > 0
    kept = Checkpoint.load(little.checkpoint_folder)
    assert kept is not None and kept.halvings == little.state.halvings
    for name, value in plenty.trained.items():
        torch.testing.assert_close(value, little.trained[name], rtol=1e-3, atol=1e-3)


def test_one_window_that_does_not_fit_ends_with_what_was_trained(llama_folder: Path, tmp_path: Path) -> None:
    fit = fit_of(tmp_path, llama_folder)
    fit._save()
    random_state = fit.state.random_state
    before = {name: value.detach().clone() for name, value in fit.trained.items()}
    short_of_memory(fit, rows=0)
    with pytest.raises(NotEnoughMemory, match="smaller base"):
        fit.run()
    kept: Any = Checkpoint.load(fit.checkpoint_folder)
    assert torch.equal(kept.random_state, random_state), "the same numbers are drawn when it goes on"
    assert kept.step == 0 and all(torch.equal(value, before[name]) for name, value in kept.weights.items())


# --- containers ------------------------------------------------------------------------------------


def group(folder: Path, kind: str, limit: str, used: int, files: int) -> None:
    """Lay out the files of a control group."""
    folder.mkdir(parents=True, exist_ok=True)
    of_limit, of_use, begins = memory.LIMITS[kind]
    (folder / of_limit).write_text(f"{limit}\n")
    (folder / of_use).write_text(f"{used}\n")
    stat = f"anon 5\n{begins}active_file {files // 2}\n{begins}inactive_file {files - files // 2}\n"
    (folder / "memory.stat").write_text(stat)


@pytest.mark.parametrize(
    ("told", "kind", "left"),
    [
        ("0::/slurm/job_7/step_0", "", 700),
        ("0::/slurm/job_9", "", 10_000),
        ("0::/gone/of/the/host", "", 10_000),
        ("3:cpuset:/\n2:cpu,memory:/slurm/job_7/step_0\n0::/", "memory", 700),
        ("3:cpuset:/\n0::/", "memory", sys.maxsize),
    ],
)
def test_the_tightest_limit_above_a_process_counts(
    told: str, kind: str, left: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = tmp_path / "cgroup" / kind
    group(top, kind, "15000", 5_500, 500)
    group(top / "slurm", kind, "max", 100, 0)
    group(top / "slurm" / "job_7", kind, "1000", 400, 100)
    group(top / "slurm" / "job_7" / "step_0", kind, "max", 300, 0)
    (tmp_path / "self").write_text(f"{told}\n")
    monkeypatch.setattr(memory, "GROUPS", tmp_path / "cgroup")
    monkeypatch.setattr(memory, "GROUPS_OF_THIS", tmp_path / "self")
    assert memory._left_in_container() == left
    assert memory.available_bytes() <= left


def test_where_there_are_no_control_groups_the_machine_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "GROUPS_OF_THIS", tmp_path / "nowhere")
    assert memory._left_in_container() == sys.maxsize
