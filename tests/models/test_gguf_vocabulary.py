"""llama.cpp cuts text as a base's tokenizer does, whatever of the known kinds that is."""

import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from sosias.models.base import Base, open_base
from sosias.models.export import write_gguf
from sosias.models.gguf_file import GgufFile
from sosias.models.gguf_vocabulary import PATTERNS, TokenizerNotExportable
from tests.bases import SPECIALS, TEXTS, sentencepiece_tokenizer, tiny_folder

pytest.importorskip("torch")
KEY = "of these tests"
LINES = [*TEXTS, "1234567 12 3", "I'LL we'Ll", "a\r\n\r\nb   c", "don’t ¡hola!  ¿sí?"]


def byte_level(cut: pre_tokenizers.PreTokenizer, **options: Any) -> Tokenizer:
    """Return a byte-level BPE with this cut, trained on the texts."""
    tokenizer = Tokenizer(models.BPE(**options))
    tokenizer.pre_tokenizer = cut
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=420,
        special_tokens=[AddedToken(token, special=True) for token in SPECIALS],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(LINES * 4, trainer)
    return tokenizer


def by_pattern(pattern: str, **options: Any) -> Tokenizer:
    split = pre_tokenizers.Split(Regex(pattern), "isolated")
    words = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    return byte_level(pre_tokenizers.Sequence([split, words]), **options)


LLAMA_3, QWEN = PATTERNS
KINDS = {
    "gpt-2": lambda: byte_level(pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)),
    "gpt-2, prefixed": lambda: byte_level(pre_tokenizers.ByteLevel(add_prefix_space=True, use_regex=True)),
    "smollm": lambda: byte_level(
        pre_tokenizers.Sequence(
            [
                pre_tokenizers.Digits(individual_digits=True),
                pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
            ]
        )
    ),
    "llama-bpe": lambda: by_pattern(LLAMA_3, ignore_merges=True),
    "smaug-bpe": lambda: by_pattern(LLAMA_3),
    "qwen2": lambda: by_pattern(QWEN),
    "default": lambda: sentencepiece_tokenizer(prefixed=False),
    "default, prefixed": lambda: sentencepiece_tokenizer(prefixed=True),
}


def base_with(folder: Path, tokenizer: Tokenizer) -> Base:
    """Return a tiny base with this tokenizer."""
    tiny_folder(folder, "llama")
    tokenizer.save(str(folder / "tokenizer.json"))
    rows = max(tokenizer.get_vocab_size(), 1) + 3
    import torch
    from transformers import AutoModelForCausalLM

    from tests.bases import tiny_config

    torch.manual_seed(0)
    AutoModelForCausalLM.from_config(tiny_config("llama", rows)).save_pretrained(folder)
    return open_base(str(folder))


def llama_ids(path: Path, lines: list[str]) -> list[list[int]]:
    """Ask llama.cpp's own tokeniser, over the port of its server."""
    from sosias.voice.llama import start_server

    server, found = start_server(path, None, 64, KEY), []
    for line in lines:
        body = {"content": line, "add_special": False, "parse_special": False}
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {KEY}"}
        address = server.listening_address + "/tokenize"
        with urllib.request.urlopen(
            urllib.request.Request(address, json.dumps(body).encode(), headers)
        ) as reply:
            found.append(json.load(reply)["tokens"])
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_llama_cuts_alike(kind: str, tmp_path: Path) -> None:
    base = base_with(tmp_path / "base", KINDS[kind]())
    write_gguf(base, tmp_path / "model.gguf")
    assert GgufFile(tmp_path / "model.gguf").metadata["tokenizer.ggml.pre"] == kind.split(",")[0]
    expected = [base.tokenizer.encode(line, add_special_tokens=False).ids for line in LINES]
    assert llama_ids(tmp_path / "model.gguf", LINES) == expected


@pytest.mark.parametrize(
    "tokenizer",
    [
        lambda: byte_level(pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)),
        lambda: by_pattern(r"\p{L}+|\s+"),
        lambda: Tokenizer(models.WordLevel({"a": 0, "<|eos|>": 2}, unk_token="a")),
    ],
)
def test_a_cut_without_a_name_is_refused(tokenizer: Any, tmp_path: Path) -> None:
    base = base_with(tmp_path / "base", tokenizer())
    with pytest.raises(TokenizerNotExportable, match="torch engine"):
        write_gguf(base, tmp_path / "model.gguf")
    assert not (tmp_path / "model.gguf").exists()
