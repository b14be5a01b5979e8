"""Who is one person: joins, what is shown, and that undoing holds."""

import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sosias.settings import PeopleSettings
from sosias.sources.people import NotJoined, NotOfSeveral, People
from sosias.sources.resemblance import resemblances
from sosias.sources.source import Identity
from sosias.sources.spellings import is_phone
from sosias.workspace import Workspace, read_settings, write_settings


def told(name: str, *also: str, why: str = "the address book") -> Identity:
    return Identity(name, also, why)


def everybody(people: People, names: str) -> set[frozenset[str]]:
    """Return who is one with whom."""
    groups: dict[str, set[str]] = {}
    for name in names:
        groups.setdefault(people.name(name), set()).add(name)
    return {frozenset(group) for group in groups.values()}


def test_a_person_has_the_name_of_their_contact() -> None:
    people = People()
    people.learn([told("+34 600 11 22 33", "~Ana")])
    assert people.name("+34 600 11 22 33") == "~Ana"
    people.learn([told("~Ana", "Ana Gómez")])
    people.learn([told("Ana Gómez", "Anita")])
    assert people.spellings("Ana Gómez") == ["Ana Gómez", "+34 600 11 22 33", "~Ana", "Anita"]
    assert {people.name(name) for name in people.spellings("Ana Gómez")} == {"Ana Gómez"}


def test_only_news_are_told() -> None:
    people = People()
    assert people.learn([told("Ana", "A", "B")]) == [told("Ana", "A", "B")]
    assert people.learn([told("Ana", "B", "C")]) == [told("Ana", "C")]
    assert people.learn([told("Ana", "A", "B", "C"), told("Bob"), told("Eva", "Eva"), told(" ", "A")]) == []


def test_the_user_s_word_is_last() -> None:
    people = People()
    people.join("~Ana", "Ana", "you said so")
    assert people.name("Ana") == "~Ana"
    people.undo("~Ana", "Ana")
    assert people.name("Ana") == "Ana"
    assert people.learn([told("Ana", "~Ana")]) == []
    assert people.learn([told("Ana", "Anita"), told("~Ana", "A.")]) != []
    assert people.learn([told("Anita", "A.")]) == [], "a bridge between what was taken apart"
    people.join("Ana", "~Ana", "you said so")
    assert {people.name(name) for name in ("Ana", "~Ana", "Anita", "A.")} == {"Ana"}


def test_undoing_takes_one_apart_or_all() -> None:
    people = People()
    people.learn([told("a", "b", "c", "d")])
    assert people.undo("a", "c") == ["c"]
    assert everybody(people, "abcd") == {frozenset("abd"), frozenset("c")}
    assert people.undo("b", "a") == ["b"], "what is shown stays"
    assert everybody(people, "abcd") == {frozenset("ad"), frozenset("b"), frozenset("c")}
    assert people.undo("d") == ["d"]
    with pytest.raises(NotOfSeveral):
        people.undo("a")
    for pair in (("a", "b"), ("a", "a"), ("a", "z")):
        with pytest.raises(NotJoined):
            people.undo(*pair)
    assert people.learn([told("a", "b", "c", "d")]) == []


names = st.sampled_from("abcdefg")
steps = st.tuples(st.sampled_from(["learn", "join", "undo"]), names, names)


@settings(deadline=None)
@given(st.lists(steps, max_size=30))
def test_any_history_is_kept_on_disk_as_it_is(
    tmp_path_factory: pytest.TempPathFactory, history: list[tuple[str, str, str]]
) -> None:
    people = People()
    refused: set[frozenset[str]] = set()
    for step, one, two in history:
        if step == "learn":
            people.learn([told(one, two)])
        elif step == "join":
            people.join(one, two, "you said so")
            refused = {pair for pair in refused if len({people.name(name) for name in pair}) == 2}
        elif people.name(one) == people.name(two) and one != two:
            people.undo(one, two)
            refused.add(frozenset((one, two)))
        assert all(len({people.name(name) for name in pair}) == 2 for pair in refused)
        assert all(people.name(people.name(name)) == people.name(name) for name in "abcdefg")
    path = tmp_path_factory.mktemp("people") / "people.toml"
    write_settings(path, people.settings())
    again = People(read_settings(path, PeopleSettings))
    assert everybody(again, "abcdefg") == everybody(people, "abcdefg")
    assert again.names() == people.names()
    assert again.settings() == people.settings()


@settings(deadline=None)
@given(st.text(min_size=1), st.text(min_size=1))
def test_any_name_can_be_kept(tmp_path_factory: pytest.TempPathFactory, one: str, two: str) -> None:
    people = People()
    people.learn([told(one, two)])
    path = tmp_path_factory.mktemp("people") / "people.toml"
    write_settings(path, people.settings())
    assert People(read_settings(path, PeopleSettings)).names() == people.names()


def test_half_a_character_does_not_stop_an_import(tmp_path: Path) -> None:
    people = People()
    people.learn([told("Ana", "\ud83d")])
    assert people.name("\ufffd") == "Ana"
    write_settings(Workspace.create(tmp_path / "w").people_file, people.settings())


def test_a_file_that_contradicts_itself_is_read() -> None:
    entry = {"why": "", "by": "you"}
    circle = [{"name": "a", "also": ["b"], **entry}, {"name": "b", "also": ["a", "c"], **entry}]
    people = People(PeopleSettings.model_validate({"identities": circle, "refused": [("a", "b")]}))
    assert everybody(people, "abcd") == {frozenset("abc"), frozenset("d")}


@pytest.mark.parametrize(
    "name", ["+34 600 11 22 33", "+34600112233", "(600) 112-233", "600\u00a011\u00a022\u00a033"]
)
def test_a_number_is_known(name: str) -> None:
    assert is_phone(name) and is_phone(f"\u202a{name}\u202c")


def test_a_name_is_no_number() -> None:
    assert not any(map(is_phone, ("Ana", "R2D2", "2021", "", "Ana +34 600 11 22 33")))


# --- who looks like one person -------------------------------------------------------------------


def pairs(*spellings: str, people: People | None = None) -> set[tuple[str, str]]:
    return {(one.name, one.other) for one in resemblances(spellings, people or People())}


def test_what_looks_like_one_person_is_suggested() -> None:
    assert pairs("Ana Gómez", "ana gomez") == {("Ana Gómez", "ana gomez")}
    assert pairs("Ana", "~Ana", "~\u202fAna") == {
        ("Ana", "~Ana"),
        ("Ana", "~\u202fAna"),
        ("~Ana", "~\u202fAna"),
    }
    assert pairs("+34600112233", "600 11 22 33") == {("+34600112233", "600 11 22 33")}
    assert pairs("0034 600 11 22 33", "+34 600-112-233", "07911 123456", "+44 7911 123456") == {
        ("0034 600 11 22 33", "+34 600-112-233"),
        ("07911 123456", "+44 7911 123456"),
    }


def test_what_does_not_is_not() -> None:
    assert pairs("Ana", "Anna", "Ana G.", "", "~", "\u200e") == set()
    assert pairs("+34 600 11 22 33", "+34 601 11 22 33", "+33 600 11 22 33", "112233") == set()
    assert pairs(*(f"{'~' * (number % 2)}{' ' * number}Ana" for number in range(2, 30))) == set()


def test_what_is_joined_or_taken_apart_is_not_suggested() -> None:
    people = People()
    people.learn([told("Ana", "~Ana")])
    assert pairs("Ana", "~Ana", "ana", people=people) == {("Ana", "ana")}
    people.undo("Ana", "~Ana")
    assert pairs("Ana", "~Ana", people=people) == set()


@settings(deadline=None)
@given(st.lists(st.text(string.ascii_letters + string.digits + "~+ áÁ\u200e"), max_size=30))
def test_any_names_can_be_looked_at(spellings: list[str]) -> None:
    assert all(one != other for one, other in pairs(*spellings))
