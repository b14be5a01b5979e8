"""`chat`: the base's own roles; the persona is the assistant."""

from collections.abc import Sequence
from dataclasses import dataclass

from sosias.corpus.session import Turn
from sosias.errors import SosiasError
from sosias.models.base import Base
from sosias.templates.sides import sides
from sosias.templates.template import Template
from sosias.templates.window import Piece


class NoRoles(SosiasError):
    """The base {base} has no token {token} to write roles with: use --template transcript."""


@dataclass(frozen=True)
class Markup:
    """How a base writes roles: a special token, a role's name, text, a special token, a line break."""

    begin: str
    end: str
    user: str
    assistant: str


MARKUPS = {
    "chatml": Markup("<|im_start|>", "<|im_end|>", "user\n", "assistant\n"),
    "gemma": Markup("<start_of_turn>", "<end_of_turn>", "user\n", "model\n"),
}


class Chat(Template):
    """For bases trained to chat. In a group the others' turns become one user's, with their names."""

    name = "chat"

    def __init__(self, base: Base, persona: str, *, group: bool, gap_markers: bool = False) -> None:
        super().__init__(base, persona, group=group, gap_markers=gap_markers)
        self.markup = MARKUPS[base.config.chat_markup or "chatml"]
        self.begin = self._special(self.markup.begin)
        self.end = self._special(self.markup.end)

    @property
    def stop_ids(self) -> frozenset[int]:
        return super().stop_ids | {self.end}

    def merged(self, turns: Sequence[Turn]) -> list[Turn]:
        return sides(super().merged(turns), named=self.group)

    def turn(self, turn: Turn, *, learnt: bool) -> Piece:
        piece = Piece()
        piece.add(self._role(self.markup.assistant if turn.persona else self.markup.user), learnt=False)
        self.add_bubbles(piece, turn, learnt=learnt)
        piece.add([self.end], learnt=learnt)
        piece.add(self.encode("\n"), learnt=False)
        return piece

    def opening(self) -> list[int]:
        return self._role(self.markup.assistant)

    def _role(self, role: str) -> list[int]:
        return [self.begin, *self.encode(role)]

    def _special(self, token: str) -> int:
        number = self.base.tokenizer.token_to_id(token)
        if number is None:
            raise NoRoles(base=self.base.name, token=token)
        return number
