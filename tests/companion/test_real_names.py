"""Real names outside, stand-ins inside: for one person at their own machine."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sosias.cli.main import run
from sosias.companion.companion import Answer
from sosias.companion.real_names import RealNames
from sosias.companion.screening import screen
from sosias.corpus.prepare import prepare
from sosias.corpus.prepared import read_sessions
from sosias.corpus.session import Turn
from sosias.messages import Message, to_table, with_ids
from sosias.settings import Consent, PersonaSettings
from sosias.workspace import Persona, Workspace

SAID = (
    ("Elena Ruiz", "hola Marta, te dejo mi número 612 34 56 78"),
    ("Marta", "gracias elena, dile a Paco que venga"),
    ("Elena Ruiz", "vale, el bicho no viene"),
    ("Marta", "ok, una rosa para ti"),
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace.create(tmp_path / "chats")
    start = datetime(2024, 1, 1, 9)
    rows = [
        Message("test", "c", number, start + timedelta(hours=3 * (number // 4)), author, "text", text)
        for number, (author, text) in enumerate(SAID * 20)
    ]
    pq.write_table(to_table(with_ids(rows)), workspace.next_message_file())
    consent = Consent(kind="self", recorded=date(2026, 1, 1))
    marta = workspace.new_persona(PersonaSettings(name="marta", author="Marta", consent=consent))
    prepare(workspace, marta)
    return workspace


@pytest.fixture
def persona(workspace: Workspace) -> Persona:
    return workspace.persona("marta")


def test_what_is_typed_becomes_what_was_learnt_and_comes_back(workspace: Workspace, persona: Persona) -> None:
    names = RealNames.of(workspace, persona)
    turns = [turn for session in read_sessions(persona) for turn in session.turns]
    learnt = {bubble for turn in turns for bubble in turn.bubbles}
    assert {names.inwards(text) for _author, text in SAID} == learnt
    assert {names.outwards(bubble) for bubble in learnt} == {text for _author, text in SAID}
    [elena] = {turn.author for turn in turns} - {"Marta"}
    assert names.partner_inwards("Elena Ruiz") == elena and names.partner_outwards(elena) == "Elena Ruiz"


def test_who_is_new_is_hidden_for_the_talk_and_nothing_is_written(
    workspace: Workspace, persona: Persona
) -> None:
    before = workspace.people_file.read_bytes()
    names = RealNames.of(workspace, persona)
    heard = names.inwards("ayer vi a Gonzalo y a Marta")
    assert "Gonzalo" not in heard and "Marta" in heard
    assert names.outwards(heard) == "ayer vi a Gonzalo y a Marta"
    assert workspace.people_file.read_bytes() == before


def test_a_crisis_is_seen_as_it_is_typed(workspace: Workspace, persona: Persona) -> None:
    names = RealNames.of(workspace, persona)
    for text in ("elena, quiero morirme", "me quiero suicidar", "hola elena"):
        assert screen([names.inwards(text)]).level == screen([text]).level


def test_without_stand_ins_nothing_is_turned(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "empty")
    consent = Consent(kind="fiction", recorded=date(2026, 1, 1))
    persona = workspace.new_persona(PersonaSettings(name="ana", author="Ana", consent=consent))
    names = RealNames.of(workspace, persona)
    text = "Elena dijo 612 34 56 78"
    assert names.inwards(text) == names.outwards(text) == text


class Echo:
    """Answers with what it hears, and remembers it."""

    persona_author, partner, program_speaking = "Marta", "…", False

    def __init__(self) -> None:
        self.heard: list[list[Turn]] = []

    def opening(self) -> str:
        return "a program"

    def answer(self, turns: Sequence[Turn], **asked: object) -> Answer:
        self.heard.append(list(turns))
        asked["on_bubble"](turns[-1].bubbles[0])  # type: ignore[operator]
        return Answer(turns[-1].bubbles, "echo", 1.0, "none")

    def close(self) -> None:
        pass


def test_the_terminal_shows_real_names_only_where_asked(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    echo = Echo()
    monkeypatch.setattr("sosias.companion.companion.open_companion", lambda *_given, **_named: echo)
    here = ["-C", str(workspace.folder), "chat", "--with", "Elena Ruiz"]
    assert run([*here, "--real-names", "--say", "dile a Paco", "--say", "612 34 56 78"]) == 0
    assert capsys.readouterr().out.splitlines() == ["Marta: dile a Paco", "Marta: 612 34 56 78"]
    inside = [(turn.author, *turn.bubbles) for turn in echo.heard[-1]]
    assert not any(real in str(inside) for real in ("Paco", "612", "Elena", "Ruiz"))
    [[_author, heard]] = [row for row in inside if row[1].startswith("dile a ")][:1]
    assert run([*here, "--say", heard]) == 0
    assert capsys.readouterr().out.splitlines() == [f"Marta: {heard}"]
    assert echo.heard[-1][0].author == "Elena Ruiz", "nothing is turned where nobody asks"
