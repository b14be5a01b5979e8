"""What is counted of a chat is what was planted in it."""

from datetime import datetime, timedelta
from math import comb
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sosias.corpus.describe import describe
from sosias.corpus.description import emojis, languages, lengths, mood, talk, times, words
from sosias.corpus.description.feelings import CLEAR, english, spanish
from sosias.corpus.description.feelings_es import forms
from sosias.corpus.description.people import measured, people
from sosias.messages import Message
from tests.corpus.tables import START, message, table


def said(*texts: str) -> Any:
    return table([message(number, number, "Ana", text) for number, text in enumerate(texts)])


def test_the_manner_of_each_person() -> None:
    own = table(
        [
            message(0, 0, "Ana", "¿Qué tal, Bea?"),
            message(1, 1, "Ana", "vienes?\n👩‍👩‍👧👍🏽"),
            message(2, 2, "Ana", "¡Ya! , , ,"),
            message(3, 3, "Bea", "no"),
        ]
    )
    ana, bea = people(measured(own))
    assert (ana["name"], ana["words"]) == ("Ana", 3 + 2 + 4)
    assert ana["manner"] == {
        "median_words": 3.0,
        "commas_per_100_words": 44.4,
        "emoji_per_100_messages": 66.7,
        "questions_per_100_messages": 66.7,
        "exclamations_per_100_messages": 33.3,
        "questions_opened_percent": 50.0,
        "exclamations_opened_percent": 100.0,
    }
    assert bea["manner"]["questions_opened_percent"] is None


def test_lengths_are_shared_out() -> None:
    found = lengths.lengths(measured(said("", "a", "a b", "a b c d e", "a " * 60)))
    assert found["median_words"] == 2
    assert {row["most"]: row["messages"] for row in found["classes"] if row["messages"]} == {
        1: 2,
        2: 1,
        5: 1,
        None: 1,
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("👩‍👩‍👧 🤦🏽‍♂️", ["👩‍👩‍👧", "🤦🏽‍♂️"]),
        ("🇪🇸🇦🇷", ["🇪🇸", "🇦🇷"]),
        ("🏴󠁧󠁢󠁳󠁣󠁴󠁿1️⃣", ["🏴󠁧󠁢󠁳󠁣󠁴󠁿", "1️⃣"]),
        ("❤ ❤️ ☺", ["❤", "❤️", "☺"]),
        ("12 # * ™ © ↔ → ½ … « ¿", []),
        ("©️", ["©️"]),
    ],
)
def test_an_emoji_with_its_joiners_is_one(text: str, found: list[str]) -> None:
    counted = said(text)
    [row] = counted.select(emoji=emojis.found(counted.text)).to_pyarrow().to_pylist()
    assert row["emoji"] == found


def test_every_emoji_of_unicode_is_found_whole() -> None:
    from emoji import EMOJI_DATA
    from emoji.unicode_codes import STATUS

    full = [sign for sign, facts in EMOJI_DATA.items() if facts["status"] == STATUS["fully_qualified"]]
    texts = said(*full)
    rows = texts.select("text", emoji=emojis.found(texts.text)).to_pyarrow().to_pylist()
    assert len(rows) == len(full)
    assert [row["text"] for row in rows if row["emoji"] != [row["text"]]] == []


def test_favourites_are_one_with_and_without_their_mark() -> None:
    assert emojis.favourites(said("❤ ❤️", "😂")) == [
        {"emoji": "❤️", "name": "red heart", "count": 2},
        {"emoji": "😂", "name": "face with tears of joy", "count": 1},
    ]
    assert emojis.name("😂", "es") == "cara llorando de risa"


def test_bubbles_of_one_person_make_turns() -> None:
    found = talk.turns(
        table(
            [
                message(0, 0, "Ana"),
                message(1, 10, "Ana"),
                message(2, 10, "Bea", kind="media"),
                message(3, 11, "Ana"),
                message(4, 21.1, "Ana"),
                message(5, 22, None, kind="system"),
                message(0, 22, "Ana", chat="d"),
            ]
        )
    )
    assert (found["count"], found["by_bubbles"]) == (5, [4, 1, 0, 0, 0, 0])
    assert found["bubbles_of_each"] == {"Ana": 1.25, "Bea": 1.0}


def test_answers_are_timed_between_two() -> None:
    messages, minute = [], 0.0
    for place in range(5):
        messages.append(message(2 * place, minute, "Ana"))
        messages.append(message(2 * place + 1, minute + (1, 2, 3, 4, 700)[place], "Bea"))
        minute += 3 * 24 * 60  # an answer after three days is none
    assert talk.replies(table(messages)) == [{"who": "Bea", "to": "Ana", "count": 5, "median_seconds": 180}]


def test_answers_over_midnight_are_timed() -> None:
    late = datetime(2024, 1, 31, 23, 59, 30)
    messages = [
        message(number, number / 2 + (late - START) / timedelta(minutes=1), "Ana" if number % 2 else "Bea")
        for number in range(6)
    ]
    assert {row["median_seconds"] for row in talk.replies(table(messages))} == {30}


def test_times_are_counted_by_hour_and_day() -> None:
    found = table([message(0, 0, "Ana"), message(1, 13 * 60, "Ana"), message(2, None, "Ana")])
    hours = times.hours(found)
    assert hours is not None and (hours[10], hours[23], sum(hours)) == (1, 1, 2)
    assert times.weekdays(found) == [2, 0, 0, 0, 0, 0, 0]
    assert times.span(found) == {
        "first": "2024-01-01T10:00:00",
        "last": "2024-01-01T23:00:00",
        "days": 1,
        "active_days": 1,
    }


def test_days_without_a_clock_have_no_hours() -> None:
    days = [message(day, day * 24 * 60 - 600, "Ana") for day in range(10)]
    assert times.hours(table(days)) is None


def test_words_are_letters_without_links_and_mentions() -> None:
    used = words.used(said("¡Hola, holA! no-no https://a.b/hola?q=hola @hola d'or x1y"))
    found = {row["word"]: row["count"] for row in used.to_pyarrow().to_pylist()}
    assert found == {"hola": 2, "no": 2, "d'or": 1, "x": 1, "y": 1}


def test_frequent_words_leave_out_what_says_little_and_what_is_rare() -> None:
    used = words.used(said(*["el gato de Ana"] * 5, *["clave secreta"] * 2))
    assert words.top(used, words.stop_words(["es"])) == [
        {"word": "ana", "count": 5},
        {"word": "gato", "count": 5},
    ]


def test_distinctive_words_are_those_of_one_person() -> None:
    both = "que no y si la el a de"
    messages = [message(2 * n, n, "Ana", f"{both} ostras") for n in range(40)]
    messages += [message(2 * n + 1, n, "Bea", f"{both} caramba") for n in range(40)]
    found = words.distinctive(words.used(table(messages)))
    assert found == {
        "Ana": [{"word": "ostras", "count": 40}],
        "Bea": [{"word": "caramba", "count": 40}],
    }


@given(st.lists(st.integers(1, 9), min_size=1, max_size=12), st.integers(1, 12))
def test_different_words_among_so_many_are_what_chance_gives(counts: list[int], drawn: int) -> None:
    spectrum = [(count, counts.count(count)) for count in sorted(set(counts))]
    found = words.different_among(spectrum, drawn)
    total = sum(counts)
    if total < drawn:
        assert found is None
    else:
        expected = sum(1 - comb(total - count, drawn) / comb(total, drawn) for count in counts)
        assert found == pytest.approx(expected, abs=0.051)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Pues no sé qué decirte, la verdad es que me gusta mucho esta casa", "es"),
        ("I don't know what to say, but it was really nice of you to come", "en"),
        ("Não sei o que te dizer, mas eu gostei muito de você e da sua casa", "pt"),
        ("No sé què dir-te, però m'ha agradat molt la teva casa i el jardí", "ca"),
    ],
)
def test_languages_are_told_by_letters(text: str, language: str) -> None:
    assert languages.languages_of([text, "ok", "https://example.org/" + "a" * 60]) == {
        "texts": 1,
        "shares": {language: 1.0},
    }


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("qué día tan bonito", "qué día tan horrible"),
        ("me gusta", "no me gusta"),
        ("muy feliz", "feliz"),
        ("buenísimooo", "tristeee"),
        ("no es malo", "es malo"),
        ("jajajaja", "llorando 😭"),
        ("disfrutamos la fiesta 🎉", "odio la guerra"),
    ],
)
def test_spanish_feelings(good: str, bad: str) -> None:
    assert -1 <= spanish(bad) < spanish(good) <= 1


def test_feelings_of_nothing_are_none() -> None:
    assert spanish("mesa") == spanish("") == english("table") == 0
    assert english("I love it 😀") > CLEAR > -CLEAR > english("I hate it")


def test_forms_have_no_accents_and_agree_with_themselves() -> None:
    assert all(form.isascii() or "ñ" in form for form in forms())
    assert forms()["bonitas"] > 0 > forms()["lloraron"]


def test_spanish_feelings_are_worth_more_than_guessing(shared_data: Any) -> None:
    rows = [
        line.rstrip("\n").split("\t")
        for file in sorted((shared_data / "sentiment_es_tass2020").glob("*.tsv"))
        for line in file.read_text("utf-8").splitlines()
    ]
    labels = [row[2].strip() for row in rows]
    scores = [spanish(row[1]) for row in rows]
    told = ["P" if score > CLEAR else "N" if score < -CLEAR else "NEU" for score in scores]
    right = sum(one == other for one, other in zip(labels, told, strict=True)) / len(labels)
    most = max(labels.count(label) for label in set(labels)) / len(labels)
    assert len(labels) == 4802 and most < 0.4
    assert right > 0.54


def test_months_sound_as_their_words_do() -> None:
    month = 31 * 24 * 60
    messages = [message(n, n % 30, "Ana", "qué bonito, gracias") for n in range(40)]
    messages += [message(100 + n, month + n % 30, "Ana", "qué asco de día") for n in range(40)]
    messages += [message(200 + n, 2 * month, "Ana", "bien") for n in range(5)]
    found = mood.mood(table(messages), "es")
    assert found is not None and list(found["months"]) == ["2024-01", "2024-02"]  # five are too few
    january, february = found["months"].values()
    assert january["good"] == 1 and february["bad"] == 1 and january["mean"] > 0.5 > -0.2 > february["mean"]
    assert mood.mood(table(messages), "other") is None


def test_a_description_is_the_same_in_any_order_of_the_files() -> None:
    messages = [
        message(n, n * 7, ("Ana", "Bea", "Eva")[n % 3], f"uno dos tres {n % 5} 😂", chat="ab"[n % 2])
        for n in range(60)
    ]
    assert describe(table(messages)) == describe(table(messages[::-1]))


def test_who_forwards_and_leaves_says_nothing_wrong() -> None:
    """A chat of system lines alone has nobody in it, and a description all the same."""
    found = describe(table([Message("t", "c", 0, START, None, "system", "Ana left")]))
    assert (found["people"], found["top_words"], found["emoji"]) == ([], [], [])
    assert found["lengths"]["median_words"] is None and found["sentences"]
