"""Exports joined in one file: on which lines each begins.

People are told to put their exports into one file. A new one begins where the spelling of headers
changes for good, at a notice of encryption, which stands at a chat's head, and where the clock falls
back for good. A chat that somebody pasted into a message is none: the messages around it go on.
"""

import re
from dataclasses import dataclass

from sosias.sources.dates import BY_YEAR, Triple, read_date
from sosias.sources.text_file import Passage, TextFile
from sosias.sources.whatsapp_blocks import Blocks
from sosias.sources.whatsapp_bodies import MARK
from sosias.sources.whatsapp_days import DayLog
from sosias.sources.whatsapp_header import HEADER, Days, Grammar, Spelling, numbers
from sosias.sources.whatsapp_names import COLON, NEWLINE
from sosias.sources.whatsapp_survey import ENCRYPTED

MANY = 12
"""Headers of another spelling, up to the end or to a third, that nobody will have pasted;"""
FEW = 3
"""enough, if the first is a notice of encryption."""
LONGEST_MESSAGE = 65_536
"""Characters that WhatsApp lets one write: what is longer was not pasted into a message."""


def passages(file: TextFile, day_first: bool | None) -> list[TextFile]:
    """Return the exports that a file holds, each by its lines; the file itself, if it is one.

    Raises:
        Unreadable: it cannot be read.
    """
    starts = _by_spelling(file)
    found: list[int] = []
    for first, following in zip(starts, [*starts[1:], None], strict=True):
        passage = Passage(file.entry, first, following)
        found += [first, *(line for line in _by_days(passage, day_first) if line > first)]
    if not 1 < len(found) <= MOST:
        return [file]
    return [Passage(file.entry, *span) for span in zip(found, [*found[1:], None], strict=True)]


MOST = 500
"""Exports in one file: where more seem to be, its clock is what is wrong."""
JOURNEY = 1
"""Days by which the clock may fall back between a message with a pasted chat and the next."""


@dataclass
class _Run:
    """Headers of one spelling that follow each other."""

    spelling: Spelling
    first: int
    """The line of the first."""
    is_head: bool
    """The first is a notice that stands at a chat's head."""
    count: int = 0
    length: int = 0
    """Characters from the first header on."""
    last: str = ""
    """The line of the last header."""
    closed: int = 0
    """Headers after a carriage return."""

    def __post_init__(self) -> None:
        self._has_header = re.compile(self.spelling.pattern("")).match

    def spelling_of(self, line: str) -> Spelling | None:
        """Return the spelling of a line's header, None: it has none; quickly if it is the run's."""
        return self.spelling if self._has_header(line) else Spelling.of(line)

    def see(self, line: str, *, returned: bool) -> None:
        self.count += 1
        self.closed += returned
        self.last = line

    def keeps_out(self, spelling: Spelling, other: "_Run | None") -> bool:
        """Is a header that follows no carriage return within a message, as an iPhone's are? See `Grammar`."""
        guarded = self.count > 1 and self.closed >= self.count - 1
        return guarded and (other is None or spelling == self.spelling)

    @property
    def lasts(self) -> bool:
        return self.count >= (FEW if self.is_head else MANY)

    def goes_on(self, line: str) -> bool:
        """Could the message that this line begins follow the last one in the same export?"""
        if _is_head(line):
            return False
        for order in BY_YEAR[self.spelling.year_place]:
            before, after = read_date(_day(self.last), order), read_date(_day(line), order)
            if before is not None and after is not None and (before - after).days <= JOURNEY:
                return True
        return False


def _by_spelling(file: TextFile) -> list[int]:
    """Return the lines on which exports begin, as far as the spelling of headers tells."""
    starts = [1]
    run: _Run | None = None
    other: _Run | None = None
    returned = False
    for number, line in enumerate(file.lines(), 1):
        after, returned = returned, line.endswith("\r")
        if other is not None:
            other.length += len(line) + 1
        spelling = Spelling.of(line) if run is None else run.spelling_of(line)
        if spelling is None or (run is not None and not after and run.keeps_out(spelling, other)):
            continue
        if run is None:
            run = _Run(spelling, number, _is_head(line))
        elif spelling == run.spelling and other is not None:
            if other.lasts and (other.length > LONGEST_MESSAGE or not run.goes_on(line)):
                starts.append(other.first)
                run, other = other, _Run(spelling, number, _is_head(line))
            else:
                other = None
        elif spelling != run.spelling and (other is None or other.spelling != spelling):
            if other is not None and other.lasts:
                starts.append(other.first)
                run = other
            other = _Run(spelling, number, _is_head(line))
        (run if spelling == run.spelling else other or run).see(line, returned=after)
    if other is not None and other.lasts:
        starts.append(other.first)
    return starts


def _day(line: str) -> Triple:
    """Return the numbers of the date with which a line begins."""
    match = HEADER.match(line)
    return numbers(line[: match.end("c")]) if match else (0, 0, 0)


def _is_head(line: str) -> bool:
    """Is it a notice of encryption, WhatsApp's own and nobody's words?"""
    match = HEADER.match(line)
    rest = line[match.end() :].lstrip(" \u00a0\u202f") if match else ""
    notice = rest.partition(COLON + MARK)[2] or rest
    return ENCRYPTED.match(notice.removeprefix(MARK)) is not None


def _by_days(file: TextFile, day_first: bool | None) -> list[int]:
    """Return the lines on which further exports begin, by notices and by the clock."""
    grammar = Grammar.learn(file.lines())
    if grammar is None:
        return []
    days = Days(BY_YEAR[grammar.spelling.year_place])
    blocks = Blocks(file, grammar, lambda written: days[written] is not None)
    log = DayLog(grammar.spelling.year_place)
    line = file.first
    for lot in blocks:
        line += blocks.preamble.count(NEWLINE) if line == file.first else 0
        for written, body in zip(lot.dates, blocks.clean(lot.bodies), strict=True):
            is_head = ENCRYPTED.match(body.partition(COLON + MARK)[2] or body.removeprefix(MARK)) is not None
            log.see(line, written, is_head=is_head, is_authored=COLON in body and MARK not in body)
            line += 1 + body.count(NEWLINE)
    return log.cuts(day_first)
