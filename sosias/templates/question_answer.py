"""`question-answer`: what others said and the persona's answer, nothing before it; ElvisBot's strings."""

from collections.abc import Iterator, Sequence

from sosias.corpus.session import Session, Turn
from sosias.templates.markers import END_OF_TEXT, Escape, end_of_text, marker
from sosias.templates.sides import sides
from sosias.templates.template import Template
from sosias.templates.window import Piece, Window, cut

START, BREAK, ANSWER = "<|startoftext|>", "<|brk|>", "<|answer|>"
ESCAPE = Escape((START, BREAK, ANSWER, END_OF_TEXT))


class QuestionAnswer(Template):
    """For small bases and short memories: each answer is a window of its own.

    <|startoftext|>Hola. <|brk|> ¿Vienes? <|answer|> Voy. <|brk|> Espera<|endoftext|>

    Learnt is what follows `<|answer|>`, to the end of the text. Where a window is too short, the
    question loses its beginning. `<|brk|>` is always spelt, because a reply has to show it. After
    github.com/ewei068/ElvisBot (notebooks/data_formatting.ipynb, README); chat text that spells a marker
    gets a backslash in it: `<\\|answer|>`.
    """

    name = "question-answer"
    usual_loss = "persona"

    @property
    def start(self) -> list[int]:
        return [*super().start, *marker(self.base, START)]

    @property
    def stop_ids(self) -> frozenset[int]:
        return super().stop_ids | {end_of_text(self.base)}

    def windows(self, session: Session, max_tokens: int, *, loss: str = "persona") -> Iterator[Window]:
        """Yield one window for each answer, or several for one that is longer than a window."""
        question = Piece()
        for turn in self.merged(session.turns):
            piece = self.turn(turn, learnt=turn.persona or loss == "all")
            if not turn.persona:
                question = piece
                continue
            kept = max(0, max_tokens - len(self.start) - len(piece.ids))
            pair = _newest(question, kept)
            pair.append(piece)
            yield from cut([pair], self.start, session.number, max_tokens)
            question = Piece()

    def prompt(self, turns: Sequence[Turn], max_tokens: int) -> list[int]:
        """Return what was said since the persona's last turn, as much of it as fits, to be answered."""
        opening = self.opening()
        last = self.merged(turns)[-1:]
        question = [token for turn in last if not turn.persona for token in self.turn(turn, learnt=False).ids]
        room = max(0, max_tokens - len(self.start) - len(opening))
        return [*self.start, *question[max(0, len(question) - room) :], *opening]

    def merged(self, turns: Sequence[Turn]) -> list[Turn]:
        return sides(super().merged(turns), named=self.group)

    def turn(self, turn: Turn, *, learnt: bool) -> Piece:
        piece = Piece()
        if turn.persona:
            piece.add(self.opening(), learnt=False)
        self.add_bubbles(piece, turn, learnt=learnt)
        if turn.persona:
            piece.add([end_of_text(self.base)], learnt=learnt)
        return piece

    def add_bubbles(self, piece: Piece, turn: Turn, *, learnt: bool) -> None:
        for number, bubble in enumerate(turn.bubbles):
            if number:
                piece.add(self.encode(f" {BREAK}"), learnt=learnt)
            text = self.fold(bubble)
            ids = self.encode(self.first(text) if number or turn.persona else text)
            piece.add_text(ids, bubble, learnt=learnt, words=turn.persona)

    def opening(self) -> list[int]:
        return marker(self.base, ANSWER, before=" ")

    def first(self, text: str) -> str:
        return f" {text}"

    @staticmethod
    def fold(text: str) -> str:
        """Leave line breaks as they are, and escape markers."""
        return ESCAPE.write(text.replace("\r\n", "\n").replace("\r", "\n"))

    def bubbles(self, text: str) -> list[str]:
        """Return the bubbles between the breaks, `fold` undone."""
        return [ESCAPE.read(one).strip() for one in text.split(BREAK) if one.strip()]


def _newest(piece: Piece, tokens: int) -> Piece:
    """Return the last so many tokens of a question."""
    first = max(0, len(piece.ids) - tokens)
    return Piece(piece.ids[first:], piece.learnt[first:], piece.words[first:])
