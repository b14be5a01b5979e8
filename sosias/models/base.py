"""A base: the model that a persona's adapter is trained on, wherever it lies on the disk.

A pulled base is a folder of the user's cache with the GGUF, the tokenizer and `base.json`; a
Hugging Face folder can be named by its path instead.
"""

import json
import os
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from platformdirs import user_cache_path
from rapidfuzz import fuzz, process
from tokenizers import Tokenizer

from sosias.errors import SosiasError
from sosias.events import Choice
from sosias.language import translate as _
from sosias.models.catalogue import CATALOGUE, GEMMA3, SMOLLM2
from sosias.models.folder import BaseConfig, config_of_folder, is_base_folder, tokenizer_of_folder
from sosias.workspace import Run, root_of, write_json

GGUF_NAME = "model.gguf"


class BaseMissing(SosiasError):
    """The base {name} is not on this machine yet: fetch it with sosias models pull {name}."""


class UnknownBase(SosiasError):
    """There is no base called {name}: choose one of {names}, or give the path of a Hugging Face
    folder with config.json and tokenizer.json in it."""


@dataclass(frozen=True)
class Base:
    """A base on this machine."""

    name: str
    """As settings name it: a catalogue name, or the path of a folder."""
    folder: Path
    made: Path | None = None
    """A GGUF of our own making from a folder's weights, where it lies elsewhere."""

    @property
    def gguf(self) -> Path | None:
        """The file that llama.cpp loads, where there is one."""
        path = self.made or self.folder / GGUF_NAME
        return path if path.is_file() else None

    @property
    def embedded(self) -> bool:
        """Pulled from the catalogue, so that its hash was checked."""
        return self.name in CATALOGUE

    @property
    def hf_folder(self) -> Path:
        """The Hugging Face folder; a pulled base has it once `convert.to_hf` has run."""
        return self.folder / "hf" if self.embedded else self.folder

    @cached_property
    def config(self) -> BaseConfig:
        if self.embedded:
            return BaseConfig(**json.loads((self.folder / "base.json").read_text(encoding="utf-8")))
        return config_of_folder(self.folder)

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """The tokenizer; where text holds the spelling of a special token, it stays text."""
        return tokenizer_of_folder(self.folder)


def cache_folder() -> Path:
    """Return the folder for what can be fetched again: `$SOSIAS_CACHE`, or the system's for caches."""
    named = os.environ.get("SOSIAS_CACHE")
    return Path(named).expanduser() if named else user_cache_path("sosias", appauthor=False)


def catalogue_folder(name: str) -> Path:
    """Return where a base of the catalogue lies once it is pulled."""
    return cache_folder() / "bases" / name


def is_pulled(name: str) -> bool:
    """Tell whether a base of the catalogue is on this machine, whole (`base.json` is written last)."""
    return (catalogue_folder(name) / "base.json").is_file()


def write_config(folder: Path, config: BaseConfig) -> None:
    """Write `base.json`: from now on the base counts as pulled."""
    write_json(folder / "base.json", asdict(config))


def whole_name(name_or_folder: str, root: Path | None = None) -> str:
    """Return the whole path of a base's folder, looked for from a workspace's `root` and then from here.

    A catalogue name stays as it is, and so does what is neither.
    """
    if name_or_folder in CATALOGUE:
        return name_or_folder
    here = Path(name_or_folder).expanduser()
    places = (here,) if root is None else (root / here, here)
    return next((str(folder.resolve()) for folder in places if is_base_folder(folder)), name_or_folder)


def stored_name(base: Base, root: Path | None) -> str:
    """Return what a run calls its base: in the workspace at `root` from there, so that it can be moved."""
    if base.embedded or root is None or not base.folder.is_relative_to(root):
        return base.name
    path = base.folder.relative_to(root).as_posix()
    return f"./{path}" if path in CATALOGUE else path


def started_from(run: Run) -> Base:
    """Return the base that a run was trained from.

    Raises:
        BaseMissing, UnknownBase: it is not on this machine, or not where it was.
    """
    if run.start_folder.is_dir():
        return open_base(str(run.start_folder))
    return open_base(run.settings.base, root_of(run.folder))


def run_of(folder: Path) -> Run | None:
    """Return the run whose weights, at its start or its end, lie in a base's folder; None: another base."""
    run = Run(folder.parent)
    return run if run.settings_file.is_file() and folder in (run.weights_folder, run.start_folder) else None


def open_base(name_or_folder: str, root: Path | None = None) -> Base:
    """Return the base of that catalogue name, or in that Hugging Face folder.

    A relative path is one from the workspace at `root`, or else from here.

    Raises:
        BaseMissing: in the catalogue, not yet on this machine.
        UnknownBase: neither a name nor a folder with `config.json` and a tokenizer.
    """
    if name_or_folder in CATALOGUE:
        if not is_pulled(name_or_folder):
            raise BaseMissing(name=name_or_folder)
        return Base(name_or_folder, catalogue_folder(name_or_folder))
    folder = Path(whole_name(name_or_folder, root))
    if is_base_folder(folder):
        return Base(str(folder), folder)
    nearest = process.extract(name_or_folder.lower(), list(CATALOGUE), scorer=fuzz.WRatio)
    raise UnknownBase(name=name_or_folder, names=", ".join(name for name, *_rest in nearest))


def choose_base(language: str, *, terms_accepted: bool) -> tuple[str, Choice]:
    """Return the base for a corpus in `language` (ISO 639-1) and why.

    `terms_accepted`: the user accepted Gemma's terms, now or before.
    """
    allowed = terms_accepted or is_pulled(GEMMA3.name)
    if language in SMOLLM2.languages:
        name, why = SMOLLM2.name, _("the messages are in English, and it is the smallest and freest")
    elif allowed:
        name, why = GEMMA3.name, _("the messages are not in English, and it knows many languages")
    else:
        name, why = (
            SMOLLM2.name,
            _("Gemma knows more languages, but its terms ({terms}) have not been accepted").format(
                terms=GEMMA3.terms
            ),
        )
    return name, Choice("base", name, why)
