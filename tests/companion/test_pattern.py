"""What each sign of the small language of phrases means."""

import pytest

from sosias.companion.pattern import Table, literal_table
from sosias.companion.spelling import spelled


@pytest.mark.parametrize(
    ("phrase", "text", "there"),
    [
        ("red (cat|big dog)", "a red cat", True),
        ("red (cat|big dog)", "a red big dog", True),
        ("red (cat|big dog)", "a red dog", False),
        ("red (very)? cat", "red cat", True),
        ("red (very)? cat", "red very cat", True),
        ("<colour> cat", "a blue cat", True),
        ("red cat !(food)", "red cat", True),
        ("red cat !(food)", "red cat food", False),
        ("red cat !(food)", "red cat, food", True),
        ("red (very)? !(cat) cat", "red very cat", False),
        ("red ... cat", "red and very old cat", True),
        ("red ... cat", "red one two three four five six cat", False),
        ("see # cats", "see 40 cats", True),
        ("see # cats", "see 4 cats", False),
        ("a cat*", "a catalogue", True),
        ("a cat", "a catalogue", False),
        ("^ cat", "well, cat", True),
        ("^ cat", "a cat", False),
        ("cat $", "a cat!", True),
        ("cat $", "cat food", False),
        ("red cat", "red, cat", True),
        ("red cat", "red fucking cat", True),
        ("red\n    cat", "a red cat", True),
    ],
)
def test_signs(phrase: str, text: str, there: bool) -> None:
    table = Table(phrase, "en", {"colour": "red|\n    blue"})
    assert table.in_line(spelled(text, "en")) is there


def test_striking_leaves_the_rest() -> None:
    assert Table("red cat", "en").strike(" my red cat is here ") == " my , is here "


def test_overlapping_phrases_are_all_found() -> None:
    assert len(list(Table("a b\nb c", "en").find(" a b c "))) == 2


def test_literal_phrases_have_no_signs() -> None:
    assert literal_table(("red (cat|dog)",), "en").in_line(spelled("red cat dog", "en"))
    assert literal_table(("死にたい",), "es").in_line(spelled("もう 死にたい", "es"))
    assert not literal_table(("", "^ # ... !", "$"), "en").in_line(" red ")
