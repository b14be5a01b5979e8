"""Engine: what turns a prompt of token ids into text; and how its text is handed on piece by piece."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from sosias.errors import SosiasError
from sosias.settings import GenerationSettings

Finish = Literal["stop", "length", "cancelled"]
OnText = Callable[[str], bool]
"""Given each new piece of text, "" while the prompt is read; True cancels."""


class EngineFailed(SosiasError):
    """The engine {engine} could not answer ({what}): try again, or choose the other one (engine =
    "llama.cpp" or "torch" in the persona's settings)."""


@dataclass(frozen=True)
class Completion:
    """What an engine wrote after a prompt, the stop left out."""

    text: str
    tokens: int
    """Tokens drawn."""
    seconds: float
    """From the request to the last token."""
    finish: Finish
    """A stop was drawn, the tokens were used up, or `on_text` said so."""


class Engine(Protocol):
    """A base, with a persona's adapter that each request turns on or off."""

    @property
    def name(self) -> str:
        """As settings and replies name it."""
        ...

    @property
    def context_tokens(self) -> int:
        """The longest prompt and reply together."""
        ...

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
        """Go on writing after `prompt` until a stop id, a stop text or `settings.max_tokens`.

        With a seed the same request gives the same text. What `on_text` raises comes out of here.
        """
        ...

    def next_token_probabilities(self, prompt: Sequence[int], *, tuned: bool = True) -> NDArray[np.float64]:
        """Return the probabilities [vocabulary] of the token after `prompt`, before any sampling."""
        ...

    def close(self) -> None:
        """Give the memory back."""
        ...
