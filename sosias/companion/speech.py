"""What the voice said, looked at before anybody sees it: the door out.

A model that imitates somebody may say anything. Not shown are bubbles that encourage self-harm and
claims to be a human being; signs that steer a terminal or turn text around are taken out.
"""

import re
import unicodedata
from collections.abc import Sequence

from sosias.companion.pattern import Table
from sosias.companion.phrases import read_toml
from sosias.companion.spelling import spelled


def _tables(name: str) -> tuple[Table, ...]:
    written = read_toml("speech.toml")
    return Table(written["es"][name], "es"), Table(written["en"][name], "en")


_ENCOURAGING = _tables("encouraging")
_CLAIMING = _tables("claiming")

_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # OSC and other strings
    r"|\x1b[ -/]*[0-~]?"
)
_TURNED_AROUND = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(text: str) -> str:
    """Return `text` without escape sequences, control characters (line ends stay) and direction marks."""
    text = _ESCAPES.sub("", text)
    return "".join(
        sign
        for sign in text
        if sign == "\n" or (unicodedata.category(sign) not in ("Cc", "Cs") and sign not in _TURNED_AROUND)
    )


def encourages_harm(text: str) -> bool:
    """Tell whether the text urges the reader to hurt or kill themselves."""
    return any(table.in_line(spelled(text, table.language)) for table in _ENCOURAGING)


def claims_to_be_human(text: str) -> bool:
    """Tell whether the text says that its writer is a human being, or no program."""
    return any(table.in_line(spelled(text, table.language)) for table in _CLAIMING)


def is_fit(bubble: str, before: Sequence[str] = ()) -> bool:
    """Tell whether a bubble may be shown after those `before` it in the same reply."""
    return not any(
        encourages_harm(text) or claims_to_be_human(text) for text in (bubble, " ".join([*before, bubble]))
    )
