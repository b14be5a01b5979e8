"""What is said of very little, of gaps, of two languages and of names that are nearly alike."""

from typing import Any

import pytest

from sosias.cli.look import _rows
from sosias.corpus.describe import describe
from sosias.corpus.description.languages import told
from sosias.corpus.description.page import page
from sosias.language import use_language
from sosias.messages import Message
from tests.corpus.tables import message, table

SPANISH = "mañana por la tarde nos vemos en la puerta del cine y después cenamos todos juntos"
ENGLISH = "we will meet at the station tomorrow afternoon and walk home together after dinner"
DAY = 24 * 60


@pytest.fixture(autouse=True)
def english() -> None:
    use_language("en")


def described(messages: list[Message]) -> dict[str, Any]:
    return describe(table(messages))


def said(facts: dict[str, Any]) -> str:
    return "\n".join(sentence["text"] for sentence in facts["sentences"])


def test_one_message_is_no_habit() -> None:
    facts = described([message(0, 0, "Ana", "hola")])
    found = said(facts)
    assert "One message, of 1 January 2024." in found
    for wrong in ("1 messages", "1 words", "on 1 of 1 days", "Monday", "Half of"):
        assert wrong not in found, wrong
    whole = page(facts)
    for sum_of_one in ("<b>1</b>message<", "<b>1</b>person<", "<b>1</b>word<", "<b>1</b>different word<"):
        assert sum_of_one in whole


def test_one_day_says_nothing_of_the_days_of_the_week() -> None:
    found = said(described([message(i, i, "Ana" if i % 2 else "Bea", "sí") for i in range(9)]))
    assert "9 messages in one chat, all of 1 January 2024." in found
    assert "Half of the messages have one word." in found
    assert "Monday" not in found and "days of the week" not in found
    weeks = [message(i, i // 9 * DAY, "Ana", "sí") for i in range(14 * 9)]
    assert "All days of the week" in said(described(weeks))


@pytest.mark.parametrize("spanish", [30, 60])
def test_the_language_is_that_of_the_largest_share(spanish: int) -> None:
    """Short texts in one language, and more long ones in another: one figure decides both."""
    texts = [f"{SPANISH} {number}" for number in range(spanish)] + [f"{ENGLISH} {n}" for n in range(45)]
    language, why, shares = told(texts + ["que no sí la de el"] * 200)
    assert language == next(iter(shares["shares"])) == ("en" if spanish == 30 else "es")
    assert f"{round(100 * shares['shares'][language])} % of the longer messages" in why


def test_a_few_longer_texts_decide_nothing() -> None:
    language, why, shares = told([ENGLISH] * 3 + ["que no, sí, la de ella", "el que me dijo"] * 100)
    assert (language, shares["shares"]) == ("es", {}) and "common ones" in why


def test_pairs_are_told_apart_on_the_page() -> None:
    names = ("Berenguela Zurbarán Villaescusa del Río", "Berenguela Zurbarán Villaescusa de Haro")
    messages = [message(i, i, names[i % 2], "hola") for i in range(12)]
    found = page(described(messages))
    labels = [part.split("</text>")[0] for part in found.split('class="label" text-anchor="start">')[1:]]
    pairs = [label for label in labels if "→" in label]
    assert len(set(pairs)) == 2 and all(len(one) <= 50 for one in pairs)


def test_months_without_messages_are_rows() -> None:
    months = {"2023-11": 3, "2024-01": 1, "2024-06": 2}
    assert _rows(months) == [
        ("2023-11", 3),
        ("2023-12", 0),
        ("2024-01", 1),
        ("2024-02 – 2024-05", 0),
        ("2024-06", 2),
    ]
    assert _rows({}) == []
