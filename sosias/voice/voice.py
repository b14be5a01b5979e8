"""Voice: a persona's replies, bubble by bubble, whatever engine computes them."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType

from sosias.corpus.session import Turn
from sosias.errors import SosiasError
from sosias.events import Listener, Notice, silent
from sosias.language import translate as _
from sosias.settings import GenerationSettings
from sosias.templates import Template, open_template
from sosias.templates.asking import asked
from sosias.voice.engine import Engine
from sosias.voice.engines import base_of, choose_engine, open_engine
from sosias.workspace import Persona

DRAWS = 3
"""An empty reply is drawn again, so many times in all."""

OnBubble = Callable[[str], None]
Cancelled = Callable[[], bool]


class StartTooLong(SosiasError):
    """The start is {tokens} tokens long, and {most} is the most: shorten --start."""


@dataclass(frozen=True)
class Reply:
    """What the persona said."""

    bubbles: tuple[str, ...]
    engine: str
    tokens: int
    """Tokens drawn."""
    seconds: float


class Voice:
    """An engine that speaks through a template as one persona.

    Args:
        engine: computes the text.
        template: writes the talk down for the base and reads the reply back.
        persona_author: the name under which the persona speaks.
        partner: the name that speaks most with the persona.
        settings: how replies are drawn.
    """

    def __init__(
        self,
        engine: Engine,
        template: Template,
        persona_author: str,
        partner: str,
        settings: GenerationSettings,
    ) -> None:
        self.engine = engine
        self.template = template
        self.persona_author = persona_author
        self.partner = partner
        self.settings = settings

    def __enter__(self) -> "Voice":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def reply(
        self,
        turns: Sequence[Turn],
        *,
        seed: int | None = None,
        tuned: bool = True,
        on_bubble: OnBubble | None = None,
        cancelled: Cancelled | None = None,
        settings: GenerationSettings | None = None,
    ) -> Reply:
        """Return what the persona says after `turns`.

        Each bubble is given to `on_bubble` as soon as it is complete; `cancelled` is asked often. The
        same seed gives the same reply; `tuned=False` lets the base speak without the adapter; `settings`
        hold for this reply instead of the voice's own.
        """
        settings = settings or self.settings
        longest = min(settings.max_tokens, self.engine.context_tokens // 2)
        prompt = self.template.prompt(turns, self.engine.context_tokens - longest)
        settings = settings.model_copy(update={"max_tokens": longest})
        return self._speak(prompt, "", settings, seed, tuned, on_bubble, cancelled)

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
        """Return what is written from `start` on, `start` included, with up to `max_tokens` more.

        `fields` say of what kind it is to be, and `voice` whose words, where the template knows either.

        Raises:
            NoSuchField, NoFields, NoSuchVoice: it does not.
            StartTooLong: there is no room for a word more.
        """
        template = asked(self.template, fields=fields or {}, voice=voice)
        prompt = template.start_prompt(start)
        room = self.engine.context_tokens - len(prompt)
        if room < 1:
            raise StartTooLong(tokens=len(prompt), most=self.engine.context_tokens - 1)
        settings = self.settings.model_copy(update={"max_tokens": min(max_tokens, room)})
        begun = template.fold(start)
        return self._speak(prompt, begun, settings, seed, tuned, None, None, template)

    def close(self) -> None:
        """Give the engine's memory back."""
        self.engine.close()

    def _speak(
        self,
        prompt: list[int],
        start: str,
        settings: GenerationSettings,
        seed: int | None,
        tuned: bool,
        on_bubble: OnBubble | None,
        cancelled: Cancelled | None,
        template: Template | None = None,
    ) -> Reply:
        template = template or self.template
        bubbles = _Bubbles(template, start, on_bubble, cancelled)
        first = secrets.randbelow(2**31) if seed is None else seed
        tokens, seconds = 0, 0.0
        for draw in range(DRAWS):
            completion = self.engine.generate(
                prompt,
                settings,
                stop_ids=template.stop_ids,
                stops=template.stops,
                # Without a seed of the user's the engine may reuse the talk's last prompt.
                seed=None if seed is None and draw == 0 else first + draw,
                tuned=tuned,
                on_text=bubbles.take,
            )
            tokens += completion.tokens
            seconds += completion.seconds
            bubbles.end(completion.text, cut_off=completion.finish == "cancelled")
            if bubbles.given or completion.finish == "cancelled":
                break
        return Reply(tuple(bubbles.given), self.engine.name, tokens, seconds)


class _Bubbles:
    """Hands bubbles on: every one but the last is complete, for text only ever grows at its end."""

    def __init__(
        self, template: Template, start: str, on_bubble: OnBubble | None, cancelled: Cancelled | None
    ) -> None:
        self._template = template
        self._start = start
        self._text = start
        self._on_bubble = on_bubble
        self._cancelled = cancelled
        self.given: list[str] = []

    def take(self, piece: str) -> bool:
        """Take a piece of text; return True when the reply is not wanted any more."""
        self._text += piece
        self._give(self._template.bubbles(self._text)[:-1])
        return self._cancelled is not None and self._cancelled()

    def end(self, text: str, *, cut_off: bool) -> None:
        """Take the whole text of a draw; the last bubble of one that was cut off is left out."""
        bubbles = self._template.bubbles(self._start + text)
        self._give(bubbles[:-1] if cut_off else bubbles)
        self._text = self._start

    def _give(self, bubbles: Sequence[str]) -> None:
        for bubble in bubbles[len(self.given) :]:
            self.given.append(bubble)
            if self._on_bubble is not None:
                self._on_bubble(bubble)


# --- opening -------------------------------------------------------------------------------------


def open_voice(persona: Persona, *, engine: str | None = None, listener: Listener = silent) -> Voice:
    """Return the voice of a persona's newest finished run.

    `engine` wins over the persona's settings; without either, llama.cpp where it can.

    Raises:
        NotTrained: no run has finished.
        BaseMissing: the base is not on this machine.
        BadModelFile: the base's or the adapter's file is damaged.
        MissingTraining: the torch engine is wanted, and torch is not installed.
    """
    run = persona.finished_run()
    settings, generation = run.settings, persona.settings.generation
    if settings.outdated:
        said = _("{name} was trained on messages of somebody who has been forgotten since: train it again.")
        listener(Notice(said.format(name=persona.name)))
    base = base_of(run)
    wanted = engine or generation.engine
    if wanted is None:
        choice = choose_engine(base, run, listener)
        listener(choice)
        wanted = choice.value
    template = open_template(
        settings.template,
        base,
        settings.persona_author,
        group=settings.group,
        gap_markers=settings.training.gap_markers,
    )
    context = min(generation.context_tokens, base.config.context_length)
    return Voice(
        open_engine(wanted, base, run, context, listener),
        template,
        settings.persona_author,
        settings.partner,
        generation,
    )
