"""What the system refuses becomes a sentence that a person can act on, whoever met it first."""

import errno
from pathlib import Path

import numpy as np
import pytest

from sosias.errors import NoSpace, NotAllowed, of_the_system


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_said(number: int, tmp_path: Path) -> None:
    found = of_the_system(OSError(number, "full"), tmp_path)
    assert isinstance(found, NoSpace) and str(tmp_path) in str(found)


def test_a_full_disk_is_understood_in_safetensors_words(tmp_path: Path) -> None:
    safetensors = pytest.importorskip("safetensors")
    error = safetensors.SafetensorError("I/O error: No space left on device (os error 28)")
    assert isinstance(of_the_system(error, tmp_path), NoSpace)
    assert of_the_system(safetensors.SafetensorError("invalid header"), tmp_path) is None


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a file that is always full")
def test_a_full_disk_is_understood_in_numpy_s_words(tmp_path: Path) -> None:
    with pytest.raises(OSError) as caught, Path("/dev/full").open("wb", buffering=0) as file:
        np.zeros(1 << 20).tofile(file)
    assert isinstance(of_the_system(caught.value, tmp_path), NoSpace)
    assert of_the_system(OSError("nothing of the kind"), tmp_path) is None


def test_what_may_not_be_opened_is_named(tmp_path: Path) -> None:
    found = of_the_system(PermissionError(errno.EACCES, "no", str(tmp_path)), tmp_path / "other")
    assert isinstance(found, NotAllowed) and found.fields["path"] == tmp_path


@pytest.mark.parametrize(
    "error",
    [
        ValueError("(os error 28)"),
        OSError(errno.EIO, "broken"),
        ModuleNotFoundError("no", name="torchless"),
        ModuleNotFoundError("it is there, and of another version", name="transformers.gone"),
    ],
)
def test_anything_else_is_a_fault(error: Exception, tmp_path: Path) -> None:
    assert of_the_system(error, tmp_path) is None
