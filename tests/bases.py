"""Bases that tests share: the real ones, pulled into the user's cache, and tiny ones written as GGUF."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from sosias.models.base import Base
from sosias.models.catalogue import GEMMA3, SMOLLM2
from sosias.models.download import DownloadBroken, NoNetwork
from sosias.models.pull import pull
from sosias.models.terms import TermsNotAccepted
from sosias.models.tokenizer import SPACE

SPECIALS = ("<|pad|>", "<|bos|>", "<|eos|>", "<|user|>", "<|persona|>")
TEXTS = (
    "Hola, ¿cómo estás hoy? Yo",
    "it's 2026, I've 12345 things\n\n  to do!!",
    "café naïve ☕️ 😂😂 ok",
    "x  y   z\t\tq",
    "jajaja\nno way\n<|user|>hi<|persona|>",
    "日本語 and русский text",
    "don't CAN'T we'LL 3.14 ¡¡qué va!!",
    "Ana: pues claro que sí, mañana a las 10 en la puerta, como siempre\nLuis:",
)


def pulled(name: str, **options: Any) -> Base:
    """Pull a real base, once for all runs of the tests; skip where there is no way to it.

    SOSIAS_REQUIRE_BASES=1, as in CI, makes a base that does not come a failure.
    """
    try:
        return pull(name, **options)
    except (NoNetwork, DownloadBroken) as error:
        if os.environ.get("SOSIAS_REQUIRE_BASES") == "1":
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def smollm2() -> Base:
    """Return SmolLM2, pulled for real."""
    return pulled(SMOLLM2.name)


@pytest.fixture(scope="session")
def gemma3() -> Base:
    """Return Gemma 3, where its terms were accepted (ACCEPT_GEMMA_TERMS=1, or before)."""
    try:
        return pulled(GEMMA3.name, accept_terms=os.environ.get("ACCEPT_GEMMA_TERMS") == "1")
    except TermsNotAccepted as error:
        pytest.skip(f"{error} (for tests: ACCEPT_GEMMA_TERMS=1)")


@pytest.fixture(params=["smollm2", "gemma3"])
def real_base(request: pytest.FixtureRequest) -> Base:
    """Return each real base in turn."""
    base: Base = request.getfixturevalue(request.param)
    return base


def trained_tokenizer(texts: Iterable[str]) -> Tokenizer:
    """Return a small byte-level BPE tokenizer cut as GPT-2's."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=[AddedToken(token, special=True) for token in SPECIALS],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def sentencepiece_tokenizer(*, prefixed: bool) -> Tokenizer:
    """Return a BPE with marked spaces and bytes to fall back on: Llama 2's and Phi-3's, or Gemma's.

    The former (`prefixed`) begin every text with a space, and take one off a decoded text.
    """
    trained = Tokenizer(models.BPE(unk_token="<unk>"))
    trained.normalizer = normalizers.Replace(" ", SPACE)
    trainer = trainers.BpeTrainer(vocab_size=150, special_tokens=[], show_progress=False)
    trained.train_from_iterator(["hola como estas hoy yo creo que si que va manana"] * 3, trainer)
    learnt = json.loads(trained.to_str())["model"]
    pieces = [*SPECIALS, "<unk>", *(f"<0x{byte:02X}>" for byte in range(256)), *learnt["vocab"]]
    merges = [tuple(merge) for merge in learnt["merges"]]
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    tokenizer = Tokenizer(
        models.BPE(vocab=vocabulary, merges=merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True)
    )
    marked = normalizers.Replace(" ", SPACE)
    read = [decoders.Replace(SPACE, " "), decoders.ByteFallback(), decoders.Fuse()]
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend(SPACE), marked]) if prefixed else marked
    tokenizer.decoder = decoders.Sequence([*read, decoders.Strip(" ", 1, 0)] if prefixed else read)
    specials = [AddedToken(token, special=True, normalized=False, rstrip=prefixed) for token in SPECIALS]
    tokenizer.add_special_tokens(specials)
    return tokenizer


LAYOUTS = ("gpt2", "llama", "smollm3", "qwen3", "phi3", "gemma3")
"""The layouts of the bases that are proven."""


def tiny_config(layout: str, vocabulary: int) -> Any:
    """Return the settings of a tiny network, with what sets its layout apart from the others.

    `llama-3` has stretched positions, `phi3-long` those of Phi-3-mini-128k, `qwen3-untied` an output of
    its own. Gemma's seven layers have one that sees past the sliding window, SmolLM3's five one
    without positions.
    """
    from transformers import (
        Gemma3TextConfig,
        GPT2Config,
        LlamaConfig,
        Phi3Config,
        Qwen3Config,
        SmolLM3Config,
    )

    ids = {"vocab_size": vocabulary, "bos_token_id": 1, "eos_token_id": 2, "initializer_range": 0.15}
    shape: dict[str, Any] = ids | {
        "pad_token_id": 0,
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": {"gemma3": 7, "smollm3": 5}.get(layout, 2),
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 512,
    }
    stretched = {
        "rope_type": "llama3",
        "rope_theta": 10_000.0,
        "factor": 8.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": 64,
    }
    factors = {"short_factor": [1.0 + i / 8 for i in range(8)], "long_factor": [2.0 + i for i in range(8)]}
    longer = {"rope_type": "longrope", "rope_theta": 10_000.0} | factors
    makers: dict[str, Any] = {
        "gpt2": lambda: GPT2Config(n_layer=2, n_head=4, n_embd=64, n_positions=512, **ids),
        "llama": lambda: LlamaConfig(tie_word_embeddings=False, **shape),
        "llama-3": lambda: LlamaConfig(tie_word_embeddings=True, rope_parameters=stretched, **shape),
        "smollm3": lambda: SmolLM3Config(**shape),
        "qwen3": lambda: Qwen3Config(head_dim=32, tie_word_embeddings=True, **shape),
        "qwen3-untied": lambda: Qwen3Config(head_dim=32, tie_word_embeddings=False, **shape),
        "phi3": lambda: Phi3Config(**shape | {"sliding_window": 400}),
        "phi3-long": lambda: Phi3Config(
            rope_parameters=longer, original_max_position_embeddings=256, **shape
        ),
        "gemma3": lambda: Gemma3TextConfig(head_dim=32, sliding_window=32, query_pre_attn_scalar=32, **shape),
    }
    return makers[layout]()


def tiny_folder(folder: Path, layout: str) -> Path:
    """Write a random network of a layout of `tiny_config`, its norms and biases random too, and a tokenizer
    of the kind that bases of that layout have.
    """
    import torch
    from transformers import AutoModelForCausalLM

    marked = layout.startswith(("phi3", "gemma3"))
    prefixed = layout.startswith("phi3")
    tokenizer = sentencepiece_tokenizer(prefixed=prefixed) if marked else trained_tokenizer(TEXTS * 4)
    rows = tokenizer.get_vocab_size() + 3  # some without a token, as real bases have
    torch.manual_seed(0)
    network = AutoModelForCausalLM.from_config(tiny_config(layout, rows), dtype=torch.float32)
    with torch.no_grad():
        for weight in network.parameters():
            if weight.ndim == 1:
                weight.add_(torch.randn_like(weight) * 0.1)
    network.save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def random_adapter(base: Base, folder: Path, *, spread: float, **options: Any) -> Path:
    """Write a random PEFT adapter for a base; `spread` is how far its B factors stray from zero."""
    import torch
    from peft import LoraConfig, get_peft_model

    from sosias.models.network import load_network

    torch.manual_seed(1)
    network = get_peft_model(
        load_network(base, dtype="float32"),
        LoraConfig(**{"r": 4, "lora_alpha": 8, "target_modules": "all-linear"} | options),
    )
    for name, weight in network.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=spread)
    network.save_pretrained(str(folder))
    return folder
