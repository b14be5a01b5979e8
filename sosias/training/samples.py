"""What the persona in training would say: short replies to held-out talk, for who looks on.

The words are told to the listener and kept nowhere: not in the metrics, the log or the run. A prompt
quotes somebody, and a run outlives the request to be forgotten, which deletes sessions and reports.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sosias.corpus.session import Session, Turn
from sosias.events import Listener, Sample
from sosias.settings import GenerationSettings
from sosias.templates.template import Template
from sosias.training.memory import is_out_of_memory

PROMPTS = 3
CONTEXT_TOKENS = 96
"""Of the talk before a reply."""
REPLY_TOKENS = 24
START_WORDS = 4
"""Of a text that is gone on with, where the template does not talk."""
SHARE = 0.05
"""The most of the time that samples take, unless their steps were asked for."""
SEED = 17
"""The same at each step, so that what changes is the persona."""


@dataclass(frozen=True)
class Prompt:
    """What is asked, as a person reads it and as the network does."""

    said: str = field(repr=False)
    ids: list[int] = field(repr=False)


def prompts(template: Template, sessions: Iterable[Session]) -> list[Prompt]:
    """Return what is asked of the persona in training: held-out talk up to a few of its turns."""
    held_out = [session for session in sessions if session.split == "validation"]
    if not template.talks:
        turns = (turn for session in held_out for turn in session.turns if turn.persona)
        return starts(template, (turn.bubbles[0] for turn in turns if turn.bubbles))
    asked = [turns for session in held_out for turns in _asked(template, session.turns)]
    return [
        Prompt("\n".join(turns[-1].bubbles), template.prompt(turns, CONTEXT_TOKENS))
        for turns in _spread(asked)
    ]


def starts(template: Template, texts: Iterable[str]) -> list[Prompt]:
    """Return the first words of a few texts, for a persona that writes and does not answer."""
    begun = [" ".join(words[:START_WORDS]) for words in map(str.split, texts) if words]
    return [Prompt(start, template.start_prompt(start)) for start in _spread(begun)]


def _asked(template: Template, turns: Sequence[Turn]) -> Iterable[Sequence[Turn]]:
    """Yield the beginnings of a session that somebody else ends before the persona speaks."""
    for place in range(1, len(turns)):
        before = turns[place - 1]
        if turns[place].persona and not before.persona and template.merged([before]):
            yield turns[:place]


def _spread(some: Sequence[Any]) -> list[Any]:
    """Return a few things that lie evenly over all."""
    count = min(PROMPTS, len(some))
    return [some[(2 * number + 1) * len(some) // (2 * count)] for number in range(count)]


class Sampler:
    """Lets the network reply every so many steps (None: when it was validated; 0: never)."""

    def __init__(
        self,
        template: Template,
        asked: Sequence[Prompt],
        settings: GenerationSettings,
        every: int | None,
        listener: Listener,
    ) -> None:
        self.template, self.asked, self.settings = template, list(asked), settings
        self.every, self.listener = every, listener
        self._rests_until = 0.0

    def is_due(self, step: int, *, validated: bool) -> bool:
        """Is it time for samples? They rest so long that they take no more than their share."""
        if self.every is not None:
            return self.every > 0 and step % self.every == 0
        return validated and time.perf_counter() >= self._rests_until

    def speak(self, network: Any, step: int) -> None:
        """Tell what the network replies; weights and torch's random numbers stay as they are."""
        started = time.perf_counter()
        training = network.training
        network.eval()
        try:
            for number, prompt in enumerate(self.asked):
                self.listener(Sample(step, prompt.said, self._reply(network, prompt, SEED + number)))
        except (MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            self.asked = []  # the training matters more
        finally:
            network.train(training)
        now = time.perf_counter()
        self._rests_until = now + (now - started) / SHARE

    def _reply(self, network: Any, prompt: Prompt, seed: int) -> str:
        from sosias.models.generation import generate

        ids = generate(
            network,
            prompt.ids,
            temperature=self.settings.temperature,
            top_p=self.settings.top_p,
            max_tokens=REPLY_TOKENS,
            stop_ids=self.template.stop_ids,
            seed=seed,
        )
        return "\n".join(self.template.bubbles(self.template.base.tokenizer.decode(ids)))
