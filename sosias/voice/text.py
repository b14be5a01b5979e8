"""Ids one by one to text, in pieces that can be shown: no half characters, nothing of a stop."""

from tokenizers import Tokenizer

from sosias.voice.engine import OnText

HALF_CHARACTER = "\ufffd"
"""What bytes that are not yet a character are decoded to."""


class TextStream:
    """Gathers drawn ids; `text` is what they spell up to the first stop text."""

    def __init__(self, tokenizer: Tokenizer, stops: tuple[str, ...], on_text: OnText | None) -> None:
        self._tokenizer = tokenizer
        self._stops = stops
        self._on_text = on_text
        self._ids: list[int] = []
        self._shown = 0
        self.text = ""
        self.stopped = False
        self.cancelled = False

    def take(self, token: int) -> bool:
        """Take the next id and show what is certain; return True when a stop is complete or to cancel."""
        self._ids.append(token)
        self.text = self._tokenizer.decode(self._ids)
        ends = [self.text.index(stop) for stop in self._stops if stop in self.text]
        if ends:
            self.text = self.text[: min(ends)]
            self.stopped = True
        self._show(len(self.text) if self.stopped else self._certain())
        return self.stopped or self.cancelled

    def end(self) -> None:
        """Show what was held back: no more ids come."""
        if not self.cancelled:
            self._show(len(self.text))

    def _certain(self) -> int:
        """Return how much of the text no further id can change or turn into a stop."""
        text = self.text.rstrip(HALF_CHARACTER)
        held = 0
        for stop in self._stops:
            for length in range(1, len(stop)):
                if text.endswith(stop[:length]):
                    held = max(held, length)
        return len(text) - held

    def _show(self, end: int) -> None:
        piece = self.text[self._shown : end]
        if piece and self._on_text is not None and self._on_text(piece):
            self.cancelled = True
        self._shown = max(self._shown, end)
