"""How much of what was planted is found, and how much of what is found was planted."""

import sys
from collections import Counter
from dataclasses import dataclass, field
from math import sqrt

from sosias.corpus.pseudonyms.finder import Finder, learn
from sosias.corpus.pseudonyms.forms import people_forms
from tests.corpus.pseudonyms.planted import Chat, Half, Item, chats

NAMES = ("given", "nick", "full", "small", "drawn", "capital")


def wilson(hits: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927)."""
    if not of:
        return 0.0, 1.0
    share = hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass
class Measured:
    """Counts by kind of what was planted."""

    planted: Counter[str] = field(default_factory=Counter)
    hit: Counter[str] = field(default_factory=Counter)
    found: int = 0
    right: int = 0
    """Of what was found, what is, at least in part, something planted."""
    missed: list[tuple[str, str, str]] = field(default_factory=list)
    """Kind, what was missed, and the text."""
    wrong: list[tuple[str, str, str]] = field(default_factory=list)

    def recall(self, kinds: tuple[str, ...]) -> tuple[int, int]:
        return sum(self.hit[kind] for kind in kinds), sum(self.planted[kind] for kind in kinds)

    @property
    def structured(self) -> tuple[str, ...]:
        return tuple(kind for kind in self.planted if kind not in NAMES)


def measure(half: Half, count: int = 24, lines: int = 150) -> Measured:
    """Read planted chats as `prepare` reads real ones: first what all tell together, then each line."""
    measured = Measured()
    for chat in chats(half, count, lines):
        _measure_chat(chat, measured)
    return measured


def _measure_chat(chat: Chat, measured: Measured) -> None:
    texts = [line.text for line in chat.lines]
    finder = learn(Finder(people=people_forms(chat.people), regions=None, language=chat.language), texts)
    for line in chat.lines:
        spans = finder.find(line.text)
        covered = {place for span in spans for place in range(span.start, span.end)}
        for item in line.items:
            measured.planted[item.kind] += 1
            if _is_covered(item, line.text, covered):
                measured.hit[item.kind] += 1
            else:
                measured.missed.append((item.kind, line.text[item.start : item.end], line.text))
        # What follows an address or stands before a link's path may be found with it and is no mistake.
        planted = {place for item in line.items for place in range(item.start - 12, item.end + 16)}
        for span in spans:
            measured.found += 1
            if planted & set(range(span.start, span.end)) and any(
                _touches(span.start, span.end, item) for item in line.items
            ):
                measured.right += 1
            else:
                measured.wrong.append((span.kind, line.text[span.start : span.end], line.text))


def _touches(start: int, end: int, item: Item) -> bool:
    near = 16 if item.kind == "address" else 0
    return start < item.end + near and item.start - near < end


def _is_covered(item: Item, text: str, covered: set[int]) -> bool:
    """Is every letter and digit of an item found?"""
    return all(place in covered for place in range(item.start, item.end) if text[place].isalnum())


def report(measured: Measured) -> list[tuple[str, int, int, float, float, float]]:
    """Return rows of kind, hits, planted, share and its interval; last the precision."""
    groups = {"structured": measured.structured, "names": NAMES}
    rows = [(name, *measured.recall(kinds)) for name, kinds in groups.items()]
    rows += [(kind, measured.hit[kind], measured.planted[kind]) for kind in sorted(measured.planted)]
    rows.append(("precision", measured.right, measured.found))
    return [(name, hits, of, hits / max(1, of), *wilson(hits, of)) for name, hits, of in rows]


def main(half: Half) -> None:
    """Write the figures; of the development half also what was missed and what was wrong.

    What is missed in the test half is not shown, so that nothing is tuned on it.
    """
    result = measure(half)
    for name, hits, of, share, low, high in report(result):
        sys.stdout.write(f"{name:12} {hits:5} of {of:5}  {share:.3f} [{low:.3f}, {high:.3f}]\n")
    if half == "development":
        for kind, found, text in [*result.missed, *result.wrong]:
            sys.stdout.write(f"{kind} | {found} | {text}\n")


if __name__ == "__main__":
    main("test" if sys.argv[1:] == ["test"] else "development")
