"""Which engine speaks for a run, and what it is given: a base and an adapter, or weights of the run's own."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sosias.events import Choice, Listener
from sosias.language import translate as _
from sosias.models.adapter import AdapterNotLora, write_adapter_gguf
from sosias.models.base import Base, open_base, started_from
from sosias.models.export import NOT_WRITABLE
from sosias.models.own_gguf import with_gguf
from sosias.settings import GenerationSettings
from sosias.voice.engine import Completion, Engine, OnText
from sosias.workspace import Run


def base_of(run: Run) -> Base:
    """Return what speaks: the weights that the run ended in, or the base under its adapter.

    Raises:
        BaseMissing, UnknownBase, BadBaseFolder: it is not on this machine, or cannot be read.
    """
    if run.weights_folder.is_dir():
        return open_base(str(run.weights_folder))
    return started_from(run)


def adapter_of(run: Run) -> Path | None:
    """Return the PEFT folder that goes on the base, None where all weights were trained."""
    return None if run.weights_folder.is_dir() else run.adapter_folder


def choose_engine(base: Base, run: Run, listener: Listener) -> Choice:
    """Return llama.cpp where it can compute the base and the adapter, their files made now; else torch."""
    try:
        _prepare(base, run, listener)
    except AdapterNotLora:
        return Choice("engine", "torch", _("llama.cpp cannot put this adapter on the base"))
    except NOT_WRITABLE:
        return Choice("engine", "torch", _("the base has no file that llama.cpp can load"))
    return Choice("engine", "llama.cpp", _("it is the fastest on a CPU"))


def open_engine(name: str, base: Base, run: Run, context_tokens: int, listener: Listener) -> Engine:
    """Return an engine over a base and what the run has trained.

    Raises:
        AdapterNotLora, UnknownLayout, NotForLlama, TokenizerNotExportable: llama.cpp cannot compute it.
        BadModelFile, BadWeights, BadAdapter: a file is damaged.
        MissingTraining: torch is needed, and not installed.
    """
    if adapter_of(run) is not None:
        return _open(name, base, run, context_tokens, listener)

    def untuned() -> Engine:
        return _open(name, started_from(run), None, context_tokens, listener)

    return WithUntuned(_open(name, base, run, context_tokens, listener), untuned)


def _open(name: str, base: Base, run: Run | None, context_tokens: int, listener: Listener) -> Engine:
    """Return an engine over a base, with the adapter of a run if it has one."""
    if name == "torch":
        from sosias.voice.torch_engine import TorchEngine

        return TorchEngine(base, adapter_of(run) if run else None, context_tokens)
    from sosias.voice.llama import LlamaEngine

    ready, adapter = _prepare(base, run, listener)
    return LlamaEngine(ready, adapter, context_tokens)


def _prepare(base: Base, run: Run | None, listener: Listener) -> tuple[Base, Path | None]:
    """Make the files that llama.cpp loads, where they are not there yet."""
    if run is None:
        return with_gguf(base, listener=listener), None
    adapter = None
    if adapter_of(run) is not None:
        adapter = run.adapter_gguf
        if not adapter.is_file():
            write_adapter_gguf(run.adapter_folder, base, adapter)
    return with_gguf(base, listener=listener), adapter


class WithUntuned:
    """An engine over a run's own weights; the base that they came from is opened once it is asked for.

    An adapter can be turned off, weights cannot.
    """

    def __init__(self, tuned: Engine, open_untuned: Callable[[], Engine]) -> None:
        self._tuned, self._open_untuned = tuned, open_untuned
        self._untuned: Engine | None = None
        self.name, self.context_tokens = tuned.name, tuned.context_tokens

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
        engine = self._engine(tuned)
        return engine.generate(prompt, settings, stop_ids=stop_ids, stops=stops, seed=seed, on_text=on_text)

    def next_token_probabilities(self, prompt: Sequence[int], *, tuned: bool = True) -> NDArray[np.float64]:
        """See `Engine.next_token_probabilities`."""
        return self._engine(tuned).next_token_probabilities(prompt)

    def close(self) -> None:
        """See `Engine.close`."""
        self._tuned.close()
        if self._untuned is not None:
            self._untuned.close()

    def _engine(self, tuned: bool) -> Engine:
        if tuned:
            return self._tuned
        if self._untuned is None:
            self._untuned = self._open_untuned()
        return self._untuned
