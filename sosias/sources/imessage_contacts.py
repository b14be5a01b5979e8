"""The people of an Address Book, and which of them a telephone number or an e-mail address belongs to."""

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sosias.sources.imessage_database import Database, columns

NOT_DIGIT = re.compile(r"\D")
LETTER = re.compile(r"[^\W\d_]")
LOCAL = 8
"""Digits at a number's end that two ways of writing it must share at least,"""
NATIONAL = 10
"""and that are enough whatever stands before them."""

MAC = """
SELECT Z_PK, {ZFIRSTNAME}, {ZLASTNAME}, {ZNICKNAME}, {ZORGANIZATION}, {ZCONTAINERWHERECONTACTISME}
FROM ZABCDRECORD ORDER BY Z_PK"""
MAC_ADDRESSES = (
    "SELECT ZOWNER, ZFULLNUMBER FROM ZABCDPHONENUMBER",
    "SELECT ZOWNER, ZADDRESS FROM ZABCDEMAILADDRESS",
)
PHONE = "SELECT ROWID, {First}, {Last}, {Nickname}, {Organization}, NULL FROM ABPerson ORDER BY ROWID"
PHONE_ADDRESSES = ("SELECT record_id, value FROM ABMultiValue WHERE property IN (3, 4)",)
"""3 are telephone numbers, 4 e-mail addresses."""
FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Contact:
    """A card of an Address Book."""

    name: str
    addresses: tuple[str, ...]
    is_owner: bool = False
    """It is the card that its owner has marked as their own."""


def read_contacts(database: Database) -> list[Contact]:
    """Return the cards of a Mac's AddressBook-v22.abcddb or an iPhone's AddressBook.sqlitedb.

    Raises:
        Unreadable: it is damaged, or another database.
    """
    with database.opened() as connection:
        have = columns(connection)
        if "abperson" in have:
            return list(_cards(connection, PHONE, PHONE_ADDRESSES, have["abperson"]))
        return list(_cards(connection, MAC, MAC_ADDRESSES, have.get("zabcdrecord", frozenset())))


def _cards(
    connection: sqlite3.Connection, names: str, addresses: Sequence[str], have: frozenset[str]
) -> Iterator[Contact]:
    found: defaultdict[Any, list[str]] = defaultdict(list)
    for query in addresses:
        for owner, address in connection.execute(query):
            if isinstance(address, str) and address.strip():
                found[owner].append(address)
    query = FIELD.sub(lambda field: field[1] if field[1].casefold() in have else "NULL", names)
    for key, first, last, nickname, organization, own in connection.execute(query):
        name = _joined(first, last) or _joined(nickname) or _joined(organization)
        if name:
            yield Contact(name, tuple(found[key]), own is not None)


def _joined(*parts: object) -> str:
    return " ".join(part.strip() for part in parts if isinstance(part, str) and part.strip())


class Contacts:
    """The cards of all Address Books that were given, by address."""

    def __init__(self, cards: Iterable[Contact] = ()) -> None:
        self.cards = list(cards)
        self._exact: defaultdict[str, list[int]] = defaultdict(list)
        self._ends: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        for index, card in enumerate(self.cards):
            for address in card.addresses:
                plain = plain_address(address)
                self._exact[plain].append(index)
                if len(_digits(plain)) >= LOCAL:
                    self._ends[_digits(plain)[-LOCAL:]].append((plain, index))

    def find(self, address: str) -> list[int]:
        """Return the cards with an address; none where they are different people's.

        A number that is written otherwise on the card (without the country, with a 0) is found by its
        last digits, if they are nobody else's.
        """
        plain = plain_address(address)
        found = self._exact.get(plain)
        if found is None:
            ends = self._ends.get(_digits(plain)[-LOCAL:], ()) if len(_digits(plain)) >= LOCAL else ()
            found = [index for other, index in ends if _same(plain, other)]
        return list(dict.fromkeys(found)) if self.name(found) else []

    def name(self, cards: Sequence[int]) -> str | None:
        """Return the name that cards agree in: `Ann` and `Ann Smith` do; None where they do not."""
        names = sorted({self.cards[index].name for index in cards}, key=lambda name: (len(name), name))
        agreed = names and all(names[-1].casefold().startswith(name.casefold()) for name in names)
        return names[-1] if agreed else None


def plain_address(address: str) -> str:
    """Return an address as all ways of writing it have it: digits, after + where the country is told."""
    address = address.strip()
    digits = NOT_DIGIT.sub("", address)
    if not digits or LETTER.search(address):
        return address.casefold()
    if digits.startswith("00"):
        return "+" + digits[2:]
    return "+" + digits if address.startswith("+") else digits


def _digits(plain: str) -> str:
    """Return the digits of a plain number without the zeros before them, nothing of another address."""
    digits = plain.removeprefix("+")
    return digits.lstrip("0") if digits.isdecimal() else ""


def _same(one: str, other: str) -> bool:
    """Are two plain numbers, which share their last digits, one?"""
    if one.startswith("+") and other.startswith("+"):
        return False
    shorter, longer = sorted((_digits(one), _digits(other)), key=len)
    return longer.endswith(shorter) or (len(shorter) >= NATIONAL and longer.endswith(shorter[-NATIONAL:]))
