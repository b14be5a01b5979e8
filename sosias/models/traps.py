"""What one should know of a base before training on it: its terms, and what its vocabulary costs.

Nothing here stops anybody; each is a sentence to be read once. What makes a base unusable is an
error elsewhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sosias.language import translate as _
from sosias.models.base import Base
from sosias.models.folder import read_json, spellings
from sosias.models.tokenizer import encode_text

MANY_TOKENS = 2.0
"""Tokens a word from which a vocabulary counts as foreign: GPT-2's takes 1.3 on English prose."""
MANY_LOST = 0.001
"""Share of the characters."""
SHORT_CONTEXT = 2048
"""Tokens that every base since GPT-2 takes in at once."""
SAMPLE_CHARACTERS = 200_000
"""Enough to know a vocabulary's cost by, in a second."""
BOUND = ("nc", "noncommercial", "non-commercial", "research")
"""Words in a licence's name that rule out use for money."""


@dataclass(frozen=True)
class Cost:
    """What a vocabulary makes of some text."""

    words: int
    tokens: int
    characters: int
    lost: int
    """Characters that do not come back from the tokens: unknown to the vocabulary."""

    @property
    def tokens_per_word(self) -> float:
        return self.tokens / max(1, self.words)

    @property
    def share_lost(self) -> float:
        return self.lost / max(1, self.characters)


def vocabulary_cost(base: Base, texts: Iterable[str]) -> Cost:
    """Measure a base's vocabulary on texts, as many as `SAMPLE_CHARACTERS` hold."""
    words = tokens = characters = lost = 0
    for text in texts:
        clean = text.encode("utf-8", "replace").decode("utf-8")
        ids = encode_text(base, clean)
        words += len(clean.split())
        tokens += len(ids)
        characters += len(clean)
        lost += _lost(clean, base.tokenizer.decode(ids, skip_special_tokens=False))
        if characters >= SAMPLE_CHARACTERS:
            break
    return Cost(words, tokens, characters, lost)


def _lost(text: str, back: str) -> int:
    """Count the characters that did not come back, wherever they stood; spaces do not count."""
    if text == back:
        return 0
    left = {character: back.count(character) for character in set(text)}
    return sum(
        max(0, text.count(character) - count) for character, count in left.items() if not character.isspace()
    )


def traps(base: Base, texts: Iterable[str]) -> list[str]:
    """Return what is to be known of a base for texts like these, a sentence each; often nothing."""
    found = _licence(base) + _settings(base)
    cost = vocabulary_cost(base, texts)
    if cost.share_lost > MANY_LOST:
        said = _(
            "The vocabulary of {base} does not know {share:.1%} of the characters of these messages, and "
            "will never write them: take a base whose tokenizer falls back on bytes."
        )
        found.append(said.format(base=base.name, share=cost.share_lost))
    if cost.tokens_per_word > MANY_TOKENS:
        said = _(
            "The vocabulary of {base} was made for other texts: it takes {tokens:.1f} tokens for a word of "
            "these messages, so that training takes longer and less talk fits into its memory."
        )
        found.append(said.format(base=base.name, tokens=cost.tokens_per_word))
    return found


# --- terms -----------------------------------------------------------------------------------


def _licence(base: Base) -> list[str]:
    licence = base.config.licence
    name = licence.lower()
    if not name:
        said = _(
            "The folder of {base} names no licence: find out its terms before you pass on what comes of it."
        )
        return [said.format(base=base.name)]
    if name.startswith("gemma"):
        said = _(
            "{base} comes under the Gemma terms (ai.google.dev/gemma/terms), and so does what is trained on "
            "it: they forbid some uses, and go along with every copy."
        )
        return [said.format(base=base.name)]
    if name.startswith("llama"):
        said = _(
            "{base} comes under Meta's community licence ({licence}): wherever what is trained on it is "
            "passed on, its name begins with “Llama”, and “Built with Llama” stands beside it."
        )
        return [said.format(base=base.name, licence=licence)]
    if any(word in name.replace("_", "-").split("-") for word in BOUND) or "non-commercial" in name:
        said = _("{base} may not be used for money ({licence}), nor may what is trained on it.")
        return [said.format(base=base.name, licence=licence)]
    return []


# --- settings --------------------------------------------------------------------------------


def _settings(base: Base) -> list[str]:
    if base.embedded:
        return []  # known, and looked at
    config, found = base.config, []
    if config.context_length < SHORT_CONTEXT:
        said = _("{base} takes in {tokens} tokens of talk at once, and forgets what was said before them.")
        found.append(said.format(base=base.name, tokens=config.context_length))
    own = read_json(base.folder / "config.json")
    if own.get("pad_token_id") is None:
        said = _(
            "{base} names no token to pad with: its end token stands in, and nothing is learnt from it there."
        )
        found.append(said.format(base=base.name))
    tokens = base.tokenizer.get_vocab_size()
    if tokens > config.vocab_size:
        said = _(
            "The tokenizer of {base} has {tokens} tokens and its network {rows}: those beyond cannot be "
            "used, and it cannot be written for llama.cpp."
        )
        found.append(said.format(base=base.name, tokens=tokens, rows=config.vocab_size))
    return found + _ends(base)


def _ends(base: Base) -> list[str]:
    """Tell where the settings do not agree on what ends a text."""
    named = spellings([read_json(base.folder / "tokenizer_config.json").get("eos_token")])
    given = read_json(base.folder / "config.json").get("eos_token_id")
    of_config = given if isinstance(given, list) else [given]
    if not named or base.tokenizer.token_to_id(named[0]) in (None, *of_config):
        return []
    said = _("The settings of {base} do not agree on the token that ends a text: it is taken to be {token}.")
    return [said.format(base=base.name, token=base.tokenizer.id_to_token(base.config.eos_id))]
