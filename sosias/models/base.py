"""A base: the model that a persona's adapter is trained on, wherever it lies on the disk.

A pulled base is a folder of the user's cache with the GGUF, the tokenizer and `base.json`; a
Hugging Face folder can be named by its path instead.
"""

import json
import os
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from platformdirs import user_cache_path
from rapidfuzz import fuzz, process
from tokenizers import Tokenizer

from sosias.errors import SosiasError
from sosias.events import Choice
from sosias.language import translate as _
from sosias.models.catalogue import CATALOGUE, GEMMA3, SMOLLM2
from sosias.models.tokenizer import load_tokenizer
from sosias.workspace import write_json

GGUF_NAME = "model.gguf"
LAYOUTS_OF_MODEL_TYPES = {"gemma3_text": "gemma3"}
"""Where transformers' `model_type` is not the name that GGUF gives the layout."""


class BaseMissing(SosiasError):
    """The base {name} is not on this machine yet: fetch it with sosias models pull {name}."""


class UnknownBase(SosiasError):
    """There is no base called {name}: choose one of {names}, or give the path of a Hugging Face
    folder with config.json and tokenizer.json in it."""


class BadBaseFolder(SosiasError):
    """The base in {folder} cannot be read ({what}): choose another folder, or save the model again."""


@dataclass(frozen=True)
class BaseConfig:
    """What one has to know of a base without loading its weights; `base.json` holds it."""

    layout: str
    """The name that GGUF gives its architecture: llama, gemma3, gpt2 …"""
    vocab_size: int
    bos_id: int | None
    eos_id: int
    pad_id: int
    add_bos: bool
    """A prompt begins with `bos_id`."""
    context_length: int
    """The longest prompt and reply it was made for, in tokens."""
    chat_markup: Literal["chatml", "gemma"] | None
    licence: str
    notice: str | None


@dataclass(frozen=True)
class Base:
    """A base on this machine."""

    name: str
    """As settings name it: a catalogue name, or the path of a folder."""
    folder: Path

    @property
    def gguf(self) -> Path | None:
        """The file that llama.cpp loads, where there is one."""
        path = self.folder / GGUF_NAME
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
        return _config_of_folder(self.folder)

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """The tokenizer; where text holds the spelling of a special token, it stays text."""
        return load_tokenizer(self.folder / "tokenizer.json")


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


def open_base(name_or_folder: str) -> Base:
    """Return the base of that catalogue name, or in that Hugging Face folder.

    Raises:
        BaseMissing: in the catalogue, not yet on this machine.
        UnknownBase: neither a name nor a folder with `config.json` and `tokenizer.json`.
    """
    if name_or_folder in CATALOGUE:
        if not is_pulled(name_or_folder):
            raise BaseMissing(name=name_or_folder)
        return Base(name_or_folder, catalogue_folder(name_or_folder))
    folder = Path(name_or_folder).expanduser()
    if (folder / "config.json").is_file() and (folder / "tokenizer.json").is_file():
        return Base(str(folder.resolve()), folder.resolve())
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


def _config_of_folder(folder: Path) -> BaseConfig:
    """Read what `base.json` holds from a Hugging Face folder's own files."""
    try:
        config = _json(folder / "config.json")
        generation = _json(folder / "generation_config.json")
        tokenizer = _json(folder / "tokenizer_config.json")
        eos = _first(config.get("eos_token_id", generation.get("eos_token_id")))
        bos = _first(config.get("bos_token_id"))
        pad = _first(config.get("pad_token_id"))
        template = (folder / "chat_template.jinja").is_file() or bool(tokenizer.get("chat_template"))
        text = _template(folder, tokenizer) if template else ""
        kind = str(config["model_type"])
        vocabulary = int(config["vocab_size"])
        context = int(config.get("max_position_embeddings") or config["n_positions"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadBaseFolder(folder=folder, what=f"{type(error).__name__}: {error}") from error
    if eos is None:
        raise BadBaseFolder(folder=folder, what="config.json names no eos_token_id")
    return BaseConfig(
        layout=LAYOUTS_OF_MODEL_TYPES.get(kind, kind),
        vocab_size=vocabulary,
        bos_id=bos,
        eos_id=eos,
        pad_id=eos if pad is None else pad,
        add_bos=_adds_bos(folder, bos),
        context_length=context,
        chat_markup="chatml" if "<|im_start|>" in text else "gemma" if "<start_of_turn>" in text else None,
        licence=str(config.get("license", "")),
        notice=None,
    )


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return value


def _first(value: Any) -> int | None:
    """Some configurations list several end tokens; the first is the one that ends a text."""
    if isinstance(value, list):
        value = value[0] if value else None
    return None if value is None else int(value)


def _template(folder: Path, tokenizer: dict[str, Any]) -> str:
    path = folder / "chat_template.jinja"
    return path.read_text(encoding="utf-8") if path.is_file() else str(tokenizer.get("chat_template"))


def _adds_bos(folder: Path, bos: int | None) -> bool:
    """Ask the tokenizer itself: the settings that say so have had many names."""
    if bos is None:
        return False
    ids: list[int] = Tokenizer.from_file(str(folder / "tokenizer.json")).encode("a").ids
    return ids[0] == bos
