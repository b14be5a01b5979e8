"""Companion: what stands between a person and a voice, and the only way to it.

Turns come in and an answer goes out. What the user wrote is screened first; where it shows a crisis
the voice is not asked and the program answers by itself. What the voice says is looked at before it
is shown. The talk's history is the caller's: a companion keeps nothing between two answers.

Three decisions about a talk that has had a crisis:
- The screening reads the turn that waits for an answer, and the last six bubbles of the user joined.
  That window begins after the program's last answer, so that nobody is answered for ever for what
  they said once; the next ordinary message goes to the persona again.
- The program asks a direct question. A short yes, or a word that answers it, is not an ordinary
  message: the program goes on.
- The voice never sees those turns: neither what showed the crisis nor what the program answered.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from sosias.companion import dialogue
from sosias.companion.screening import Level, Screening, assents, language_of, screen
from sosias.companion.speech import clean, is_fit
from sosias.companion.spelling import Language
from sosias.corpus.session import Turn
from sosias.events import Listener, silent
from sosias.language import system_language
from sosias.settings import GenerationSettings, SafetySettings
from sosias.workspace import Persona

if TYPE_CHECKING:
    from sosias.voice.voice import Reply

RECENT_BUBBLES = 6
"""How far back bubbles are joined: people split what is hard to say over several."""
REMEMBERED_TURNS = 200
"""The most turns a voice is given; more than any context here holds."""
REDRAWS = 2
"""How often a reply that is not fit to be shown is drawn again."""
SEED_STEP = 1000
"""Between the seeds of two draws; a voice uses the next few numbers itself."""
PROGRAM = "companion"
"""The `engine` of an answer that the program gave."""

OnBubble = Callable[[str], None]
Cancelled = Callable[[], bool]


class Voice(Protocol):
    """A persona's replies, as `sosias.voice` gives them."""

    persona_author: str
    partner: str
    settings: GenerationSettings

    def reply(
        self,
        turns: Sequence[Turn],
        *,
        seed: int | None = None,
        tuned: bool = True,
        on_bubble: OnBubble | None = None,
        cancelled: Cancelled | None = None,
        settings: GenerationSettings | None = None,
    ) -> "Reply": ...

    def write(
        self,
        start: str,
        max_tokens: int,
        *,
        seed: int | None = None,
        tuned: bool = True,
        fields: Mapping[str, str] | None = None,
        voice: str | None = None,
    ) -> "Reply": ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Answer:
    """What is said to the user, and by whom."""

    bubbles: tuple[str, ...]
    engine: str
    """The voice's engine, or `companion` where the program answered."""
    tokens_per_second: float
    safety: Level
    """What the screening of the user's words found."""
    tokens: int = 0
    """Tokens drawn for the reply that is shown."""


class Companion:
    """One persona's voice with safety around it; one talk at a time.

    Args:
        voice: what speaks as the persona.
        safety: the country for the help lines, further phrases that mean a crisis.
        language: in which the opening is said, and the program speaks where the user's is unclear.
    """

    def __init__(self, voice: Voice, safety: SafetySettings, language: Language) -> None:
        self.voice = voice
        self.safety = safety
        self.language = language
        self.program_speaking = False
        """While `on_bubble` is called: whether the bubble is the program's, not the persona's."""

    @property
    def persona_author(self) -> str:
        """The name under which the persona speaks."""
        return self.voice.persona_author

    @property
    def partner(self) -> str:
        """The name that speaks most with the persona."""
        return self.voice.partner

    @property
    def generation(self) -> GenerationSettings:
        """How the voice draws its replies where a request says nothing else."""
        return self.voice.settings

    def opening(self) -> str:
        """Return the line with which every talk begins: that this is a program."""
        return dialogue.OPENING[self.language].format(name=clean(self.persona_author))

    def answer(
        self,
        turns: Sequence[Turn],
        *,
        seed: int | None = None,
        tuned: bool = True,
        on_bubble: OnBubble | None = None,
        cancelled: Cancelled | None = None,
        settings: GenerationSettings | None = None,
    ) -> Answer:
        """Answer the talk so far: by the program in a crisis, by the voice otherwise.

        Every bubble is given to `on_bubble` as soon as it may be shown; `cancelled` is asked often.
        `settings` replace the persona's own for this reply.
        """
        found = self._screen(turns)
        if found.level != "none":
            earlier = sum(turn.persona and dialogue.is_reply(turn.bubbles) for turn in turns)
            return self._help(found.level, found.language, earlier, on_bubble)
        heard = heard_by_voice(turns, self.safety.further_phrases)

        def draw(attempt: int, door: _Door) -> "Reply":
            return self.voice.reply(
                heard,
                seed=None if seed is None else seed + SEED_STEP * attempt,
                tuned=tuned,
                on_bubble=door.take,
                cancelled=door.is_shut,
                settings=settings,
            )

        return self._speak(draw, on_bubble, cancelled)

    def write(
        self,
        start: str,
        length: int,
        n: int = 1,
        seed: int | None = None,
        *,
        tuned: bool = True,
        fields: Mapping[str, str] | None = None,
        voice: str | None = None,
    ) -> list[Answer]:
        """Return `n` texts of up to `length` tokens that go on from `start`; in a crisis one answer.

        `fields` and `voice` as in `sosias.voice.voice.Voice.write`; what is asked for is screened, too.
        """
        words = [*start.splitlines(), *(fields or {}).values()]
        found = screen([line for line in words if line.strip()], self.safety.further_phrases)
        if found.level != "none":
            return [self._help(found.level, found.language, 0, None)]

        def text(number: int) -> Answer:
            def draw(attempt: int, door: _Door) -> "Reply":  # noqa: ARG001
                drawn = None if seed is None else seed + number + SEED_STEP * n * attempt
                return self.voice.write(start, length, seed=drawn, tuned=tuned, fields=fields, voice=voice)

            return self._speak(draw, None, None, whole=True)

        return [text(number) for number in range(n)]

    def close(self) -> None:
        """Give the voice's memory back."""
        self.voice.close()

    # --- in ------------------------------------------------------------------------------------

    def _screen(self, turns: Sequence[Turn]) -> Screening:
        """Screen what waits for an answer, and the last bubbles since the program last spoke."""
        since = max((at + 1 for at, turn in enumerate(turns) if _is_help(turn)), default=0)
        recent = [bubble for turn in turns[since:] if not turn.persona for bubble in turn.bubbles]
        pending = _pending(turns)
        further = self.safety.further_phrases
        found = max(
            (screen(pending, further), screen(recent[-RECENT_BUBBLES:], further)),
            key=lambda screening: ("none", "crisis", "imminent").index(screening.level),
        )
        if found.level == "none" and since and since + 1 == len(turns) and assents(pending):
            said = " ".join(turns[since - 1].bubbles)
            return Screening("crisis", language_of(said))
        return found

    # --- out -----------------------------------------------------------------------------------

    def _help(self, level: Level, language: Language, earlier: int, on_bubble: OnBubble | None) -> Answer:
        """Answer as the program, the voice left out."""
        assert level != "none"
        name = clean(self.persona_author)
        bubbles = dialogue.reply(level, language, name=name, country=self.safety.country, earlier=earlier)
        return self._say(bubbles, level, on_bubble)

    def _say(self, bubbles: tuple[str, ...], level: Level, on_bubble: OnBubble | None) -> Answer:
        self.program_speaking = True
        try:
            for bubble in bubbles:
                if on_bubble is not None:
                    on_bubble(bubble)
        finally:
            self.program_speaking = False
        return Answer(bubbles, PROGRAM, 0.0, level)

    def _speak(
        self,
        draw: Callable[[int, "_Door"], "Reply"],
        on_bubble: OnBubble | None,
        cancelled: Cancelled | None,
        *,
        whole: bool = False,
    ) -> Answer:
        """Let the voice speak through the door; where nothing may be shown, draw again.

        Bubbles before one that is not fit have been shown and are the reply; of a `whole` text nothing
        is kept then.
        """
        for attempt in range(1 + REDRAWS):
            door = _Door(on_bubble, cancelled, whole)
            reply = draw(attempt, door)
            passed = door.end(reply.bubbles)
            if passed or door.was_cancelled:
                speed = reply.tokens / reply.seconds if reply.seconds > 0 else 0.0
                return Answer(passed, reply.engine, speed, "none", reply.tokens)
        return self._say((dialogue.NEUTRAL[self.language],), "none", on_bubble)


class _Door:
    """Lets the bubbles of one reply out, cleaned, until one is not fit to be shown."""

    def __init__(self, on_bubble: OnBubble | None, cancelled: Cancelled | None, whole: bool) -> None:
        self._on_bubble = on_bubble
        self._cancelled = cancelled
        self._whole = whole
        self._taken = 0
        self._passed: list[str] = []
        self._refused = False
        self.was_cancelled = False

    def take(self, bubble: str) -> None:
        """Show the bubble, or refuse it and all that would follow."""
        self._taken += 1
        shown = clean(bubble).strip()
        if self._refused or not shown:
            return
        if not is_fit(shown, self._passed):
            self._refused = True
            return
        self._passed.append(shown)
        if self._on_bubble is not None:
            self._on_bubble(shown)

    def is_shut(self) -> bool:
        """Tell whether the voice may stop: the caller is gone, or a bubble was refused."""
        if self._cancelled is not None and self._cancelled():
            self.was_cancelled = True
        return self.was_cancelled or self._refused

    def end(self, bubbles: Sequence[str]) -> tuple[str, ...]:
        """Take the bubbles that were not handed on one by one; return what was let out."""
        for bubble in bubbles[self._taken :]:
            self.take(bubble)
        return () if self._whole and self._refused else tuple(self._passed)


def heard_by_voice(turns: Sequence[Turn], further_phrases: Sequence[str] = ()) -> list[Turn]:
    """Return the turns without those of a crisis and without what the program said.

    Neighbours that are left of one author become one turn, as the voice has learnt them.
    """
    heard: list[Turn] = []
    for turn in turns[-REMEMBERED_TURNS:]:
        if _is_help(turn):
            while heard and not heard[-1].persona:
                heard.pop()
        elif turn.persona and dialogue.is_neutral(turn.bubbles):
            continue
        elif turn.persona or screen(turn.bubbles, further_phrases).level == "none":
            heard.append(turn)
    merged: list[Turn] = []
    for turn in heard:
        if merged and (merged[-1].author, merged[-1].persona) == (turn.author, turn.persona):
            merged[-1] = replace(merged[-1], bubbles=merged[-1].bubbles + turn.bubbles)
        else:
            merged.append(turn)
    return merged


def _is_help(turn: Turn) -> bool:
    return turn.persona and dialogue.is_reply(turn.bubbles)


def _pending(turns: Sequence[Turn]) -> list[str]:
    """Return the bubbles that wait for an answer: all after the persona's last turn."""
    last = max((at for at, turn in enumerate(turns) if turn.persona), default=-1)
    return [bubble for turn in turns[last + 1 :] for bubble in turn.bubbles]


def open_companion(
    persona: Persona,
    *,
    engine: str | None = None,
    language: Language | None = None,
    listener: Listener = silent,
) -> Companion:
    """Return the companion of a persona's newest finished run.

    Raises:
        NotTrained: no run has finished.
        BaseMissing, BadModelFile, MissingTraining: see `sosias.voice.voice.open_voice`.
    """
    from sosias.voice.voice import open_voice

    settings = persona.settings.safety
    spoken: Language = language or ("es" if system_language() == "es" else "en")
    return Companion(open_voice(persona, engine=engine, listener=listener), settings, spoken)
