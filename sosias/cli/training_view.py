"""A training as one sees it at a terminal: losses as curves, speed, memory, and what the persona would say.

Samples are drawn from here alone, in memory; where there is no terminal nothing shows them.
"""

from collections.abc import Sequence
from math import isinf

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Column, Table
from rich.text import Text

from sosias.events import Curves, Learning, Sample, Validated
from sosias.language import translate as _
from sosias.training.curves import Point, thinned

LEVELS = "▁▂▃▄▅▆▇█"
WIDEST = 60
"""Columns of a curve;"""
BESIDE = 44
"""and those that the figures beside it need."""
LINES = 4
"""Of a prompt and of a reply that are shown."""
JOINER = "\u200d"
"""Holds the parts of an emoji together: of the signs that show nothing it alone is let through."""


class TrainingView:
    """Hears a training and draws how it stands."""

    def __init__(self) -> None:
        self.training: list[Point] = []
        self.validation: list[Point] = []
        self.now: Learning | None = None
        self.best = float("inf")
        self.samples: list[Sample] = []

    def hear(self, event: Learning | Validated | Curves | Sample) -> None:
        """Take in what a training says."""
        if isinstance(event, Learning):
            self.now = event
            self.training.append((event.step, event.loss))
        elif isinstance(event, Validated):
            self.validation.append((event.step, event.loss))
            self.best = event.best
        elif isinstance(event, Curves):
            self.training, self.validation = list(event.training), list(event.validation)
            self.best = min((loss for _step, loss in self.validation), default=self.best)
        else:
            latest = [one for one in self.samples if one.step == event.step]
            self.samples = [*latest, event]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it as wide as the terminal is."""
        yield self._losses(max(8, min(WIDEST, options.max_width - BESIDE)))
        if self.now is not None:
            figures = _("{speed:.0f} tokens/s · {memory:.2f} GB of memory · learning rate {rate:.2g}")
            now = self.now
            said = figures.format(
                speed=now.tokens_per_second, memory=now.rss_mb / 1000, rate=now.learning_rate
            )
            yield Text(f"  {said}", style="dim", no_wrap=True, overflow="ellipsis")
        if self.samples:
            yield from self._said(options.max_width)

    def _losses(self, width: int) -> Table:
        """Return the losses; both curves are drawn over the same steps, on one scale."""
        learning = [value for _step, value in thinned(self.training, width)]
        held_out = _held(self.validation, self.training[-1][0] if self.training else 0, len(learning))
        best = "" if isinf(self.best) else _("best {loss:.3f}").format(loss=self.best)
        values = [value for value in (*learning, *held_out) if value is not None]
        table = Table.grid(Column(no_wrap=True), Column(no_wrap=True, justify="right"), padding=(0, 2))
        for name, points, curve, more in (
            (_("learning"), self.training, learning, ""),
            (_("held-out"), self.validation, held_out, best),
        ):
            if points:
                drawn = Text(spark(curve, min(values), max(values)), style="cyan", no_wrap=True)
                table.add_row(f"  {name}", f"{points[-1][1]:.3f}", drawn, Text(more, no_wrap=True))
        return table

    def _said(self, width: int) -> RenderResult:
        words = _("After step {step} it would reply (shown here, kept nowhere):")
        yield Text("  " + words.format(step=self.samples[0].step), style="dim")
        for sample in list(self.samples):
            for mark, words, style in (("‹", sample.prompt, "dim"), ("›", sample.reply, "bold")):
                for line in _lines(words) or ["…"]:
                    text = Text(f"  {mark} {line}", style=style, no_wrap=True)
                    text.truncate(width, overflow="ellipsis")
                    yield text


def spark(values: Sequence[float | None], low: float, high: float) -> str:
    """Return values as blocks between `low` and `high`; a blank where there is none."""
    top = len(LEVELS) - 1
    scale = top / ((high - low) or 1)
    return "".join(" " if one is None else LEVELS[round((one - low) * scale)] for one in values)


def _held(points: Sequence[Point], last: int, width: int) -> list[float | None]:
    """Return for each of `width` columns over `last` steps the value that was known then."""
    found: list[float | None] = []
    for column in range(1, width + 1):
        known = [value for step, value in points if step <= column / width * last]
        found.append(known[-1] if known else None)
    return found


def _lines(words: str) -> list[str]:
    """Return the first lines of a text, without anything that a terminal would obey."""
    harmless = ("".join(one if _is_shown(one) else " " for one in line) for line in words.splitlines())
    lines = [" ".join(line.split()) for line in harmless]
    return [line for line in lines if line][:LINES]


def _is_shown(sign: str) -> bool:
    return sign.isprintable() or sign == JOINER
