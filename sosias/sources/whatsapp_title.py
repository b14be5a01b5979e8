"""What a chat is called, by the names of the files around it."""

import re
from pathlib import PurePosixPath

from sosias.sources.entry import Entry

TITLE = re.compile(
    r"(?P<prefix>WhatsApp Chat (?:with|mit|-) "
    r"|(?:Chat|Conversa|Conversación) (?:de|do|no) WhatsApp (?:con|com|-) "
    r"|Discussion WhatsApp avec |Chat WhatsApp con |Чат WhatsApp с )(?P<title>.+)"
)
"""Names of exports by language of the telephone."""
UNNAMED = re.compile(r"_chat(?: ?\([0-9]+\))?")
"""An iPhone's: the zip or the folder around it has the name."""
COPY = re.compile(r"\s*\([0-9]{1,3}\)$")
"""What a browser adds to the name of a second download."""
SPANISH = ("Chat de WhatsApp", "Conversación de WhatsApp")


def chat_title(entry: Entry) -> tuple[str | None, bool]:
    """Return the chat's name by the file's, None where it is not told; and whether that is Spanish."""
    names = [entry.stem]
    if UNNAMED.fullmatch(names[0]):
        names.append(PurePosixPath(entry.name).parent.name.removesuffix(".zip") or around(entry))
    elif entry.archive is not None:
        names.append(entry.path.stem)
    for name in names:
        match = TITLE.match(name) or TITLE.match(name.replace("_", " "))
        if match:
            return COPY.sub("", match["title"]), match["prefix"].startswith(SPANISH)
    return None if UNNAMED.fullmatch(names[0]) else COPY.sub("", names[0]), False


def around(entry: Entry) -> str:
    """Return the name of the zip or of the folder that an iPhone's `_chat.txt` is in."""
    return entry.path.stem if entry.archive is not None else entry.path.resolve().parent.name
