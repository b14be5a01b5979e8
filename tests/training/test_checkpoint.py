"""A checkpoint is replaced whole or not at all, and a full disk is said in a sentence."""

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch

from sosias.errors import NoSpace
from sosias.training.checkpoint import BadCheckpoint, Checkpoint, load_best, save_best
from sosias.training.memory import NotEnoughMemory


def checkpoint(step: int, numbers: int = 1000) -> Checkpoint:
    weights = {"a": torch.full((numbers,), float(step))}
    moments = {"state": {0: {"exp_avg": torch.ones(numbers)}}, "param_groups": [{"lr": 0.1}]}
    return Checkpoint(step=step, weights=weights, optimizer=moments, losses=[1.0, 0.5])


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond `size` bytes: what a full disk does, for one file."""
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    checkpoint(3).save(tmp_path)
    found = Checkpoint.load(tmp_path)
    assert found is not None and (found.step, found.losses, found.halvings) == (3, [1.0, 0.5], 0)
    assert torch.equal(found.weights["a"], torch.full((1000,), 3.0))
    assert Checkpoint.load(tmp_path / "nowhere") is None and load_best(tmp_path) is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limits of this kind")
def test_a_full_disk_leaves_the_checkpoint_before(tmp_path: Path) -> None:
    checkpoint(1).save(tmp_path)
    save_best(tmp_path, {"a": torch.zeros(1000)})
    with largest_file(100_000):
        with pytest.raises(NoSpace, match="free some"):
            checkpoint(2, numbers=1_000_000).save(tmp_path)
        with pytest.raises(NoSpace, match="free some"):
            save_best(tmp_path, {"a": torch.ones(1_000_000)})
    found, best = Checkpoint.load(tmp_path), load_best(tmp_path)
    assert found is not None and found.step == 1
    assert best is not None and not best["a"].any()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["best.pt", "state.pt"], "nothing half-written"


def test_a_disk_that_fills_up_is_said_and_other_errors_are_not_hidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def broken(*_arguments: Any) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(NoSpace):
        checkpoint(1).save(tmp_path)
    monkeypatch.setattr(torch, "save", broken)
    with pytest.raises(RuntimeError, match="fault of ours"):
        checkpoint(1).save(tmp_path)


def test_a_damaged_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "best.pt").write_bytes(b"PK\x03\x04 damaged")
    with pytest.raises(BadCheckpoint, match="delete that folder"):
        load_best(tmp_path)


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (OSError(errno.EIO, "input/output error"), OSError),
        (PermissionError(errno.EACCES, "permission denied"), PermissionError),
        (MemoryError(), NotEnoughMemory),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), NotEnoughMemory),
    ],
)
def test_a_checkpoint_that_cannot_be_read_now_is_not_called_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: Exception, said: type[Exception]
) -> None:
    def fail(*_arguments: Any, **_options: Any) -> None:
        raise failure

    checkpoint(3).save(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(torch, "load", fail)
        with pytest.raises(said):
            Checkpoint.load(tmp_path)
    kept = Checkpoint.load(tmp_path)
    assert kept is not None and kept.step == 3
