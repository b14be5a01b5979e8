"""A training of adapters is validated by the mean of its weights, shows it, and ends in it."""

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from accelerate import Accelerator

from sosias.errors import NoSpace
from sosias.training import fit as fitting
from sosias.training import resumable
from sosias.training.checkpoint import BYTES_BEST, BYTES_MEAN, BYTES_STATE, Checkpoint
from sosias.training.foreseen import NoRoomForIt, Size, check_disk
from sosias.training.memory import NotEnoughMemory
from sosias.training.running_mean import ETA, RunningMean
from tests.training.test_methods import fit_of


def explicit(passed: list[torch.Tensor]) -> torch.Tensor:
    """Return the mean as the paper defines it, from all that was passed through."""
    mean = passed[0]
    for step, value in enumerate(passed[1:], start=2):
        share = (ETA + 1) / (step + ETA)
        mean = (1 - share) * mean + share * value
    return mean


def weights(*values: float) -> dict[str, torch.nn.Parameter]:
    return {str(number): torch.nn.Parameter(torch.full((3,), one)) for number, one in enumerate(values)}


def test_it_leaves_the_first_steps_behind() -> None:
    trained, passed = weights(9.0, -9.0), []
    mean = RunningMean(trained)
    for step in range(1, 101):
        for weight in trained.values():
            weight.data = torch.randn(3)
        mean.take(step)
        passed.append(trained["1"].detach().clone())
        assert torch.allclose(mean.values["1"], explicit(passed), atol=1e-5)
    assert torch.equal(trained["1"], passed[-1]), "what is trained goes on from where it is"


def test_of_a_straight_way_it_leaves_the_beginning_behind() -> None:
    trained = weights(0.0)
    mean = RunningMean(trained)
    for step in range(1, 1001):
        trained["0"].data.fill_(step)
        mean.take(step)
    assert float(mean.values["0"][0]) == pytest.approx(1000 * (ETA + 1) / (ETA + 2), rel=1e-2)


def test_it_takes_the_place_of_the_weights_for_a_while() -> None:
    trained = weights(1.0)
    mean = RunningMean(trained)
    trained["0"].data.fill_(5.0)
    with pytest.raises(KeyError), mean.in_place():
        assert float(trained["0"].detach()[0]) == 1.0
        raise KeyError
    assert float(trained["0"].detach()[0]) == 5.0 and float(mean.values["0"][0]) == 1.0


def _passing(fit: Any) -> list[dict[str, torch.Tensor]]:
    """Note the weights after each step of a run."""
    taken, passed = fit.step, []

    def step(rows: Any) -> float:
        loss = taken(rows)
        passed.append({name: value.detach().clone() for name, value in fit.trained.items()})
        return float(loss)

    fit.step = step
    return passed


@pytest.mark.parametrize("method", ["lora", "dora", "full"])
def test_a_run_of_adapters_ends_in_its_mean(llama_folder: Path, tmp_path: Path, method: str) -> None:
    fit = fit_of(tmp_path, llama_folder, method=method, validations=3)
    passed = _passing(fit)
    losses = fit.run().losses
    assert losses == sorted(losses, reverse=True), "so the last is the best"
    for name, value in fit.trained.items():
        of_name = [one[name] for one in passed]
        wanted = of_name[-1] if method == "full" else explicit(of_name)
        assert torch.allclose(value, wanted, atol=1e-6)
    assert (fit.mean is None) == (method == "full")


def test_a_validation_is_of_the_mean(llama_folder: Path, tmp_path: Path) -> None:
    fit = fit_of(tmp_path, llama_folder, validations=3)
    losses = fit.run().losses
    fit.mean = None  # the network holds it now
    assert fit._mean_loss() == pytest.approx(losses[-1], rel=1e-5)


def test_what_is_shown_on_the_way_is_the_mean(llama_folder: Path, tmp_path: Path) -> None:
    spoken = []

    class Shows:
        def is_due(self, step: int, *, validated: bool) -> bool:
            return step == 8 and not validated

        def speak(self, _network: Any, _step: int) -> None:
            spoken.append({name: value.detach().clone() for name, value in fit.trained.items()})

    fit = fit_of(tmp_path, llama_folder)
    passed = _passing(fit)
    fit.sampler = Shows()  # type: ignore[assignment]  # it stands in for a `Sampler`, and is no kind of it
    fit.run()
    for name, value in spoken[0].items():
        assert torch.allclose(value, explicit([one[name] for one in passed[:8]]), atol=1e-6)


def test_where_a_validation_does_not_fit_weights_and_mean_are_kept_apart(
    llama_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: Any, **_options: Any) -> float:
        raise MemoryError

    fit = fit_of(tmp_path, llama_folder, validations=3)
    passed = _passing(fit)
    monkeypatch.setattr(fitting, "mean_loss", full)
    with pytest.raises(NotEnoughMemory):
        fit.run()
    kept = Checkpoint.load(tmp_path / "checkpoint")
    assert kept is not None and kept.step == 4
    for name, value in kept.weights.items():
        assert torch.equal(value, passed[-1][name])
        assert torch.allclose(kept.mean[name], explicit([one[name] for one in passed]), atol=1e-6)
        assert not torch.equal(value, kept.mean[name])


def test_a_run_of_an_earlier_version_is_gone_on_with(llama_folder: Path, tmp_path: Path) -> None:
    fit = fit_of(tmp_path, llama_folder)
    fit._resume()
    fit.step(next(fit._steps())[1])
    fit._save()
    file = tmp_path / "checkpoint" / "state.pt"
    kept = torch.load(file, weights_only=True)
    del kept["mean"]
    torch.save(kept, file)
    again = fit_of(tmp_path / "again", llama_folder)
    again.checkpoint_folder = tmp_path / "checkpoint"
    again._resume()
    assert again.mean is not None
    for name, value in again.mean.values.items():
        assert torch.equal(value, fit.trained[name])


@pytest.mark.parametrize("method", ["lora", "full"])
def test_the_room_that_it_takes_on_the_disk_is_foreseen(
    llama_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    fit = fit_of(tmp_path, llama_folder, method=method, rank=64, alpha=64)
    fit._resume()
    fit.step(next(fit._steps())[1])
    fit._save()
    trained = sum(value.numel() for value in fit.trained.values())
    size = Size(trained, trained // 64, 1, 1, 1)
    written = (tmp_path / "checkpoint" / "state.pt").stat().st_size
    foreseen = (BYTES_STATE + (BYTES_MEAN if method == "lora" else 0)) * trained
    assert foreseen <= written < 1.2 * foreseen
    result = (8 if method == "lora" else 4) * trained
    room = 2 * (foreseen + BYTES_BEST * trained) + result

    def with_free(free: int) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=free))
        check_disk(tmp_path / "new", size, fit.settings)

    with_free(room)
    with pytest.raises(NoRoomForIt):
        with_free(room - 1)


def test_a_full_disk_leaves_the_weights_what_they_are(
    llama_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: Any) -> None:
        raise NoSpace(path=tmp_path)

    fit = fit_of(tmp_path, llama_folder, validations=3)
    passed = _passing(fit)
    monkeypatch.setattr(resumable, "save_best", full)
    with pytest.raises(NoSpace):
        fit.run()
    assert passed and all(torch.equal(value, passed[-1][name]) for name, value in fit.trained.items())


def test_it_is_made_where_the_weights_are_trained(
    llama_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Accelerate moves them to a GPU, of which there is none here: bfloat16 stands in for it."""

    def moved(_self: Any, learner: Any, optimizer: Any) -> Any:
        return learner.to(torch.bfloat16), optimizer

    monkeypatch.setattr(Accelerator, "prepare", moved)
    fit = fit_of(tmp_path, llama_folder)
    assert fit.mean is not None
    assert {value.dtype for value in fit.mean.values.values()} == {torch.bfloat16}
