"""Plots as small SVGs: columns, bars, lines, a table of shades; drawn by us, coloured by the page.

What our pages need is six shapes; a plotting library would weigh more than the rest of Sosias.
Text goes into the tree as text, so no name can become markup. Widths are those of a phone, where a unit is
a pixel; on wider screens pages set plots side by side rather than large.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

from markupsafe import Markup

from sosias.pages import figures

WIDTH = 340
HEIGHT = 150
"""Of what is not as high as it has rows."""
ROW = 22
"""Height of a bar with its label;"""
LABEL = 124
"""width of the label, and"""
LETTERS = 17
"""letters that fit."""
FIGURE = 52
"""Width of the figure behind the longest bar."""
LONG_LABEL = 50
"""Letters of a label that has the whole width."""
AXIS = 44
"""Room for the values beside curves."""
MARKED = 24
"""Points of a curve that are still marked one by one."""
LETTER = 6.6
"""Width of a letter of a label, about."""


@dataclass(frozen=True)
class Bar:
    """One value with its label; `said` is how the value is written."""

    label: str
    value: float
    said: str


def columns(bars: Sequence[Bar], title: str) -> Markup:
    """Draw values side by side; of many labels those are written that fit."""
    svg = _svg(title, HEIGHT + 26)
    most = max((bar.value for bar in bars), default=0) or 1
    step = WIDTH / max(1, len(bars))
    every = _spacing(bars, step)
    for place, bar in enumerate(bars):
        height = bar.value / most * (HEIGHT - 20)
        group = SubElement(svg, "g")
        SubElement(group, "title").text = f"{bar.label}: {bar.said}"
        left, wide = place * step + step * 0.1, step * 0.8
        _rectangle(group, left, HEIGHT - height, wide, height, "mark")
        if place % every == 0:
            _text(group, place * step + step / 2, HEIGHT + 16, bar.label, "label", "middle")
        if bar.value == most:
            middle = min(max(place * step + step / 2, 20), WIDTH - 20)
            _text(group, middle, HEIGHT - height - 5, bar.said, "value", "middle")
    _axis(svg, HEIGHT)
    return markup(svg)


def stacked(rows: Sequence[Bar], title: str) -> Markup:
    """Draw values below each other, each with its label above: for labels that need the whole width."""
    svg = _svg(title, 2 * ROW * len(rows) + 4)
    most = max((bar.value for bar in rows), default=0) or 1
    for place, bar in enumerate(rows):
        width = max(bar.value / most * (WIDTH - FIGURE), 1)
        group = SubElement(svg, "g")
        SubElement(group, "title").text = f"{bar.label}: {bar.said}"
        _text(group, 0, 2 * place * ROW + 16, bar.label, "label", "start")
        _rectangle(group, 0, (2 * place + 1) * ROW, width, ROW - 7, "mark")
        _text(group, width + 5, (2 * place + 1) * ROW + 12, bar.said, "value", "start")
    return markup(svg)


def bars(rows: Sequence[Bar], title: str) -> Markup:
    """Draw values below each other, each with its label before and its figure behind it."""
    svg = _svg(title, ROW * len(rows) + 4)
    most = max((bar.value for bar in rows), default=0) or 1
    signs = not any(letter.isalnum() for bar in rows for letter in bar.label)
    label = 40 if signs else LABEL
    for place, bar in enumerate(rows):
        width = max(bar.value / most * (WIDTH - label - FIGURE), 1)
        group = SubElement(svg, "g")
        SubElement(group, "title").text = f"{bar.label}: {bar.said}"
        written = shortened(bar.label, LETTERS)
        _text(group, label - 6, place * ROW + 16, written, "label sign" if signs else "label", "end")
        _rectangle(group, label, place * ROW + 4, width, ROW - 7, "mark")
        _text(group, label + width + 5, place * ROW + 16, bar.said, "value", "start")
    return markup(svg)


def shades(rows: Sequence[tuple[str, Sequence[int]]], labels: Sequence[str], title: str) -> Markup:
    """Draw a row of shades for each row of numbers: the darker, the nearer to the row's largest."""
    svg = _svg(title, ROW * (len(rows) + 1) + 22)
    _text(svg, 0, 12, title, "label", "start")
    wide = (WIDTH - LABEL) / max(1, len(labels))
    for place, (name, values) in enumerate(rows, 1):
        _text(svg, LABEL - 6, place * ROW + 16, shortened(name, LETTERS), "label", "end")
        most = max(values, default=0) or 1
        for column, value in enumerate(values):
            cell = SubElement(svg, "g")
            SubElement(cell, "title").text = f"{name}, {labels[column]}: {figures.whole(value)}"
            shade = _rectangle(cell, LABEL + column * wide, place * ROW + 2, wide - 0.6, ROW - 3, "mark")
            shade.set("fill-opacity", f"{0.06 + 0.94 * value / most:.2f}")
    for column in range(0, len(labels), 6):
        middle = LABEL + column * wide + wide / 2
        _text(svg, middle, ROW * (len(rows) + 1) + 16, labels[column], "label", "middle")
    return markup(svg)


def line(points: Sequence[Bar], title: str, above: str, below: str) -> Markup:
    """Draw values that may be below nought as a line about the axis, with words for the two sides."""
    svg = _svg(title, HEIGHT + 26)
    far = max((abs(point.value) for point in points), default=0) or 1
    far = max(far, 0.1)  # a flat line stays flat
    middle, step = HEIGHT / 2, WIDTH / max(1, len(points))
    places = [
        (number * step + step / 2, middle - point.value / far * (middle - 22))
        for number, point in enumerate(points)
    ]
    _axis(svg, middle)
    _text(svg, 0, 12, above, "label", "start")
    _text(svg, 0, HEIGHT - 4, below, "label", "start")
    written = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    SubElement(svg, "polyline", {"points": written, "class": "curve"})
    every = _spacing(points, step)
    for number, ((x, y), point) in enumerate(zip(places, points, strict=True)):
        dot = SubElement(svg, "circle", {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": "3", "class": "mark"})
        SubElement(dot, "title").text = f"{point.label}: {point.said}"
        if number % every == 0:
            _text(svg, x, HEIGHT + 16, point.label, "label", "middle")
    return markup(svg)


@dataclass(frozen=True)
class Curve:
    """Points (x, y) in the order of x; `said` is what the curve is of."""

    said: str
    points: Sequence[tuple[float, float]]


def curves(drawn: Sequence[Curve], title: str, along: str, digits: str = "{:.2f}") -> Markup:
    """Draw one or two curves on common axes, the lowest and the highest value written with `digits`.

    `along` names x.
    """
    svg = _svg(title, HEIGHT + (46 if len(drawn) > 1 else 22))
    points = [point for curve in drawn for point in curve.points] or [(0.0, 0.0)]
    left, right = min(x for x, _y in points), max(x for x, _y in points)
    low, high = min(y for _x, y in points), max(y for _x, y in points)
    wide, tall = WIDTH - AXIS - 8, HEIGHT - 20
    _axis(svg, HEIGHT)
    for value, y in ((high, 10.0), (low, 10.0 + tall)):
        _text(svg, AXIS - 6, y + 4, digits.format(value), "label", "end")
    for number, curve in enumerate(drawn):
        places = [
            (AXIS + (x - left) / ((right - left) or 1) * wide, 10 + (high - y) / ((high - low) or 1) * tall)
            for x, y in curve.points
        ]
        _curve(svg, number, curve, places)
        if len(drawn) > 1:
            _rectangle(svg, number * WIDTH / 2, HEIGHT + 32, 10, 10, f"mark{number or ''}")
            _text(svg, number * WIDTH / 2 + 15, HEIGHT + 41, curve.said, "label", "start")
    _text(svg, AXIS, HEIGHT + 16, f"{left:g}", "label", "middle")
    _text(svg, AXIS + wide, HEIGHT + 16, f"{right:g}", "label", "end")
    _text(svg, AXIS + wide / 2, HEIGHT + 16, along, "label", "middle")
    return markup(svg)


def _curve(svg: Element, number: int, curve: Curve, places: Sequence[tuple[float, float]]) -> None:
    """Draw one curve; of few points each is marked, and tells its value."""
    kind = str(number or "")
    written = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    SubElement(svg, "polyline", {"points": written, "class": f"curve curve{kind}"})
    for (x, y), (step, value) in zip(places, curve.points, strict=True):
        if len(places) <= MARKED:
            dot = SubElement(svg, "circle", {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": "3"})
            dot.set("class", f"mark{kind}")
            SubElement(dot, "title").text = f"{curve.said}, {step:g}: {value:.3f}"


def _svg(title: str, height: float) -> Element:
    box = f"0 0 {WIDTH} {height:g}"
    svg = Element("svg", {"viewBox": box, "role": "img", "xmlns": "http://www.w3.org/2000/svg"})
    svg.set("aria-label", title)
    return svg


def _axis(svg: Element, height: float) -> None:
    ends = {"x1": 0, "x2": WIDTH, "y1": height, "y2": height}
    SubElement(svg, "line", {**{key: f"{value:g}" for key, value in ends.items()}, "class": "axis"})


def _rectangle(parent: Element, x: float, y: float, width: float, height: float, kind: str) -> Element:
    sizes = {"x": x, "y": y, "width": width, "height": height}
    written = {key: f"{value:.1f}" for key, value in sizes.items()}
    return SubElement(parent, "rect", {**written, "class": kind})


def _text(parent: Element, x: float, y: float, said: str, kind: str, anchor: str) -> Element:
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "class": kind, "text-anchor": anchor}
    written = SubElement(parent, "text", place)
    written.text = said
    return written


def _spacing(bars: Sequence[Bar], step: float) -> int:
    """Return that every how-manieth label is written, so that none touches the next."""
    return math.ceil((max((len(bar.label) for bar in bars), default=0) * LETTER + 4) / step)


def shortened(label: str, letters: int) -> str:
    """Return a label, cut where it has more letters."""
    return label if len(label) <= letters else label[: letters - 1] + "…"


def inside_shortened(label: str, letters: int) -> str:
    """Return a label, cut in its middle where it has more letters: both ends may tell it from others."""
    if len(label) <= letters:
        return label
    start = letters // 2
    return f"{label[:start]}…{label[len(label) - (letters - 1 - start) :]}"


def markup(svg: Element) -> Markup:
    """Write the tree; control characters, which XML does not know, are left out."""
    written = tostring(svg, encoding="unicode")
    return Markup("".join(sign for sign in written if sign >= " "))
