"""`me-others`: a stream of `[ME]` and `[OTHERS]` lines, after drunk-chatbot; both voices are learnt."""

from collections.abc import Iterator, Sequence

from sosias.corpus.session import Session, Turn
from sosias.templates.markers import end_of_text
from sosias.templates.sides import sides
from sosias.templates.template import Template
from sosias.templates.window import Piece, Window, cut

ME, OTHERS = "[ME]", "[OTHERS]"


class MeOthers(Template):
    """For who wants both sides of a talk written; who of the others speaks is not told.

    [OTHERS] Hola.
    [OTHERS] ¿Vienes?
    [ME] Voy.
    [ME] Espera
     un poco

    A turn ends where a line begins with the other label, or where the text ends; where everything is
    learnt, the labels are, too. They are always spelt, because a reply has to show them.
    """

    name = "me-others"
    losses = ("all",)
    usual_loss = "all"
    voices = ("persona", "others")

    @property
    def stops(self) -> tuple[str, ...]:
        return (f"\n{self._label(persona=self.voice != 'persona')}",)

    @property
    def stop_ids(self) -> frozenset[int]:
        return super().stop_ids | {end_of_text(self.base)}

    @property
    def start(self) -> list[int]:
        return super().start or [end_of_text(self.base)]

    def windows(self, session: Session, max_tokens: int, *, loss: str = "persona") -> Iterator[Window]:
        """Yield the session's windows; after its last turn stands the end of the text."""
        pieces = self.pieces(session.turns, loss=loss)
        if pieces:
            pieces[-1].add([end_of_text(self.base)], learnt=any(pieces[-1].learnt))
        return cut(pieces, self.start, session.number, max_tokens)

    def pieces(self, turns: Sequence[Turn], *, loss: str) -> list[Piece]:
        pieces = super().pieces(turns, loss=loss)
        for piece in pieces if loss == "all" else ():
            piece.learnt = [True] * len(piece.ids)
        return pieces

    def merged(self, turns: Sequence[Turn]) -> list[Turn]:
        return sides(super().merged(turns), named=False)

    def turn(self, turn: Turn, *, learnt: bool) -> Piece:
        piece = Piece()
        for number, bubble in enumerate(turn.bubbles):
            piece.add(self.encode(self._label(persona=turn.persona)), learnt=learnt and number > 0)
            text = self.encode(self.first(self.fold(bubble)))
            piece.add_text(text, bubble, learnt=learnt, words=turn.persona)
            piece.add(self.encode("\n"), learnt=learnt)
        return piece

    def opening(self) -> list[int]:
        return self.encode(self._label(persona=self.voice == "persona"))

    def first(self, text: str) -> str:
        return f" {text}"

    def bubbles(self, text: str) -> list[str]:
        """Return the bubbles of a reply; a line that does not begin with a space begins with a label."""
        [first, *lines] = text.split(self.stops[0])[0].split("\n")
        if lines and any(label.startswith(lines[-1]) for label in (ME, OTHERS)):
            lines.pop()  # a label of which the end is missing, or nothing at all
        found = [first]
        for line in lines:
            if line.startswith(" "):
                found[-1] += "\n" + line[1:]
            else:
                found.append(line.removeprefix(self._label(persona=self.voice == "persona")))
        return [one.strip() for one in found if one.strip()]

    @staticmethod
    def _label(*, persona: bool) -> str:
        return ME if persona else OTHERS
