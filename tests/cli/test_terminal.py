"""What long work says, on a screen and in a log."""

import io
import sys
from pathlib import Path

import pytest
from rich.console import Console

from sosias.cli.call import Call
from sosias.cli.terminal import clock, shown, title
from sosias.events import Choice, Event, Learning, Notice, Progress, Sample, Validated
from sosias.pipeline.steps import STEPS


class Screen(io.StringIO):
    """A file that somebody looks at."""

    def isatty(self) -> bool:
        return True


def said(*, terminal: bool) -> str:
    out = Screen() if terminal else io.StringIO()
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


TRAINING: tuple[Event, ...] = (
    Progress("train", 0, 0),
    Learning(1, 4, 2.5, 512.3, 812, 1.8e-4),
    Progress("train", 1, 4, "loss 2.500 · 512 tokens/s", left=42.0),
    Learning(2, 4, 2.25, 512.3, 812, 1.8e-4),
    Validated(2, 4, 2.4, 2.375),
    Sample(2, "¿vienes hoy?", "claro que \x1b[31msí"),
    Progress("train", 2, 4, "loss 2.250 · 512 tokens/s", left=41.0),
)


def heard(*events: Event, terminal: bool) -> str:
    out = Screen() if terminal else io.StringIO()
    console = Console(file=out, force_terminal=terminal, width=100, height=40, color_system=None)
    with shown(console) as listen:
        for event in events:
            listen(event)
    return out.getvalue()


def test_a_log_tells_of_validations_and_never_what_was_said() -> None:
    assert heard(*TRAINING, terminal=False).splitlines() == [
        "Training …",
        "Step 2 of 4: loss 2.400 on held-out talk, 2.375 at best",
    ]


@pytest.mark.parametrize("variable", ["FORCE_COLOR", "TTY_COMPATIBLE"])
def test_colours_that_are_forced_into_a_log_bring_nobodys_words_there(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "1")
    log = tmp_path / "train.log"
    with log.open("w", encoding="utf-8") as file:
        monkeypatch.setattr(sys, "stderr", file)
        call = Call()
        assert call.err.is_terminal and not call.watched
        with call.listening() as listen:
            for event in TRAINING:
                listen(event)
    told = log.read_text(encoding="utf-8")
    assert "Step 2 of 4" in told and "vienes" not in told and "claro" not in told


@pytest.mark.parametrize(("variables", "watched"), [({}, True), ({"TTY_COMPATIBLE": "0"}, False)])
def test_a_terminal_is_watched(
    variables: dict[str, str], watched: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stderr", Screen())
    assert Call().watched is watched


def test_a_screen_shows_a_training_as_it_stands() -> None:
    screen = heard(*TRAINING, terminal=True)
    for said in ("Training", "50%", "0:41 left", "2.250", "2.400", "best 2.375", "512 tokens/s", "0.81 GB"):
        assert said in screen, said
    assert "¿vienes hoy?" in screen and "claro que [31msí" in screen
    assert "loss 2.250 ·" not in screen, "the view says it already"


def test_the_view_is_gone_when_the_next_step_begins() -> None:
    ended = (*TRAINING, Progress("train", 4, 4))
    later = heard(*ended, Progress("evaluate", 0, 0), Progress("evaluate", 1, 2), terminal=True)
    after = later[later.index("Measuring") :]
    assert "tokens/s" not in after and "vienes" not in after


@pytest.mark.parametrize("step", STEPS)
def test_every_step_has_a_title(step: str) -> None:
    assert title(step) not in STEPS


def test_times_read_like_a_clock() -> None:
    assert [clock(seconds) for seconds in (0, 9.6, 61, 3600)] == ["0:00", "0:10", "1:01", "1:00:00"]
