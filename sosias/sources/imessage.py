"""Apple's Messages: chat.db of a Mac, or sms.db of an iPhone's backup, with the Address Book beside it.

The database names its owner's messages itself. Times are UTC; chats of the same people are one.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence

from sosias.language import translate as _
from sosias.messages import Message
from sosias.sources.entry import Entry
from sosias.sources.imessage_chats import Chats
from sosias.sources.imessage_contacts import Contact, Contacts, read_contacts
from sosias.sources.imessage_database import Database, columns, foreign, is_sqlite
from sosias.sources.imessage_messages import Rows, left_out
from sosias.sources.imessage_people import People
from sosias.sources.problems import Unreadable
from sosias.sources.source import OWNER, Drops, Options, Reading

ENDINGS = (".db", ".sqlite", ".sqlite3", ".sqlitedb")
BACKUP = "3d0d7e5fb2ce288813306e4d4636395e047a3d28"
"""How an iPhone's backup calls sms.db: the SHA-1 of its place,"""
BACKUP_CONTACTS = "31bb7ba8914766d4ba40d6dfb6113c8b614be442"
"""and AddressBook.sqlitedb."""
OURS = ("chat", "sms", BACKUP)
TABLES = ("message", "chat", "handle")
NEEDED = {
    "message": {"guid", "date", "is_from_me", "handle_id"},
    "chat": {"guid"},
    "handle": {"id"},
    "chat_message_join": {"chat_id", "message_id"},
}
SENDERS = """
SELECT destination_caller_id FROM message WHERE is_from_me AND destination_caller_id <> ''
GROUP BY destination_caller_id ORDER BY count(*) DESC"""

Layout = Mapping[str, frozenset[str]]


class IMessage:
    """The format of Apple's Messages."""

    name = "imessage"
    title = "iMessage chat.db"
    rank = 0

    def readings(self, entries: Sequence[Entry], options: Options) -> list[Reading]:
        """Survey the Messages databases among the entries.

        Raises:
            Unreadable: one is damaged, cut off, locked, or laid out as none that is known.
        """
        alone = len(entries) == 1
        found = [one for one in entries if _may_be(one, alone=alone)]
        read = [_reading(one, entries, options, surely=alone or one.stem in OURS) for one in found]
        return [reading for reading in read if reading is not None]


SOURCE = IMessage()


def _may_be(entry: Entry, *, alone: bool) -> bool:
    """Is it a SQLite file that may be ours? By its name first: folders are full of photographs."""
    if not (alone or entry.suffix in ENDINGS or entry.stem == BACKUP):
        return False
    try:
        return is_sqlite(entry)
    except Unreadable:
        if alone or entry.stem in OURS:
            raise
        return False


def _is_book(entry: Entry) -> bool:
    phones = entry.stem == BACKUP_CONTACTS or (entry.stem, entry.suffix) == ("AddressBook", ".sqlitedb")
    return phones or entry.suffix == ".abcddb"


def _reading(entry: Entry, entries: Sequence[Entry], options: Options, *, surely: bool) -> Reading | None:
    """Survey a Messages database; None: it is another's.

    Raises:
        Unreadable: it has the tables, but not the columns; or it is damaged, and `surely` ours.
    """
    database = Database.of(entry, entries)
    ours = False
    try:
        with database.opened() as connection:
            layout = columns(connection)
            ours = all(table in layout for table in TABLES)
            if not ours:
                return None
            books = [Database.of(one, entries) for one in entries if _is_book(one)]
            return _Export(database, layout, books, options).reading(connection)
    except Unreadable:
        if ours or surely:
            raise
        return None


class _Export:
    """One database, with the Address Books that were given with it."""

    def __init__(
        self, database: Database, layout: Layout, books: Sequence[Database], options: Options
    ) -> None:
        self.database = database
        self.layout = layout
        self.zone = options.zone
        self.dropped = Drops()
        self.notes: list[str] = []
        self.contacts = Contacts(card for book in books for card in self._cards(book))
        self.entries = [one for file in (database, *books) for one in (file.entry, *file.beside)]

    def reading(self, connection: sqlite3.Connection) -> Reading:
        self._check()
        people = People(connection, self.layout, self.contacts)
        chats = Chats(connection, self.layout, people)
        self.owner, why = self._owner(connection)
        [lines] = connection.execute("SELECT count(*) FROM message").fetchone()
        [encoding] = connection.execute("PRAGMA encoding").fetchone()
        skipped = self._skipped(connection)
        self._note_missing()
        return Reading(
            format="imessage",
            entries=self.entries,
            messages=self.messages,
            encoding=encoding,
            lines=lines,
            count=lines - skipped,
            zone=self.zone,
            owner=self.owner,
            owner_why=why,
            identities=people.identities(),
            notes=self.notes,
            facts={"chats": str(chats.joined), "parts of chats": str(chats.parts)},
            dropped=self.dropped,
        )

    def messages(self) -> Iterator[Message]:
        """Yield the messages.

        Raises:
            Unreadable: a page of the database is damaged.
        """
        self.dropped.clear()
        with self.database.opened() as connection:
            people = People(connection, self.layout, self.contacts)
            chats = Chats(connection, self.layout, people)
            origin = self.database.entry.origin
            rows = Rows(origin, people, chats, self.owner, self.zone, self.layout, self.dropped)
            yield from rows.read(connection)

    def _check(self) -> None:
        """Refuse a database without the columns that are needed."""
        complete = all(names <= self.layout.get(table, frozenset()) for table, names in NEEDED.items())
        if not complete or not self.layout["message"] & {"text", "attributedbody"}:
            raise Unreadable(path=self.database.entry.label, what=foreign())

    def _cards(self, book: Database) -> list[Contact]:
        """Return the cards of an Address Book; without it people are known by their numbers."""
        try:
            return read_contacts(book)
        except Unreadable as error:
            self.notes.append(str(error))
            return []

    def _owner(self, connection: sqlite3.Connection) -> tuple[str, str]:
        """Return the name of whose database it is, by their own card or their own number."""
        for card in self.contacts.cards:
            if card.is_owner:
                return card.name, _("the database marks what was sent, and the Address Book its owner's card")
        if self.contacts.cards and "destination_caller_id" in self.layout["message"]:
            for (address,) in connection.execute(SENDERS):
                if (name := self.contacts.name(self.contacts.find(str(address)))) is not None:
                    why = _(
                        "the database marks what was sent, and the Address Book has the number it came from"
                    )
                    return name, why
        return OWNER, _("the database marks what was sent from its own account")

    def _skipped(self, connection: sqlite3.Connection) -> int:
        """Count and note the rows that are not read."""
        total = 0
        for condition, why in left_out(connection, self.layout):
            [count] = connection.execute(f"SELECT count(*) FROM message WHERE {condition}").fetchone()
            if count:
                self.notes.append(_("messages not read: {count} ({why})").format(count=count, why=why))
            total += count
        return total

    def _note_missing(self) -> None:
        if self.database.lacks_newest:
            note = _(
                "the newest messages may be in {name}-wal, which is not there: quit Messages, and copy both"
            )
            self.notes.append(note.format(name=self.database.entry.file_name))
