"""typedstream: every text exactly, and never garbage."""

import plistlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sosias.sources.imessage_body import decoded, edits
from tests.sources import imessage_exports
from tests.sources.imessage_exports import attributed_body

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXTS, st.booleans())
def test_every_text_comes_back_exactly(text: str, mutable: bool) -> None:
    assert decoded(attributed_body(text, mutable=mutable)) == text


@pytest.mark.parametrize(
    "length", [0, 1, 43, 126, 127, 128, 129, 255, 32_767, 32_768, 65_535, 65_536, 200_000]
)
def test_texts_of_every_length(length: int) -> None:
    for text in ("x" * length, "ñ" * (length // 2) + "x" * (length % 2)):
        assert decoded(attributed_body(text)) == text


def test_two_bytes_of_length_have_no_sign() -> None:
    text = "x" * 40_000
    long = attributed_body(text).replace(
        b"\x82" + (40_000).to_bytes(4, "little"), b"\x81" + (40_000).to_bytes(2, "little")
    )
    assert decoded(long) == text


@pytest.mark.parametrize(
    "text", ["NSString", "+", "a+b", "\x84\x01+\x05hello", "</x>", "\x00", "\u2028", "👩‍👩‍👧", "e\u0301"]
)
def test_text_that_looks_like_the_format(text: str) -> None:
    assert decoded(attributed_body(text)) == text
    assert decoded(attributed_body(text, mutable=True)) == text


@given(TEXTS, st.data())
def test_what_is_cut_off_is_nothing_or_whole(text: str, data: st.DataObject) -> None:
    whole = attributed_body(text)
    cut = whole[: data.draw(st.integers(0, len(whole)))]
    assert decoded(cut) in (None, text)
    if len(cut) < whole.index(b"\x84\x01+") + 3 + len(text.encode()):
        assert decoded(cut) is None


@given(
    st.binary()
    | st.binary().map(lambda data: b"\x04\x0bstreamtyped" + data + b"NSString\x01\x94\x84\x01+" + data)
)
def test_no_bytes_break_it(body: bytes) -> None:
    assert decoded(body) is None or decoded(body).encode() in body  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "length", [b"\x80", b"\x83\x01", b"\x84", b"\xff", b"\x82\xff\xff\xff\xff", b"\x81\xff"]
)
def test_lengths_that_do_not_exist(length: bytes) -> None:
    assert decoded(attributed_body("hello").replace(b"+\x05hello", b"+" + length + b"hello")) is None


def test_words_that_are_not_utf8() -> None:
    assert decoded(attributed_body("hello").replace(b"hello", b"hel\xff\xfe")) is None


def test_the_last_version_is_what_counts() -> None:
    found = edits(imessage_exports.edits("frist", "first", "first!"))
    assert (found.text, found.unsent) == ("first!", False)


def test_what_was_taken_back() -> None:
    found = edits(imessage_exports.edits(unsent=(0,)))
    assert (found.text, found.unsent) == (None, True)


def test_parts_stand_in_their_order() -> None:
    versions = {str(part): [{"t": attributed_body(f"part {part},"), "d": 1.0}] for part in (10, 2, 0)}
    found = edits(
        plistlib.dumps({"ec": versions, "otr": {"0": {"lo": 0, "le": 1}, "2": {}}}, fmt=plistlib.FMT_BINARY)
    )
    assert (found.text, found.parts) == ("part 0,part 2,part 10,", 2)


@given(st.binary() | st.none() | st.text() | st.integers())
def test_no_summary_breaks_it(info: object) -> None:
    assert edits(info).text is None


@pytest.mark.parametrize(
    "value", [1, "x", [1], {"0": 1}, {"0": []}, {"0": [1]}, {"0": [{"t": 1}]}, {"x": [{"t": b"1"}]}]
)
def test_summaries_of_other_types(value: object) -> None:
    for key in ("ec", "rp", "otr"):
        found = edits(plistlib.dumps({key: value}, fmt=plistlib.FMT_BINARY))
        assert found.text is None
