"""The order of dates: what proves it, and what is only a guess."""

from datetime import date, datetime
from pathlib import Path

import pytest

from sosias.sources.dates import DateEvidence, Hints, Triple, read_date
from tests.sources.exports import read_one, write


def order(
    dates: list[Triple], year_place: int | None = 2, hints: Hints | None = None
) -> tuple[str, str, str]:
    evidence = DateEvidence(year_place)
    for triple in dates:
        evidence.see(triple)
    found = evidence.order(hints or Hints("/", since=2009))
    return found.value, found.evidence, found.why


@pytest.mark.parametrize(
    ("dates", "year_place", "value"),
    [
        ([(1, 2, 2021), (13, 2, 2021)], 2, "D/M/Y"),
        ([(1, 2, 2021), (2, 13, 2021)], 2, "M/D/Y"),
        ([(1, 2, 21), (28, 2, 21), (13, 3, 21)], None, "D/M/Y"),
        ([(2021, 1, 2)], 0, "Y/M/D"),
        ([(2021, 13, 2)], 0, "Y/D/M"),
        ([(6, 2018, 13)], 1, "M/Y/D"),
    ],
)
def test_what_no_other_order_can_read_is_proof(
    dates: list[Triple], year_place: int | None, value: str
) -> None:
    assert order(dates, year_place)[:2] == (value, "proven")


@pytest.mark.parametrize(
    ("dates", "hints", "value", "why"),
    [
        ([(1, 2, 2021), (5, 2, 2021), (2, 3, 2021)], Hints("/"), "D/M/Y", "back in time"),
        ([(2, 1, 2021), (2, 5, 2021), (3, 2, 2021)], Hints("/"), "M/D/Y", "back in time"),
        ([(1, 12, 2021)], Hints("/", written=datetime(2021, 2, 1)), "M/D/Y", "later than the file"),
        ([(1, 2, 2021), (2, 2, 2021)], Hints("/", meridiem="PM"), "D/M/Y", "changes more often"),
        ([(2, 1, 2021), (2, 2, 2021)], Hints("."), "M/D/Y", "changes more often"),
        ([(1, 2, 2021)], Hints("/", meridiem="PM"), "M/D/Y", "American"),
        ([(1, 2, 2021)], Hints("/", meridiem="p. m."), "D/M/Y", "nothing tells"),
        ([(1, 2, 2021)], Hints("."), "D/M/Y", "nothing tells"),
        ([(1, 2, 2021)], Hints("-", spanish=True), "D/M/Y", "Spanish"),
    ],
)
def test_hints_are_asked_in_order_and_called_guesses(
    dates: list[Triple], hints: Hints, value: str, why: str
) -> None:
    found = order(dates, 2, hints)
    assert found[:2] == (value, "guessed") and why in found[2]


def test_short_years_that_lead_are_told_by_the_steps() -> None:
    year_first = [(23, month, day) for month in (4, 5, 6) for day in (1, 9, 20)]
    assert order(year_first, None)[0] == "Y/M/D"
    day_first = [(day, month, 23) for month in (4, 5, 6) for day in (1, 9, 20)]
    assert order(day_first, None)[:2] == ("D/M/Y", "proven")


@pytest.mark.parametrize(
    ("dates", "hints", "evidence", "why"),
    [
        ([(18, 6, 13)], Hints("/"), "guessed", "year of two digits"),
        ([(28, 2, 21), (13, 3, 21)], Hints("/"), "guessed", "year of two digits"),
        ([(25, 12, 13)], Hints("/", written=datetime(2013, 12, 25)), "proven", "later than the file"),
        ([(18, 6, 13), (3, 7, 13)], Hints("/", since=2009), "proven", "too old"),
        ([(18, 6, 30), (18, 6, 31)], Hints("/"), "proven", "do not exist"),
        (
            [(day, month, 13) for month in range(1, 8) for day in range(10, 28)],
            Hints("/"),
            "proven",
            "again and again",
        ),
    ],
)
def test_a_year_of_two_digits_that_could_lead_is_ruled_out_before_anything_is_proven(
    dates: list[Triple], hints: Hints, evidence: str, why: str
) -> None:
    found = order(dates, None, hints)
    assert found[:2] == ("D/M/Y", evidence) and why in found[2]


def test_a_stray_line_does_not_make_the_year_lead() -> None:
    dates = [(day, month, 21) for month in range(1, 13) for day in range(1, 29)]
    assert order([*dates, (31, 2, 20)], None)[0] == "D/M/Y"


def test_the_user_has_the_last_word() -> None:
    assert order([(1, 2, 2021)], 2, Hints("/", day_first=False))[:2] == ("M/D/Y", "proven")
    assert order([(1, 2, 21)], None, Hints("/", meridiem="PM", day_first=True))[0] == "D/M/Y"


def test_dates_that_no_one_order_fits_are_guessed() -> None:
    found = order([(3, 14, 2021), (3, 15, 2021), (3, 16, 2021), (14, 4, 2021)])
    assert found[:2] == ("M/D/Y", "guessed") and "joined" in found[2]


def test_a_quoted_line_does_not_make_it_two_exports(tmp_path: Path) -> None:
    lines = [f"{month}/{day}/2021, 10:00 - Ann: a" for month in (1, 2, 3) for day in range(1, 28)]
    lines[40] += "\n31/12/2018, 10:00 - Carl: forged"
    messages = list(read_one(write(tmp_path / "chat.txt", "\n".join(lines))).messages())
    assert len(messages) == len(lines)
    assert messages[40].text == "a\n31/12/2018, 10:00 - Carl: forged"


def test_days_that_do_not_exist_are_none() -> None:
    assert read_date((31, 2, 2021), "D/M/Y") is None
    assert read_date((0, 0, 0), "D/M/Y") is None
    assert read_date((29, 2, 24), "D/M/Y") == date(2024, 2, 29)
