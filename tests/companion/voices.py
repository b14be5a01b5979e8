"""A voice that says what it is told to, and remembers how it was asked."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sosias.corpus.session import Turn
from sosias.settings import GenerationSettings
from sosias.voice.voice import Reply


@dataclass
class FakeVoice:
    """Replies with `replies` one after the other, the last one for ever."""

    replies: Sequence[Sequence[str]] = (("hola", "¿qué tal?"),)
    persona_author: str = "Ana"
    partner: str = "Luis"
    settings: GenerationSettings = field(default_factory=GenerationSettings)
    pause: float = 0.0
    """Seconds before each bubble."""
    hands_on: bool = True
    """Whether bubbles are given to `on_bubble`, or only returned."""
    calls: list[dict[str, Any]] = field(default_factory=list)
    closed: bool = False
    cancelled_after: int | None = None
    """How many bubbles were said when it was told to stop."""
    at_once: int = 0
    most_at_once: int = 0

    def reply(
        self,
        turns: Sequence[Turn],
        *,
        seed: int | None = None,
        tuned: bool = True,
        on_bubble: Callable[[str], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        settings: GenerationSettings | None = None,
    ) -> Reply:
        self.calls.append({"turns": list(turns), "seed": seed, "tuned": tuned, "settings": settings})
        said: list[str] = []
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        for bubble in self._next():
            begun = time.monotonic()
            while time.monotonic() < begun + self.pause and not (cancelled and cancelled()):
                time.sleep(0.005)
            if cancelled is not None and cancelled():
                self.cancelled_after = len(said)
                break
            said.append(bubble)
            if on_bubble is not None and self.hands_on:
                on_bubble(bubble)
        self.at_once -= 1
        return Reply(tuple(said), "fake", 10 * len(said), 2.0)

    def write(
        self,
        start: str,
        max_tokens: int,
        *,
        seed: int | None = None,
        tuned: bool = True,
        fields: Mapping[str, str] | None = None,
        voice: str | None = None,
    ) -> Reply:
        asked = {"start": start, "max_tokens": max_tokens, "seed": seed, "tuned": tuned}
        self.calls.append({**asked, "fields": fields, "voice": voice})
        bubbles = self._next()
        return Reply((start + bubbles[0], *bubbles[1:]), "fake", 10, 2.0)

    def close(self) -> None:
        self.closed = True

    def _next(self) -> Sequence[str]:
        return self.replies[min(len(self.calls), len(self.replies)) - 1]
