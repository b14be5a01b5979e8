"""Numbers, days and lists as a person reads them."""

from sosias.pages import figures


def test_numbers_as_people_read_them() -> None:
    assert [figures.whole(value) for value in (0, 9999, 12345.6)] == ["0", "9999", "12\u202f346"]
    assert [figures.decimal(value) for value in (2.0, 2.25, 250.4)] == ["2", "2.2", "250"]
    assert [figures.duration(value) for value in (30, 300, 7200)] == ["under 1 min", "5 min", "2 h"]
    assert figures.listed(["a"]) == "a" and figures.listed(["a", "b", "c"]) == "a, b and c"
    assert figures.day("2024-02-29T10:00:00") == "29 February 2024"
