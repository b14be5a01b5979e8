"""The voice through llama.cpp, in this process: the base's GGUF and the persona's adapter on it.

`xllamacpp` runs llama.cpp's server. That server always opens an HTTP port of its own, on this machine
only; it is closed to other programs by a key that nobody else knows, and nothing is served on it
that could be.
"""

import json
import os
import re
import secrets
import time
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sosias.models.base import Base
from sosias.models.gguf_file import BadModelFile
from sosias.settings import GenerationSettings
from sosias.voice.checked import check_files
from sosias.voice.engine import Completion, EngineFailed, Finish, OnText

BATCH = 256
"""Tokens of a prompt that are read at once: a cancelled request ends after at most so many."""
CACHE_MB = 64
"""For prompts set aside; llama.cpp's own default is 8 GB."""
LARGEST_SEED = 2**32 - 2
"""The next number means a random seed to llama.cpp."""
PROBABILITY = re.compile(rb'\{"id":(\d+),"token":"(?:[^"\\]|\\.)*","bytes":\[[\d,]*\],"logprob":([^,}]+)')
"""A token's entry in the server's answer."""


class LlamaEngine:
    """One llama.cpp server over a base, with at most one adapter.

    Raises:
        BadModelFile: a file is damaged, does not fit the base, or brings llama.cpp down.
    """

    name = "llama.cpp"

    def __init__(self, base: Base, adapter: Path | None, context_tokens: int) -> None:
        check_files(base, adapter)
        self.base = base
        self.context_tokens = context_tokens
        self._adapted = adapter is not None
        self._key = secrets.token_urlsafe(32)
        assert base.gguf is not None
        self._server: Any = start_server(base.gguf, adapter, context_tokens, self._key)

    def generate(
        self,
        prompt: Sequence[int],
        settings: GenerationSettings,
        *,
        stop_ids: frozenset[int],
        stops: tuple[str, ...] = (),
        seed: int | None = None,
        tuned: bool = True,
        on_text: OnText | None = None,
    ) -> Completion:
        """See `Engine.generate`."""
        spellings = [self.base.tokenizer.decode([token], skip_special_tokens=False) for token in stop_ids]
        request = self._request(prompt, tuned) | {
            "stream": True,
            "return_progress": True,
            "max_tokens": settings.max_tokens,
            # The same sampler as the torch engine's: llama.cpp's defaults would add others.
            "samplers": ["temperature", "top_p"],
            "temperature": settings.temperature,
            "top_p": settings.top_p,
            "stop": [*stops, *spellings],
            "preserved_tokens": spellings,
        }
        if seed is not None:
            # A reused prompt is computed in other batches, whose rounding may tip a draw.
            request |= {"seed": seed % (LARGEST_SEED + 1), "cache_prompt": False}
        started = time.perf_counter()
        answer = _Answer(on_text)
        self._ask(request, answer)
        return answer.completion(time.perf_counter() - started)

    def next_token_probabilities(self, prompt: Sequence[int], *, tuned: bool = True) -> NDArray[np.float64]:
        """See `Engine.next_token_probabilities`.

        Asked over HTTP and read with a pattern: as Python objects a vocabulary takes seconds.
        """
        vocabulary = self.base.config.vocab_size
        # The server leaves probabilities out when the token drawn is half a character or a stop, so a
        # plain letter is forced; the probabilities it reports are those before the force.
        plain = self.base.tokenizer.token_to_id("a")
        request = self._request(prompt, tuned) | {
            "n_predict": 1,
            "n_probs": vocabulary,
            "temperature": 0,
            "logit_bias": [[plain, 1000]],
            "cache_prompt": False,
        }
        found = PROBABILITY.findall(self._post("/completion", request))
        ids = np.array([number for number, _logarithm in found]).astype(np.int64)
        logarithms = np.array([number for _id, number in found])
        logarithms[logarithms == b"null"] = b"-inf"  # what JSON has no word for
        probabilities = np.zeros(vocabulary)
        probabilities[ids] = np.exp(logarithms.astype(np.float64))
        return probabilities

    def close(self) -> None:
        """See `Engine.close`."""
        self._server = None

    def _request(self, prompt: Sequence[int], tuned: bool) -> dict[str, Any]:
        adapters = [{"id": 0, "scale": float(tuned)}] if self._adapted else []
        return {"prompt": list(prompt), "lora": adapters}

    def _ask(self, request: dict[str, Any], answer: "_Answer") -> None:
        result = self._server.handle_completions(request, answer.take)
        if answer.raised is not None:
            raise answer.raised
        failure = answer.failure or (result if isinstance(result, dict) and "message" in result else None)
        if failure is not None:
            raise EngineFailed(engine=self.name, what=failure.get("message", "?"))

    def _post(self, path: str, request: dict[str, Any]) -> bytes:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._key}"}
        address = self._server.listening_address + path
        asked = urllib.request.Request(address, json.dumps(request).encode(), headers)
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(asked) as reply:
            body: bytes = reply.read()
        return body


class _Answer:
    """Gathers the chunks of a reply; llama.cpp swallows exceptions, so they are kept for later."""

    def __init__(self, on_text: OnText | None) -> None:
        self.on_text = on_text
        self.pieces: list[str] = []
        self.tokens = 0
        self.finish: Finish = "cancelled"
        self.failure: dict[str, Any] | None = None
        self.raised: BaseException | None = None

    def take(self, chunk: Any) -> bool:
        """Take one chunk; return True to cancel."""
        try:
            return self._take(chunk)
        except BaseException as error:
            self.raised = error
            return True

    def _take(self, chunk: dict[str, Any]) -> bool:
        if "choices" not in chunk:
            self.failure = chunk.get("error", chunk)
            return True
        (choice,) = chunk["choices"]
        if choice["finish_reason"]:
            self.finish = "length" if choice["finish_reason"] == "length" else "stop"
            self.tokens = int(chunk["usage"]["completion_tokens"])
        elif "prompt_progress" not in chunk:
            self.tokens += 1
        text: str = choice["text"]
        if text:
            self.pieces.append(text)
        return bool(self.on_text and self.on_text(text))

    def completion(self, seconds: float) -> Completion:
        return Completion("".join(self.pieces), self.tokens, seconds, self.finish)


def start_server(model: Path, adapter: Path | None, context_tokens: int, key: str) -> Any:
    """Return a llama.cpp server that only the holder of `key` can talk to over its port.

    Raises:
        BadModelFile: llama.cpp does not load the files.
    """
    xllamacpp = _library()
    settings = xllamacpp.CommonParams()
    settings.model.path = str(model)
    settings.n_ctx = context_tokens
    settings.n_parallel = 1  # two requests at once once changed a greedy reply
    settings.n_batch = settings.n_ubatch = min(BATCH, context_tokens)
    settings.cache_ram_mib = CACHE_MB
    settings.swa_full = True  # or Gemma's talk would be read anew with every message
    settings.fit_params = False
    settings.check_tensors = True
    settings.warmup = False
    settings.verbosity = -1
    if threads := _fewer_threads():
        settings.cpuparams.n_threads = threads
    settings.hostnames = ["127.0.0.1"]
    settings.api_keys = [key]
    settings.model_alias = {"base"}
    settings.cors_origins = ""
    settings.endpoint_slots = settings.endpoint_props = settings.endpoint_metrics = False
    settings.ui = False
    if adapter is not None:
        settings.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(adapter), 0.0)]
    try:
        server = xllamacpp.Server(settings)
        # Ended before it has answered once, it would never end: its loop misses the sign.
        server.handle_completions({"prompt": [0], "max_tokens": 1})
        return server
    except RuntimeError as error:
        raise BadModelFile(path=adapter or model, what="llama.cpp does not load it") from error


def _library() -> Any:
    """Return `xllamacpp`, told not to spin for long while its threads wait for each other.

    Tokens/s of SmolLM2 and Gemma-3-270M on two cores, alone and beside two busy programs: spinning as
    GNU's OpenMP does by default 100 and 48, 19 and 11; for a thirtieth of that 124 and 51, 45 and 24;
    not at all 26 and 25, 63 and 38.
    """
    os.environ.setdefault("GOMP_SPINCOUNT", "10000")  # read when the library is loaded
    import xllamacpp

    return xllamacpp


def _fewer_threads() -> int | None:
    """Return how many processors this process is held to; None: llama.cpp takes the physical cores."""
    affinity: Callable[[int], set[int]] | None = getattr(os, "sched_getaffinity", None)
    allowed = len(affinity(0)) if affinity else 0
    return allowed if 0 < allowed < (os.cpu_count() or 1) else None
