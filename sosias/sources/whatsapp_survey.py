"""The first pass over a WhatsApp export: what must be known before its messages can be told apart."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from sosias.sources.dates import DateEvidence
from sosias.sources.text_file import TextFile
from sosias.sources.whatsapp_blocks import Blocks
from sosias.sources.whatsapp_bodies import MARK, SYSTEM, YOU_DELETED
from sosias.sources.whatsapp_header import AFTER, BEFORE, DIGIT, HEADER, MARKS, Days, Grammar, numbers
from sosias.sources.whatsapp_names import COLON, LONGEST_NAME, NEWLINE, RENAMED, Names, bare
from sosias.sources.whatsapp_words import LANGUAGES

TELLING: dict[str, list[str]] = defaultdict(list)
"""Lines of the exporter, and the languages that have them."""
for _words in LANGUAGES:
    for _line in {
        *(*_words.omitted, *_words.typed, *_words.deleted, *_words.you_deleted, *_words.waiting),
        *(*_words.attached, *_words.attachment, *_words.edited, *_words.missed),
    }:
        TELLING[_line].append(_words.language)
LAST = 5
"""Letters at a body's end, to find quickly those that may be telling."""
ENDINGS = {f"{line}{end}"[-LAST:] for line in TELLING for end in ("", ".", ")", ">", ".>")}
NOTICE = 500
"""Characters in which a notice shows what it is."""
LIKE_A_HEADER = re.compile(rf"\n(?=[{MARKS}]*+\[?[{MARKS}]*+{DIGIT})")
FOREIGN = 3
"""Lines within messages that look like headers, from which a closer look is worth its time."""
ENCRYPTED = re.compile("|".join(words.encrypted for words in LANGUAGES))
QUOTED = re.compile(r"[\"“«„]([^\"“”«»„]+)[\"”»“]")
MERIDIEM = re.compile(f"{BEFORE}|{AFTER}")


@dataclass
class Survey:
    """What the first pass over a file finds."""

    blocks: Blocks
    names: Names
    dates: DateEvidence
    lines: int = 0
    headers: int = 0
    meridiem: str = ""
    languages: Counter[str] = field(default_factory=Counter)
    """Those of the placeholders."""
    own_deletions: Counter[str] = field(default_factory=Counter)
    """Lines that only the telephone of their author writes so."""
    marked: Counter[str] = field(default_factory=Counter)
    """Bodies that begin with a direction mark, by what stands before the colon."""
    notices: Counter[str] = field(default_factory=Counter)
    """Those of them that are WhatsApp's own: an iPhone puts them under the chat's name."""
    subject: str | None = None
    """The chat's name, by such lines."""
    heads: int = 0
    """Notices that a chat is encrypted, which stand at its beginning, after others' messages."""
    foreign: int = 0
    """Lines within messages that look like headers: of another export, or pasted."""
    renamed: str | None = None
    """The name that a group was given last."""

    @classmethod
    def of(cls, file: TextFile, grammar: Grammar, title: str | None) -> "Survey":
        """Read the file once.

        Raises:
            Unreadable: it cannot be read, or a message in it is too long.
        """
        dates = DateEvidence(grammar.spelling.year_place)
        days = Days(tuple(dates.tallies))
        blocks = Blocks(file, grammar, lambda written: days[written] is not None)
        survey = cls(blocks, Names(title, grammar.spelling.bracketed), dates)
        survey._read()
        survey.names.settle()
        return survey

    def may_be_joined(self, order: str) -> bool:
        """Is there anything that speaks for several exports in the file? Then it is worth a closer look."""
        tally = self.dates.tallies[order]
        return bool(self.heads or self.foreign >= FOREIGN or tally.falls or tally.impossible)

    def language(self) -> str | None:
        """Return the language that most placeholders are of."""
        return self.languages.most_common(1)[0][0] if self.languages else None

    def _read(self) -> None:
        written = ""
        for lot in self.blocks:
            self.headers += len(lot.bodies)
            if not self.meridiem and (found := MERIDIEM.search("".join(lot.times[:1]))):
                self.meridiem = found[0]
            for day in lot.dates:
                if day != written:
                    written = day
                    self.dates.see(numbers(day))
            self._see(self.blocks.clean(lot.bodies))
        self._see_foreign([self.blocks.preamble])
        self.lines = self.blocks.lines

    def _see(self, bodies: list[str]) -> None:
        """Take note of what follows headers."""
        for body in self.names.see(bodies):
            self._see_notice(body)
        self._see_foreign([body for body in bodies if NEWLINE in body])
        for body, count in Counter([body for body in bodies if body[-LAST:] in ENDINGS]).items():
            self._see_telling(body, count)
        for body in [body for body in bodies if MARK in body]:
            self._see_mark(body)

    def _see_foreign(self, bodies: list[str]) -> None:
        """Take note of lines within messages that look like headers."""
        for body in bodies:
            for start in LIKE_A_HEADER.finditer(body):
                self.foreign += HEADER.match(body, start.end()) is not None

    def _see_notice(self, line: str) -> None:
        """Take note of a line without an author."""
        self.heads += bool(self.names.heads) and ENCRYPTED.match(line) is not None
        if RENAMED.search(line[:NOTICE]) and (names := QUOTED.findall(line[:NOTICE])):
            self.renamed = names[-1]

    def _see_telling(self, body: str, count: int) -> None:
        """Take note of a placeholder: of its language, and of whose name stands before it."""
        self.names.prove(body)
        line = body.rpartition(COLON)[2].rpartition(MARK)[2].removesuffix(".")
        for one in (line, _in_brackets(body)):
            for language in TELLING.get(one, ()):
                self.languages[language] += count
        if line in YOU_DELETED and body.removesuffix(".").endswith((COLON + line, COLON + MARK + line)):
            self.own_deletions[body] += count

    def _see_mark(self, line: str) -> None:
        head, _colon, body = line.partition(COLON)
        if not body.startswith(MARK) or len(head) > LONGEST_NAME:
            return
        self.marked[head] += 1
        body = body.removeprefix(MARK)
        self.notices[head] += bool(SYSTEM.search(body[:NOTICE]))
        if ENCRYPTED.match(body):
            self.heads += len(self.names.heads) > 1
            self.subject = self.subject or bare(head)

    def chats_own(self) -> set[str]:
        """Return the names that never write, and stand for the chat alone."""
        return {
            bare(head)
            for head, count in self.notices.items()
            if count and self.marked[head] == self.names.heads[head]
        }


def _in_brackets(body: str) -> str:
    """Return what says at the end that a file is attached, or a message edited: in `()` or `<>`."""
    start = max(body.rfind("("), body.rfind("<"))
    words = body[start + 1 :][:NOTICE].rstrip(".>)").partition(":")[0]
    return words.replace(MARK, "").strip(" \u00a0\u202f.") if body.endswith((")", ">")) else ""
