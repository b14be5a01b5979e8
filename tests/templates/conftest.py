"""A base whose tokenizer has one token a byte, so that expected ids can be read."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.bases import smollm2
from tests.tiny import byte_tokenizer

__all__ = ["smollm2"]


@pytest.fixture(scope="session")
def base() -> Any:
    """Return a stand-in for a base with ChatML roles and a beginning-of-text token."""
    config = SimpleNamespace(bos_id=0, eos_id=0, pad_id=0, add_bos=True, chat_markup="chatml")
    return SimpleNamespace(name="bytes", tokenizer=byte_tokenizer(), config=config)
