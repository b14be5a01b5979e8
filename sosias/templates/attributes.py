"""`attributes`: a post after what is known of it, so that posts can be asked for; the strings of *Este
político no existe* (github.com/ensamblador/este-politico-no-existe, contextual-training)."""

from collections.abc import Iterator, Mapping
from itertools import zip_longest

from sosias.corpus.session import Session, Turn
from sosias.templates.markers import END_OF_TEXT, Escape, end_of_text, marker
from sosias.templates.template import Template
from sosias.templates.window import Piece, Window, cut

MARKERS = {
    "coalition": "[COALICION]",
    "party": "[PARTIDO]",
    "sentiment": "[SENTIMIENTO]",
    "entities": "[ENTIDADES]",
    "hashtags": "[HASHTAGS]",
    "keywords": "[FRASES]",
}
"""Of the fields, in their order."""
TEXT = "[TWEET]"
DEFAULTS = {"sentiment": "NEUTRAL"}
"""What is written where nothing is known; other fields are left out."""
FIRST_CUT = ("keywords", "entities")
"""What is cut where a post is too long, before its text is."""
ESCAPE = Escape((*MARKERS.values(), TEXT, END_OF_TEXT))


class PostAttributes(Template):
    """For posts of a group of people: party, mood and subject can be chosen when one is written.

    [COALICION] ChV [PARTIDO] RN [SENTIMIENTO] NEUTRAL [HASHTAGS] Chile [TWEET] Un texto.<|endoftext|>

    Learnt is the text alone, with its end. A post is a window; one that is too long loses its phrases,
    then its entities, then the end of its text. Texts and values that spell a marker get a backslash in
    it: `[\\TWEET]`.
    """

    name = "attributes"
    usual_loss = "persona"
    talks = False
    fields = tuple(MARKERS)

    @property
    def stop_ids(self) -> frozenset[int]:
        return super().stop_ids | {end_of_text(self.base)}

    def windows(self, session: Session, max_tokens: int, *, loss: str = "persona") -> Iterator[Window]:
        """Yield one window for each post of the persona, or of everybody."""
        room = max_tokens - len(self.start)
        for turn in session.turns:
            if turn.persona or loss == "all":
                for text, known in _posts(turn):
                    piece = self._post(text, known, room, learnt=True, words=turn.persona)
                    yield from cut([piece], self.start, session.number, max_tokens)

    def turn(self, turn: Turn, *, learnt: bool) -> Piece:
        """Return all posts of a turn, whatever their length."""
        whole = Piece()
        for text, known in _posts(turn):
            whole.append(self._post(text, known, None, learnt=learnt, words=turn.persona))
        return whole

    def opening(self) -> list[int]:
        """Return the fields that are given, with the defaults of those that are not."""
        return self._head(self.given, None)

    def first(self, text: str) -> str:
        return f" {text}"

    @staticmethod
    def fold(text: str) -> str:
        """Leave line breaks as they are, and escape markers."""
        return ESCAPE.write(text.replace("\r\n", "\n").replace("\r", "\n"))

    def bubbles(self, text: str) -> list[str]:
        """Return the one text that was written, `fold` undone."""
        return [ESCAPE.read(text).strip()] if text.strip() else []

    def _post(
        self, text: str, known: Mapping[str, str], room: int | None, *, learnt: bool, words: bool
    ) -> Piece:
        """Return a post, in at most `room` tokens; empty, where not even its fields fit."""
        ids = [*self.encode(self.first(self.fold(text))), end_of_text(self.base)]
        head = self._head(known, None if room is None else room - len(ids))
        piece = Piece()
        piece.add(head, learnt=False)
        if room is not None and len(head) + len(ids) > room:  # its end goes, for the text goes on
            ids = ids[: max(0, room - len(head))]
            text = "".join(self.bubbles(self.base.tokenizer.decode(ids)))
            piece.add_text(ids, text, learnt=learnt, words=words)
        else:
            piece.add_text(ids[:-1], text, learnt=learnt, words=words)
            piece.add(ids[-1:], learnt=learnt)
        return piece

    def _head(self, known: Mapping[str, str], room: int | None) -> list[int]:
        """Return the fields and the text's marker, in `room` tokens if cutting can do it."""
        values = {name: " ".join(known.get(name, "").split()) or DEFAULTS.get(name, "") for name in MARKERS}
        first = next(name for name, value in values.items() if value)
        fields = {
            name: [
                *marker(self.base, MARKERS[name], before="" if name == first else " "),
                *self.encode(f" {ESCAPE.write(value)}"),
            ]
            for name, value in values.items()
            if value
        }
        text = marker(self.base, TEXT, before=" ")
        for name in FIRST_CUT if room is not None else ():
            over = len(text) + sum(map(len, fields.values())) - (room or 0)
            if over > 0 and name in fields:
                whole = fields.pop(name)
                # a marker with nothing behind it would say less than none
                if len(whole) - over > len(marker(self.base, MARKERS[name], before=" ")):
                    fields[name] = whole[: len(whole) - over]
        return [*(token for name in MARKERS for token in fields.get(name, ())), *text]


def _posts(turn: Turn) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield the texts of a turn with what is known of each."""
    nothing: Mapping[str, str] = {}
    for text, known in zip_longest(turn.bubbles, turn.attributes, fillvalue=nothing):
        if isinstance(text, str) and text.strip():
            yield text.strip(), known
