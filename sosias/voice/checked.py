"""The files that llama.cpp is given: ours by their hash, or tried out where a crash does no harm.

Some crafted headers abort the whole process instead of raising an error. A pulled base was
hash-checked when it was fetched; everything else, a persona's adapter too (workspaces are copied
from one person to another), is first loaded in a process of its own, once for each content.
"""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

from sosias.models.base import Base, cache_folder
from sosias.models.catalogue import CATALOGUE
from sosias.models.gguf_file import BadModelFile
from sosias.workspace import write_json

TRIAL_SECONDS = 300
"""A trial that takes longer has hung."""
REMEMBERED = 1000
"""Contents that are remembered as harmless, the newest."""


def check_files(base: Base, adapter: Path | None) -> None:
    """Make sure that llama.cpp survives loading the base and the adapter.

    Raises:
        BadModelFile: it does not, or a pulled base is not as long as it was.
    """
    gguf = base.gguf
    if gguf is None:
        raise BadModelFile(path=base.folder, what="it holds no GGUF")
    if base.embedded and gguf.stat().st_size != CATALOGUE[base.name].size:
        raise BadModelFile(path=gguf, what="its length is not that of the file that was fetched")
    foreign = ([] if base.embedded else [gguf]) + ([] if adapter is None else [adapter])
    if not foreign:
        return
    content = " ".join([base.name if base.embedded else "", *(_digest(path) for path in foreign)])
    if content not in _remembered():
        _try_out(gguf, adapter)
        write_json(_record(), [*_remembered(), content][-REMEMBERED:])


def _try_out(gguf: Path, adapter: Path | None) -> None:
    command = [sys.executable, "-m", "sosias.voice.trial", str(gguf), *([str(adapter)] if adapter else [])]
    try:
        done = subprocess.run(
            command,
            env=os.environ | {"GGML_NO_BACKTRACE": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TRIAL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BadModelFile(path=adapter or gguf, what="llama.cpp hangs on it") from error
    if done.returncode:
        raise BadModelFile(path=adapter or gguf, what="llama.cpp does not load it")


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise BadModelFile(path=path, what=str(error.strerror)) from error


def _record() -> Path:
    return cache_folder() / "harmless.json"


def _remembered() -> list[str]:
    try:
        value: list[str] = json.loads(_record().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return value
