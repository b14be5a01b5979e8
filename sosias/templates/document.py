"""`document`: plain text with an end between two, for pretraining and for personas of posts."""

from collections.abc import Iterator
from dataclasses import replace

from sosias.corpus.session import Session, Turn
from sosias.templates.markers import end_of_text
from sosias.templates.template import Template
from sosias.templates.window import Piece, Window, cut


class Document(Template):
    """For texts that answer nothing: each post, article or bubble is a document, whoever wrote it.

    <|endoftext|>Un texto.<|endoftext|>Otro, de varias líneas.<|endoftext|>

    Documents stand one after the other in a window; one that is longer than a window is cut into several.
    """

    name = "document"
    losses = ("all",)
    usual_loss = "all"
    talks = False

    @property
    def start(self) -> list[int]:
        return super().start or [end_of_text(self.base)]

    @property
    def stop_ids(self) -> frozenset[int]:
        return super().stop_ids | {end_of_text(self.base)}

    def windows(self, session: Session, max_tokens: int, *, loss: str = "persona") -> Iterator[Window]:
        pieces = [
            self.turn(replace(turn, bubbles=(bubble,)), learnt=turn.persona or loss == "all")
            for turn in self.merged(session.turns)
            for bubble in turn.bubbles
        ]
        return cut(pieces, self.start, session.number, max_tokens)

    def turn(self, turn: Turn, *, learnt: bool) -> Piece:
        piece = Piece()
        for bubble in turn.bubbles:
            piece.add_text(self.encode(self.fold(bubble)), bubble, learnt=learnt, words=turn.persona)
            piece.add([end_of_text(self.base)], learnt=learnt)
        return piece

    def opening(self) -> list[int]:
        return []

    @staticmethod
    def fold(text: str) -> str:
        """Leave the text as it is, but for how its lines end."""
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def bubbles(self, text: str) -> list[str]:
        """Return the one text that was written."""
        return [text.strip()] if text.strip() else []
