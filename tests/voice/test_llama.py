"""The llama.cpp engine: closed to others, safe from crafted files, repeatable, and honest about errors."""

import json
import os
import re
import struct
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sosias.models.adapter import write_adapter_gguf
from sosias.models.base import Base, open_base
from sosias.models.export import write_gguf
from sosias.models.gguf_file import BadModelFile, GgufFile
from sosias.models.tokenizer import encode_text
from sosias.settings import GenerationSettings
from sosias.voice import checked
from sosias.voice.engine import EngineFailed
from sosias.voice.llama import LlamaEngine
from tests.bases import random_adapter, tiny_folder

pytest.importorskip("torch", reason="the tiny base is made with torch")

NO_STOP: frozenset[int] = frozenset()
SETTINGS = GenerationSettings(max_tokens=24)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    folder = tiny_folder(tmp_path_factory.mktemp("tiny") / "llama", "llama")
    write_gguf(open_base(str(folder)), folder / "model.gguf")
    return open_base(str(folder))


@pytest.fixture(scope="module")
def adapter(base: Base, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("adapter")
    write_adapter_gguf(random_adapter(base, folder, spread=0.1), base, folder / "adapter.gguf")
    return folder / "adapter.gguf"


@pytest.fixture(scope="module")
def engine(base: Base, adapter: Path) -> Iterator[LlamaEngine]:
    engine = LlamaEngine(base, adapter, 256)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def prompt(base: Base) -> list[int]:
    return encode_text(base, "Hola, ¿cómo estás hoy? Yo")


def say(engine: LlamaEngine, prompt: list[int], **options: Any) -> str:
    return engine.generate(prompt, SETTINGS, **{"stop_ids": NO_STOP} | options).text


def test_seeds_repeat_whatever_came_before(engine: LlamaEngine, prompt: list[int]) -> None:
    first = say(engine, prompt, seed=7)
    assert say(engine, prompt, seed=8) != first
    say(engine, prompt[:5])
    assert say(engine, prompt, seed=7) == first
    assert say(engine, prompt, seed=7, tuned=False) != first
    assert say(engine, prompt, seed=7) == first


def test_without_a_seed_each_draw_is_new(engine: LlamaEngine, prompt: list[int]) -> None:
    assert len({say(engine, prompt) for _ in range(4)}) > 1


def test_draws_follow_the_probabilities(engine: LlamaEngine, prompt: list[int]) -> None:
    """300 single tokens at temperature 0.95 and top-p 0.9 fall where torch's sampler would put them."""
    probabilities = engine.next_token_probabilities(prompt) ** (1 / 0.95)
    probabilities /= probabilities.sum()
    order = probabilities.argsort()[::-1]
    kept = order[probabilities[order].cumsum() - probabilities[order] < 0.9]
    one = SETTINGS.model_copy(update={"max_tokens": 1})
    pieces = {engine.base.tokenizer.decode([token]) for token in kept}
    drawn = [engine.generate(prompt, one, stop_ids=NO_STOP, seed=seed).text for seed in range(300)]
    assert set(drawn) <= pieces | {""}, "half a character is held back"
    likeliest = engine.base.tokenizer.decode([order[0]])
    expected = probabilities[order[0]] / probabilities[kept].sum()
    # Four standard deviations of a frequency over 300 draws are at most 0.116.
    assert drawn.count(likeliest) / 300 == pytest.approx(expected, abs=0.116)


def test_pieces_are_the_text_and_the_length_is_kept(engine: LlamaEngine, prompt: list[int]) -> None:
    pieces: list[str] = []
    done = engine.generate(
        prompt,
        SETTINGS,
        stop_ids=NO_STOP,
        seed=3,
        on_text=lambda piece: bool(pieces.append(piece)),  # type: ignore[func-returns-value]
    )
    assert "".join(pieces) == done.text
    assert len(pieces) > 3
    assert (done.finish, done.tokens) == ("length", SETTINGS.max_tokens)


def test_stops_end_a_reply_and_are_left_out(engine: LlamaEngine, prompt: list[int]) -> None:
    greedy = SETTINGS.model_copy(update={"temperature": 0.0})
    whole = engine.generate(prompt, greedy, stop_ids=NO_STOP)
    middle = re.findall(r"[a-z ]{3}", whole.text)[-1]  # a random network also writes half characters
    cut = engine.generate(prompt, greedy, stop_ids=NO_STOP, stops=(middle,))
    assert cut.text == whole.text[: whole.text.index(middle)]
    assert cut.finish == "stop"


def test_a_stop_id_that_llama_cpp_does_not_know_ends_a_reply(
    engine: LlamaEngine, base: Base, prompt: list[int]
) -> None:
    """A control token that is no end of text for llama.cpp is forced by the context."""
    greedy = SETTINGS.model_copy(update={"temperature": 0.0})
    user = base.tokenizer.token_to_id("<|user|>")
    for start in range(200):  # a random network: some prompt makes it likeliest
        ids = [*prompt, start]
        if engine.next_token_probabilities(ids).argmax() == user:
            done = engine.generate(ids, greedy, stop_ids=frozenset({user}))
            assert (done.text, done.finish, done.tokens) == ("", "stop", 1)
            return
    pytest.skip("no prompt makes the token likeliest")


def test_true_cancels(engine: LlamaEngine, prompt: list[int]) -> None:
    seen: list[str] = []

    def two(piece: str) -> bool:
        if piece:
            seen.append(piece)
        return len(seen) == 2

    done = engine.generate(prompt, SETTINGS, stop_ids=NO_STOP, on_text=two)
    assert done.finish == "cancelled"
    assert done.text == "".join(seen)


@pytest.mark.parametrize("error", [ValueError("boom"), KeyboardInterrupt()])
def test_what_a_listener_raises_comes_out(
    engine: LlamaEngine, prompt: list[int], error: BaseException
) -> None:
    def broken(_: str) -> bool:
        raise error

    with pytest.raises(type(error)):
        engine.generate(prompt, SETTINGS, stop_ids=NO_STOP, on_text=broken)
    assert say(engine, prompt, seed=1), "and the engine goes on"


def test_a_prompt_that_does_not_fit_is_one_sentence(engine: LlamaEngine, prompt: list[int]) -> None:
    with pytest.raises(EngineFailed, match="context"):
        say(engine, prompt * 50)


# --- the port ------------------------------------------------------------------------------------


def ask(engine: LlamaEngine, path: str, key: str | None, body: Any = None) -> int:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(engine._server.listening_address + path, data, headers)
    try:
        with urllib.request.urlopen(request) as reply:
            status: int = reply.status
    except urllib.error.HTTPError as error:
        return error.code
    return status


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/completion", {"prompt": "a", "n_predict": 1}),
        ("/v1/completions", {"prompt": "a", "max_tokens": 1}),
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": "a"}]}),
        ("/tokenize", {"content": "a"}),
        ("/lora-adapters", None),
        ("/props", None),
        ("/slots", None),
        ("/metrics", None),
        ("/v1/models", None),
    ],
)
@pytest.mark.parametrize("key", [None, "guessed"])
def test_the_port_is_closed_without_the_key(
    engine: LlamaEngine, path: str, body: Any, key: str | None
) -> None:
    assert ask(engine, path, key, body) == 401
    assert engine._server.listening_address.startswith("http://127.0.0.1:")


def test_the_key_opens_it_and_is_new_each_time(engine: LlamaEngine, base: Base) -> None:
    assert ask(engine, "/tokenize", engine._key, {"content": "a"}) == 200
    assert ask(engine, "/slots", engine._key) == 501, "switched off for everybody"
    other = LlamaEngine(base, None, 64)
    assert other._key != engine._key
    other.close()


# --- files ---------------------------------------------------------------------------------------


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SOSIAS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def crafted(path: Path, adapter: Path, kind: str) -> Path:
    content = bytearray(adapter.read_bytes())
    if kind == "garbage":
        content = bytearray(b"GGUF" + os.urandom(400))
    elif kind == "cut short":
        content = content[: len(content) // 2]
    elif kind == "huge count":
        content[8:16] = struct.pack("<Q", 2**60)
    elif kind == "huge string":
        content[24:32] = struct.pack("<Q", 2**62)
    elif kind == "another base's":
        model = GgufFile(adapter)
        offset = bytes(content).index(b"general.architecture") + len("general.architecture") + 4 + 8
        assert model.architecture == "llama"
        content[offset : offset + 5] = b"gemma"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "kind", ["garbage", "cut short", "huge count", "huge string", "another base's", "empty"]
)
@pytest.mark.usefixtures("cache")
def test_a_crafted_adapter_is_one_sentence(base: Base, adapter: Path, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "crafted.gguf"
    if kind == "empty":
        path.write_bytes(b"")
    else:
        crafted(path, adapter, kind)
    with pytest.raises(BadModelFile, match=r"crafted\.gguf"):
        LlamaEngine(base, path, 64)


def test_a_file_that_brings_llama_cpp_down_does_not_bring_us_down(
    base: Base, adapter: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = subprocess.run

    def abort(_command: list[str], **options: Any) -> Any:
        assert options["env"]["GGML_NO_BACKTRACE"] == "1"
        return run([sys.executable, "-c", "import os; os.abort()"], **options)

    monkeypatch.setattr(checked.subprocess, "run", abort)
    with pytest.raises(BadModelFile):
        LlamaEngine(base, adapter, 64)
    assert not cache.exists() or not list(cache.rglob("harmless.json"))


@pytest.mark.usefixtures("cache")
def test_each_content_is_tried_once(
    base: Base, adapter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[Path | None] = []
    monkeypatch.setattr(checked, "_try_out", lambda _gguf, adapter: tried.append(adapter))
    checked.check_files(base, adapter)
    checked.check_files(base, adapter)
    assert tried == [adapter]
    copy = tmp_path / "copy.gguf"
    copy.write_bytes(adapter.read_bytes()[:-1] + b"\x01")
    checked.check_files(base, copy)
    assert tried == [adapter, copy]


def test_a_pulled_base_needs_no_trial(smollm2: Base, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(checked, "_try_out", lambda *_: pytest.fail("tried"))
    checked.check_files(smollm2, None)
    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    with pytest.raises(BadModelFile, match="length"):
        checked.check_files(replace(smollm2, folder=tmp_path), None)


def test_flipped_weights_are_noticed(base: Base, tmp_path: Path, cache: Path) -> None:
    """Not a number in the weights: loads silently unless the tensors are checked."""
    assert base.gguf is not None
    model = GgufFile(base.gguf)
    tensor = model.tensors["blk.0.attn_norm.weight"]
    content = bytearray(base.gguf.read_bytes())
    content[tensor.offset : tensor.offset + 4] = struct.pack("<f", float("nan"))
    (tmp_path / "model.gguf").write_bytes(content)
    with pytest.raises(BadModelFile):
        LlamaEngine(replace(base, folder=tmp_path), None, 64)
    assert not list(cache.rglob("harmless.json"))
