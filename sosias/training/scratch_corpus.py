"""A persona's texts for a network that knows nothing yet: read one by one, never all at once.

Each text of a session is one document, as the template `document` has it, with the end of a text
after it. The vocabulary is trained on those of the training split alone.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from sosias.corpus import prepared
from sosias.corpus.session import Split
from sosias.models.vocabulary import END, train_vocabulary
from sosias.templates.document import Document
from sosias.templates.window import Window
from sosias.training.shards import Shards, write_shards
from sosias.workspace import Persona

WATCHED = 64
"""Blocks of the validation texts, evenly spread, that the loss is watched on."""


@dataclass(frozen=True)
class Texts:
    """The texts that are learnt: the persona's, or everybody's."""

    persona: Persona
    everybody: bool

    def of(self, split: Split) -> Iterator[str]:
        """Yield the texts of a split, in the order of their sessions."""
        for session in prepared.each_session(self.persona):
            if session.split == split:
                for turn in session.turns:
                    if turn.persona or self.everybody:
                        yield from filter(None, (Document.fold(text.strip()) for text in turn.bubbles))

    def bytes_of(self, split: Split) -> int:
        """Return how many bytes (UTF-8) of text a split has."""
        return sum(len(text.encode("utf-8", "replace")) for text in self.of(split))

    def key(self, tokenizer: Tokenizer) -> str:
        """Return what names these texts as tokens of a tokenizer."""
        parts = f"{prepared.fingerprint(self.persona)} {self.everybody} {tokenizer.to_str()}"
        return hashlib.sha256(parts.encode()).hexdigest()


def trained_tokenizer(texts: Texts, size: int) -> Tokenizer:
    """Return a tokenizer of at most `size` pieces, trained on the texts that are learnt."""
    lines = (line for text in texts.of("train") for line in text.splitlines(keepends=True))
    return train_vocabulary(lines, size, corpus_bytes=texts.bytes_of("train"))


def shards_in(folder: Path, texts: Texts, split: Split, tokenizer: Tokenizer) -> Shards:
    """Return a split as shards in `folder`, going on with what an earlier call has written."""
    end = tokenizer.token_to_id(END)
    assert end is not None
    ids = ([*_ids(tokenizer, text), end] for text in texts.of(split))
    return write_shards(ids, folder, vocabulary=tokenizer.get_vocab_size(), key=texts.key(tokenizer))


def _ids(tokenizer: Tokenizer, text: str) -> list[int]:
    whole = text.encode("utf-8", "replace").decode("utf-8")
    ids: list[int] = tokenizer.encode(whole, add_special_tokens=False).ids
    return ids


def watched(shards: Shards, length: int) -> list[Window]:
    """Return blocks of at most `length` that lie evenly over the validation texts, as windows."""
    count = max(1, min(WATCHED, len(shards) // length))
    stride = max(1, (len(shards) - length) // count)
    found = [tuple(shards.read(number * stride, length).tolist()) for number in range(count)]
    return [
        Window(ids, (True,) * len(ids), (False,) * len(ids), number, 0, 0)
        for number, ids in enumerate(found)
        if len(ids) > 1
    ]
