"""The same messages under other names: how it is seen, and which they are.

Where ids are hashes of the content, an author who was saved or renamed between two exports gives all
their messages other ids, and so does a chat that changed its title, or an export that tells seconds
where another tells minutes. Minute, kind and text of the messages stay the same.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from sosias.sources.library import NONE, Library
from sosias.sources.rows import MINUTE, NEVER, Integers, Rows, Truths, is_among, moments

LEAST = 5
"""Messages with different and telling texts that must be the same before two authors are held to be one,"""
SHARE = 0.9
"""and the share of their messages in the time that both exports cover: a few are edited or deleted."""
SPEAKERS = 2
"""Authors who must be the same before two chats are held to be one: one person may post to several."""
MOST_ALIKE = 16
"""What more authors than this write in the same minute tells nobody."""

Span = tuple[int, int]
Voice = tuple[int, int]
"""A chat and an author in it."""
Moments = dict[int, dict[Voice, list[int]]]
"""Times of messages, by `moments` and by voice."""


@dataclass
class Alike:
    """What is the same."""

    found: Integers
    """The stored row of each new one that is the same message, NONE of the others."""
    chats: dict[int, int] = field(default_factory=dict)
    """The stored chat of each new one that is the same."""
    authors: Counter[tuple[int, int]] = field(default_factory=Counter)
    """How many messages of a stored and of a new author are the same, where these are one person."""


@dataclass
class Incoming:
    """An export, as far as it is not known by its ids."""

    new: Rows
    chats: dict[int, int]
    """The stored chat of each chat that is known by its name or its ids."""
    spans: Callable[[int], Span]
    """The first and the last time in a chat, known messages too."""
    taken: Integers
    """The stored rows whose ids are in the export, in order."""


class Evidence:
    """Compares what is new in an export with what is stored."""

    def __init__(self, library: Library, incoming: Incoming, same: Callable[[int, int], bool]) -> None:
        self.library = library
        self.incoming = incoming
        self.same = same
        """Are two authors known to be one person?"""
        self.alike = Alike(np.full(len(incoming.new), NONE, np.int64))
        self._counts: Counter[tuple[Voice, Voice]] = Counter()
        self._texts: dict[tuple[Voice, Voice], set[int]] = {}

    def weigh(self) -> Alike:
        """Return what is the same."""
        new = self.incoming.new
        timed = new.time != NEVER
        if not timed.any():
            return self.alike
        moment = moments(new.time, new.content)
        first, last = int(new.time[timed].min()), int(new.time[timed].max())
        first -= first % MINUTE
        stored = self.library.sent_with(np.unique(moment[timed]), first, last + MINUTE)
        stored = stored[~is_among(stored, self.incoming.taken)]
        if len(stored):
            self._compare(stored, moment, timed)
        return self.alike

    def _compare(self, stored: Integers, moment: Integers, timed: Truths) -> None:
        library, new = self.library, self.incoming.new
        stored = stored[np.argsort(library.column("seq", stored), kind="stable")]
        time = library.column("time", stored)
        there = moments(time, library.column("content", stored).astype(np.uint32))
        here = np.flatnonzero(timed & is_among(moment, np.unique(there)))
        voices = zip(library.chat_of(stored).tolist(), library.column("author", stored).tolist(), strict=True)
        old = list(zip(there.tolist(), voices, time.tolist(), stored.tolist(), strict=True))
        self._count(old, here, moment)
        proven = self._proven()
        self._join_chats(proven)
        self._assign(old, here[np.lexsort((new.seq[here], new.chat[here]))], moment, proven)

    def _count(self, old: list[tuple[int, Voice, int, int]], here: Integers, moment: Integers) -> None:
        """Count what authors have in common, pair by pair."""
        new = self.incoming.new
        stored, brought = _by_moment(one[:3] for one in old), _by_moment(self._rows(here, moment))
        telling = set(moment[here[new.telling[here]]].tolist())
        for one, voices in brought.items():
            others = stored[one]
            if len(voices) > MOST_ALIKE or len(others) > MOST_ALIKE:
                continue
            for voice, times in voices.items():
                for other, there in others.items():
                    if voice[1] and other[1] and self.incoming.chats.get(voice[0], other[0]) == other[0]:
                        self._counts[voice, other] += (count := _in_common(times, there))
                        if count and one in telling:
                            self._texts.setdefault((voice, other), set()).add(one & 0xFFFFFFFF)

    def _rows(self, here: Integers, moment: Integers) -> Iterator[tuple[int, Voice, int]]:
        new = self.incoming.new
        voices = zip(new.chat[here].tolist(), new.author[here].tolist(), strict=True)
        yield from zip(moment[here].tolist(), voices, new.time[here].tolist(), strict=True)

    def _proven(self) -> dict[tuple[Voice, Voice], int]:
        """Return the pairs that have enough in common, and how much."""
        return {
            pair: self._counts[pair]
            for pair, texts in self._texts.items()
            if len(texts) >= LEAST and self._counts[pair] >= SHARE * self._possible(*pair)
        }

    def _possible(self, voice: Voice, other: Voice) -> int:
        """Return how many messages two voices could have in common: those in the time that both cover."""
        return min(
            self._new_in(voice[0], self._stored_span(other[0]), voice[1]),
            self._stored_in(other[0], self.incoming.spans(voice[0]), other[1]),
        )

    def _stored_span(self, chat: int) -> Span:
        times = self.library.column("time", self.library.of_chat(chat))
        times = times[times != NEVER]
        return int(times.min()), int(times.max())

    def _new_in(self, chat: int, span: Span, author: int | None = None) -> int:
        """Count what is new of a chat and not a system line, or of one author there, in a span of time."""
        new = self.incoming.new
        rows = (new.chat == chat) & _within(new.time, span)
        return int((rows & (new.author == author if author else new.author != 0)).sum())

    def _stored_in(self, chat: int, span: Span, author: int | None = None) -> int:
        """Count what is stored of a chat and not in the export by its ids."""
        rows = self.library.of_chat(chat)
        rows = rows[_within(self.library.column("time", rows), span) & ~is_among(rows, self.incoming.taken)]
        authors = self.library.column("author", rows)
        return int((authors == author if author else authors != 0).sum())

    def _join_chats(self, proven: dict[tuple[Voice, Voice], int]) -> None:
        """Find the chats that are stored under another title: nearly all is the same, by two at least."""
        common: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
        for ((chat, author), (other, there)), count in proven.items():
            if chat not in self.incoming.chats:
                common.setdefault((chat, other), []).append((author, there, count))
        best: dict[int, tuple[int, int]] = {}
        for (chat, other), pairs in common.items():
            count = sum(pair[2] for pair in pairs)
            speakers = min(len({pair[0] for pair in pairs}), len({pair[1] for pair in pairs}))
            possible = min(
                self._new_in(chat, self._stored_span(other)),
                self._stored_in(other, self.incoming.spans(chat)),
            )
            if speakers >= SPEAKERS and count >= SHARE * possible:
                best[chat] = max(best.get(chat, (0, 0)), (count, other))
        self.alike.chats = {chat: other for chat, (_count, other) in best.items()}

    def _assign(
        self,
        old: list[tuple[int, Voice, int, int]],
        here: Integers,
        moment: Integers,
        proven: dict[tuple[Voice, Voice], int],
    ) -> None:
        """Find the stored message of each new one, in the chats that are known to be the same."""
        chats = {**self.incoming.chats, **self.alike.chats}
        touching = set(self.library.chat_of(self.incoming.taken).tolist())
        partners: dict[Voice, set[Voice]] = {}
        for voice, other in proven:
            if chats.get(voice[0]) == other[0]:
                touching.add(other[0])
                partners.setdefault(voice, set()).add(other)
                if voice[1] != other[1]:
                    self.alike.authors[other[1], voice[1]] += proven[voice, other]
        waiting = _Waiting(old)
        there: dict[int, set[int]] = {}
        for _moment, (chat, author), _time, _row in old:
            there.setdefault(chat, set()).add(author)
        for row, (one, voice, time) in zip(here.tolist(), self._rows(here, moment), strict=True):
            chat = chats.get(voice[0], NONE)
            if chat not in touching:
                continue
            if voice not in partners or (chat, voice[1]) not in partners[voice]:
                same = {(chat, author) for author in there.get(chat, ()) if self.same(author, voice[1])}
                partners.setdefault(voice, set()).update(same, [(chat, voice[1])])
            self.alike.found[row] = waiting.take(one, sorted(partners[voice]), time)


class _Waiting:
    """Stored messages that no new one has been found to be."""

    def __init__(self, old: list[tuple[int, Voice, int, int]]) -> None:
        self._taken: set[int] = set()
        self._rows: dict[tuple[int, Voice, int | None], deque[int]] = {}
        for moment, voice, time, row in old:
            for key in ((moment, voice, time), (moment, voice, None)):
                self._rows.setdefault(key, deque()).append(row)

    def take(self, moment: int, voices: list[Voice], time: int) -> int:
        """Return the first that may be a message, NONE where there is none.

        Where one of the two tells no seconds, the minute is enough.
        """
        times = (None,) if time % MINUTE == 0 else (time, time - time % MINUTE)
        for voice in voices:
            for one in times:
                rows = self._rows.get((moment, voice, one))
                while rows:
                    row = rows.popleft()
                    if row not in self._taken:
                        self._taken.add(row)
                        return row
        return NONE


def _by_moment(rows: Iterator[tuple[int, Voice, int]]) -> Moments:
    found: Moments = {}
    for moment, voice, time in rows:
        found.setdefault(moment, {}).setdefault(voice, []).append(time)
    return found


def _in_common(one: list[int], two: list[int]) -> int:
    """Return how many of the same words in the same minute may be the same messages."""
    if not any(time % MINUTE for time in one) or not any(time % MINUTE for time in two):
        return min(len(one), len(two))
    return sum((Counter(one) & Counter(two)).values())


def _within(time: Integers, span: Span) -> Truths:
    """Tell which times are in the minutes of a span."""
    first, last = span[0] - span[0] % MINUTE, span[1] - span[1] % MINUTE + MINUTE
    inside: Truths = (time >= first) & (time < last)
    return inside
