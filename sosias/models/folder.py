"""A Hugging Face folder as a base: what its own files say of it, whoever wrote them and when."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from sosias.errors import SosiasError
from sosias.models.catalogue import ChatMarkup
from sosias.models.tokenizer import gpt2_tokenizer, load_tokenizer

MARKUP_TOKENS: dict[ChatMarkup, tuple[str, ...]] = {
    "chatml": ("<|im_start|>",),
    "gemma": ("<start_of_turn>",),
    "llama3": ("<|start_header_id|>",),
    "phi3": ("<|user|>", "<|assistant|>", "<|end|>"),
}
PHI4 = "<|im_sep|>"
"""Stands after a role, where ChatML has a line break: a markup that is not known here."""

LAYOUTS_OF_MODEL_TYPES = {"gemma3_text": "gemma3"}
"""Where transformers' `model_type` is not the name that GGUF gives the layout."""
OLD_VOCABULARY = ("vocab.json", "merges.txt")
"""How GPT-2's tokenizer was kept before `tokenizer.json`: DialoGPT and gpt2-spanish still are."""
LENGTHS = ("max_position_embeddings", "n_positions", "max_seq_len", "seq_length", "max_sequence_length")
"""What settings call the longest text, the usual first: MPT's, BLOOM's, and others' after."""
LEAST_LENGTH = 2048
"""Tokens, of a base that names none: it has no positions (Mamba) or counts them from the end (ALiBi)."""
LICENCE_LINE = re.compile(r"^(license|license_name):[ \t]*['\"]?([^'\"\n]+)", re.MULTILINE)
"""In the head of a model card: https://huggingface.co/docs/hub/model-cards"""


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
    chat_markup: ChatMarkup | None
    licence: str
    notice: str | None


def is_base_folder(folder: Path) -> bool:
    """Has it `config.json` and a tokenizer?"""
    tokenizer = (folder / "tokenizer.json").is_file() or all(
        (folder / name).is_file() for name in OLD_VOCABULARY
    )
    return tokenizer and (folder / "config.json").is_file()


def tokenizer_of_folder(folder: Path) -> Tokenizer:
    """Return a folder's tokenizer; where text holds the spelling of a special token, it stays text."""
    if (folder / "tokenizer.json").is_file():
        end = read_json(folder / "tokenizer_config.json").get("eos_token")
        return load_tokenizer(folder / "tokenizer.json", specials=spellings([end]))
    named = [*read_json(folder / "special_tokens_map.json").values(), "<|endoftext|>"]
    return gpt2_tokenizer(*(folder / name for name in OLD_VOCABULARY), specials=spellings(named))


def spellings(values: list[Any]) -> list[str]:
    """Return how tokens are spelt, which settings give as text, as an object, or as a list of either."""
    found: list[str] = []
    for value in values:
        if isinstance(value, list):
            found += spellings(value)
        elif isinstance(value, dict):
            found.append(str(value.get("content")))
        elif isinstance(value, str):
            found.append(value)
    return found


def config_of_folder(folder: Path) -> BaseConfig:
    """Read what `base.json` holds from a Hugging Face folder's own files.

    Raises:
        BadBaseFolder: they are damaged, or leave out what is needed.
    """
    try:
        config = read_json(folder / "config.json")
        generation = read_json(folder / "generation_config.json")
        ids = {key: _first(config.get(key), generation.get(key)) for key in ("bos_token_id", "pad_token_id")}
        kind = str(config["model_type"])
        vocabulary = int(config["vocab_size"])
        context = _context_length(config)
        template = chat_template_of(folder)
        tokenizer = tokenizer_of_folder(folder)
        eos = _end_id(folder, tokenizer, _first(config.get("eos_token_id"), generation.get("eos_token_id")))
        bos, pad = ids["bos_token_id"], ids["pad_token_id"]
    except BadBaseFolder:
        raise
    except Exception as error:  # the tokenizers' library has no error of its own
        raise BadBaseFolder(folder=folder, what=f"{type(error).__name__}: {error}") from error
    if tokenizer.get_vocab_size(with_added_tokens=False) > vocabulary:
        raise BadBaseFolder(folder=folder, what="its tokenizer has more tokens than the network")
    return BaseConfig(
        layout=LAYOUTS_OF_MODEL_TYPES.get(kind, kind),
        vocab_size=vocabulary,
        bos_id=bos,
        eos_id=eos,
        pad_id=eos if pad is None or not 0 <= pad < vocabulary else pad,
        add_bos=bos is not None and tokenizer.encode("a").ids[:1] == [bos],
        context_length=context,
        chat_markup=_markup(template),
        licence=licence_of(folder),
        notice=_notice_of(folder),
    )


def read_json(path: Path) -> dict[str, Any]:
    """Return what a JSON file holds; nothing, where there is none."""
    if not path.is_file():
        return {}
    value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return value


def chat_template_of(folder: Path) -> str:
    """Return the folder's own chat template, empty where it has none."""
    path = folder / "chat_template.jinja"
    if path.is_file():
        return path.read_text(encoding="utf-8")
    template = read_json(folder / "tokenizer_config.json").get("chat_template")
    return json.dumps(template, ensure_ascii=False) if isinstance(template, list) else str(template or "")


def licence_of(folder: Path) -> str:
    """Return the licence that the model card or the settings name, empty where none does."""
    card = folder / "README.md"
    head = card.read_text(encoding="utf-8", errors="replace")[:10_000] if card.is_file() else ""
    named = dict(LICENCE_LINE.findall(head.split("\n---", 1)[0])) if head.startswith("---") else {}
    name = named.get("license", "").strip()
    if name in ("", "other"):
        name = named.get("license_name", name).strip()
    return name or str(read_json(folder / "config.json").get("license") or "")


def _notice_of(folder: Path) -> str | None:
    """Return the notice that goes along with the base and what is made of it."""
    path = folder / "NOTICE"
    return (path.read_text(encoding="utf-8", errors="replace").strip() if path.is_file() else "") or None


def _context_length(config: dict[str, Any]) -> int:
    """Return how long a text may be.

    llama.cpp computes Phi-3 without its sliding window, and stretches the positions of a long-context
    one as soon as there is room for more than it was first made for; both are left alone by staying
    below.
    """
    longest = int(next((config[key] for key in LENGTHS if config.get(key)), LEAST_LENGTH))
    if config["model_type"] == "phi3":
        bounds = (config.get("sliding_window"), config.get("original_max_position_embeddings"))
        longest = min([longest, *(int(bound) for bound in bounds if bound)])
    return longest


def _end_id(folder: Path, tokenizer: Tokenizer, of_config: int | None) -> int:
    """Return the token that ends a text.

    `config.json` says so, but some copied it from another vocabulary: what it names has to be a
    special token, else the tokenizer's own settings are asked.
    """
    special = {number for number, token in tokenizer.get_added_tokens_decoder().items() if token.special}
    if of_config in special:
        return int(of_config or 0)
    named = spellings([read_json(folder / "tokenizer_config.json").get("eos_token"), "<|endoftext|>"])
    found = [number for number in map(tokenizer.token_to_id, named) if number is not None]
    if found:
        return int(found[0])
    if of_config is None:
        raise BadBaseFolder(folder=folder, what="config.json names no eos_token_id")
    return of_config


def _first(*values: Any) -> int | None:
    """Return the first that is given; of several end tokens, the first ends a text."""
    for value in values:
        one = value[0] if isinstance(value, list) and value else value
        if isinstance(one, int):
            return one
    return None


def _markup(template: str) -> ChatMarkup | None:
    """Return whose roles a chat template writes, told by the tokens that it spells."""
    found = (name for name, tokens in MARKUP_TOKENS.items() if all(one in template for one in tokens))
    return None if PHI4 in template else next(found, None)
