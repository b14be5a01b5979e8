"""Which text in a zip is the chat, and what the chat is called, by the names of the files around it."""

import re
from pathlib import Path, PurePosixPath

from sosias.language import translate as _
from sosias.sources.source import Unreadable
from sosias.sources.text_file import TextFile, is_zip, open_member, texts_in

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


def chat_file(path: Path) -> TextFile | None:
    """Return the text that is the chat: the file itself, or the one in a zip; None: the zip has none.

    Raises:
        Unreadable: several chats, or not a sound zip.
    """
    if not is_zip(path):
        return TextFile(path)
    members = texts_in(path)
    chats = [one for one in members if _is_chat(PurePosixPath(one.filename).name)] or members
    if len(chats) > 1:
        raise Unreadable(path=path, what=_("there are several chats in the zip: give one of them at a time"))
    return open_member(path, chats[0]) if chats else None


def _is_chat(name: str) -> bool:
    return name == "_chat.txt" or bool(TITLE.match(name.replace("_", " ")))


def chat_title(file: TextFile) -> tuple[str | None, bool]:
    """Return the chat's name by the file's, None where it is not told; and whether that is Spanish."""
    names = [file.path.stem]
    if file.member is not None:
        names.insert(0, PurePosixPath(_unmangled(file.member.filename)).stem)
    if UNNAMED.fullmatch(names[0]):
        names.append(file.path.resolve().parent.name)
    for name in names:
        match = TITLE.match(name) or TITLE.match(name.replace("_", " "))
        if match:
            return COPY.sub("", match["title"]), match["prefix"].startswith(SPANISH)
    return None if UNNAMED.fullmatch(names[0]) else COPY.sub("", names[0]), False


def _unmangled(name: str) -> str:
    """Return a zip member's name as UTF-8 where zipfile has taken it for an old code page."""
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name
