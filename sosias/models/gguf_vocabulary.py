"""A base's tokenizer as a GGUF holds it: byte-level BPE with its merges, or SentencePiece's with scores.

llama.cpp knows the ways to cut text before the merges by name alone, and a wrong name tokenises
wrongly without an error; so a way that is not recognised is refused.
"""

import json
import re
from typing import Any

from gguf import GGUFWriter

from sosias.errors import SosiasError
from sosias.models.base import Base
from sosias.models.tokenizer import BYTE, CONTROL, NORMAL, SPACE, UNKNOWN, UNUSED, USER_DEFINED

CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"
REST = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
PATTERNS = {
    CONTRACTIONS + r"\p{N}{1,3}" + REST: ("smaug-bpe", "llama-bpe"),
    CONTRACTIONS + r"\p{N}" + REST: ("qwen2", None),
}
"""Patterns by which words are cut: GGUF's name without and with `ignore_merges`."""
WORST = -1e6
"""Score of a piece that no merge makes: it is never asked for."""


class TokenizerNotExportable(SosiasError):
    """The tokenizer in {folder} cannot be written as a GGUF ({what}): chat with the torch engine
    (engine = "torch") instead."""


def add_vocabulary(writer: GGUFWriter, base: Base, rows: int) -> None:
    """Write the tokenizer of a base whose embedding has `rows` rows; those without a token are padding.

    Raises:
        TokenizerNotExportable: it is of another kind, or cuts text in a way without a GGUF name.
    """
    described: dict[str, Any] = json.loads(base.tokenizer.to_str())
    tokens, kinds = _tokens(base, described, rows)
    if described["model"].get("byte_fallback"):
        _add_sentencepiece(writer, base, described, tokens)
    else:
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre(_pre_name(base, described))
        writer.add_token_merges([" ".join(merge) for merge in _merges(described)])
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    config = base.config
    writer.add_eos_token_id(config.eos_id)
    writer.add_pad_token_id(config.pad_id)
    if config.bos_id is not None:
        writer.add_bos_token_id(config.bos_id)
    writer.add_add_bos_token(config.add_bos)


def _tokens(base: Base, described: dict[str, Any], rows: int) -> tuple[list[str], list[int]]:
    """Return each row's spelling and kind."""
    special = {token["id"]: bool(token["special"]) for token in described["added_tokens"]}
    unknown = described["model"].get("unk_token")
    falls_back = bool(described["model"].get("byte_fallback"))
    tokens, kinds = [], []
    for number in range(rows):
        token = base.tokenizer.id_to_token(number)
        tokens.append(f"[PAD{number}]" if token is None else token)
        if token is None:
            kinds.append(UNUSED)
        elif falls_back and token == unknown:
            kinds.append(UNKNOWN)
        elif falls_back and re.fullmatch(r"<0x[0-9A-F]{2}>", token):
            kinds.append(BYTE)
        else:
            kinds.append({True: CONTROL, False: USER_DEFINED, None: NORMAL}[special.get(number)])
    if base.tokenizer.get_vocab_size() > rows:
        raise TokenizerNotExportable(folder=base.folder, what="it has more tokens than the network")
    return tokens, kinds


def _merges(described: dict[str, Any]) -> list[list[str]]:
    merges = described["model"]["merges"]
    return [merge.split(" ") if isinstance(merge, str) else merge for merge in merges]


# --- SentencePiece's ---------------------------------------------------------------------------


def _add_sentencepiece(writer: GGUFWriter, base: Base, described: dict[str, Any], tokens: list[str]) -> None:
    """Write scores in the merges' stead: the earlier the merge that makes a piece, the higher."""
    steps = _steps(described.get("normalizer"), "normalizers")
    cuts = _steps(described.get("pre_tokenizer"), "pretokenizers")
    if not _spaces_are_marked(steps, cuts):
        raise TokenizerNotExportable(folder=base.folder, what="it treats spaces in a way not known here")
    ranks: dict[str, int] = {}
    for rank, merge in enumerate(_merges(described)):
        ranks.setdefault("".join(merge), rank)
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_scores([-float(ranks[token]) if token in ranks else WORST for token in tokens])
    unknown = base.tokenizer.token_to_id(described["model"].get("unk_token") or "<unk>")
    if unknown is not None:
        writer.add_unk_token_id(unknown)
    writer.add_add_space_prefix(False)  # none of ours puts one there (`unprefixed`)


def _spaces_are_marked(steps: list[dict[str, Any]], cuts: list[dict[str, Any]]) -> bool:
    """Is a space written as `SPACE`, and is nothing else changed or cut?"""
    marks = [step for step in steps if step["type"] == "Replace" and step.get("content") == SPACE]
    marks += [cut for cut in cuts if cut["type"] == "Metaspace" and cut.get("split") is not True]
    others = [step for step in steps if step["type"] not in ("Replace", "Prepend")]
    harmless = ("Metaspace", "Split")  # Gemma's splits at spaces, of which its normaliser leaves none
    return bool(marks) and not others and all(cut["type"] in harmless for cut in cuts)


# --- byte-level --------------------------------------------------------------------------------


def _pre_name(base: Base, described: dict[str, Any]) -> str:
    """Return GGUF's name for how text is cut."""
    cuts = _steps(described.get("pre_tokenizer"), "pretokenizers")
    changes = _steps(described.get("normalizer"), "normalizers")
    name = _known_cut(cuts, bool(described["model"].get("ignore_merges")))
    composing = [step["type"] for step in changes] == ["NFC"]  # as Qwen's, which llama.cpp leaves out
    if described["model"]["type"] != "BPE" or name is None or (changes and not composing):
        raise TokenizerNotExportable(folder=base.folder, what="it is not a known byte-level BPE")
    return name


def _known_cut(cuts: list[dict[str, Any]], ignore_merges: bool) -> str | None:
    kinds = [cut["type"] for cut in cuts]
    if not kinds or kinds[-1] != "ByteLevel" or cuts[-1].get("add_prefix_space"):
        return None
    words = bool(cuts[-1].get("use_regex", True))
    if kinds == ["ByteLevel"] and words:
        return "gpt-2"
    if kinds == ["Digits", "ByteLevel"] and words and cuts[0].get("individual_digits"):
        return "smollm"
    if kinds == ["Split", "ByteLevel"] and not words and cuts[0].get("behavior") == "Isolated":
        names = PATTERNS.get(cuts[0]["pattern"].get("Regex", ""), (None, None))
        return names[ignore_merges]
    return None


def _steps(described: dict[str, Any] | None, key: str) -> list[dict[str, Any]]:
    """Return the steps of a normaliser or a pre-tokenizer, which may be one or a sequence."""
    if described is None:
        return []
    return list(described.get(key, [described]))
