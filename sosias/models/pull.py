"""Fetching a base."""

from pathlib import Path

from sosias.models.base import GGUF_NAME, Base, BaseConfig, write_config
from sosias.models.catalogue import Entry
from sosias.models.gguf_file import GgufFile
from sosias.models.tokenizer import build_tokenizer
from sosias.workspace import atomic_file


def describe(entry: Entry, folder: Path) -> Base:
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
    return Base(entry.name, folder)
