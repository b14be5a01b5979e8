"""`chat`: the base's own roles; the persona is the assistant."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sosias.corpus.session import Turn
from sosias.errors import SosiasError
from sosias.models.base import Base
from sosias.models.tokenizer import SPACE
from sosias.templates.sides import sides
from sosias.templates.template import Template
from sosias.templates.window import Piece


class NoRoles(SosiasError):
    """The base {base} has no token {token} to write roles with: use --template transcript."""


@dataclass(frozen=True)
class Markup:
    """How a base writes a turn: what opens it in each role, what ends it, what stands before the next."""

    user: str
    assistant: str
    end: str
    between: str = "\n"


MARKUPS = {
    "chatml": Markup("<|im_start|>user\n", "<|im_start|>assistant\n", "<|im_end|>"),
    "gemma": Markup("<start_of_turn>user\n", "<start_of_turn>model\n", "<end_of_turn>"),
    "llama3": Markup(
        "<|start_header_id|>user<|end_header_id|>\n\n",
        "<|start_header_id|>assistant<|end_header_id|>\n\n",
        "<|eot_id|>",
        between="",
    ),
    # Phi-3's template has line breaks, which its tokenizer takes off after each of these tokens.
    "phi3": Markup("<|user|>", "<|assistant|>", "<|end|>", between=""),
}
TOKEN = re.compile(r"(<[^>]+>)")
"""A special token in a markup."""


class Chat(Template):
    """For bases trained to chat. In a group the others' turns become one user's, with their names."""

    name = "chat"

    def __init__(self, base: Base, persona: str, *, group: bool, gap_markers: bool = False) -> None:
        super().__init__(base, persona, group=group, gap_markers=gap_markers)
        self.markup = MARKUPS[base.config.chat_markup or "chatml"]
        self.user, self.assistant = self._marked(self.markup.user), self._marked(self.markup.assistant)
        (self.end,) = self._marked(self.markup.end)
        self.between = self.encode(self.markup.between)
        told = self.markup.assistant.endswith(">") and base.tokenizer.token_to_id(SPACE) is not None
        self.lead = " " if told else ""
        """What a text begins with: a space where it follows a role's token and SentencePiece cuts words."""

    @property
    def stop_ids(self) -> frozenset[int]:
        return super().stop_ids | {self.end}

    def merged(self, turns: Sequence[Turn]) -> list[Turn]:
        return sides(super().merged(turns), named=self.group)

    def turn(self, turn: Turn, *, learnt: bool) -> Piece:
        piece = Piece()
        piece.add(self.assistant if turn.persona else self.user, learnt=False)
        self.add_bubbles(piece, turn, learnt=learnt)
        piece.add([self.end], learnt=learnt)
        piece.add(self.between, learnt=False)
        return piece

    def opening(self) -> list[int]:
        return self.assistant

    def first(self, text: str) -> str:
        return self.lead + text

    def _marked(self, spelt: str) -> list[int]:
        """Return a markup as ids: its special tokens, and the text between them."""
        ids: list[int] = []
        for part in filter(None, TOKEN.split(spelt)):
            ids += [self._special(part)] if TOKEN.fullmatch(part) else self.encode(part)
        return ids

    def _special(self, token: str) -> int:
        number = self.base.tokenizer.token_to_id(token)
        if number is None:
            raise NoRoles(base=self.base.name, token=token)
        return number
