"""What a chat is called, by the names of the files around it."""

import re
from pathlib import PurePosixPath

from sosias.sources.entry import Entry
from sosias.sources.whatsapp_words import LANGUAGES

PREFIXES = {"Чат WhatsApp с ": "ru"} | {
    title: words.language for words in LANGUAGES for title in words.titles
}
"""How names of exports begin, by language of the telephone."""
TITLE = re.compile(f"(?P<prefix>{'|'.join(map(re.escape, PREFIXES))})(?P<title>.+)")
UNNAMED = re.compile(r"_chat(?: ?\([0-9]+\))?")
"""An iPhone's: the zip or the folder around it has the name."""
COPY = re.compile(r"\s*\([0-9]{1,3}\)$")
"""What a browser adds to the name of a second download."""


def chat_title(entry: Entry) -> tuple[str | None, str | None]:
    """Return the chat's name by the file's, and its language; None where they are not told."""
    names = [entry.stem]
    if UNNAMED.fullmatch(names[0]):
        names.append(PurePosixPath(entry.name).parent.name.removesuffix(".zip") or around(entry))
    elif entry.archive is not None:
        names.append(entry.path.stem)
    for name in names:
        match = TITLE.match(name) or TITLE.match(name.replace("_", " "))
        if match:
            return COPY.sub("", match["title"]), PREFIXES[match["prefix"]]
    return None if UNNAMED.fullmatch(names[0]) else COPY.sub("", names[0]), None


def around(entry: Entry) -> str:
    """Return the name of the zip or of the folder that an iPhone's `_chat.txt` is in."""
    return entry.path.stem if entry.archive is not None else entry.path.resolve().parent.name
