"""A vocabulary of a corpus's own: byte-level BPE trained on its texts, in the files of any base.

The 256 bytes are its first pieces, so no text is unknown to it: what it has no longer piece for (an
emoji, another script) costs more tokens and comes back exactly. Nothing is normalised: case, accents
and the way they are composed are the style. Words are cut as GPT-2 cuts them, which llama.cpp knows.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from sosias.events import Choice
from sosias.language import translate as _

END = "<|endoftext|>"
"""Stands between two texts."""
SPECIALS = (END, "<|im_start|>", "<|im_end|>")
"""The end of a text, and the roles of a talk, for a full fine-tuning with the template `chat`."""
BYTES_FOR_EACH = 2048
"""Bytes of corpus for each piece: it is then met some hundreds of times, enough to be learnt."""
SMALLEST, LARGEST = 512, 32_768
"""Bounds of the size; more pieces than the largest hardly shorten a text of one language."""
MOST_BYTES = 200_000_000
"""Text that the merges are counted on: a larger corpus is sampled evenly, its last merges alone differ."""


def choose_size(corpus_bytes: int) -> Choice:
    """Return how many pieces a vocabulary for so many bytes (UTF-8) of text gets, and why: a power of two."""
    share = max(SMALLEST, min(LARGEST, corpus_bytes // BYTES_FOR_EACH))
    size = 1 << (share.bit_length() - 1)
    why = _("{megabytes:.1f} MB of text: about {share} bytes for each piece, enough to learn it")
    said = why.format(megabytes=corpus_bytes / 10**6, share=corpus_bytes // size)
    return Choice("vocabulary", str(size), said)


def train_vocabulary(texts: Iterable[str], size: int, *, corpus_bytes: int = 0) -> Tokenizer:
    """Return a tokenizer of at most `size` pieces, trained on texts that are read once, one by one.

    Args:
        texts: any number; only the counts of their different words are held.
        size: pieces, the 256 bytes and `SPECIALS` included; fewer, where the texts have no more.
        corpus_bytes: of all texts; where they are more than `MOST_BYTES`, some are passed over evenly.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=[AddedToken(name, special=True, normalized=False) for name in SPECIALS],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_sample(texts, corpus_bytes), trainer)
    tokenizer.encode_special_tokens = True
    return tokenizer


def _sample(texts: Iterable[str], corpus_bytes: int) -> Iterator[str]:
    """Yield every text, or so many of each hundred that `MOST_BYTES` are left; none has half a sign."""
    share = min(1.0, MOST_BYTES / corpus_bytes) if corpus_bytes else 1.0
    due = 1.0
    for text in texts:
        if due >= 1:
            due -= 1
            yield text.encode("utf-8", "replace").decode("utf-8")
        due += share


def write_vocabulary(tokenizer: Tokenizer, folder: Path, context_length: int) -> None:
    """Write the files by which sosias and plain transformers (`AutoTokenizer`) read the tokenizer."""
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": END,
        "eos_token": END,
        "pad_token": END,
        "model_max_length": context_length,
        "clean_up_tokenization_spaces": False,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")
