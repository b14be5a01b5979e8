"""Whose a number is: however it is written, and nobody's where it may be two people's."""

from pathlib import Path

import pytest

from sosias.sources.entry import Entry
from sosias.sources.imessage_contacts import Contact, Contacts, read_contacts
from sosias.sources.imessage_database import Database
from tests.sources.imessage_exports import write_contacts


def found(address: str, *cards: Contact) -> str | None:
    contacts = Contacts(cards)
    return contacts.name(contacts.find(address))


@pytest.mark.parametrize(
    ("written", "handle"),
    [
        ("+34 600 111 222", "+34600111222"),
        ("0034 600-111-222", "+34600111222"),
        ("600 111 222", "+34600111222"),
        ("(555) 010-0001", "+15550100001"),
        ("1 555 010 0001", "+15550100001"),
        ("0171 1234567", "+491711234567"),
        ("+34\u00a0600\u202f11\u201112\u201122", "+34600111222"),
        ("Ann@Example.org ", "ann@example.org"),
        ("ann@example.org", "Ann@example.org"),
        ("11223", "11223"),
        ("urn:biz:1234-5678", "urn:biz:1234-5678"),
    ],
)
def test_one_address_written_in_two_ways(written: str, handle: str) -> None:
    assert found(handle, Contact("Ann", (written,)), Contact("Bob", ("+4915112345678",))) == "Ann"


@pytest.mark.parametrize(
    ("written", "handle"),
    [
        ("+34 600 111 222", "+44600111222"),
        ("+1 555 010 0001", "+525550100001"),
        ("111222", "+34600111222"),
        ("600 111 223", "+34600111222"),
        ("22222222", "ann22222222@example.org"),
    ],
)
def test_addresses_that_are_not_one(written: str, handle: str) -> None:
    assert found(handle, Contact("Ann", (written,))) is None


def test_a_number_that_two_people_may_have_is_nobodys() -> None:
    cards = Contact("Ann", ("600 111 222",)), Contact("Bob", ("600111222",))
    assert found("+34600111222", *cards) is None
    assert found("600111222", *cards) is None


def test_cards_of_two_sources_that_say_the_same() -> None:
    cards = Contact("Ann", ("600 111 222",)), Contact("Ann Smith", ("+34600111222",))
    assert found("+34600111222", *cards) == "Ann Smith"
    assert found("600111222", *reversed(cards)) in ("Ann", "Ann Smith")


def test_cards_are_read(tmp_path: Path) -> None:
    path = write_contacts(
        tmp_path / "AddressBook-v22.abcddb",
        {"first": "Ann", "last": "Smith", "phones": ["+1 555 010 0001", " "], "emails": ["ann@example.org"]},
        {"nickname": "Bobby", "organization": "Bob & Co", "phones": ["5550100002"]},
        {"organization": "Bank", "me": True},
        {"first": " ", "phones": ["5550100003"]},
    )
    assert read_contacts(Database(Entry(path, path.name))) == [
        Contact("Ann Smith", ("+1 555 010 0001", "ann@example.org")),
        Contact("Bobby", ("5550100002",)),
        Contact("Bank", (), is_owner=True),
    ]
