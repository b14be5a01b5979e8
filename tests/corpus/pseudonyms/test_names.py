"""Names among words: by who takes part, by lists, and by what stands around."""

import pytest

from sosias.corpus.pseudonyms.finder import Finder, learn
from sosias.corpus.pseudonyms.forms import people_forms
from sosias.corpus.pseudonyms.names import Names

NOBODY = Names()


def found(text: str, names: Names = NOBODY) -> list[str]:
    return [text[span.start : span.end] for span in names.find(text)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("hola rosa qué tal", ["rosa"]),
        ("me gusta la rosa blanca", []),
        ("Rosa dijo que sí", ["Rosa"]),
        ("dile a caro que venga", ["caro"]),
        ("sale muy caro", []),
        ("mi hermana Yamileth no viene", ["Yamileth"]),
        ("mi prima yurleidy llamó", ["yurleidy"]),
        ("Anaaaa ven", ["Anaaaa"]),
        ("lo de la lucía con el nico", ["lucía", "nico"]),
        ("con José Luis García Pérez", ["José", "Luis", "García", "Pérez"]),
        ("María de la Cruz vino", ["María", "Cruz"]),
        ("MAÑANA VIENE ANA", ["ANA"]),
        ("gracias, rosa!", ["rosa"]),
        ("sol y playa", []),
        ("vale, claro", []),
        ("si quiere", []),
        ("fui a Santiago", []),
        ("mark my words", []),
        ("tell mark to bring it", ["mark"]),
        ("Mark said he will come", ["Mark"]),
        ("i will tell you, may i?", []),
        ("i bought a lily", []),
        ("Bob's car", ["Bob"]),
        ("hi Chelsea, how are you", ["Chelsea"]),
        ("flying to Paris in May", []),
    ],
)
def test_names_by_lists_and_cues(text: str, names: list[str]) -> None:
    assert found(text) == names


def test_participants_are_known_by_all_parts_of_their_names() -> None:
    names = Names(people=people_forms(["Xiadani Quetzalcoatl", "Dentista", "Mamá"]))
    assert found("viste a xiadani? la Quetzalcoatl", names) == ["xiadani", "Quetzalcoatl"]
    assert found("mamá fue al dentista", names) == []


WORDS = ["Leo", "Sol", "Will", "Mark", "Luz", "Ángel", "Grace", "Joy", "Faith", "Bill", "Art"]


@pytest.mark.parametrize("name", WORDS)
@pytest.mark.parametrize(
    "text", ["{} ha dicho que sí", "{}, ven", "hola {}", "ven, {}", "y si {} viene", "{}"]
)
def test_who_takes_part_is_found_though_the_name_is_a_word(name: str, text: str) -> None:
    names = Names(people=people_forms([name]))
    assert found(text.format(name), names) == [name]


def test_the_word_that_a_participants_name_is_stays() -> None:
    names = Names(people=people_forms(["Leo Gil", "Sol Paz", "Will", "Hope", "Mark", "Art", "Joy"]))
    for text in (
        "hace sol",
        "leo un libro y sol",
        "i will come",
        "will you come",
        "i hope so",
        "mark my words",
        "modern art",
        "Hope you are fine",
        "Will it rain",
    ):
        assert found(text, names) == []
    assert found("Ana sola en casa", Names(people=people_forms(["Pedro Sola"]))) == ["Ana"]
    assert found("Leo Gil y yo, hola sol", names) == ["Leo", "Gil", "sol"]


def test_what_anybody_is_called_is_no_name_though_somebody_is_saved_so() -> None:
    names = Names(people=people_forms(["Mi Amor", "Vale", "Mamá"]))
    for text in ("hola amor", "gracias, vale", "Vale, nos vemos", "ok vale", "hola mamá"):
        assert found(text, names) == []
    assert found("hola vale, dile a Vale que venga", names) == ["vale", "Vale"]


def test_who_is_mentioned_is_found_in_any_spelling() -> None:
    finder = Finder(people=people_forms(["Rosa", "Juan Carlos Pérez", "Leo"]))
    for text, expected in (
        ("@rosa ven", ["rosa"]),
        ("@Juan Carlos Pérez mira", ["Juan", "Carlos", "Pérez"]),
        ("@\u2068leo\u2069 mira", ["leo"]),
    ):
        spans = finder.find(text)
        assert [text[span.start : span.end] for span in spans] == expected
        assert "handle" not in {span.kind for span in spans}
    [span] = finder.find("@rosa_92 ven")
    assert span.kind == "handle"
    assert Finder(people={}, kept=frozenset({"rosa"})).find("@rosa ven") == []


@pytest.mark.parametrize("text", ["Rosa, cierra", "Rosa, cierra la puerta", "Rosa, mira"])
def test_what_somebody_is_told_to_do_is_no_name(text: str) -> None:
    assert found(text, Names(people=people_forms(["Rosa"]))) == ["Rosa"]


def test_where_no_capitals_tell_a_name_goes_on_with_what_is_known() -> None:
    names = Names(people=people_forms(["محمد علي", "李雷"]))
    assert found("محمد كيف حالك اليوم", names) == ["محمد"]
    assert found("محمد علي كيف حالك", names) == ["محمد", "علي"]
    assert found("李雷 你好 吃饭", names) == ["李雷"]


def test_who_is_kept_is_never_taken_and_who_is_added_always() -> None:
    names = Names(kept=frozenset({"ana"}), added=frozenset({"bicho"}))
    assert found("Ana, Anaaa y el bicho vieron a Pedro", names) == ["bicho", "Pedro"]


def test_a_corpus_tells_names_that_no_list_has() -> None:
    finder = Finder(people={})
    texts = ["mi prima zulmarys viene", "dile a zulmarys que sí", "mira zulmarys"]
    assert finder.find(texts[2]) == []
    assert [span.canonical for span in learn(finder, texts).find(texts[2])] == ["zulmarys"]
