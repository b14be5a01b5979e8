"""A cloud of words as an SVG: each word as near to the middle as it fits, the most frequent first."""

import math
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, SubElement

from markupsafe import Markup

from sosias.pages.plots import WIDTH, markup

SMALLEST, LARGEST = 11, 40
"""Sizes of letters, in pixels of a phone."""
AREA = WIDTH * 200
"""Pixels that the words may cover together; of many long ones all are smaller."""
FLAT = 0.62
"""Height of the spiral for its width."""
TONES = 3
"""Colours that take turns."""
NARROW, WIDE = frozenset("fijlrtíì'’ıI"), frozenset("mwMW")
Box = tuple[float, float, float, float]


def cloud(words: Sequence[tuple[str, int]], title: str) -> Markup:
    """Draw words with their counts (the most frequent first); the same words give the same picture."""
    placed: list[tuple[str, float, Box]] = []
    for word, size in _sizes(words):
        width, height = _width(word, size), size * 1.05
        for x, y in _spiral():
            box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
            if abs(x) + width / 2 <= WIDTH / 2 and not any(_meet(box, other) for _w, _s, other in placed):
                placed.append((word, size, box))
                break
    return markup(_drawn(placed, dict(words), title))


def _sizes(words: Sequence[tuple[str, int]]) -> Iterator[tuple[str, float]]:
    """Yield the words with the size of their letters: by the root of the count, as areas are compared."""
    counts = [math.sqrt(count) for _word, count in words]
    spread = (max(counts, default=1) - min(counts, default=1)) or 1
    shares = [(count - min(counts)) / spread for count in counts]
    full = [SMALLEST + share * (LARGEST - SMALLEST) for share in shares]
    area = sum(_width(word, size) * size for (word, _count), size in zip(words, full, strict=True))
    smaller = min(1.0, math.sqrt(AREA / area)) if area else 1.0
    for (word, _count), size in zip(words, full, strict=True):
        fitting = max(SMALLEST, size * smaller)
        yield word, fitting * min(1.0, 0.9 * WIDTH / _width(word, fitting))


def _spiral() -> Iterator[tuple[float, float]]:
    """Yield places from the middle outwards, until far beyond any picture."""
    for step in range(20_000):
        angle, radius = step * 0.31, step * 0.07
        yield radius * math.cos(angle), radius * math.sin(angle) * FLAT


def _meet(one: Box, two: Box) -> bool:
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]


def _width(word: str, size: float) -> float:
    """Return about how wide a word is in a sans-serif face; a little too much rather than too little."""
    ems = sum(0.38 if sign in NARROW else 0.95 if sign in WIDE else 0.66 for sign in word)
    return ems * size + 6


def _drawn(placed: Sequence[tuple[str, float, Box]], counts: dict[str, int], title: str) -> Element:
    top = min((box[1] for _w, _s, box in placed), default=0.0)
    bottom = max((box[3] for _w, _s, box in placed), default=1.0)
    area = f"{-WIDTH / 2:g} {top - 4:.1f} {WIDTH} {bottom - top + 8:.1f}"
    svg = Element("svg", {"viewBox": area, "role": "img", "xmlns": "http://www.w3.org/2000/svg"})
    svg.set("aria-label", title)
    for number, (word, size, box) in enumerate(placed):
        place = {"x": f"{(box[0] + box[2]) / 2:.1f}", "y": f"{box[3] - size * 0.27:.1f}"}
        tone = {"class": f"word tone{number % TONES}", "style": f"font-size:{size:.1f}px"}
        written = SubElement(svg, "text", {**place, **tone, "text-anchor": "middle"})
        written.text = word
        SubElement(written, "title").text = f"{word}: {counts[word]}"
    return svg
