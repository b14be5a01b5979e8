"""The words of a message: those of its `attributedBody`, and those that it was edited to.

An `attributedBody` is an NSAttributedString in Apple's typedstream, whose layout no document of Apple's
tells; it is read here as far as the words. They follow the first mention of the class NSString: its
version, a reference, the type `+` (bytes), their number (one byte; or 0x81 and two, or 0x82 and four,
little-endian) and the bytes, in UTF-8.
"""

import plistlib
from dataclasses import dataclass
from typing import Any

START = b"\x04\x0bstreamtyped"
CLASS, BYTES = b"NSString", b"+"
CLASS_WAY = 16
"""Bytes after the name of the class within which its `+` stands: five, in all that was seen."""
TWO, FOUR = 0x81, 0x82
"""Marks of a number of two and of four bytes."""
PLACE = "\ufffc"
"""Stands in the text where an attachment does."""


def decoded(body: bytes) -> str | None:
    """Return the words of an `attributedBody`, exactly; None where it is cut off or is none."""
    place = body.find(CLASS) + 8
    mark = body.find(BYTES, place, place + CLASS_WAY) + 1
    if place < 8 or not mark or len(body) <= mark:
        return None
    length = body[mark]
    start = mark + 1
    if length >= 0x80:
        if length > FOUR or length == 0x80:
            return None
        start += 2 * (length - 0x80)
        length = int.from_bytes(body[mark + 1 : start], "little")
    text = body[start : start + length]
    if len(text) < length or not body.startswith(START):
        return None
    try:
        return text.decode()
    except UnicodeDecodeError:
        return None


@dataclass(frozen=True)
class Edits:
    """What `message_summary_info` tells of a message that was edited or unsent."""

    text: str | None
    """What its edited parts say now, one after the other; None where none was edited."""
    parts: int
    """Parts that the message had when it was sent; 0: it does not tell."""
    unsent: bool
    """A part of it was taken back."""


def edits(info: object) -> Edits:
    """Return what a `message_summary_info` tells: a binary property list.

    `ec` has, by part, all that it said, the oldest first (`t`: typedstream); `rp` the parts that were
    taken back; `otr` where each part stood in what was sent.
    """
    found = _plist(info)
    parts, back, ranges = found.get("ec"), found.get("rp"), found.get("otr")
    texts = [_last(parts[key]) for key in sorted(parts, key=_number)] if isinstance(parts, dict) else []
    known = [text for text in texts if text is not None]
    count = len(ranges) if isinstance(ranges, dict) else 0
    return Edits("".join(known) if known else None, count, isinstance(back, list) and bool(back))


def _plist(info: object) -> dict[str, Any]:
    if not isinstance(info, bytes):
        return {}
    try:
        found = plistlib.loads(info)
    except Exception:  # a hostile list raises whatever its bytes lead plistlib to
        return {}
    return found if isinstance(found, dict) else {}


def _number(key: object) -> tuple[int, str]:
    text = str(key)
    return (int(text) if text.isdecimal() and len(text) < 9 else 0, text)


def _last(versions: object) -> str | None:
    """Return the last version of a part."""
    last = versions[-1] if isinstance(versions, list) and versions else None
    body = last.get("t") if isinstance(last, dict) else None
    return decoded(body) if isinstance(body, bytes) else None
