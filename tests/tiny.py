"""Tiny random bases in the files of real ones, and a workspace with a persona to train on them."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from sosias.corpus import prepare
from sosias.messages import Message, to_table, with_ids
from sosias.settings import Consent, PersonaSettings, PreparationSettings, TrainingSettings
from sosias.sources.source import Options
from sosias.sources.store import import_files
from sosias.workspace import Persona, Workspace

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


QUICK = TrainingSettings(
    rank=4,
    alpha=32,
    window_tokens=64,
    batch_tokens=256,
    micro_batch_tokens=128,
    learning_rate=1e-2,
    dtype="float32",
    steps=12,
    validations=4,
    checkpoint_seconds=3600,
)
"""Settings under which a tiny base learns something in a second."""


def tiny_base(folder: Path, kind: str) -> Path:
    """Write a random two-layer network of `kind` (llama, gemma3) with a tokenizer of bytes."""
    import torch
    from transformers import AutoModelForCausalLM, Gemma3TextConfig, LlamaConfig

    shape: dict[str, Any] = {
        "vocab_size": 259,
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 256,
        "bos_token_id": 0,
        "eos_token_id": 2,
        "pad_token_id": 0,
        "initializer_range": 0.15,
        "tie_word_embeddings": True,
    }
    if kind == "llama":
        config: Any = LlamaConfig(**shape)
    else:
        config = Gemma3TextConfig(head_dim=16, sliding_window=32, query_pre_attn_scalar=16, **shape)
    torch.manual_seed(0)
    network = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    network.save_pretrained(folder)
    byte_tokenizer().save(str(folder / "tokenizer.json"))
    return folder


def talk(count: int = 240) -> list[Message]:
    """Return a chat in which Ana always says the same few things."""
    return _chat(count, 2024, ("claro que sí", "no sé, no sé", "¡qué va!"), "¿y el {}?")


def later(count: int = 240) -> list[Message]:
    """Return the same chat in the next year, where Ana says other things than before."""
    return _chat(count, 2025, ("eso ya lo veremos", "ni loca", "me da igual"), "¿y luego el {}?", first=1000)


def _chat(count: int, year: int, said: tuple[str, ...], asked: str, first: int = 0) -> list[Message]:
    return [
        Message(
            source="test",
            chat="c",
            seq=first + i,
            sent_at=datetime(year, 1, 1) + timedelta(minutes=i * 7 + (i // 8) * 100),
            author="Ana" if i % 2 else "Bea",
            kind="text",
            text=said[i % 3] if i % 2 else asked.format(i),
        )
        for i in range(count)
    ]


WORDS = ("la casa", "el perro", "una tarde", "su madre", "no quiso", "volver", "al pueblo", "de piedra")
SCRATCH = TrainingSettings(
    method="scratch",
    size="tiny",
    window_tokens=64,
    batch_tokens=256,
    steps=30,
    validations=3,
    checkpoint_seconds=3600,
    dtype="float32",
)
"""Settings under which a tiny network from scratch learns something in seconds."""


def novel(number: int) -> str:
    """Return a text of its own for each number."""
    lines = (" ".join(WORDS[(number + i * k) % 8] for k in range(1, 6)) for i in range(60))
    return "\n".join([f"Novela {number}", *lines])


def tiny_novels(folder: Path, training: TrainingSettings = SCRATCH) -> tuple[Workspace, Persona]:
    """Return a persona of ten texts, prepared; the workspace is `w` in the folder."""
    texts = folder / "texts" / "novels"
    texts.mkdir(parents=True)
    for number in range(10):
        (texts / f"novel {number}.txt").write_text(novel(number), encoding="utf-8")
    workspace = Workspace.create(folder / "w")
    import_files(workspace, [texts.parent], options=Options(texts=True))
    persona = workspace.new_persona(
        PersonaSettings(
            name="spanish",
            author="novels",
            consent=Consent(kind="public", recorded=date(2026, 1, 1)),
            preparation=PreparationSettings(pseudonyms=False),
            training=training,
        )
    )
    prepare.prepare(workspace, persona)
    return workspace, persona


def tiny_persona(folder: Path, base: Path, training: TrainingSettings = QUICK) -> tuple[Workspace, Persona]:
    """Return a prepared persona on a tiny base, without stand-ins: no two workspaces share them."""
    workspace = Workspace.create(folder)
    pq.write_table(to_table(with_ids(talk())), workspace.messages_folder / "0001.parquet")
    consent = Consent(kind="self", recorded=date(2026, 1, 1))
    persona = workspace.new_persona(
        PersonaSettings(
            name="ana",
            author="Ana",
            consent=consent,
            base=str(base),
            preparation=PreparationSettings(pseudonyms=False),
            training=training,
        )
    )
    prepare.prepare(workspace, persona)
    return workspace, persona


def add_later(workspace: Workspace, persona: Persona, count: int = 240) -> None:
    """Import and prepare that chat, too."""
    pq.write_table(to_table(with_ids(later(count))), workspace.messages_folder / "0002.parquet")
    prepare.prepare(workspace, persona)
