"""Plain texts, such as novels: read only where the user says that the files are texts (`--texts`).

Without that word a `.txt` is a chat or nothing: what merely has lines is never taken for a text.
"""

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from sosias.language import translate as _
from sosias.messages import Message
from sosias.sources.entry import Entry
from sosias.sources.source import Options, Reading
from sosias.sources.text_file import TextFile

SOURCE_NAME = "texts"
ENDINGS = (".txt", ".text")
LONGEST_ARTICLE = 1 << 20
"""Characters of one article: nearly every novel is shorter; what is longer is cut between paragraphs."""


class Texts:
    """The format of plain texts."""

    name = SOURCE_NAME
    title = "texts .txt (--texts)"
    rank = -1  # the user's word goes before any format's guess

    def readings(self, entries: Sequence[Entry], options: Options) -> list[Reading]:
        """Survey the texts among the entries, where the user calls them so."""
        if not options.texts:
            return []
        return [_reading(one) for one in entries if one.suffix in ENDINGS or options.alone]


SOURCE = Texts()


def _reading(entry: Entry) -> Reading:
    reading = Reading(
        format=SOURCE_NAME,
        entries=[entry],
        messages=lambda: _messages(entry, reading),
        chat=entry.stem,
        encoding=TextFile(entry).encoding()[1],
        owner_why=_("a text is nobody's account"),
    )
    return reading


def _messages(entry: Entry, reading: Reading) -> Iterator[Message]:
    """Yield the text as one article, or as several where it is very long, each in a chat of its own."""
    reading.dropped.clear()
    number, line = 0, 1
    for text in _passages(entry):
        last = line + text.count("\n")
        words = text.removesuffix("\n")
        if words.strip():
            number += 1
            yield _article(entry, words, number, line, last - text.endswith("\n"))
        else:
            for blank in range(line, last + (not text.endswith("\n"))):
                reading.dropped.add(blank, _("a blank line"))
        line = last
    reading.lines = line - 1 if line > 1 and text.endswith("\n") else line


def _article(entry: Entry, text: str, number: int, first: int, last: int) -> Message:
    title = entry.stem
    return Message(
        source=SOURCE_NAME,
        chat=title if number == 1 else f"{title} ({number})",
        seq=0,
        sent_at=None,
        author=_author(entry),
        kind="article",
        text=text,
        attributes={"title": title},
        file=entry.origin,
        first_line=first,
        last_line=last,
    )


def _author(entry: Entry) -> str:
    """Return the name of the folder that the text lies in, within what the user gave; else its own."""
    return PurePosixPath(entry.name).parent.name or entry.stem


def _passages(entry: Entry) -> Iterator[str]:
    """Yield the whole text in pieces of at most `LONGEST_ARTICLE`, cut after a line, or else a blank."""
    held = ""
    for piece in TextFile(entry).texts():
        held += piece
        while len(held) > LONGEST_ARTICLE:
            cut = held.rfind("\n", 0, LONGEST_ARTICLE) + 1 or held.rfind(" ", 0, LONGEST_ARTICLE) + 1
            cut = cut or LONGEST_ARTICLE
            yield held[:cut]
            held = held[cut:]
    if held:
        yield held
