"""The talk in the terminal, with a companion that repeats what it hears."""

import io
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sosias.cli.main import run
from sosias.companion.companion import Answer
from sosias.corpus.session import Turn
from sosias.settings import Consent, PersonaSettings
from sosias.workspace import Workspace


class Echo:
    """Answers with what it was told, and with the program's words where those are about a crisis."""

    persona_author = "Ana"
    partner = "Luis"

    def __init__(self) -> None:
        self.heard: list[list[Turn]] = []
        self.asked: list[dict[str, Any]] = []
        self.closed = False
        self.program_speaking = False

    def opening(self) -> str:
        return "I am a program that imitates Ana."

    def answer(self, turns: Sequence[Turn], *, on_bubble: Any = None, **asked: Any) -> Answer:
        self.heard.append(list(turns))
        self.asked.append(asked)
        text = turns[-1].bubbles[-1]
        self.program_speaking = text == "help"
        bubbles = (f"{text}?", "[yes]" if asked.get("tuned", True) else "[no]")
        for bubble in bubbles:
            if on_bubble is not None:
                on_bubble(bubble)
        self.program_speaking = False
        return Answer(bubbles, "echo", 12.5, "crisis" if text == "help" else "none")

    def write(self, start: str, _length: int, n: int, seed: int | None, **asked: Any) -> list[Answer]:
        self.asked.append(asked)
        return [Answer((f"{start} {seed} {number}",), "echo", 1.0, "none") for number in range(n)]

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def echo(monkeypatch: pytest.MonkeyPatch) -> Echo:
    companion = Echo()
    monkeypatch.setattr("sosias.companion.companion.open_companion", lambda *_given, **_named: companion)
    return companion


@pytest.fixture
def folder(tmp_path: Path) -> str:
    workspace = Workspace.create(tmp_path / "chats")
    consent = Consent(kind="fiction", recorded=date(2026, 1, 1))
    workspace.new_persona(PersonaSettings(name="ana", author="Ana", consent=consent))
    return str(workspace.folder)


def piped(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_one_question_is_answered_as_json(
    echo: Echo, folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["-C", folder, "chat", "--say", "hello", "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    answer = json.loads(line)
    assert answer["reply"] == ["hello?", "[yes]"]
    assert (answer["engine"], answer["tokens_per_second"], answer["safety"]) == ("echo", 12.5, "none")
    assert echo.closed


def test_what_was_said_before_is_heard(echo: Echo, folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", folder, "chat", "--say", "one", "--say", "two", "--with", "Eva", "--json"]) == 0
    times = [turn.start for turn in echo.heard[1] if turn.start]
    assert len(times) == 3 and times == sorted(times)  # where silences are marked, the talk's are
    assert [replace(turn, start=None) for turn in echo.heard[1]] == [
        Turn("Eva", False, ("one",)),
        Turn("Ana", True, ("one?", "[yes]")),
        Turn("Eva", False, ("two",)),
    ]
    assert json.loads(capsys.readouterr().out)["replies"] == [["one?", "[yes]"], ["two?", "[yes]"]]


def test_lines_from_a_pipe_are_answered_until_the_way_out(
    echo: Echo, folder: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    piped(monkeypatch, "hello\n\n   \nhelp\n/salir\nmore\n")
    assert run(["-C", folder, "chat"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "I am a program that imitates Ana.",
        "Ana: hello?",
        "Ana: [yes]",
        "Sosias: help?",
        "Sosias: [yes]",
    ]
    assert echo.heard[0][0].author == "Luis"


def test_the_end_of_the_input_ends_the_talk(
    echo: Echo, folder: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    piped(monkeypatch, "hello")
    assert run(["-C", folder, "chat", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["reply"] == ["hello?", "[yes]"]
    assert echo.closed


def test_texts_are_written_on(echo: Echo, folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", folder, "generate", "--start", "So", "-n", "2", "--seed", "3", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["texts"] == ["So 3 0", "So 3 1"]
    assert echo.closed


def test_a_text_can_be_asked_for_by_its_fields(echo: Echo, folder: str) -> None:
    wanted = ["--set", "sentimiento=POSITIVO", "--set", "coalicion = Chile Vamos", "--voice", "others"]
    assert run(["-C", folder, "generate", *wanted, "--json"]) == 0
    fields = {"sentimiento": "POSITIVO", "coalicion": "Chile Vamos"}
    assert echo.asked == [{"fields": fields, "voice": "others"}]


@pytest.mark.parametrize("given", ["sentimiento", "sentimiento=", "=x"])
def test_a_field_without_a_value_is_told(
    echo: Echo, folder: str, given: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["-C", folder, "generate", "--set", given]) == 2
    assert "--set sentimiento=POSITIVO" in capsys.readouterr().err
    assert not echo.asked


BITS = {"base": 1.5, "tuned": 1.4, "fall": 0.067, "low": 0.03, "high": 0.1}
RESULTS = {
    "train": {"base": "tiny", "steps": 2, "seconds": 61.2, "tokens_per_second": 100.4},
    "evaluate": {"bits_per_byte": BITS, "folds": [{}]},
}


def test_the_demo_asks_both_models_the_same_with_the_same_seed(
    echo: Echo, folder: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sosias.pipeline.run_chain", lambda *_given: dict(RESULTS))
    monkeypatch.setattr("sosias.workspace.Workspace.persona", lambda *_given: None)
    assert run(["-C", folder, "demo"]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "The bot needs 6.7% fewer bits per letter of Plácido's real messages" in printed
    assert "[yes]" in printed and "[no]" in printed
    assert [asked["tuned"] for asked in echo.asked] == [False, True] * 3
    assert len({asked["seed"] for asked in echo.asked}) == 1
    assert "I am a program" not in printed, "without a terminal no chat is opened"
