"""Who the handles of a Messages database are: one person may have two telephones and an e-mail."""

import sqlite3
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from sosias.language import translate as _
from sosias.sources.imessage_contacts import Contacts, plain_address
from sosias.sources.source import Identity

Key = tuple[str, str | int]
"""What tells a person: an address, a card, or the id under which Messages keeps one person's handles."""


@dataclass(eq=False)
class Person:
    """One who writes."""

    name: str = ""
    addresses: list[str] = field(default_factory=list)
    cards: list[int] = field(default_factory=list)
    is_known: bool = False
    """The name is a card's."""


class People:
    """The people of a database, by handle and by address."""

    def __init__(
        self, connection: sqlite3.Connection, have: Mapping[str, frozenset[str]], contacts: Contacts
    ) -> None:
        self._contacts = contacts
        self._joined: dict[Key, Key] = {}
        person = "person_centric_id" if "person_centric_id" in have["handle"] else "NULL"
        rows = connection.execute(f"SELECT ROWID, id, {person} FROM handle ORDER BY ROWID").fetchall()
        self.addresses = {row: str(address) for row, address, _person in rows}
        for _row, address, group in rows:
            self._meet(str(address), group)
        self._people: dict[Key, Person] = {}
        for address in self.addresses.values():
            self._note(address)
        self._name()
        self.by_handle: dict[object, Person] = {
            row: self.at(address) for row, address in self.addresses.items()
        }

    def at(self, address: str) -> Person:
        """Return the person with an address, a new one where no handle has it."""
        key = self._root(("address", plain_address(address)))
        if key not in self._people:
            self._meet(address, None)
            self._note(address)
            person = self._people[self._root(key)]
            person.name = person.name or self._called(person)
        return self._people[self._root(key)]

    def identities(self) -> list[Identity]:
        """Return the people who have several names, and how that is known."""
        found = []
        for person in self._people.values():
            also = tuple(address for address in person.addresses if address != person.name)
            if also:
                why = (
                    _("the Address Book has them on one card")
                    if person.is_known
                    else _("Messages keeps them as one")
                )
                found.append(Identity(person.name, also, why))
        return found

    def _meet(self, address: str, group: object) -> None:
        """Join an address with what else is known to be the same person's."""
        key: Key = ("address", plain_address(address))
        self._joined.setdefault(key, key)
        if isinstance(group, str) and group:
            self._join(key, ("person", group))
        for card in self._contacts.find(address):
            self._join(key, ("card", card))

    def _join(self, one: Key, other: Key) -> None:
        self._joined.setdefault(other, other)
        self._joined[self._root(other)] = self._root(one)

    def _root(self, key: Key) -> Key:
        while (above := self._joined.get(key, key)) != key:
            self._joined[key] = self._joined.get(above, above)
            key = above
        return key

    def _note(self, address: str) -> None:
        person = self._people.setdefault(self._root(("address", plain_address(address))), Person())
        if address not in person.addresses:
            person.addresses.append(address)
            person.cards += [one for one in self._contacts.find(address) if one not in person.cards]

    def _name(self) -> None:
        """Name everybody; of several people of one name each has an address behind it."""
        alike: defaultdict[str, list[Person]] = defaultdict(list)
        for person in self._people.values():
            person.name = self._called(person)
            alike[person.name].append(person)
        for name, people in alike.items():
            for person in people if len(people) > 1 else ():
                person.name = f"{name} ({min(person.addresses, key=_rank)})"

    def _called(self, person: Person) -> str:
        cards = person.cards
        name = self._contacts.name(cards) or (self._contacts.cards[cards[0]].name if cards else None)
        person.is_known = name is not None
        return name or min(person.addresses, key=_rank)


def _rank(address: str) -> tuple[bool, str]:
    """Put numbers before e-mail addresses: more people know them."""
    return "@" in address, address
