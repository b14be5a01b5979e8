"""A base's tokenizer: from a GGUF's metadata to `tokenizers.Tokenizer`, and text to ids safely.

Two kinds of vocabulary exist in the bases: byte-level BPE with its list of merges (GPT-2, Llama 3,
SmolLM2, Qwen) and SentencePiece's BPE, which stores a score for each piece instead (Gemma). What
is built here gives the ids that llama.cpp gives, without loading transformers.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers
from tokenizers.processors import TemplateProcessing

from sosias.errors import SosiasError

if TYPE_CHECKING:
    from sosias.models.base import Base

NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = 1, 2, 3, 4, 5, 6
"""Kinds of token, as GGUF numbers them."""
SPACE = "▁"
"""What SentencePiece writes for a space."""
MARKUP = frozenset(
    (
        *("<|im_start|>", "<|im_end|>", "<start_of_turn>", "<end_of_turn>"),
        *("<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"),
        *("<|user|>", "<|assistant|>", "<|system|>", "<|end|>"),
        *("<|endoftext|>", "<|begin_of_text|>", "<|end_of_text|>"),
        *("<s>", "</s>", "<bos>", "<eos>"),
    )
)
"""What roles, turns and texts are written with: no text gives these, however a base's files mark them."""


class UnknownTokenizer(SosiasError):
    """The tokenizer of {path} is of a kind that is not known here ({kind}): choose another base."""


def load_tokenizer(path: Path, *, specials: Iterable[str] = ()) -> Tokenizer:
    """Return the tokenizer of a `tokenizer.json`; it spells special tokens out wherever text holds them.

    Special are, besides those that the file says are, `MARKUP` and `specials` where the file adds them:
    some fine-tunings added their roles as ordinary tokens. What it encodes is a part of a longer text, so
    it puts no space before it (`unprefixed`).
    """
    tokenizer = Tokenizer.from_str(unprefixed(path.read_text(encoding="utf-8")))
    meant = MARKUP.union(specials)
    for token in tokenizer.get_added_tokens_decoder().values():
        if token.content in meant and not token.special:
            token.special = True
            tokenizer.add_special_tokens([token])
    tokenizer.encode_special_tokens = True  # a setting of the object, which the file cannot hold
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def unprefixed(written: str) -> str:
    """Return a `tokenizer.json` that begins no text with a space of its own; most stay as they are.

    Llama 2's and Phi-3's do. Of a text that is encoded bubble by bubble every line would begin with one.
    Their special tokens take the white space around them off, too, which would take the one away that
    such a base expects after a role.
    """
    if not any(sign in written for sign in ('"Prepend"', '"Metaspace"', '"add_prefix_space"')):
        return written
    described: dict[str, Any] = json.loads(written)
    bare = {part: _bare(described.get(part)) for part in ("normalizer", "pre_tokenizer")}
    if all(bare[part] == described.get(part) for part in bare):
        return written
    for token in described["added_tokens"]:
        token["lstrip"] = token["rstrip"] = False
    return json.dumps(described | bare | {"decoder": _bare(described.get("decoder"))}, ensure_ascii=False)


def _bare(step: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return a tokenizer's step without the space that it puts before a text, or takes off a decoded one."""
    if step is None or step["type"] == "Prepend" or (step["type"] == "Strip" and step.get("content") == " "):
        return None
    if step["type"] == "Metaspace" and step.get("prepend_scheme", "always") == "never":
        return step
    if step["type"] == "Metaspace":
        kept = {key: value for key, value in step.items() if key != "add_prefix_space"}
        return kept | {"prepend_scheme": "never"}
    if step["type"] == "ByteLevel" and step.get("add_prefix_space"):
        return step | {"add_prefix_space": False}
    for key in ("normalizers", "pretokenizers", "decoders"):
        if key in step:
            return step | {key: [one for one in map(_bare, step[key]) if one is not None]}
    return step


def gpt2_tokenizer(vocabulary: Path, merges: Path, *, specials: Iterable[str]) -> Tokenizer:
    """Return the tokenizer that GPT-2's older files describe; `specials` it lacks are left out."""
    tokenizer = Tokenizer(models.BPE.from_file(str(vocabulary), str(merges)))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    known = [token for token in dict.fromkeys(specials) if tokenizer.token_to_id(token) is not None]
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in known])
    tokenizer.encode_special_tokens = True
    return tokenizer


def encode_text(base: "Base", text: str) -> list[int]:
    """Return the ids of a text as it would stand inside a message: never a control token's.

    `<|im_end|>` in a chat is nine ordinary tokens. Half a surrogate pair, which some exports hold,
    becomes a question mark; what the base has no bytes for (SmolLM2: a few control codes) is dropped.
    """
    clean = text.encode("utf-8", "replace").decode("utf-8")
    ids: list[int] = base.tokenizer.encode(clean, add_special_tokens=False).ids
    return ids


def build_tokenizer(metadata: dict[str, Any], path: Path) -> Tokenizer:
    """Return the tokenizer that a GGUF's metadata describes; `path` is for the error alone.

    Raises:
        UnknownTokenizer: neither of the two kinds, or byte-level with a pattern not known here.
    """
    kind = metadata.get("tokenizer.ggml.model")
    if kind == "gpt2":
        tokenizer = _byte_level(metadata, path)
    elif kind == "llama":
        tokenizer = _sentencepiece(metadata)
    else:
        raise UnknownTokenizer(path=path, kind=kind)
    _add_tokens(tokenizer, metadata)
    _begin_with_bos(tokenizer, metadata)
    return tokenizer


# --- byte-level BPE ------------------------------------------------------------------------------


def _byte_level(metadata: dict[str, Any], path: Path) -> Tokenizer:
    tokens: list[str] = metadata["tokenizer.ggml.tokens"]
    merges = [tuple(merge.split(" ", 1)) for merge in metadata["tokenizer.ggml.merges"]]
    vocabulary = {token: number for number, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.pre_tokenizer = _pre_tokenizer(metadata.get("tokenizer.ggml.pre", ""), path)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def _pre_tokenizer(name: str, path: Path) -> pre_tokenizers.PreTokenizer:
    """Return how text is cut before the merges; a wrong cut tokenises wrongly without an error."""
    words = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    if name == "gpt-2":
        return words
    if name == "smollm":
        return pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), words])
    raise UnknownTokenizer(path=path, kind=f"pre-tokenizer {name}")


# --- SentencePiece's BPE -------------------------------------------------------------------------


def _sentencepiece(metadata: dict[str, Any]) -> Tokenizer:
    tokens: list[str] = metadata["tokenizer.ggml.tokens"]
    kinds: list[int] = metadata["tokenizer.ggml.token_type"]
    scores: list[float] = metadata["tokenizer.ggml.scores"]
    vocabulary = {token: number for number, token in enumerate(tokens)}
    pieces = {
        token: score for token, kind, score in zip(tokens, kinds, scores, strict=True) if kind == NORMAL
    }
    unknown = tokens[metadata.get("tokenizer.ggml.unknown_token_id", 0)]
    tokenizer = Tokenizer(
        models.BPE(
            vocab=vocabulary,
            merges=merges_from_scores(pieces),
            unk_token=unknown,
            fuse_unk=True,
            byte_fallback=True,
        )
    )
    tokenizer.normalizer = normalizers.Replace(" ", SPACE)
    steps = [decoders.Replace(SPACE, " "), decoders.ByteFallback(), decoders.Fuse()]
    tokenizer.decoder = decoders.Sequence(steps)
    return tokenizer


def merges_from_scores(pieces: dict[str, float]) -> list[tuple[str, str]]:
    """Return the merges that build `pieces`, those of the highest score first.

    SentencePiece joins the neighbours whose union scores best; so every way to cut a piece into
    two pieces is a merge, ranked by the score of the whole.
    """
    merges: list[tuple[str, str]] = []
    for piece in sorted(pieces, key=pieces.__getitem__, reverse=True):
        for cut in range(1, len(piece)):
            left, right = piece[:cut], piece[cut:]
            if left in pieces and right in pieces:
                merges.append((left, right))
    return merges


# --- both ----------------------------------------------------------------------------------------


def _add_tokens(tokenizer: Tokenizer, metadata: dict[str, Any]) -> None:
    """Mark the control tokens as special and the user-defined ones as whole, never cut."""
    tokens: list[str] = metadata["tokenizer.ggml.tokens"]
    kinds: list[int] = metadata["tokenizer.ggml.token_type"]

    def of(kind: int, special: bool) -> Iterable[AddedToken]:
        for token, token_kind in zip(tokens, kinds, strict=True):
            if token_kind == kind:
                yield AddedToken(token, special=special, normalized=False)

    tokenizer.add_special_tokens(list(of(CONTROL, True)))
    tokenizer.add_tokens(list(of(USER_DEFINED, False)))


def _begin_with_bos(tokenizer: Tokenizer, metadata: dict[str, Any]) -> None:
    if not metadata.get("tokenizer.ggml.add_bos_token", False):
        return
    number = metadata["tokenizer.ggml.bos_token_id"]
    token = metadata["tokenizer.ggml.tokens"][number]
    tokenizer.post_processor = TemplateProcessing(
        single=f"{token} $A", pair=f"{token} $A {token}:1 $B:1", special_tokens=[(token, number)]
    )
