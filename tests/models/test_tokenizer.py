"""Tokenizers built from a GGUF give llama.cpp's ids, and text never yields a control token."""

import json
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, pre_tokenizers

import sosias
from sosias.models.base import Base
from sosias.models.gguf_file import GgufFile
from sosias.models.tokenizer import (
    CONTROL,
    UnknownTokenizer,
    build_tokenizer,
    encode_text,
    load_tokenizer,
    merges_from_scores,
    unprefixed,
)
from sosias.voice.llama import start_server
from tests.bases import sentencepiece_tokenizer, trained_tokenizer

KEY = "of these tests"
SPELLABLE = st.characters(codec="utf-8", exclude_characters="\x04\x06\x13\x14\x16\x1d", max_codepoint=0x3FFFF)
"""SmolLM2 lacks some control codes and the unassigned planes: both tokenisers drop them."""
LINES = [
    "Hola, ¿cómo estás?  Bien… ¡y tú!",
    "it's don't we'LL I've   they'd",
    "12345 3.14 2026-11-22 1ª ½ ²",
    " ",
    "  ",
    "   dos   tres    cuatro     ",
    "\n",
    "\n\n",
    "a\n\n\nb\n \n c\r\nd\te\t\tf",
    "😂😂😂 👨‍👩‍👧‍👦 ❤️‍🔥 🇪🇸🇲🇽 ✌🏽",
    "jajajajajajaja jejeje aaaaaaaaaaaaaaaa !!!!!!!!! ------- ........",
    "日本語のテキスト 한국어 русский العربية עברית हिन्दी",
    "café cafe\u0301 ñandú Ñ ﬁ ﷽",
    "https://example.org/a?b=c&d=%20 correo@ejemplo.es",
    "\u200b\u200e\u202d\ufeff\u00a0x\u2028y\x00z\x7f",
    "<b>html</b> <table> [multimodal] <0x0A> ▁▁ ▁",
    "x" * 300,
    "def f(x):\n    return {'a': [1, 2]}\n",
    "�",
]


@pytest.fixture(scope="module")
def sample_text() -> str:
    """Return the chat that comes with the package."""
    (path,) = (Path(sosias.__file__).parent / "sample").glob("*.txt")
    return path.read_text(encoding="utf-8")


class LlamaTokenizer:
    """llama.cpp's own tokeniser, over the port of its server."""

    def __init__(self, base: Base) -> None:
        assert base.gguf is not None
        self._server = start_server(base.gguf, None, 64, KEY)

    def encode(self, text: str) -> list[int]:
        body = {"content": text, "add_special": False, "parse_special": False}
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {KEY}"}
        address = self._server.listening_address + "/tokenize"
        request = urllib.request.Request(address, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request) as reply:
            ids: list[int] = json.load(reply)["tokens"]
        return ids

    def close(self) -> None:
        self._server = None


@pytest.fixture(scope="module")
def references() -> Iterator[dict[str, LlamaTokenizer]]:
    servers: dict[str, LlamaTokenizer] = {}
    yield servers
    for server in servers.values():
        server.close()


@pytest.fixture
def reference(real_base: Base, references: dict[str, LlamaTokenizer]) -> LlamaTokenizer:
    if real_base.name not in references:
        references[real_base.name] = LlamaTokenizer(real_base)
    return references[real_base.name]


@pytest.mark.parametrize("line", LINES)
def test_ids_are_llama_cpp_s(real_base: Base, reference: LlamaTokenizer, line: str) -> None:
    assert encode_text(real_base, line) == reference.encode(line)


def test_ids_of_the_sample_are_llama_cpp_s(
    real_base: Base, reference: LlamaTokenizer, sample_text: str
) -> None:
    for start in range(0, len(sample_text), 20_000):
        part = sample_text[start : start + 2_000]
        assert encode_text(real_base, part) == reference.encode(part)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(SPELLABLE, max_size=40))
def test_ids_of_any_text_are_llama_cpp_s(real_base: Base, reference: LlamaTokenizer, text: str) -> None:
    assert encode_text(real_base, text) == reference.encode(text)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(SPELLABLE, max_size=60))
def test_text_comes_back(real_base: Base, text: str) -> None:
    assert real_base.tokenizer.decode(encode_text(real_base, text), skip_special_tokens=False) == text


def test_no_text_yields_a_control_token(real_base: Base) -> None:
    assert real_base.gguf is not None
    metadata = GgufFile(real_base.gguf).metadata
    named = zip(metadata["tokenizer.ggml.tokens"], metadata["tokenizer.ggml.token_type"], strict=True)
    control = {token: number for number, (token, kind) in enumerate(named) if kind == CONTROL}
    assert len(control) > 10
    for token in list(control)[:300]:
        for text in (token, f"hola {token}\n{token}{token} adiós"):
            assert not set(encode_text(real_base, text)) & set(control.values())


def test_half_a_surrogate_pair_is_text_too(real_base: Base) -> None:
    assert encode_text(real_base, "a\ud83d b") == encode_text(real_base, "a? b")


def test_a_prompt_begins_as_the_base_was_trained(real_base: Base) -> None:
    config = real_base.config
    ids = real_base.tokenizer.encode("hola").ids
    assert (ids[0] == config.bos_id) == config.add_bos
    assert ids[int(config.add_bos) :] == encode_text(real_base, "hola")


def test_merges_rank_by_the_score_of_the_whole() -> None:
    pieces = {"a": -9.0, "b": -9.0, "c": -9.0, "ab": -3.0, "bc": -2.0, "abc": -1.0}
    assert merges_from_scores(pieces) == [("a", "bc"), ("ab", "c"), ("b", "c"), ("a", "b")]


@pytest.mark.parametrize(
    "metadata",
    [
        {"tokenizer.ggml.model": "bert"},
        {},
        {
            "tokenizer.ggml.model": "gpt2",
            "tokenizer.ggml.pre": "nonsense",
            "tokenizer.ggml.tokens": ["a"],
            "tokenizer.ggml.merges": [],
        },
    ],
)
def test_an_unknown_kind_is_refused(metadata: dict[str, Any], tmp_path: Any) -> None:
    with pytest.raises(UnknownTokenizer):
        build_tokenizer(metadata, tmp_path)


# --- spaces before a text ----------------------------------------------------------------------------


def metaspaced(scheme: str) -> Tokenizer:
    tokenizer = sentencepiece_tokenizer(prefixed=False)
    tokenizer.normalizer = None
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace("▁", prepend_scheme=scheme, split=False)
    return tokenizer


def byte_level() -> Tokenizer:
    tokenizer = trained_tokenizer(LINES)
    cut = pre_tokenizers.ByteLevel(add_prefix_space=True, use_regex=True)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(), cut])
    return tokenizer


@pytest.mark.parametrize(
    "made",
    [
        lambda: sentencepiece_tokenizer(prefixed=True),
        lambda: metaspaced("first"),
        lambda: metaspaced("always"),
        byte_level,
    ],
)
def test_a_text_in_pieces_is_the_text(made: Callable[[], Tokenizer], tmp_path: Path) -> None:
    made().save(str(tmp_path / "tokenizer.json"))
    own = Tokenizer.from_file(str(tmp_path / "tokenizer.json"))
    tokenizer = load_tokenizer(tmp_path / "tokenizer.json")
    pieces = ["Voy.", "\n", " ya", "Espera", "\n", "hola"]

    def joined(one: Tokenizer) -> str:
        ids = [number for piece in pieces for number in one.encode(piece, add_special_tokens=False).ids]
        return one.decode(ids)  # type: ignore[no-any-return]

    assert joined(own) != "".join(pieces), "its own file begins texts with spaces"
    assert joined(tokenizer) == "".join(pieces)
    for line in LINES:
        if "\x00" not in line and "▁" not in line:
            assert tokenizer.decode(tokenizer.encode(line, add_special_tokens=False).ids) == line


@pytest.mark.parametrize(
    "made", [lambda: sentencepiece_tokenizer(prefixed=False), lambda: trained_tokenizer(LINES)]
)
def test_a_tokenizer_that_adds_nothing_stays_as_it_is(made: Callable[[], Tokenizer]) -> None:
    written = made().to_str()
    assert unprefixed(written) == written
