"""Ids become text in pieces: no half characters, nothing of a stop, and together the whole text."""

from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from sosias.voice.text import HALF_CHARACTER, TextStream
from tests.tiny import byte_tokenizer

TOKENIZER: Tokenizer = byte_tokenizer()
STOPS = ("\n\n", "\nAna:")


def ids(text: str) -> list[int]:
    found: list[int] = TOKENIZER.encode(text, add_special_tokens=False).ids
    return found


def feed(text: str, stops: tuple[str, ...] = STOPS) -> tuple[TextStream, list[str]]:
    """Return the stream and the pieces after the bytes of `text`, until it wants no more."""
    pieces: list[str] = []
    stream = TextStream(TOKENIZER, stops, lambda piece: bool(pieces.append(piece)))  # type: ignore[func-returns-value]
    for token in ids(text):
        if stream.take(token):
            break
    stream.end()
    return stream, pieces


@given(st.text(st.sampled_from("aA n:\n😂ñ\n"), max_size=40))
def test_the_pieces_are_the_text_up_to_the_first_stop(text: str) -> None:
    stream, pieces = feed(text)
    ends = [text.index(stop) for stop in STOPS if stop in text]
    expected = text[: min(ends)] if ends else text
    assert stream.text == "".join(pieces) == expected
    assert stream.stopped == bool(ends)
    assert not any(HALF_CHARACTER in piece for piece in pieces)


def test_pieces_come_as_soon_as_they_are_certain() -> None:
    _stream, pieces = feed("sí\nAn\nAna: no")
    assert pieces == ["s", "í", "\nAn"]


def test_a_cancelled_stream_shows_no_more() -> None:
    pieces: list[str] = []

    def two(piece: str) -> bool:
        pieces.append(piece)
        return len(pieces) == 2

    stream = TextStream(TOKENIZER, (), two)
    assert [stream.take(token) for token in ids("abc")][:2] == [False, True]
    stream.end()
    assert pieces[:2] == ["a", "b"]
    assert stream.cancelled
