"""One WhatsApp export, surveyed: what is known of it, and its messages, one at a time."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import cast

from sosias.language import translate as _
from sosias.messages import Kind, Message
from sosias.sources.source import DateOrder, Drops, Reading
from sosias.sources.text_file import TextFile
from sosias.sources.whatsapp_blocks import NEWLINE, Blocks
from sosias.sources.whatsapp_bodies import CALL, MARK, OPENINGS, Exporter
from sosias.sources.whatsapp_header import Days, Grammar, Hours
from sosias.sources.whatsapp_names import COLON, folded
from sosias.sources.whatsapp_survey import Survey
from sosias.sources.whatsapp_title import around

SHOWN = 5
"""Unknown placeholders that are told."""
NOBODY = (None, None)
"""The author of what has none, or needs a closer look."""


class Export:
    """One surveyed export: a file, or a part of one."""

    def __init__(self, file: TextFile, survey: Survey, grammar: Grammar, order: DateOrder) -> None:
        self.file = file
        self.name = file.entry.origin
        self.survey = survey
        self.grammar = grammar
        self.names = survey.names
        self.own = survey.chats_own()
        self.people = self.names.people() - self.own
        apple = grammar.spelling.bracketed
        self.exporter = Exporter(apple, marked=apple and survey.marked.total() > 0)
        self.order = order
        self.chat = survey.names.title or survey.subject or around(file.entry) or file.entry.stem
        """Until another name is found for it."""
        self.owner, self.why = self._owner()
        self.dropped = Drops()
        self.notes: list[str] = []

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
            notes=self.notes,
            facts=self._facts(),
            dropped=self.dropped,
            first_line=self.file.first,
        )

    def _facts(self) -> dict[str, str]:
        """Return what was learnt of the file, for people."""
        carriage, spelling = self.grammar.carriage, self.grammar.spelling
        return {
            "header": spelling.example(self.order.value),
            "line ends": "CR LF" if carriage else "LF",
            "telephone": "iPhone" if spelling.bracketed else "Android",
            "language of placeholders": self.survey.language() or _("unknown"),
        }

    def _note_unknown(self) -> None:
        """Say which placeholders no rule knows."""
        if unknown := self.exporter.unknown:
            shown = ", ".join(f"{line} ({count})" for line, count in unknown.most_common(SHOWN))
            note = _("{count} lines look like placeholders that no rule knows, and are kept out of training:")
            self.notes.append(f"{note.format(count=unknown.total())} {shown}")

    def _owner(self) -> tuple[str | None, str]:
        """Return who exported, as far as the file tells, and how it does."""
        deleters = Counter(self.names.split(rest)[0] for rest in self.survey.own_deletions.elements())
        for name, _count in deleters.most_common():
            if name is not None:
                return name, _("a deleted message of theirs is marked as one's own")
        others = [name for name in self.people if folded(name) != folded(self.chat)]
        if len(self.people) == 2 and len(others) == 1:
            return others[0], _("the chat has two people and is named after the other")
        return None, _("nothing in the export tells whose telephone wrote it")

    def messages(self) -> Iterator[Message]:
        """Yield the messages in file order.

        What nearly all messages need is done here and not in functions: calls would take as long again.
        """
        found, hours = Days(self.survey.dates.readings(self.order.value)), Hours()
        blocks = Blocks(self.file, self.grammar, lambda written: found[written] is not None)
        days, combine = cast(Mapping[str, date], found), datetime.combine
        authors = {head: (name, self._is_owner(name)) for head, name in self.names.simple.items()}
        chat, file, unmarked = self.chat, self.name, not self.exporter.marked
        seq, line, opened, sent_on, sent = 0, 1, False, "", ""
        self.notes.clear()
        self.exporter.unknown.clear()
        for lot in blocks:
            if not opened:
                line, opened = self._drop(blocks.preamble), True
            for day, hour, body in zip(lot.dates, lot.times, blocks.clean(lot.bodies), strict=True):
                if hour != sent or day != sent_on:
                    sent_on, sent = day, hour
                    sent_at = combine(days[day], hours[hour])
                last = line + body.count(NEWLINE) if NEWLINE in body else line
                head, _colon, text = body.partition(COLON)
                author, own = authors.get(head, NOBODY)
                if (
                    author is None
                    or MARK in text
                    or (unmarked and ("<" in text or ")" in text or text[:4] in OPENINGS))
                ):
                    yield self._message(seq, sent_at, body, line, last)
                else:
                    yield Message(
                        "whatsapp", chat, seq, sent_at, author, "text", text,
                        own, None, False, False, {}, file, line, last,
                    )  # fmt: skip
                seq += 1
                line = last + 1
        self._note_unknown()

    def _is_owner(self, author: str | None) -> bool | None:
        return None if self.owner is None or author is None else author == self.owner

    def _drop(self, text: str) -> int:
        """Take note of lines before the first message; return the one after."""
        self.dropped.clear()
        first = self.file.first + text.count(NEWLINE)
        for line in range(self.file.first, first):
            self.dropped.add(line, _("before the first message"))
        return first

    def _message(self, seq: int, sent_at: datetime, body: str, line: int, last: int) -> Message:
        """Return the message of a body that needs a closer look."""
        author, text = self.names.split(body)
        kind: Kind = "text"
        edited, attributes = False, {}
        if author is None:
            kind = "call" if CALL.fullmatch(text) else "system"
            text = text.removeprefix(MARK)
        else:
            read = self.exporter.read(text)
            kind, text, edited, attributes = read.kind, read.text, read.edited, read.attributes
            if kind == "media" and author in self.own:
                kind = "system"
            author = None if kind == "system" else author
        return Message(
            "whatsapp", self.chat, seq, sent_at, author, kind, text,
            self._is_owner(author), None, edited, False, attributes, self.name, line, last,
        )  # fmt: skip
