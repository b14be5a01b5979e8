"""Jobs: what crosses from the process of a step, and what a step's fall leaves behind."""

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from sosias.errors import NoSpace, NotAllowed, SosiasError
from sosias.events import Choice, Event, Listener, Notice, Progress, silent
from sosias.pipeline import (
    Fault,
    Order,
    StepEnded,
    StepFault,
    Stopped,
    record_consent,
    run_chain,
    run_step,
)
from sosias.pipeline.steps import STEPS
from sosias.sources.store import UnknownAuthor
from sosias.workspace import PersonaExists, Workspace, write_json


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


WITHOUT_TORCH = """
import sys
from pathlib import Path

sys.modules["torch"] = None
from sosias.events import silent
from sosias.pipeline.jobs import _outcome
from sosias.pipeline.steps import STEPS

for step in ("train", "update", "evaluate"):
    print(type(_outcome(STEPS[step], Path(sys.argv[1]), None, {}, silent).error).__name__)
"""


def test_a_step_without_torch_says_what_to_install(tmp_path: Path) -> None:
    """In a process of its own: here torch may have been imported already."""
    ended = subprocess.run(
        [sys.executable, "-c", WITHOUT_TORCH, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert ended.stdout.split() == ["MissingTraining"] * 3


def refusing(*_given: Any) -> dict[str, Any]:
    raise TooSmall(number=3)


def failing(*_given: Any) -> dict[str, Any]:
    secret = "what Ana said to me last night"
    raise ValueError(secret)


def crowded(*_given: Any) -> dict[str, Any]:
    raise OSError(errno.ENOSPC, "No space left on device")


def locked_out(folder: Path, *_given: Any) -> dict[str, Any]:
    raise PermissionError(errno.EACCES, "Permission denied", str(folder / "new"))


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


def crowded_out(
    folder: Path, _persona: str | None, _arguments: dict[str, Any], listener: Listener
) -> dict[str, Any]:
    """Work until interrupted, then find no room for what was done."""
    try:
        listener(Progress("tidy", 1, 100))
        time.sleep(60)
    except KeyboardInterrupt:
        raise NoSpace(path=folder) from None
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


@pytest.mark.parametrize(("step", "kind"), [(crowded, NoSpace), (locked_out, NotAllowed)])
def test_a_disk_that_refuses_is_one_sentence_with_the_folder(
    monkeypatch: pytest.MonkeyPatch, folder: Path, step: Any, kind: type[SosiasError]
) -> None:
    with pytest.raises(kind) as caught:
        run(monkeypatch, step, folder)
    assert f" {folder}:" in str(caught.value)
    assert not (folder / "fault.txt").exists()


@pytest.mark.skipif(os.name == "nt", reason="there is no signal 9 on Windows")
def test_a_step_that_the_system_kills_is_one_sentence(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    with pytest.raises(StepEnded, match="memory ran out"):
        run(monkeypatch, killed, folder)


def interrupt(event: Event) -> None:
    if event == Progress("tidy", 1, 100):
        signal.raise_signal(signal.SIGINT)


@pytest.mark.skipif(os.name == "nt", reason="the console interrupts the whole group there")
def test_who_interrupts_is_told_where_nothing_could_be_kept(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setitem(STEPS, "step", crowded_out)
    with pytest.raises(NoSpace):
        run_step("step", folder, None, {}, interrupt)


@pytest.mark.skipif(os.name == "nt", reason="the console interrupts the whole group there")
def test_an_interrupt_lets_the_step_end_in_order(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setitem(STEPS, "step", tidy)
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(Stopped):
        run_step("step", folder, None, {}, interrupt)
    assert (folder / "kept").read_text() == "checkpoint"
    assert signal.getsignal(signal.SIGINT) is before


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


# --- the chain -------------------------------------------------------------------------------


class Steps:
    """Runs the light steps here, and writes down what the heavy ones are asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def run(
        self, step: str, folder: Path, persona: str | None, arguments: dict[str, Any], listener: Listener
    ) -> dict[str, Any]:
        self.asked.append((step, arguments))
        if step in ("import", "prepare"):
            return STEPS[step](folder, persona, arguments, listener)
        one = Workspace.open(folder).persona(persona)
        if step == "train":
            run = one.runs()[0] if one.runs() else one.new_run()
            run.adapter_folder.mkdir(exist_ok=True)
            write_json(run.result_file, {"steps": 1})
        elif step == "evaluate":
            write_json(one.report_folder / "report.json", {"run": "001", "bits_per_byte": {}})
        return {"step": step}

    def names(self) -> list[str]:
        return [step for step, _arguments in self.asked]


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Steps:
    fake = Steps()
    monkeypatch.setattr("sosias.pipeline.chain.run_step", fake.run)
    monkeypatch.setenv("SOSIAS_CACHE", str(tmp_path / "cache"))
    return fake


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Return a chat of twelve evenings, in Spanish."""
    days = range(1, 13)
    talk = "".join(
        f"{day}/3/24, 20:0{minute} - {who}: que lo que no es de la casa en la que está el {day}\n"
        for day in days
        for minute, who in enumerate(("Ana", "Luis", "Ana"))
    )
    path = tmp_path / "Chat de WhatsApp con Luis.txt"
    path.write_text(talk, "utf-8")
    return path


def order(export: Path, **changed: Any) -> Order:
    consent = record_consent("self", None, "Ana")
    return Order(**{"name": "ana", "author": "Ana", "files": (export,), "consent": consent} | changed)


def test_the_chain_skips_what_is_done(steps: Steps, export: Path, tmp_path: Path) -> None:
    first = run_chain(tmp_path / "chats", order(export, minutes=2.0), silent)
    assert steps.names() == ["import", "prepare", "pull", "train", "evaluate"]
    wanted = {"base": "smollm2-135m-instruct", "minutes": 2.0, "samples": False}
    assert steps.asked[3][1] == wanted
    assert first["import"]["added"] == 36
    again = run_chain(tmp_path / "chats", order(export, minutes=2.0), silent)
    assert "prepare" not in steps.names()[5:] and "evaluate" not in steps.names()[5:]
    assert again["import"]["added"] == 0
    assert again["evaluate"]["run"] == "001"


def test_the_chain_prepares_again_when_messages_come_in(steps: Steps, export: Path, tmp_path: Path) -> None:
    run_chain(tmp_path / "chats", order(export), silent)
    more = export.with_name("Chat de WhatsApp con Eva.txt")
    more.write_text("1/4/24, 20:00 - Ana: hola\n1/4/24, 20:01 - Eva: hola\n", "utf-8")
    run_chain(tmp_path / "chats", order(export, files=(export, more)), silent)
    assert steps.names().count("prepare") == 2


@pytest.mark.usefixtures("steps")
def test_gemma_is_taken_for_spanish_once_its_terms_are_accepted(export: Path, tmp_path: Path) -> None:
    asked: list[str] = []

    def accept(base: str) -> bool:
        asked.append(base)
        return True

    for _time in range(2):
        run_chain(tmp_path / "chats", order(export, accept=accept), silent)
    assert asked == ["gemma3-270m"]
    assert Workspace.open(tmp_path / "chats").persona("ana").settings.base == "gemma3-270m"


def test_an_author_who_is_not_there_is_refused_before_anything_long(
    steps: Steps, export: Path, tmp_path: Path
) -> None:
    with pytest.raises(UnknownAuthor, match="Ana"):
        run_chain(tmp_path / "chats", order(export, author="Anna"), silent)
    assert steps.names() == ["import"]


@pytest.mark.usefixtures("steps")
def test_a_persona_s_name_is_not_given_to_another(export: Path, tmp_path: Path) -> None:
    run_chain(tmp_path / "chats", order(export), silent)
    with pytest.raises(PersonaExists):
        run_chain(tmp_path / "chats", order(export, author="Luis"), silent)


@pytest.mark.usefixtures("steps")
def test_the_consent_stated_last_is_kept(export: Path, tmp_path: Path) -> None:
    run_chain(tmp_path / "chats", order(export), silent)
    events: list[Event] = []
    given = record_consent("given", "Ana, 1/4/24", "Ana")
    run_chain(tmp_path / "chats", order(export, consent=given), events.append)
    assert Workspace.open(tmp_path / "chats").persona("ana").settings.consent == given
    assert any(isinstance(event, Notice) and "Ana, 1/4/24" in event.text for event in events)


def test_a_workspace_that_is_synced_to_a_cloud_gets_a_warning(export: Path, tmp_path: Path) -> None:
    events: list[Event] = []
    arguments = {"paths": [str(export)]}
    STEPS["import"](tmp_path / "Dropbox" / "chats", None, arguments, events.append)
    assert any(isinstance(event, Notice) and "dropbox" in event.text for event in events)
