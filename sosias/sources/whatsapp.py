"""WhatsApp's "export chat": a .txt from Android, or `_chat.txt` from an iPhone, as they are or zipped.

A file is read twice. The survey learns how its headers are spelt, what its dates mean, who is in
it and who exported it; the reading then yields one message at a time. Each physical line belongs to
one message, or is dropped with a reason.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from sosias.language import translate as _
from sosias.messages import Kind, Message
from sosias.sources.dates import Hints
from sosias.sources.entry import Entry
from sosias.sources.problems import Unreadable
from sosias.sources.source import Drops, Options, Reading
from sosias.sources.text_file import LONGEST, TextFile, too_long
from sosias.sources.whatsapp_bodies import CALL, MARK, Exporter, is_plain
from sosias.sources.whatsapp_header import Clock, Grammar, Spelling
from sosias.sources.whatsapp_names import folded
from sosias.sources.whatsapp_survey import Survey
from sosias.sources.whatsapp_title import around, chat_title


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
    """Survey a text; empty: it is no export."""
    if not _headers(file.opening()):
        return []
    entry = file.entry
    grammar = Grammar.learn(file.lines())
    if grammar is None:
        return []
    title, spanish = chat_title(entry)
    survey = Survey.of(file, grammar, title, spanish=spanish)
    separator = grammar.spelling.separator
    hints = Hints(separator, survey.meridiem, survey.spanish, entry.written, options.day_first)
    return [_Export(file, survey, grammar, hints).reading()]


SOURCE = WhatsApp()


class _Export:
    """One surveyed file."""

    def __init__(self, file: TextFile, survey: Survey, grammar: Grammar, hints: Hints) -> None:
        self.file = file
        self.name = file.entry.origin
        self.survey = survey
        self.names = survey.names
        self.own = survey.chats_own()
        apple = grammar.spelling.bracketed
        self.exporter = Exporter(apple, marked=apple and survey.marked.total() > 0)
        self.order = survey.dates.order(hints)
        self.chat = survey.names.title or survey.subject or around(file.entry) or file.entry.stem
        self.owner, self.why = self._owner()
        self.dropped = Drops()

    def reading(self) -> Reading:
        return Reading(
            format="whatsapp",
            entries=[self.file.entry],
            encoding=self.file.encoding()[1],
            chat=self.chat,
            lines=self.survey.lines,
            count=self.survey.headers,
            messages=self.messages,
            date_order=self.order,
            owner=self.owner,
            owner_why=self.why,
            dropped=self.dropped,
        )

    def _owner(self) -> tuple[str | None, str]:
        """Return who exported, as far as the file tells, and how it does."""
        deleters = Counter(self.names.split(rest)[0] for rest in self.survey.own_deletions.elements())
        for name, _count in deleters.most_common():
            if name is not None:
                return name, _("a deleted message of theirs is marked as one's own")
        people = self.names.people() - self.own
        others = [name for name in people if folded(name) != folded(self.chat)]
        if len(people) == 2 and len(others) == 1:
            return others[0], _("the chat has two people and is named after the other")
        return None, _("nothing in the export tells whose telephone wrote it")

    def messages(self) -> Iterator[Message]:
        """Yield the messages in file order."""
        clock = Clock(self.survey.dates.readings(self.order.value))
        held: datetime | None = None
        text, line, seq = "", 1, 0
        self.dropped.clear()
        for lot in self.survey.blocks:
            for header, body in lot:
                sent_at = clock.read(header) if header else None
                if sent_at is None and held is None:
                    line += self._drop(line, header[0] + body if header else body)
                elif header is None or sent_at is None:
                    text = self._joined(text, header, body, line)
                else:
                    if held is not None:
                        yield (message := self._message(seq, held, text, line))
                        seq, line = seq + 1, message.last_line + 1
                    held, text = sent_at, body
        if held is not None:
            yield self._message(seq, held, text, line)

    def _drop(self, line: int, text: str) -> int:
        """Take note of lines before the first message; return how many."""
        count = text.count("\n")
        reason = _("before the first message")
        for one in range(line, line + count):
            self.dropped.add(one, reason)
        return count

    def _joined(self, text: str, header: re.Match[str] | None, body: str, line: int) -> str:
        """Return a message with what follows it under a header whose day does not exist."""
        text += (header[0] if header else "") + body
        if len(text) > LONGEST:
            too_long(self.file.entry.label, line)
        return text

    def _message(self, seq: int, sent_at: datetime, whole: str, line: int) -> Message:
        """Return the message of a block whose first line is `line`."""
        last = line + whole.count("\n")
        author, text = self.names.split(self.survey.blocks.clean(whole))
        kind: Kind = "text"
        edited, attributes = False, {}
        if author is None:
            kind = "call" if CALL.fullmatch(text) else "system"
            text = text.removeprefix(MARK)
        elif not is_plain(text):
            read = self.exporter.read(text)
            kind, text, edited, attributes = read.kind, read.text, read.edited, read.attributes
            if kind == "media" and not attributes and author in self.own:
                kind = "system"
            author = None if kind == "system" else author
        own = None if self.owner is None or author is None else author == self.owner
        return Message(
            "whatsapp",
            self.chat,
            seq,
            sent_at,
            author,
            kind,
            text,
            own,
            None,
            edited,
            False,
            attributes,
            self.name,
            line,
            last,
        )
