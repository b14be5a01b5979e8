"""A base whose tokenizer has one token a byte, so that expected ids can be read."""

from types import SimpleNamespace
from typing import Any

import pytest
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

SPECIALS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]


def byte_tokenizer() -> Tokenizer:
    """Return a tokenizer of the 256 bytes and three special tokens (ids 0, 1, 2)."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: number for number, token in enumerate([*SPECIALS, *alphabet])}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(name, special=True) for name in SPECIALS])
    tokenizer.encode_special_tokens = True
    return tokenizer


@pytest.fixture(scope="session")
def base() -> Any:
    """Return a stand-in for a base with ChatML roles and a beginning-of-text token."""
    config = SimpleNamespace(bos_id=0, eos_id=0, pad_id=0, add_bos=True, chat_markup="chatml")
    return SimpleNamespace(name="bytes", tokenizer=byte_tokenizer(), config=config)
