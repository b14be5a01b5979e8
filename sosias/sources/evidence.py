"""The same messages under other names: how it is seen, and which they are.

Where ids are hashes of the content, an author who was saved or renamed between two exports gives all
their messages other ids, and so does a chat that changed its title, or an export that tells seconds
where another tells minutes. Minute, kind and text of the messages stay the same.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from sosias.sources.library import NONE, Library
from sosias.sources.matching import Pairs, Said, Voice, clocks, joined, matched, numbered
from sosias.sources.rows import MINUTE, NEVER, Integers, Rows, Truths, is_among, moments

LEAST = 5
"""Messages with different and telling texts that must be the same before two authors are held to be one,"""
SHARE = 0.9
"""and the share of their messages in the time that both exports cover: a few are edited or deleted."""
SPEAKERS = 2
"""Authors who must be the same before two chats are held to be one: one person may post to several."""
NOBODY = 0
"""The author of system lines."""

Span = tuple[int, int]
Common = dict[tuple[Voice, Voice], int]
"""How many messages of a new and of a stored voice are the same."""


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
    messages: Callable[[int], tuple[Integers, Integers]]
    """Times and authors of a chat that has something new, of what is known, too: what is judged by them
    is the same when the export comes again."""
    taken: Integers
    """The stored rows whose ids are in the export, in order."""


class Evidence:
    """Compares what is new in an export with what is stored."""

    def __init__(self, library: Library, incoming: Incoming, person: Callable[[int], int]) -> None:
        self.library = library
        self.incoming = incoming
        self.person = person
        """Returns the author under whose name a person's messages are shown."""
        authors = range(len(library.authors.names)) if library.authors else ()
        self._shown: Integers = np.array([person(author) for author in authors], np.int64)
        """By author: whoever has been joined already is compared as one."""
        self.alike = Alike(np.full(len(incoming.new), NONE, np.int64))

    def weigh(self) -> Alike:
        """Return what is the same."""
        new = self.incoming.new
        timed = new.time != NEVER
        if not timed.any():
            return self.alike
        moment = moments(new.time, new.content)
        first, last = int(new.time[timed].min()), int(new.time[timed].max())
        rows = self.library.sent_with(np.unique(moment[timed]), first - first % MINUTE, last + MINUTE)
        rows = rows[~is_among(rows, self.incoming.taken)]
        if len(rows):
            stored = self._stored(rows)
            brought = self._brought(timed & is_among(moment, np.unique(moments(stored.time, stored.content))))
            common = self._common(brought, stored)
            self._join_chats(common)
            self._assign(brought, stored, common)
        return self.alike

    def _stored(self, rows: Integers) -> Said:
        library = self.library
        rows = rows[np.argsort(library.column("seq", rows), kind="stable")]
        author, time, content = (library.column(name, rows) for name in ("author", "time", "content"))
        chat = library.chat_of(rows).astype(np.int64)
        return Said(rows, chat, self._shown[author], time, content, np.zeros(len(rows), np.bool_))

    def _brought(self, chosen: Truths) -> Said:
        new = self.incoming.new
        rows = np.flatnonzero(chosen)
        rows = rows[np.argsort(new.seq[rows], kind="stable")]
        chat, author, content = (
            column[rows].astype(np.int64) for column in (new.chat, new.author, new.content)
        )
        return Said(rows, chat, self._shown[author], new.time[rows], content, new.telling[rows])

    # --- authors and chats -----------------------------------------------------------------------

    def _common(self, brought: Said, stored: Said) -> Common:
        """Return the voices that have enough in common, and how much."""
        minutes = Pairs.by_minute(brought, stored)
        seconds = Pairs.by_second(brought.take(brought.exact), stored.take(stored.exact))
        found = joined(minutes.where(~minutes.exact), seconds)
        return {
            (voice, other): count
            for voice, other, count in found.where(self._may_be_one(found)).voices(LEAST)
            if count >= SHARE * self._possible(voice, other)
        }

    def _may_be_one(self, found: "Pairs") -> Truths:
        """Tell which pairs are of authors, and of a chat that is the other or may turn out to be it."""
        different, inverse = np.unique(found.one.chat, return_inverse=True)
        known = self.incoming.chats
        targets = np.array([known.get(chat, NONE) for chat in different.tolist()], np.int64)[inverse]
        chats = (targets == NONE) | (targets == found.two.chat)
        may: Truths = chats & (found.one.author != NOBODY) & (found.two.author != NOBODY)
        return may

    def _possible(self, voice: Voice, other: Voice) -> int:
        """Return how many messages two voices could have in common: those in the time that both cover."""
        times, authors = self.incoming.messages(voice[0])
        return min(
            _by(self._shown[authors[_within(times, self._stored_span(other[0]))]], voice[1]),
            self._stored_in(other[0], _span(times), other[1]),
        )

    def _stored_span(self, chat: int) -> Span:
        return _span(self.library.column("time", self.library.of_chat(chat)))

    def _stored_in(self, chat: int, span: Span, author: int | None) -> int:
        """Count what is stored of a chat and not in the export by its ids."""
        rows = self.library.of_chat(chat)
        rows = rows[_within(self.library.column("time", rows), span) & ~is_among(rows, self.incoming.taken)]
        return _by(self._shown[self.library.column("author", rows)], author)

    def _join_chats(self, common: Common) -> None:
        """Find the chats that are stored under another title: nearly all is the same, by two at least."""
        alike: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
        for ((chat, author), (other, there)), count in common.items():
            if chat not in self.incoming.chats:
                alike.setdefault((chat, other), []).append((author, there, count))
        best: dict[int, tuple[int, int]] = {}
        for (chat, other), found in alike.items():
            count = sum(pair[2] for pair in found)
            speakers = min(len({pair[0] for pair in found}), len({pair[1] for pair in found}))
            times, authors = self.incoming.messages(chat)
            new = _by(authors[_within(times, self._stored_span(other))], None)
            possible = min(new, self._stored_in(other, _span(times), None))
            if speakers >= SPEAKERS and count >= SHARE * possible:
                best[chat] = max(best.get(chat, (0, 0)), (count, other))
        self.alike.chats = {chat: other for chat, (_count, other) in best.items()}

    # --- messages --------------------------------------------------------------------------------

    def _assign(self, brought: Said, stored: Said, common: Common) -> None:
        """Find the stored message of each new one, in the chats that are known to be the same."""
        chats = {**self.incoming.chats, **self.alike.chats}
        touching = set(np.unique(self.library.chat_of(self.incoming.taken)).tolist())
        persons = _Persons(self.person)
        for (voice, other), count in common.items():
            if chats.get(voice[0]) == other[0]:
                touching.add(other[0])
                persons.unite((other[0], voice[1]), other)
                if voice[1] != other[1]:
                    self.alike.authors[other[1], voice[1]] += count
        targets = {chat: stored for chat, stored in chats.items() if stored in touching}
        here = persons.numbers(brought, targets)
        there = persons.numbers(stored, {chat: chat for chat in touching})
        brought, here = brought.take(here != NONE), here[here != NONE]
        stored, there = stored.take(there != NONE), there[there != NONE]
        for one, two in clocks(brought, stored):
            self._match(brought, here, one, stored, there, two)

    def _match(
        self, brought: Said, here: Integers, one: Integers, stored: Said, there: Integers, two: Integers
    ) -> None:
        """Match what is free on both sides and has an equal key, in order; no key is below zero."""
        free = np.flatnonzero((self.alike.found[brought.row] == NONE) & (one != NEVER))
        open_ = np.flatnonzero(~np.isin(stored.row, self.alike.found) & (two != NEVER))
        columns = ((here, there), (one, two), (brought.content, stored.content))
        keys = numbered(*(np.concatenate([a[free], b[open_]]) for a, b in columns))
        left, right = matched(keys[: len(free)], keys[len(free) :])
        self.alike.found[brought.row[free[left]]] = stored.row[open_[right]]


class _Persons:
    """Gives the voices of stored chats numbers, one to those that are one person's."""

    def __init__(self, person: Callable[[int], int]) -> None:
        self._person = person
        self._above: dict[Voice, Voice] = {}
        self._numbers: dict[Voice, int] = {}

    def unite(self, one: Voice, two: Voice) -> None:
        first, second = self._first(one), self._first(two)
        if first != second:
            self._above[first] = second

    def _first(self, voice: Voice) -> Voice:
        found = (voice[0], self._person(voice[1]))
        while found in self._above:
            found = self._above[found]
        return found

    def numbers(self, said: Said, chats: dict[int, int]) -> Integers:
        """Return the number of each message's person, NONE where its chat is not among `chats`."""
        voice = numbered(said.chat, said.author)
        _voices, first = np.unique(voice, return_index=True)
        table = []
        for chat, author in zip(said.chat[first].tolist(), said.author[first].tolist(), strict=True):
            known = chat in chats
            person = self._first((chats[chat], author)) if known else (NONE, NONE)
            table.append(self._numbers.setdefault(person, len(self._numbers)) if known else NONE)
        found: Integers = np.array(table, np.int64)[voice]
        return found


def _by(authors: Integers, author: int | None) -> int:
    """Count the messages of an author, or of all that have one."""
    return int((authors != NOBODY if author is None else authors == author).sum())


def _span(times: Integers) -> Span:
    """Return the first and the last of times, of which one at least is known."""
    known = times[times != NEVER]
    return int(known.min()), int(known.max())


def _within(time: Integers, span: Span) -> Truths:
    """Tell which times are in the minutes of a span."""
    first, last = span[0] - span[0] % MINUTE, span[1] - span[1] % MINUTE + MINUTE
    inside: Truths = (time >= first) & (time < last)
    return inside
