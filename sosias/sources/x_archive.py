"""The archive that X (Twitter) gives of an account: posts and direct messages.

Its files are walked through twice: the survey counts the posts and learns the names of accounts, which
direct messages give as numbers; the reading puts all, newest first as X has them, into the order of time.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from sosias.language import translate as _
from sosias.messages import Message
from sosias.sources.entry import Entry
from sosias.sources.in_order import in_order
from sosias.sources.source import Drops, Options, Reading
from sosias.sources.x_archive_chats import Chats, events
from sosias.sources.x_archive_file import (
    ACCOUNT,
    CHATS,
    DELETED,
    NOTES,
    PLATFORM,
    POSTS,
    Account,
    Archive,
    archives,
    items,
    mentioned,
)
from sosias.sources.x_archive_posts import Posts
from sosias.sources.zones import Zone


class XArchive:
    """The format of X's archives."""

    name = PLATFORM
    title = "X .zip"
    rank = 0

    def readings(self, entries: Sequence[Entry], options: Options) -> list[Reading]:
        """Survey the archives among the entries: of each, its posts and its direct messages.

        Raises:
            Unreadable: a file of an archive is damaged.
        """
        exports = [_Export(archive, options.zone) for archive in archives(entries)]
        return [reading for one in exports for reading in one.readings()]


SOURCE = XArchive()


class _Export:
    """One surveyed archive."""

    def __init__(self, archive: Archive, zone: Zone) -> None:
        self.archive = archive
        self.zone = zone
        self.account = Account.of(archive)
        self.names: dict[str, str] = {}
        self.counts: Counter[str] = Counter()
        self.lines: Counter[str] = Counter()
        self._survey()

    def _survey(self) -> None:
        for entry in self.archive.of((*POSTS, *NOTES)):
            for post, value in items(entry, "tweet"):
                self.counts["posts"] += "noteTweet" not in post
                self.lines[entry.label] = value.last_line
                for number, name in mentioned(post):  # newest first, so that the newest name stays
                    if number and name:
                        self.names.setdefault(number, name)
        for entry in self.archive.of(CHATS):
            for _number, _kind, _event, value in events(entry):
                self.counts["chats"] += 1
                self.lines[entry.label] = value.last_line

    def readings(self) -> Iterator[Reading]:
        """Yield the posts, and the direct messages, where there are any."""
        if posts := self.archive.of((*POSTS, *NOTES)):
            more = self.archive.of((*ACCOUNT, *DELETED))
            reading = self._reading([*posts, *more], self.counts["posts"])
            reading.messages = lambda: self._posts(reading.dropped)
            reading.notes += self._deleted()
            yield reading
        if chats := self.archive.of(CHATS):
            files = chats if posts else [*chats, *self.archive.of(ACCOUNT)]
            other = self._reading(files, self.counts["chats"])
            other.messages = lambda: self._chats(other.dropped)
            yield other

    def _reading(self, files: list[Entry], count: int) -> Reading:
        name = f"@{self.account.name}" if self.account.name else None
        why = _("the archive's account.js says so") if name else _("there is no account.js beside the files")
        lines = sum(self.lines[one.label] for one in files)
        return Reading(
            format=PLATFORM,
            entries=files,
            messages=lambda: iter(()),
            lines=lines,
            count=count,
            zone=self.zone,
            owner=name,
            owner_why=why,
        )

    def _deleted(self) -> Iterator[str]:
        count = sum(1 for entry in self.archive.of(DELETED) for _item in items(entry, "tweet"))
        if count:
            yield _("deleted posts that are left out: {count}").format(count=count)

    def _posts(self, dropped: Drops) -> Iterator[Message]:
        """Yield the posts in the order of time."""
        dropped.clear()
        posts = Posts(self.archive, self.account, self.zone, dropped)
        for seq, message in enumerate(in_order(posts.messages(), newest_first=True)):
            message.seq = seq
            yield message

    def _chats(self, dropped: Drops) -> Iterator[Message]:
        """Yield the direct messages in the order of time, conversations among each other."""
        dropped.clear()
        chats = Chats(self.archive, self.account, self.names, self.zone, dropped)
        titles: dict[str, str] | None = None
        places: Counter[str] = Counter()
        for message in in_order(chats.messages(), newest_first=True):
            titles = titles or chats.titles()  # known when all is read, which is before the first comes
            message.chat = titles[message.chat]
            message.seq = places[message.chat]
            places[message.chat] += 1
            yield message
