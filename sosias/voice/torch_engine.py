"""The voice through torch: the reference, which every base works with."""

import time
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sosias.models.base import Base
from sosias.models.network import Dtype, load_network
from sosias.settings import GenerationSettings
from sosias.voice.engine import Completion, EngineFailed, Finish, OnText
from sosias.voice.text import TextStream


class TorchEngine:
    """A transformers network in this process, with at most one PEFT adapter.

    Raises:
        MissingTraining: torch is not installed.
    """

    name = "torch"

    def __init__(
        self, base: Base, adapter: Path | None, context_tokens: int, *, dtype: Dtype = "float32"
    ) -> None:
        self.base = base
        self.context_tokens = context_tokens
        self._adapted = adapter is not None
        self._network: Any = load_network(base, dtype=dtype, adapter=adapter)

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
        from sosias.models.generation import generate

        if len(prompt) + settings.max_tokens > self.context_tokens:
            raise EngineFailed(engine=self.name, what="the prompt is longer than the context")
        started = time.perf_counter()
        stream = TextStream(self.base.tokenizer, stops, on_text)
        with self._adapter(tuned):
            ids = generate(
                self._network,
                prompt,
                temperature=settings.temperature,
                top_p=settings.top_p,
                max_tokens=settings.max_tokens,
                stop_ids=stop_ids,
                seed=seed,
                on_token=stream.take,
            )
        stream.end()
        finish: Finish = "length"
        if stream.cancelled:
            finish = "cancelled"
        elif stream.stopped or ids[-1] in stop_ids:
            finish = "stop"
        return Completion(stream.text, len(ids), time.perf_counter() - started, finish)

    def next_token_probabilities(self, prompt: Sequence[int], *, tuned: bool = True) -> NDArray[np.float64]:
        """See `Engine.next_token_probabilities`."""
        from sosias.models.generation import next_logits

        with self._adapter(tuned):
            logits = next_logits(self._network, prompt)
        probabilities: NDArray[np.float64] = logits.double().softmax(-1).numpy()
        return probabilities

    def close(self) -> None:
        """See `Engine.close`."""
        self._network = None

    def _adapter(self, tuned: bool) -> Any:
        if tuned or not self._adapted:
            return nullcontext()
        return self._network.disable_adapter()
