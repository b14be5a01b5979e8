"""What Signal's exports share: a message's key is who wrote and when; and where mentions stand."""

import base64
import binascii
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from sosias.messages import native_id
from sosias.sources.json_values import key, mapping, words

SELF = "self"
"""The account of the export's owner; its own exports do not give it a number."""


def message_id(account: str, sent: object) -> str:
    """Return the id of what an account sent at a millisecond: Signal itself has no other key."""
    found = key(sent)
    return native_id("signal", account, found) if account and found else ""


def account(aci: object) -> str:
    """Return an account's number as Signal Desktop writes it, from the bytes of a phone's export."""
    try:
        return str(uuid.UUID(bytes=base64.b64decode(words(aci), validate=True)))
    except (ValueError, binascii.Error):
        return words(aci)


def with_mentions(text: str, ranges: Sequence[Any], name_of: Callable[[dict[str, Any]], str]) -> str:
    """Return a text with names where people are mentioned; Signal puts U+FFFC there, and counts in UTF-16."""
    if "\ufffc" not in text:
        return text
    units = text.encode("utf-16-le", "surrogatepass")
    found = [one for one in map(mapping, ranges) if name_of(one)]
    for one in sorted(found, key=_start, reverse=True):
        start = 2 * _start(one)
        if units[start : start + 2] == "\ufffc".encode("utf-16-le"):
            units = (
                units[:start] + f"@{name_of(one)}".encode("utf-16-le", "surrogatepass") + units[start + 2 :]
            )
    return units.decode("utf-16-le", "surrogatepass")


def _start(place: dict[str, Any]) -> int:
    start = place.get("start", 0)
    return start if isinstance(start, int) and 0 <= start < 1 << 32 else 1 << 32
