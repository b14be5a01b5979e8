"""The chats of a Messages database, joined: it keeps one for each address and service of the same people."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sosias.sources.imessage_people import People, Person

GROUP = 43
"""`style` of a chat of several."""
NOWHERE = "iMessage"
"""Chat of messages that are in none and name nobody."""


@dataclass(slots=True, eq=False)
class Chat:
    """One conversation, of all addresses and services."""

    name: str
    other: Person | None = None
    """The one it is with, where it is with one."""
    count: int = 0
    """Messages that have been read of it."""


@dataclass(eq=False)
class _Row:
    """A row of `chat`."""

    number: int
    guid: str
    title: str
    members: frozenset[Person]
    is_group: bool


class Chats:
    """The joined chats by the ROWID of each of their parts."""

    def __init__(
        self, connection: sqlite3.Connection, have: Mapping[str, frozenset[str]], people: People
    ) -> None:
        self._people = people
        self._private: dict[Person, Chat] = {}
        self._nowhere: Chat | None = None
        self.by_row: dict[object, Chat] = {}
        rows = list(_rows(connection, have, people))
        self.parts = len(rows)
        groups = _joined(rows)
        self._names = _names(groups)
        for ((members, _mark), parts), name in zip(groups.items(), self._names, strict=True):
            other = next(iter(members), None) if not parts[0].is_group else None
            chat = Chat(name, other)
            if other is not None:
                self._private[other] = chat
            self.by_row |= {row.number: chat for row in parts}
        self.joined = len(groups)

    def orphan(self, handle: object) -> Chat:
        """Return the chat of a message that is in none: that with the handle it names."""
        person = self._people.by_handle.get(handle)
        if person is None:
            self._nowhere = self._nowhere or Chat(NOWHERE)
            return self._nowhere
        if person not in self._private:
            name = person.name if person.name not in self._names else f"{person.name} ({NOWHERE})"
            self._private[person] = Chat(name, person)
        return self._private[person]


Group = tuple[frozenset[Person], str]
"""Who is in a chat, and what tells it from others of the same people: its title, or its guid."""


def _rows(
    connection: sqlite3.Connection, have: Mapping[str, frozenset[str]], people: People
) -> Iterable[_Row]:
    members: defaultdict[object, set[Person]] = defaultdict(set)
    if {"chat_id", "handle_id"} <= have.get("chat_handle_join", frozenset()):
        for chat, handle in connection.execute("SELECT chat_id, handle_id FROM chat_handle_join"):
            if handle in people.by_handle:
                members[chat].add(people.by_handle[handle])
    wanted = ("guid", "style", "chat_identifier", "display_name")
    fields = ", ".join(name if name in have["chat"] else "NULL" for name in wanted)
    for number, guid, style, identifier, title in connection.execute(f"SELECT ROWID, {fields} FROM chat"):
        found = members[number]
        if not found and style != GROUP and isinstance(identifier, str) and identifier:
            found = {people.at(identifier)}
        title = title if isinstance(title, str) and title.strip() else ""
        yield _Row(number, str(guid), title, frozenset(found), style == GROUP or len(found) > 1)


def _joined(rows: list[_Row]) -> dict[Group, list[_Row]]:
    """Put together the parts of each chat: same people, and no two different titles."""
    titles: defaultdict[frozenset[Person], set[str]] = defaultdict(set)
    for row in rows:
        if row.is_group:
            titles[row.members].add(row.title)
    groups: defaultdict[Group, list[_Row]] = defaultdict(list)
    for row in rows:
        own = sorted(titles[row.members] - {""})
        if not row.members:
            mark = row.guid
        elif not row.is_group:
            mark = "\x00"
        else:
            mark = row.title or (own[0] if len(own) == 1 else "")
        groups[row.members, mark].append(row)
    return dict(groups)


def _names(groups: dict[Group, list[_Row]]) -> list[str]:
    """Name the chats, no two alike."""
    plain = [_name(members, rows) for (members, _mark), rows in groups.items()]
    alike = Counter(plain)
    names: dict[str, None] = {}
    for name, ((members, _mark), rows) in zip(plain, groups.items(), strict=True):
        people = ", ".join(sorted(one.name for one in members))
        if alike[name] > 1 and people not in ("", name):
            name = f"{name} ({people})"
        names[name if name not in names else f"{name} ({rows[0].guid})"] = None
    return list(names)


def _name(members: frozenset[Person], rows: list[_Row]) -> str:
    title = next((row.title for row in rows if row.title), "")
    if len(members) == 1 and not rows[0].is_group:
        [person] = members
        return person.name if person.is_known else title or person.name
    return title or ", ".join(sorted(person.name for person in members)) or rows[0].guid
