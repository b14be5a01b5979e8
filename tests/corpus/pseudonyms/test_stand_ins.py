"""Stand-ins: of the same kind, one to one, the same every time, and back again."""

import re
from itertools import pairwise

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import iban, luhn

from sosias.corpus.pseudonyms.candidates import survey_texts
from sosias.corpus.pseudonyms.finder import Finder
from sosias.corpus.pseudonyms.forms import people_forms
from sosias.corpus.pseudonyms.gazetteer import given_names
from sosias.corpus.pseudonyms.invented import pool
from sosias.corpus.pseudonyms.lists import plain
from sosias.corpus.pseudonyms.pseudonymise import author_spans
from sosias.corpus.pseudonyms.restoring import Restorer
from sosias.corpus.pseudonyms.stand_ins import StandIns
from tests.corpus.pseudonyms.planted import Half, chats

KEY = "5a" * 32
FINDER = Finder(people={}, regions=("ES", "US", "GB", "AR"))
HALVES: tuple[Half, Half] = ("development", "test")
PLANTED = [line.text for half in HALVES for chat in chats(half, 6, 60) for line in chat.lines]


def hidden(text: str, stand_ins: StandIns) -> str:
    return stand_ins.replaced(text, FINDER.find(text))


def test_what_was_hidden_comes_back() -> None:
    stand_ins = StandIns(KEY, occurring=survey_texts(PLANTED, FINDER).occurring)
    others = [hidden(text, stand_ins) for text in PLANTED]
    restorer = Restorer(stand_ins.as_settings())
    assert sum(one != two for one, two in zip(PLANTED, others, strict=True)) > len(PLANTED) / 3
    assert [restorer.restore(text) for text in others] == PLANTED


@pytest.mark.parametrize(
    "text",
    [
        "María y maria y MARIA con Pacooo y Francisco",
        "luuucía y aNA no; Lucía sí, Anita tampoco, Anaaa",
        "Renee and Matt and Matttt told Robert's friend Bob",
        "612 34 56 78 o +34 612345678 o 0034-612-34-56-78",
        "mi dni es 12345678z, Calle Gran Vía, 22, en calle mayor 3",
        "Ana@Gmail.com ana@gmail.com ANA@GMAIL.COM",
        "@ana_92 @Ana_92 https://instagram.com/ana.g?x=1",
        "José Luis García Pérez y Jose Luis garcía",
    ],
)
def test_spellings_come_back_exactly(text: str) -> None:
    stand_ins = StandIns(KEY)
    other = hidden(text, stand_ins)
    assert other != text
    assert Restorer(stand_ins.as_settings()).restore(other) == text


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([*PLANTED, "Anaaa", "ANA", "aNa", "josé", "JOSE", "mcDonald"]), max_size=4))
def test_any_messages_in_a_row_come_back(texts: list[str]) -> None:
    text = "\n".join(texts)
    stand_ins = StandIns(KEY, occurring=survey_texts([text], FINDER).occurring)
    other = hidden(text, stand_ins)
    assert Restorer(stand_ins.as_settings()).restore(other) == text


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_a_text_without_anybody_stays_as_it_is(text: str) -> None:
    if not FINDER.find(text):
        stand_ins = StandIns(KEY)
        assert hidden(text, stand_ins) == text
        assert stand_ins.as_settings() == {}


def test_gender_and_language_stay() -> None:
    stand_ins = StandIns(KEY)
    for name, gender, language in (("Elena", "f", "es"), ("Pedro", "m", "es"), ("Emily", "f", "en")):
        other = given_names()[plain(hidden(name, stand_ins))]
        assert other.name != name and other.gender == gender and other.language == language


def test_capitals_and_drawn_out_letters_stay() -> None:
    stand_ins = StandIns(KEY)
    name = hidden("elena", stand_ins)
    assert hidden("ELENA", stand_ins) == name.upper()
    assert hidden("Elenaaa", stand_ins) == name.title() + name[-1] * 2


def test_a_short_form_stands_for_a_short_form_of_the_same_name() -> None:
    stand_ins = StandIns(KEY)
    long, short = hidden("Francisco Paco", stand_ins).split()
    assert plain(short)[:3] == plain(long)[:3] and short != long


@pytest.mark.parametrize(
    ("name", "genders"),
    [
        ("Juan Carlos", "mm"),
        ("María José", "ff"),
        ("José María", "mm"),
        ("María Teresa", "ff"),
    ],
)
def test_compound_names_become_compound_names_of_the_same_gender(name: str, genders: str) -> None:
    stand_ins = StandIns(KEY)
    other = hidden(f"{name} y {name.lower()}; {name.upper()}, {plain(name)}", stand_ins)
    titled, small, capital, bare = re.fullmatch(r"(.+) y (.+); (.+), (.+)", other).groups()  # type: ignore[union-attr]
    assert [given_names()[plain(word)].gender for word in titled.split()] == list(genders)
    assert (small, capital, bare) == (titled.lower(), titled.upper(), plain(titled))
    assert titled.split()[0] == hidden(name.split()[0], stand_ins)
    assert Restorer(stand_ins.as_settings()).restore(titled) == name


@pytest.mark.parametrize(
    ("name", "genders"), [("Jesús María", "mm"), ("María Luz", "ff"), ("Juan Cruz", "m")]
)
def test_second_names_that_are_words_or_surnames_are_given_names_behind_a_first(
    name: str, genders: str
) -> None:
    spans = FINDER.find(f"mi amigo {name} García")
    assert [span.kind for span in spans] == ["name", "name", "surname"]
    first, second, _surname = (
        given_names().get(plain(word))
        for word in hidden(f"mi amigo {name} García", StandIns(KEY)).split()[2:]
    )
    assert first and second and (first.gender + second.gender).startswith(genders)


def test_a_second_name_of_the_other_gender_is_somebody_elses_when_alone() -> None:
    stand_ins = StandIns(KEY)
    together, alone = hidden("María José", stand_ins).split()[1], hidden("José", stand_ins)
    assert together != alone and given_names()[plain(alone)].gender == "m"
    assert hidden("Ana, José y yo", stand_ins).split()[1] == alone
    author = stand_ins.author("María José Ruiz", FINDER.find("María José Ruiz"))
    restorer = Restorer(stand_ins.as_settings())
    assert restorer.restore(together) == restorer.restore(alone) == "José"
    assert author.split()[1] == together and restorer.author(author) == "María José Ruiz"


def test_the_key_decides_and_what_is_known_stays() -> None:
    first, second = StandIns(KEY), StandIns("00" * 32)
    names = [one.title() for one in sorted(pool("f", "es", False))[:20]]
    chosen = [hidden(name, first) for name in names]
    assert chosen == [hidden(name, StandIns(KEY, first.as_settings())) for name in names]
    assert chosen != [hidden(name, second) for name in names]


def test_no_two_have_the_same_stand_in_and_none_is_in_the_corpus() -> None:
    names = [one.title() for one in pool("f", "es", False) + pool("m", "es", False)]
    stand_ins = StandIns(KEY, occurring=[name.lower() for name in names])
    chosen = [hidden(name, stand_ins) for name in names if hidden(name, stand_ins) != name]
    assert len(set(chosen)) == len(chosen) > 500
    assert not set(map(str.lower, chosen)) & set(map(str.lower, names))


def test_numbers_keep_their_shape_and_are_nobodys() -> None:
    stand_ins = StandIns(KEY)
    for text in ("612 34 56 78", "+1 (415) 777-2671", "+44 7911 123456"):
        other = hidden(f"tel {text}", stand_ins)[4:]
        assert [one.isdigit() for one in other] == [one.isdigit() for one in text] and other != text
    spanish = phonenumbers.parse(hidden("612 34 56 78", stand_ins), "ES")
    assert not phonenumbers.is_valid_number(spanish)
    assert "555-01" in hidden("(415) 777-2671", stand_ins)
    assert not iban.is_valid(hidden("ES91 2100 0418 4502 0005 1332", stand_ins))
    card = hidden("4111 1111 1111 1111", stand_ins)
    assert card.startswith("0") and not card.startswith("4")
    assert luhn.is_valid("4111111111111111")
    assert hidden("a@b.org", stand_ins).endswith("@example.org")


def test_one_telephone_has_one_stand_in_in_all_its_spellings() -> None:
    other = hidden("tel 612 34 56 78 o +34 612345678", StandIns(KEY))
    first, second = other.removeprefix("tel ").split(" o +34 ")
    assert first.replace(" ", "") == second


def test_authors_are_shown_under_the_names_by_which_they_are_spoken_to() -> None:
    stand_ins = StandIns(KEY)
    author = stand_ins.author("Elena García ❤️", FINDER.find("Elena García ❤️"))
    assert author.split()[0] == hidden("Elena", stand_ins)
    same = stand_ins.author("Elena García", FINDER.find("Elena García"))
    assert same != author and same.startswith(author)
    restorer = Restorer(stand_ins.as_settings())
    assert restorer.author(author) == "Elena García ❤️" and restorer.author("Zoe") == "Zoe"


@pytest.mark.parametrize(
    ("author", "texts"),
    [
        ("Juan Carlos Pérez", ["Juan Carlos Pérez", "@Juan Carlos Pérez", "juan carlos pérez"]),
        ("Leo Gil", ["Leo Gil", "@Leo Gil", "hola Leo Gil"]),
        ("Ana Martín", ["Ana Martín", "ana martín"]),
        ("Sean O'Neill", ["Sean O'Neill", "con Sean O'Neill"]),
        ("la Puri", ["puri", "la Puri", "@puri"]),
        ("Xoán", ["xoan", "Xoán"]),
        ("Wojtek Pérez", ["wojtek perez", "Wojtek Perez"]),
    ],
)
def test_who_writes_is_who_is_spoken_of(author: str, texts: list[str]) -> None:
    finder, stand_ins = Finder(people=people_forms([author])), StandIns(KEY)
    shown = stand_ins.author(author, author_spans(author, finder))
    for text in texts:
        assert plain(stand_ins.replaced(text, finder.find(text))).endswith(plain(shown))


@pytest.mark.parametrize("name", ["Bea", "Anita", "Puri"])
def test_a_womans_short_form_becomes_a_womans(name: str) -> None:
    for number in range(20):
        other = hidden(name, StandIns(f"{number:02x}" * 32))
        assert not other.endswith(("ito", "illo", "ico", "ín")), other


def test_stand_ins_are_no_words() -> None:
    for one, two in pairwise(pool("m", "es", False)):
        assert one < two and Finder(people={}).find(one.title())
