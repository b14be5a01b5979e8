"""WhatsApp's "export chat": a .txt from Android, or `_chat.txt` from an iPhone, as they are or zipped.

A file is read twice. The survey learns how its headers are spelt, what its dates mean, who is in
it and who exported it; the reading then yields one message at a time. Each physical line belongs to
one message, or is dropped with a reason.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from sosias.language import translate as _
from sosias.messages import Message
from sosias.sources.dates import DateEvidence, Hints
from sosias.sources.source import Dropped, Reading, Unreadable
from sosias.sources.text_file import LONGEST, TextFile, is_zip, open_member, texts_in, too_long
from sosias.sources.whatsapp_bodies import CALL, MARK, SYSTEM, YOU_DELETED, Exporter
from sosias.sources.whatsapp_header import Clock, Grammar, numbers
from sosias.sources.whatsapp_names import Names, bare, folded

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


SPANISH_LINES = ("<Multimedia omitido>", "eliminó este mensaje", "Eliminaste este mensaje", " omitida")
OWN_DELETIONS = tuple(
    f": {mark}{line}{stop}" for line in YOU_DELETED for mark in ("", MARK) for stop in ("", ".")
)
ENCRYPTED = re.compile(rf"[^:]+: {MARK}(?:Messages and calls|Messages to this|Los mensajes )")


@dataclass
class Survey:
    """What the first pass over a file finds."""

    grammar: Grammar
    names: Names
    dates: DateEvidence
    lines: int = 0
    headers: int = 0
    meridiem: str = ""
    spanish: bool = False
    own_deletions: Counter[str] = field(default_factory=Counter)
    """Lines that only the telephone of their author writes so."""
    marked: Counter[str] = field(default_factory=Counter)
    """Bodies that begin with a direction mark, by what stands before the colon."""
    notices: Counter[str] = field(default_factory=Counter)
    """Those of them that are WhatsApp's own: an iPhone puts them under the chat's name."""
    subject: str | None = None
    """The chat's name, by such lines."""

    def see(self, rest: str) -> None:
        """Take note of what follows a header."""
        self.headers += 1
        self.names.see(rest)
        self.spanish = self.spanish or rest.endswith(SPANISH_LINES)
        if rest.endswith(OWN_DELETIONS):
            self.own_deletions[rest] += 1
        if MARK in rest:
            head, _colon, body = rest.partition(": ")
            self.marked[head] += body.startswith(MARK)
            self.notices[head] += body.startswith(MARK) and bool(SYSTEM.search(body))
            if self.subject is None and ENCRYPTED.match(rest):
                self.subject = bare(head)

    def chats_own(self) -> set[str]:
        """Return the names that never write, and stand for the chat alone."""
        return {
            bare(head)
            for head, count in self.notices.items()
            if count and self.marked[head] == self.names.heads[head]
        }


class WhatsApp:
    """The format of WhatsApp's exports."""

    name = "whatsapp"
    title = "WhatsApp .txt, .zip"

    def reading(self, path: Path, *, day_first: bool | None) -> Reading | None:
        """Survey a WhatsApp export; None: it is none.

        Raises:
            Unreadable: broken, locked, not text, or several chats in one zip.
        """
        file = _member(path) if is_zip(path) else TextFile(path)
        if file is None:
            return None
        grammar = Grammar.learn(line for lines in file.lines() for line in lines)
        if grammar is None:
            return None
        prefix, title = _title(file)
        survey = _survey(file, grammar, Names(title, grammar.spelling.bracketed), prefix.startswith(SPANISH))
        return _Export(file, survey, title, day_first).reading()


SOURCE = WhatsApp()


def _member(path: Path) -> TextFile | None:
    """Return the chat in a zip.

    Raises:
        Unreadable: several chats, or not a sound zip.
    """
    members = texts_in(path)
    chats = [one for one in members if _is_chat(PurePosixPath(one.filename).name)] or members
    if len(chats) > 1:
        raise Unreadable(path=path, what=_("there are several chats in the zip: give one of them at a time"))
    return open_member(path, chats[0]) if chats else None


def _is_chat(name: str) -> bool:
    return name == "_chat.txt" or bool(TITLE.match(name.replace("_", " ")))


def _title(file: TextFile) -> tuple[str, str | None]:
    """Return the words before the chat's name in the file's name, and the name; None: unknown."""
    names = [file.path.stem]
    if file.member is not None:
        names.insert(0, PurePosixPath(_unmangled(file.member.filename)).stem)
    if UNNAMED.fullmatch(names[0]):
        names.append(file.path.resolve().parent.name)
    for name in names:
        match = TITLE.match(name) or TITLE.match(name.replace("_", " "))
        if match:
            return match["prefix"], COPY.sub("", match["title"])
    return "", None if UNNAMED.fullmatch(names[0]) else COPY.sub("", names[0])


def _unmangled(name: str) -> str:
    """Return a zip member's name as UTF-8 where zipfile has taken it for an old code page."""
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _lines(file: TextFile, grammar: Grammar) -> Iterator[tuple[str, re.Match[str] | None]]:
    """Yield the lines, each with its header where it has one."""
    match = grammar.spelling.pattern.match
    closed = True
    for lines in file.lines():
        for line in lines:
            if not grammar.carriage:
                yield line, match(line)
                continue
            content = line.removesuffix("\r")
            yield content, match(content) if closed else None
            closed = not grammar.guarded or content is not line


def _survey(file: TextFile, grammar: Grammar, names: Names, spanish: bool) -> Survey:
    """Read the file once, for what must be known before its messages can be told apart."""
    survey = Survey(grammar, names, DateEvidence(grammar.spelling.year_place), spanish=spanish)
    written, readable, length, began = "", False, 0, 1
    for line, header in _lines(file, grammar):
        survey.lines += 1
        if header is not None and header[1] != written:
            written = header[1]
            readable = survey.dates.see(numbers(written))
            survey.meridiem = survey.meridiem or header[5]
        if header is not None and readable:
            length, began = 0, survey.lines
            survey.see(line[header.end() :])
        length += len(line)
        if length > LONGEST:
            too_long(file.path, began)
    names.settle()
    return survey


class _Export:
    """One surveyed file."""

    def __init__(self, file: TextFile, survey: Survey, title: str | None, day_first: bool | None) -> None:
        spelling = survey.grammar.spelling
        self.file = file
        self.survey = survey
        self.names = survey.names
        self.own = survey.chats_own()
        self.exporter = Exporter(spelling.bracketed, spelling.bracketed and survey.marked.total() > 0)
        written = file.written
        hints = Hints(
            separator=spelling.separator,
            meridiem=survey.meridiem,
            spanish=survey.spanish,
            written=written.date() if written else None,
            day_first=day_first,
        )
        self.order = survey.dates.order(hints)
        self.chat = title or survey.subject or file.path.resolve().parent.name or file.path.stem
        self.owner, self.why = self._owner()
        self.dropped: list[Dropped] = []

    def reading(self) -> Reading:
        return Reading(
            format="whatsapp",
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
        self.dropped.clear()
        message: Message | None = None
        below: list[str] = []
        rest, number, seq = "", 0, 0
        for line, header in _lines(self.file, self.survey.grammar):
            number += 1
            sent_at = clock.read(header) if header is not None else None
            if header is None or sent_at is None:
                if message is None:
                    self.dropped.append(Dropped(number, _("before the first message")))
                else:
                    below.append(line)
                continue
            if message is not None:
                yield self._finish(message, rest, below, number - 1)
            rest, below = line[header.end() :], []
            message = Message("whatsapp", self.chat, seq, sent_at, None, "text", "")
            message.file, message.first_line = self.file.path.name, number
            seq += 1
        if message is not None:
            yield self._finish(message, rest, below, number)

    def _finish(self, message: Message, rest: str, below: list[str], last_line: int) -> Message:
        """Fill in what the lines of a message say."""
        message.last_line = last_line
        author, body = self.names.split(rest)
        if below:
            body = "\n".join([body, *below])
        if author is None:
            message.text = body.removeprefix(MARK)
            message.kind = "call" if CALL.fullmatch(body) else "system"
            return message
        read = self.exporter.read(body)
        message.kind, message.text, message.edited = read.kind, read.text, read.edited
        message.attributes = read.attributes
        unknown = read.kind == "media" and not read.attributes and author in self.own
        if unknown or read.kind == "system":
            message.kind = "system"
            return message
        message.author = author
        message.is_owner = None if self.owner is None else author == self.owner
        return message
