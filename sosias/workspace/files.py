"""Files and folders on disk: private, and written at once or not at all.

Nothing else in the package sets a mode bit. Folders are 0700 and files 0600 where the system knows modes.
"""

import json
import os
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import tomli_w
from pydantic import ValidationError

from sosias.errors import SosiasError
from sosias.settings import Settings

Model = TypeVar("Model", bound=Settings)


class BadSettings(SosiasError):
    """The settings in {path} cannot be read ({what}): mend that line or delete it."""


def private_folder(folder: Path) -> Path:
    """Make `folder` and its missing parents, readable by its owner alone; return it."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        path.chmod(0o700)
    return folder


@contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """Give a new private file to write; when all went well it takes the place of `path` at once."""
    private_folder(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    new = Path(name)
    try:
        yield new
        _to_disk(new)
        new.chmod(0o600)
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """Give a new private folder to fill; when all went well it takes the place of `path`.

    A folder cannot be replaced in one move: the old one is first renamed to `.old` beside it, and
    `recover_folder` brings it back after a fall between the two moves.
    """
    private_folder(path.parent)
    recover_folder(path)
    new = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
    try:
        yield new
        for file in new.rglob("*"):
            if file.is_file():
                _to_disk(file)
            file.chmod(0o700 if file.is_dir() else 0o600)
        old = _old(path)
        shutil.rmtree(old, ignore_errors=True)
        if path.exists():
            os.replace(path, old)
        os.replace(new, path)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(new, ignore_errors=True)


@contextmanager
def scratch_folder(parent: Path) -> Iterator[Path]:
    """Give a private folder in `parent` for what a step puts on disk on its way; it is gone afterwards."""
    with tempfile.TemporaryDirectory(dir=private_folder(parent), prefix=".scratch.") as folder:
        yield Path(folder)


def recover_folder(path: Path) -> Path:
    """Bring back a folder whose replacement was cut off half-way; return `path`."""
    if not path.exists() and _old(path).exists():
        os.replace(_old(path), path)
    return path


def _old(path: Path) -> Path:
    return path.with_name(f".{path.name}.old")


def _to_disk(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path` at once, readable by its owner alone."""
    with atomic_file(path) as new:
        new.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: Path, value: Any) -> None:
    """Write `value` as indented JSON at once."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def append_line(path: Path, record: dict[str, Any]) -> None:
    """Add one JSON line to a private file."""
    private_folder(path.parent)
    if not path.exists():
        path.touch(mode=0o600)
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(record, ensure_ascii=False) + "\n")


def write_settings(path: Path, settings: Settings) -> None:
    """Write settings as TOML; what is None (to be chosen) is left out."""
    values = settings.model_dump(mode="json", exclude_none=True)
    write_text(path, tomli_w.dumps(values))


def read_settings(path: Path, model: type[Model]) -> Model:
    """Read settings of `model` from a TOML file.

    Raises:
        BadSettings: not TOML, an unknown key, or a value out of its bounds.
    """
    try:
        return model.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadSettings(path=path, what=f"{where}: {first['msg']}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings(path=path, what=str(error)) from error
