"""What long work says, on a screen and in a log."""

import io

from rich.console import Console

from sosias.cli.terminal import clock, shown
from sosias.events import Choice, Notice, Progress


def said(*, terminal: bool) -> str:
    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, width=100, markup=False, color_system=None)
    with shown(console) as listen:
        listen(Progress("train", 0, 0))
        listen(Choice("base", "tiny", "it [really] is small"))
        listen(Progress("train", 1, 4, "loss 2.1"))
        listen(Notice("watch out"))
        listen(Progress("train", 4, 4))
        listen(Progress("train", 1, 1))
    return out.getvalue()


def test_a_log_has_a_line_when_a_step_begins_and_ends() -> None:
    lines = said(terminal=False).splitlines()
    assert lines == [
        "Training …",
        "base: tiny (it [really] is small)",
        "watch out",
        "Training: done in 0:00",
    ]


def test_a_screen_keeps_choices_and_one_full_bar() -> None:
    screen = said(terminal=True)
    assert "base: tiny (it [really] is small)" in screen
    assert "watch out" in screen
    bars = [line for line in screen.splitlines() if "Training" in line]
    assert "100%" in bars[-1]


def test_times_read_like_a_clock() -> None:
    assert [clock(seconds) for seconds in (0, 9.6, 61, 3600)] == ["0:00", "0:10", "1:01", "1:00:00"]
