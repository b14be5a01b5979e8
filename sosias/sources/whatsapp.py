"""WhatsApp's "export chat": a .txt from Android, or `_chat.txt` from an iPhone, as they are or zipped.

A file is read twice. The survey learns how its headers are spelt, what its dates mean, who is in
it and who exported it; the reading then yields one message at a time. Each physical line belongs to
one message, or is dropped with a reason.
"""

from collections.abc import Sequence

from sosias.sources.dates import Hints
from sosias.sources.entry import Entry
from sosias.sources.problems import Unreadable
from sosias.sources.source import Options, Reading
from sosias.sources.text_file import TextFile, TooLong
from sosias.sources.whatsapp_chats import name_chats
from sosias.sources.whatsapp_export import Export
from sosias.sources.whatsapp_header import Grammar, Spelling
from sosias.sources.whatsapp_joined import passages
from sosias.sources.whatsapp_survey import Survey
from sosias.sources.whatsapp_title import chat_title

FIRST_YEAR = 2009
"""Of WhatsApp."""
LEVELS = {
    *("TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR"),
    *("CRITICAL", "FATAL", "SEVERE", "ALERT"),
}
"""In the place of names in a program's log, whose headers can be like an iPhone's; two of them are enough:
one contact may be called so."""


class WhatsApp:
    """The format of WhatsApp's exports."""

    name = "whatsapp"
    title = "WhatsApp .txt, .zip"

    rank = 0

    def readings(self, entries: Sequence[Entry], options: Options) -> list[Reading]:
        """Survey the WhatsApp exports among the entries.

        Raises:
            Unreadable: broken, locked, or not text.
        """
        if len(entries) == 1:
            return _readings(TextFile(entries[0]), options)
        texts = [TextFile(one) for one in entries if one.suffix == ".txt"]
        return [reading for one in texts for reading in _among_others(one, options)]


def _among_others(file: TextFile, options: Options) -> list[Reading]:
    """Survey a text in a folder; one that is broken and hardly looks like a chat is somebody's notes."""
    try:
        return _readings(file, options)
    except Unreadable:
        lines = [line for line in file.opening() if line]
        if 2 * _headers(lines) < len(lines):
            return []
        raise


def _headers(lines: list[str]) -> int:
    return sum(Spelling.of(line) is not None for line in lines)


def _readings(file: TextFile, options: Options) -> list[Reading]:
    """Survey a text, and the exports that are joined in it; empty: it is none."""
    if not _headers(file.opening()):
        return []
    try:
        export = _surveyed(file, options)
    except TooLong:
        return _joined(file, options)
    if export is None:
        return []
    if not export.survey.may_be_joined(export.order.value):
        return [export.reading()]
    return _joined(file, options, export)


def _joined(file: TextFile, options: Options, whole: Export | None = None) -> list[Reading]:
    """Survey the exports that are joined in a file; `whole`: the file as one, where it can be one.

    Raises:
        Unreadable: it is one, and too long a message is in it.
    """
    parts = passages(file, options.day_first)
    if len(parts) == 1 and whole is not None:
        return [whole.reading()]
    exports = [one for part in parts if (one := _surveyed(part, options)) is not None]
    if len(exports) > 1:
        name_chats(exports)
    return [one.reading() for one in exports]


def _surveyed(file: TextFile, options: Options) -> Export | None:
    """Read an export once; None: there is none."""
    grammar = Grammar.learn(file.lines())
    if grammar is None:
        return None
    title, named_in = chat_title(file.entry)
    survey = Survey.of(file, grammar, title)
    if len(survey.names.heads) > 1 and LEVELS.issuperset(survey.names.heads):
        return None
    language = survey.language() or named_in
    separator = grammar.spelling.separator
    written = file.entry.written
    hints = Hints(separator, survey.meridiem, language == "es", written, options.day_first, FIRST_YEAR)
    return Export(file, survey, grammar, survey.dates.order(hints))


SOURCE = WhatsApp()
