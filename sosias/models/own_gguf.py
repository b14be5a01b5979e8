"""A GGUF for a base that came without one, made once: in the user's cache, or beside weights of a run.

A run's weights hold what somebody wrote, so their GGUF lies with them and goes when they go, whatever
stands on them.
"""

import hashlib
from dataclasses import replace
from pathlib import Path

from filelock import FileLock

from sosias.events import Choice, Listener, silent
from sosias.language import translate as _
from sosias.models.base import GGUF_NAME, Base, cache_folder, run_of
from sosias.models.disk import room_for
from sosias.models.export import write_gguf
from sosias.workspace import private_folder

WEIGHTS = ("config.json", "tokenizer.json", "vocab.json", "merges.txt", "*.safetensors", "*.bin")
"""What a GGUF is made from."""


def with_gguf(base: Base, *, listener: Listener = silent) -> Base:
    """Return the base with a GGUF, made now where there is none.

    Q8_0 takes half the room and half the time of F16, and a base's next-token probabilities differ by
    about a hundredth (total variation).

    Raises:
        UnknownLayout, NotForLlama, TokenizerNotExportable, BadWeights: llama.cpp cannot compute it.
        MissingTraining: transformers is needed to read it, and not installed.
        DiskFull: there is no room for it.
    """
    if base.gguf is not None:
        return base
    path = _place(base) if run_of(base.folder) is None else base.folder / GGUF_NAME
    with FileLock(private_folder(path.parent) / "gguf.lock", mode=0o600):
        if not path.is_file():
            said = _("llama.cpp needs a file of its own; written once, half as large as F16")
            listener(Choice("weights", "Q8_0", said))
            with room_for(base.name, path.parent, _size(base)):
                write_gguf(base, path, weights="Q8_0", listener=listener)
            for older in set(_place(base).parent.glob("*.gguf")) - {path}:  # in the cache alone
                older.unlink()
    return replace(base, made=path)


def _place(base: Base) -> Path:
    """Return where the GGUF of these very files lies: another training of the base has another name."""
    where = hashlib.sha256(str(base.folder).encode()).hexdigest()[:16]
    facts = [f"{path.name} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in _files(base)]
    content = hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16]
    return cache_folder() / "made" / where / f"{content}.gguf"


def _files(base: Base) -> list[Path]:
    return sorted(path for pattern in WEIGHTS for path in base.folder.glob(pattern))


def _size(base: Base) -> int:
    """Return about how many bytes are needed: a GGUF of weights in bfloat16 is half as large, and lies there
    twice while it is written.
    """
    return sum(path.stat().st_size for path in _files(base)) * 11 // 10
