"""`transcript`: `Name: text` with a line a bubble and an empty line after each turn."""

from sosias.corpus.session import Turn
from sosias.templates.template import Template
from sosias.templates.window import Piece


class Transcript(Template):
    """For bases without roles of their own, and for groups.

    Blanca: Hola.
    ¿Vienes?

    Plácido: Voy.

    """

    name = "transcript"

    @property
    def stops(self) -> tuple[str, ...]:
        return ("\n\n",)

    def turn(self, turn: Turn, *, learnt: bool) -> Piece:
        piece = Piece()
        piece.add(self._name(self.persona if turn.persona else turn.author), learnt=False)
        self.add_bubbles(piece, turn, learnt=learnt)
        piece.add(self.encode("\n\n"), learnt=learnt)
        return piece

    def opening(self) -> list[int]:
        return self._name(self.persona)

    def first(self, text: str) -> str:
        return f" {text}"

    def _name(self, name: str) -> list[int]:
        return self.encode(f"{' '.join(name.split())}:")
