"""The page: complete, closed to the network, and safe whatever people are called."""

from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import pytest

from sosias.corpus.describe import describe
from sosias.corpus.description.cloud import cloud
from sosias.corpus.description.page import page
from sosias.corpus.description.sentences import part_of_day, sentences
from sosias.language import use_language
from tests.corpus.tables import message, table

HOSTILE = "<script>alert('x')</script>&\"</svg><img src=x onerror=y>\x01"
VOID = {"meta", "br", "img", "link", "input"}


class Reader(HTMLParser):
    """Gathers the elements of a page, and that each one is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(written: str) -> Reader:
    reader = Reader()
    reader.feed(written)
    reader.close()
    assert reader.open == []
    return reader


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    texts = (
        "¿Vienes hoy a la fiesta de la casa verde?",
        "sí 😂😂",
        "qué bonito, gracias",
        "secreto único aquí",
    )
    messages = [
        message(n, n * 300, (HOSTILE, "Bea", "Eva")[n % 3], texts[0] if n == 1 else texts[n % 3])
        for n in range(400)
    ]
    return describe(table([*messages, message(401, 130_000, "Bea", texts[3])]))


def test_names_cannot_become_markup(facts: dict[str, Any]) -> None:
    reader = read(page(facts))
    assert not {"script", "img", "iframe", "link", "object"} & {tag for tag, _attributes in reader.seen}
    assert any("<script>alert('x')</script>&\"</svg>" in text for text in reader.text)


def test_nothing_is_fetched(facts: dict[str, Any]) -> None:
    reader = read(page(facts))
    for _tag, attributes in reader.seen:
        assert not {"src", "href", "xlink:href", "srcset", "action"} & set(attributes)
    assert "url(" not in page(facts) and "@import" not in page(facts)
    assert page(facts).count("http") == page(facts).count('xmlns="http') + page(facts).count("http-equiv")


def test_no_message_is_quoted(facts: dict[str, Any]) -> None:
    text = " ".join(read(page(facts)).text)
    for said in ("Vienes hoy", "qué bonito", "secreto", "único"):
        assert said not in text
    assert "bonito" in text  # words are shown, if they are used often


def test_the_same_figures_give_the_same_page(facts: dict[str, Any]) -> None:
    assert page(facts) == page(facts)


def test_every_plot_has_a_name_and_every_table_heads(facts: dict[str, Any]) -> None:
    reader = read(page(facts))
    plots_drawn = [attributes for tag, attributes in reader.seen if tag == "svg"]
    assert len(plots_drawn) >= 10
    assert all(attributes["role"] == "img" and attributes["aria-label"] for attributes in plots_drawn)
    tags = [tag for tag, _attributes in reader.seen]
    assert tags.count("h1") == 1 and tags.count("thead") == tags.count("table") >= 10


def test_a_page_of_nothing_is_a_page() -> None:
    read(page(describe(table([]))))


def test_the_page_says_its_language(facts: dict[str, Any]) -> None:
    assert '<html lang="en">' in page(facts)
    use_language("es")
    spanish = page(facts)
    assert read(spanish).seen and '<html lang="es">' in spanish


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ({22: 3, 23: 4, 1: 3, 12: 2}, "after ten at night"),
        ({7: 5, 8: 3}, "before nine"),
        ({10: 5, 11: 3}, "in the morning"),
        ({15: 5, 16: 3, 22: 1}, "in the afternoon"),
        ({20: 5, 21: 3}, "in the evening"),
    ],
)
def test_the_part_of_the_day(hours: dict[int, int], said: str) -> None:
    found = part_of_day([hours.get(hour, 0) for hour in range(24)])
    assert found is not None and said in found


def test_no_part_of_the_day_where_there_is_none() -> None:
    assert part_of_day([1] * 24) is None and part_of_day([0] * 24) is None


def test_sentences_are_about_what_there_is(facts: dict[str, Any]) -> None:
    about = [one["about"] for one in sentences(facts)]
    assert {"span", "people", "months", "lengths", "emoji", "enough"} <= set(about)
    said = " ".join(one["text"] for one in facts["sentences"])
    assert "{" not in said and "401 messages in one chat" in said


def boxes(svg: str) -> list[tuple[float, float, float]]:
    """Return of each word its middle and the size of its letters."""
    root = ElementTree.fromstring(svg)
    return [
        (float(one.get("x", "")), float(one.get("y", "")), float(one.get("style", "")[10:-2]))
        for one in root.iter("{http://www.w3.org/2000/svg}text")
    ]


def test_in_a_cloud_frequent_words_are_larger_and_none_covers_another() -> None:
    words = [(f"palabra{number}", 100 - number) for number in range(40)]
    drawn = boxes(cloud(words, "t"))
    assert len(drawn) == 40
    sizes = [size for _x, _y, size in drawn]
    assert sizes == sorted(sizes, reverse=True) and sizes[0] > 1.5 * sizes[-1]
    lines = sorted((y, x) for x, y, _size in drawn)
    assert len(set(lines)) == 40
    assert len(boxes(cloud([("a" * 200, 9), ("b", 3)], "t"))) == 2
    assert boxes(cloud([], "t")) == []
