"""Window: one row of training, and how it is put together token by token."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Window:
    """Token ids with, for each of them, whether it is learnt and whether it is somebody's own word.

    `ids`, `learnt` and `words` have one length. `words` marks the tokens of the persona's text
    alone, without names, separators and ends of turn: what an evaluation measures. `text_bytes`
    (UTF-8) and `text_words` (split at white space) count the text that those tokens spell.
    """

    ids: tuple[int, ...]
    learnt: tuple[bool, ...]
    words: tuple[bool, ...]
    session: int
    text_bytes: int
    text_words: int


@dataclass(slots=True)
class Piece:
    """A turn as tokens, before windows are cut: what a template's one pass fills."""

    ids: list[int] = field(default_factory=list)
    learnt: list[bool] = field(default_factory=list)
    words: list[bool] = field(default_factory=list)
    texts: list[tuple[int, int, str]] = field(default_factory=list)
    """First and past-the-last position of each bubble's tokens, and its text."""
    silence: list[int] = field(default_factory=list)
    """The mark of the silence before it: written wherever it is not the first of its window."""

    def add(self, ids: Sequence[int], *, learnt: bool) -> None:
        """Add names, separators and other tokens that are nobody's words."""
        self.ids += ids
        self.learnt += [learnt] * len(ids)
        self.words += [False] * len(ids)

    def add_text(self, ids: Sequence[int], text: str, *, learnt: bool, words: bool) -> None:
        """Add the tokens of a bubble; `words`: the persona wrote it."""
        if words:
            self.texts.append((len(self.ids), len(self.ids) + len(ids), text))
        self.ids += ids
        self.learnt += [learnt] * len(ids)
        self.words += [words] * len(ids)

    def append(self, other: "Piece") -> None:
        """Add another one's tokens behind its own."""
        length = len(self.ids)
        self.ids += other.ids
        self.learnt += other.learnt
        self.words += other.words
        self.texts += [(first + length, last + length, text) for first, last, text in other.texts]

    def after_silence(self) -> "Piece":
        """Return it with the mark of its silence in front, which is neither learnt nor anybody's words."""
        whole = Piece()
        whole.add(self.silence, learnt=False)
        whole.append(self)
        return whole


def cut(pieces: Sequence[Piece], start: Sequence[int], session: int, max_tokens: int) -> Iterator[Window]:
    """Yield windows of at most `max_tokens`, cut between turns, each beginning with `start`.

    A turn longer than a window is cut inside, so that no token is lost. Windows in which nothing
    is learnt are left out.
    """
    room = max_tokens - len(start)
    held: list[Piece] = []
    for piece in (part for whole in pieces for part in _parts(whole, room)):
        after = piece.after_silence() if held else piece
        if held and sum(len(one.ids) for one in held) + len(after.ids) > room:
            yield from _window(held, start, session)
            held, after = [], piece
        held.append(after)
    yield from _window(held, start, session)


def _parts(piece: Piece, room: int) -> Iterator[Piece]:
    """Yield the piece, or its parts where it is longer than a window; a text goes with its last token.

    No part is a single token: nothing would be before it that it could be told from.
    """
    while len(piece.ids) > room > 2 and len(piece.ids) % room == 1:
        room -= 1
    for first in range(0, max(len(piece.ids), 1), room):
        last = first + room
        texts = [(a - first, b - first, text) for a, b, text in piece.texts if first < b <= last]
        silence = [] if first else piece.silence
        yield Piece(piece.ids[first:last], piece.learnt[first:last], piece.words[first:last], texts, silence)


def _window(held: Sequence[Piece], start: Sequence[int], session: int) -> Iterator[Window]:
    masked = (False,) * len(start)
    learnt = (*masked, *(flag for piece in held for flag in piece.learnt))
    if not any(learnt[1:]):  # the first token is told from nothing
        return
    texts = [text for piece in held for _, _, text in piece.texts]
    yield Window(
        ids=(*start, *(token for piece in held for token in piece.ids)),
        learnt=learnt,
        words=(*masked, *(flag for piece in held for flag in piece.words)),
        session=session,
        text_bytes=sum(len(text.encode("utf-8", "surrogatepass")) for text in texts),
        text_words=sum(len(text.split()) for text in texts),
    )


def runs(window: Window) -> list[tuple[list[int], bool]]:
    """Return the window's ids in runs of one mask: for showing what is learnt and what is not."""
    changes = [i for i, (a, b) in enumerate(pairwise(window.learnt), start=1) if a != b]
    bounds = [0, *changes, len(window.ids)]
    return [(list(window.ids[a:b]), window.learnt[a]) for a, b in pairwise(bounds)]
