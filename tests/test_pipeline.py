"""Jobs: what crosses from the process of a step, and what a step's fall leaves behind."""

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from sosias.errors import SosiasError
from sosias.events import Choice, Event, Listener, Notice, Progress
from sosias.pipeline import StepEnded, StepFault, Stopped, run_step
from sosias.pipeline.faults import Fault
from sosias.pipeline.steps import STEPS
from sosias.workspace import Workspace


class TooSmall(SosiasError):
    """The number {number} is too small: choose a larger one."""


def speaking(
    folder: Path, persona: str | None, arguments: dict[str, Any], listener: Listener
) -> dict[str, Any]:
    listener(Choice("size", "2", "it is the smallest"))
    listener(Progress("counting", 1, 2, "half"))
    listener(Notice("watch out"))
    os.write(1, b"a library that prints")
    return {"folder": folder.name, "persona": persona, "process": os.getpid(), **arguments}


def refusing(*_given: Any) -> dict[str, Any]:
    raise TooSmall(number=3)


def failing(*_given: Any) -> dict[str, Any]:
    secret = "what Ana said to me last night"
    raise ValueError(secret)


def killed(*_given: Any) -> dict[str, Any]:
    os.kill(os.getpid(), 9)
    return {}


def tidy(
    folder: Path, _persona: str | None, _arguments: dict[str, Any], listener: Listener
) -> dict[str, Any]:
    """Work until interrupted, then put things in order."""
    try:
        listener(Progress("tidy", 1, 100))
        time.sleep(60)
    except KeyboardInterrupt:
        (folder / "kept").write_text("checkpoint")
        raise
    return {}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Workspace.create(tmp_path / "chats").folder


def run(
    monkeypatch: pytest.MonkeyPatch, step: Any, folder: Path, **given: Any
) -> tuple[dict[str, Any], list[Event]]:
    events: list[Event] = []
    monkeypatch.setitem(STEPS, "step", step)
    return run_step("step", folder, "ana", given, events.append), events


def test_a_step_runs_in_another_process_and_is_heard(
    monkeypatch: pytest.MonkeyPatch, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    result, events = run(monkeypatch, speaking, folder, minutes=2)
    assert result.pop("process") != os.getpid()
    assert result == {"folder": "chats", "persona": "ana", "minutes": 2}
    assert events == [
        Progress("step", 0, 0),
        Choice("size", "2", "it is the smallest"),
        Progress("counting", 1, 2, "half"),
        Notice("watch out"),
        Progress("step", 1, 1),
    ]
    assert capfd.readouterr().out == "", "what a library prints is no part of a command's answer"


def test_a_user_error_crosses_with_its_fields(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    with pytest.raises(TooSmall, match="The number 3 is too small"):
        run(monkeypatch, refusing, folder)


def test_a_fault_of_ours_leaves_a_report_without_values(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    with pytest.raises(StepFault) as caught:
        run(monkeypatch, failing, folder)
    report = caught.value.report.read_text()
    assert caught.value.report.parent == folder
    assert "builtins.ValueError" in report
    assert "test_pipeline.py" in report and "failing" in report
    assert "Ana" not in report
    assert str(Path.home()) not in report


@pytest.mark.skipif(os.name == "nt", reason="there is no signal 9 on Windows")
def test_a_step_that_the_system_kills_is_one_sentence(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    with pytest.raises(StepEnded, match="memory ran out"):
        run(monkeypatch, killed, folder)


@pytest.mark.skipif(os.name == "nt", reason="the console interrupts the whole group there")
def test_an_interrupt_lets_the_step_end_in_order(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    def interrupt(event: Event) -> None:
        if event == Progress("tidy", 1, 100):
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setitem(STEPS, "step", tidy)
    with pytest.raises(Stopped):
        run_step("step", folder, None, {}, interrupt)
    assert (folder / "kept").read_text() == "checkpoint"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_fault_keeps_the_causes_and_their_places() -> None:
    try:
        try:
            failing()
        except ValueError as error:
            raise RuntimeError("more secrets") from error
    except RuntimeError as error:
        fault = Fault.of(error)
    assert fault.kind == "builtins.RuntimeError <- builtins.ValueError"
    assert [place.split()[-1] for place in fault.places] == [
        "test_a_fault_keeps_the_causes_and_their_places",
        "failing",
        "test_a_fault_keeps_the_causes_and_their_places",
    ]
