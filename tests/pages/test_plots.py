"""Plots: what is drawn lies inside them, and says what it is."""

from xml.etree import ElementTree

import pytest

from sosias.pages import plots
from sosias.pages.plots import Curve

SVG = "{http://www.w3.org/2000/svg}"


def test_labels_are_thinned_where_they_would_touch() -> None:
    bars = [plots.Bar(f"2024-{number:02}", number, str(number)) for number in range(60)]
    root = ElementTree.fromstring(plots.columns(bars, "t"))
    labels = [one for one in root.iter("{http://www.w3.org/2000/svg}text") if one.get("class") == "label"]
    assert 2 <= len(labels) <= 8


def places(line: ElementTree.Element) -> list[tuple[float, float]]:
    pairs = (pair.split(",") for pair in line.get("points", "").split())
    return [(float(x), float(y)) for x, y in pairs]


def test_curves_share_their_axes() -> None:
    falling = Curve("learning", [(1, 4.0), (5, 3.0), (9, 1.0)])
    other = Curve("held-out <b>", [(5, 3.0), (9, 2.0)])
    root = ElementTree.fromstring(plots.curves([falling, other], "t", "steps"))
    first, second = (places(line) for line in root.iter(f"{SVG}polyline"))
    assert [x for x, _y in first] == sorted(x for x, _y in first)
    assert [y for _x, y in first] == sorted(y for _x, y in first), "what falls is drawn downwards"
    assert first[1] == second[0], "the same step and value lie in the same place"
    assert all(0 <= x <= plots.WIDTH and 0 <= y <= plots.HEIGHT for x, y in first + second)
    said = [one.text for one in root.iter(f"{SVG}text")]
    assert {"4.00", "1.00", "1", "9", "steps", "learning", "held-out <b>"} == set(said)


@pytest.mark.parametrize("points", [[], [(0.0, 2.0)], [(1.0, 2.0), (2.0, 2.0)]])
def test_a_curve_of_nothing_much_is_drawn(points: list[tuple[float, float]]) -> None:
    root = ElementTree.fromstring(plots.curves([Curve("loss", points)], "t", "steps"))
    assert len(places(next(root.iter(f"{SVG}polyline")))) == len(points)
