"""What a person can mend: errors whose docstring is the sentence that is read.

A subclass's docstring is the message, in English, with `{fields}`; it is looked up in the
gettext catalogue like any other sentence. It says what was found, where, and what to do.
Anything that is not a `SosiasError` is a fault of ours and ends with exit code 1.
"""

import errno
import os
import re
from pathlib import Path
from typing import Any

from sosias.language import translate


class SosiasError(Exception):
    """Something is wrong that the person at the keyboard can mend."""

    def __init__(self, **fields: Any) -> None:
        super().__init__()
        self.fields = fields

    def __str__(self) -> str:
        sentence = " ".join((self.__doc__ or "").split())
        return translate(sentence).format(**self.fields)

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.fields))


class Interrupted(SosiasError):
    """A step was interrupted and ended in order: the same command goes on from there."""


class NotAllowed(SosiasError):
    """Sosias may not read or write {path}: mend its permissions, or choose a folder that you may write to
    (-C DIR)."""


class NoSpace(SosiasError):
    """There is no space left for {path}: free some on that disk, or choose a folder on another one
    (-C DIR)."""


class MissingTraining(SosiasError):
    """This needs torch, which is not installed: run pip install 'sosias[train]'."""


_TRAINING = ("torch", "transformers", "peft", "accelerate")
_REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS)
_FULL = (
    errno.ENOSPC,
    getattr(errno, "EDQUOT", errno.ENOSPC),  # Windows has no quota of this name
    errno.EFBIG,
    112,  # what Windows says in Rust's words
)
_SPELT = re.compile(r"\(os error (\d+)\)")
_CUT_SHORT = re.compile(r"\d+ requested and \d+ written")
"""All that NumPy says of a write to a full disk."""


def of_the_system(error: Exception, folder: Path) -> SosiasError | None:
    """Return what the person can mend when the system refuses a file or has no torch, None where it is
    something else.

    A write that does not fit names no file; then it is the one in `folder`.
    """
    if isinstance(error, ModuleNotFoundError) and error.name in _TRAINING:
        return MissingTraining()
    number = _number(error)
    filename = getattr(error, "filename", None)
    named = Path(filename) if isinstance(filename, str) else None
    if named is not None and not os.path.lexists(named):
        named = named.parent  # what could not be made there
    if number in _FULL:
        return NoSpace(path=named or folder.absolute())
    if number in _REFUSED and named is not None:
        return NotAllowed(path=named)
    return None


def _number(error: Exception) -> int | None:
    """Return the system's number of an error, which NumPy and libraries in Rust (safetensors) only spell."""
    if isinstance(error, OSError):
        return errno.ENOSPC if error.errno is None and _CUT_SHORT.search(str(error)) else error.errno
    spelt = _SPELT.search(str(error)) if type(error).__name__ == "SafetensorError" else None
    return int(spelt[1]) if spelt else None


def _rebuild(kind: type[SosiasError], fields: dict[str, Any]) -> SosiasError:
    """Unpickle an error that crossed from the process of a job."""
    return kind(**fields)
