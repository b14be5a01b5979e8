"""Template: how a session is written down for a model, and how a reply is read back.

A template renders turn by turn in one pass to ids and masks. Text is encoded apart from the
markup and can never yield a special token; the end of a turn is learnt, or replies never end.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from sosias.corpus.session import Session, Turn
from sosias.errors import SosiasError
from sosias.models.base import Base
from sosias.models.tokenizer import encode_text
from sosias.templates.silence import stretches
from sosias.templates.window import Piece, Window, cut


class NotForTalk(SosiasError):
    """With the template {template} a persona writes and does not answer: use sosias generate, or train with
    --template chat."""


class Template(ABC):
    """Renders sessions for one base and one persona.

    Args:
        base: gives the tokenizer and the ids of special tokens.
        persona: the name under which the persona speaks.
        group: more than two people speak, so the others' turns carry their names.
        gap_markers: silences are marked.
    """

    name: str
    losses: tuple[str, ...] = ("persona", "all")
    """What of the sessions can be learnt with it,"""
    usual_loss: str | None = None
    """and what is, where nothing else is asked for; None: it depends on whose words they are."""
    voices: tuple[str, ...] = ("persona",)
    """Whose words it can be asked for."""
    talks: bool = True
    """It can answer what others say."""
    fields: tuple[str, ...] = ()
    """What can be said beforehand about a text that is to be written."""
    voice: str = "persona"
    """Whose words a prompt asks for,"""
    given: Mapping[str, str] = MappingProxyType({})
    """and what is said beforehand (`sosias.templates.asking.asked`)."""

    def __init__(self, base: Base, persona: str, *, group: bool, gap_markers: bool = False) -> None:
        self.base = base
        self.persona = persona
        self.group = group
        self.gap_markers = gap_markers

    @property
    def stops(self) -> tuple[str, ...]:
        """Texts at which a reply has ended."""
        return ()

    @property
    def stop_ids(self) -> frozenset[int]:
        """Tokens at which a reply has ended."""
        return frozenset({self.base.config.eos_id})

    @property
    def start(self) -> list[int]:
        """What every window and every prompt begins with."""
        config = self.base.config
        return [config.bos_id] if config.add_bos and config.bos_id is not None else []

    def encode(self, text: str) -> list[int]:
        """Return the ids of text; the spelling of a special token stays text."""
        return encode_text(self.base, text)

    def windows(self, session: Session, max_tokens: int, *, loss: str = "persona") -> Iterator[Window]:
        """Yield the session's windows of at most `max_tokens`, learning the persona's turns or all."""
        return cut(self.pieces(session.turns, loss=loss), self.start, session.number, max_tokens)

    def pieces(self, turns: Sequence[Turn], *, loss: str) -> list[Piece]:
        """Return the turns as tokens, each that follows a silence with its mark apart."""
        pieces: list[Piece] = []
        for mark, stretch in stretches(turns) if self.gap_markers else [("", turns)]:
            for place, turn in enumerate(self.merged(stretch)):
                pieces.append(self.turn(turn, learnt=turn.persona or loss == "all"))
                pieces[-1].silence = [] if place else self.encode(mark)
        return pieces

    def prompt(self, turns: Sequence[Turn], max_tokens: int) -> list[int]:
        """Return the newest turns that fit into `max_tokens`, ending where the persona begins to speak.

        Raises:
            NotForTalk: the template has no place for what others say.
        """
        if not self.talks:
            raise NotForTalk(template=self.name)
        opening = self.opening()
        room = max_tokens - len(self.start) - len(opening)
        kept: list[int] = []
        silence: list[int] = []
        for piece in reversed(self.pieces(turns, loss="persona")):
            ids = piece.ids + silence
            if len(kept) + len(ids) > room:
                kept = kept or ids[-room:]
                break
            kept = ids + kept
            silence = piece.silence
        return [*self.start, *kept, *opening]

    def start_prompt(self, text: str) -> list[int]:
        """Return a prompt that goes on writing words that begin with `text`, which may be empty."""
        begun = self.encode(self.first(self.fold(text))) if text else []
        return [*self.start, *self.opening(), *begun]

    def merged(self, turns: Sequence[Turn]) -> list[Turn]:
        """Return the turns as this template counts them, white space around bubbles taken off."""
        stripped = [replace(turn, bubbles=_stripped(turn.bubbles)) for turn in turns]
        return [turn for turn in stripped if turn.bubbles]

    def first(self, text: str) -> str:
        """Return the first bubble's text as it follows the opening."""
        return text

    @abstractmethod
    def turn(self, turn: Turn, *, learnt: bool) -> Piece:
        """Return one turn as tokens."""

    @abstractmethod
    def opening(self) -> list[int]:
        """Return the tokens after which the persona speaks."""

    @staticmethod
    def fold(text: str) -> str:
        """Mark the line breaks inside a bubble with a space after each, as mail headers do.

        A bare line break then always separates bubbles and an empty line always ends a turn, and
        no text can counterfeit either.
        """
        return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\n ")

    def bubbles(self, text: str) -> list[str]:
        """Return the bubbles of a reply: `fold` undone, empty ones left out."""
        for stop in self.stops:
            text = text.split(stop)[0]
        lines: list[str] = []
        for line in text.split("\n"):
            if lines and line.startswith(" "):
                lines[-1] += "\n" + line[1:]
            else:
                lines.append(line)
        return [line.strip() for line in lines if line.strip()]

    def add_bubbles(self, piece: Piece, turn: Turn, *, learnt: bool) -> None:
        """Add a turn's bubbles, with a line break between each two."""
        for number, bubble in enumerate(turn.bubbles):
            if number:
                piece.add(self.encode("\n"), learnt=learnt)
            text = self.fold(bubble)
            ids = self.encode(self.first(text) if number == 0 else text)
            piece.add_text(ids, bubble, learnt=learnt, words=turn.persona)


def _stripped(bubbles: Sequence[str]) -> tuple[str, ...]:
    return tuple(text for text in (bubble.strip() for bubble in bubbles) if text)
