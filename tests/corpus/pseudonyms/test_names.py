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


def test_who_is_kept_is_never_taken_and_who_is_added_always() -> None:
    names = Names(kept=frozenset({"ana"}), added=frozenset({"bicho"}))
    assert found("Ana, Anaaa y el bicho vieron a Pedro", names) == ["bicho", "Pedro"]


def test_a_corpus_tells_names_that_no_list_has() -> None:
    finder = Finder(people={})
    texts = ["mi prima zulmarys viene", "dile a zulmarys que sí", "mira zulmarys"]
    assert finder.find(texts[2]) == []
    assert [span.canonical for span in learn(finder, texts).find(texts[2])] == ["zulmarys"]
