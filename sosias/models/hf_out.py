"""A persona as a Hugging Face folder of its own, which plain transformers loads.

vLLM should serve it as well; that has not been tried.
"""

import json
import shutil
from pathlib import Path
from typing import Any

from sosias.models.base import Base
from sosias.models.folder import read_json
from sosias.models.network import load_network
from sosias.models.tokenizer import unprefixed

CARRIED = ("NOTICE*", "LICENSE*", "LICENCE*", "USE_POLICY*")
"""What a base's terms want to go along with it."""
TOKENIZER = ("tokenizer.model", "vocab.json", "merges.txt", "added_tokens.json", "special_tokens_map.json")
"""Files of a tokenizer beside its `tokenizer.json` and its settings."""
OF_PREFIXED = ("add_prefix_space", "legacy", "added_tokens_decoder")
"""Settings that say again what a tokenizer does with the white space around a text and its special tokens."""
KNOWN_DTYPES = ("bfloat16", "float16", "float32")


def dtype_of(base: Base) -> str:
    """Return the number format that a base's weights are kept in."""
    config = read_json(base.hf_folder / "config.json")
    found = str(config.get("dtype") or config.get("torch_dtype") or "float32")
    return found if found in KNOWN_DTYPES else "float32"


def write_hf(
    base: Base,
    adapter: Path | None,
    folder: Path,
    *,
    dtype: str,
    generation: dict[str, Any],
    chat_template: str | None,
) -> Any:
    """Write the base, with the adapter merged into it in float32, rounded to `dtype`; return the network.

    `generation` becomes `generation_config.json`, and `chat_template` takes the base's own one's place:
    a persona was not trained with that one's system prompt.

    Raises:
        MissingTraining: torch is not installed.
        BadAdapter: the adapter does not fit the base.
    """
    network = merged_network(base, adapter, dtype)
    from transformers import GenerationConfig

    network.generation_config = GenerationConfig(**generation)
    network.save_pretrained(folder)
    write_tokenizer(base, folder, chat_template)
    carry_terms(base, folder)
    return network


def merged_network(base: Base, adapter: Path | None, dtype: str) -> Any:
    """Return the network with the adapter in its weights.

    Merged in float32: in bfloat16 most of what a small adapter adds would be rounded away before it is
    added up. Only the weights are rounded: frequencies and the like follow from the settings.
    """
    import torch

    network = load_network(base, dtype="float32", adapter=adapter)
    if adapter is not None:
        network = network.merge_and_unload(safe_merge=True)
    for weight in network.parameters():
        weight.data = weight.data.to(getattr(torch, dtype))
    return network


def write_tokenizer(base: Base, folder: Path, chat_template: str | None) -> None:
    """Write the tokenizer's files, with no other chat template than this.

    Where the base's tokenizer begins texts with a space, the persona was trained without (`unprefixed`), and
    what it was trained with is written: as it is, since the classes that transformers has for such bases
    would put the space there again.
    """
    source, written = base.hf_folder, folder / "tokenizer.json"
    settings = _tokenizer_settings(base)
    known = (source / "tokenizer.json").is_file()
    text = (source / "tokenizer.json").read_text(encoding="utf-8") if known else base.tokenizer.to_str()
    bare = unprefixed(text)
    written.write_text(bare, encoding="utf-8")
    if bare == text:
        for name in TOKENIZER:
            if (source / name).is_file():
                shutil.copyfile(source / name, folder / name)
    else:
        kept = {key: value for key, value in settings.items() if key not in OF_PREFIXED}
        settings = kept | {"tokenizer_class": "PreTrainedTokenizerFast"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2), encoding="utf-8")
    if chat_template is not None:
        (folder / "chat_template.jinja").write_text(chat_template, encoding="utf-8")


def _tokenizer_settings(base: Base) -> dict[str, Any]:
    """Return the base's own settings without its template, or what follows from its configuration."""
    found = read_json(base.hf_folder / "tokenizer_config.json")
    found.pop("chat_template", None)
    config = base.config
    named = {"bos_token": config.bos_id, "eos_token": config.eos_id, "pad_token": config.pad_id}
    usual = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": config.context_length}
    spelt = {key: base.tokenizer.id_to_token(number) for key, number in named.items() if number is not None}
    return usual | spelt | {key: value for key, value in found.items() if value is not None}


def carry_terms(base: Base, folder: Path) -> None:
    """Copy the base's licence and notices, and write down the notice that goes with what is made from it."""
    for pattern in CARRIED:
        for path in base.hf_folder.glob(pattern):
            if path.is_file():
                shutil.copyfile(path, folder / path.name)
    if base.config.notice and not (folder / "NOTICE").exists():
        (folder / "NOTICE").write_text(base.config.notice + "\n", encoding="utf-8")
