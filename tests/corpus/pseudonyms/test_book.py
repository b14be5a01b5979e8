"""A workspace's pseudonyms: used when a persona is prepared, written down, decided on, turned back."""

import json
import stat
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sosias.cli.main import run
from sosias.corpus.prepare import prepare, review
from sosias.corpus.prepared import is_group, read_sessions
from sosias.corpus.pseudonyms import book
from sosias.corpus.pseudonyms.restoring import Restorer
from sosias.events import Choice
from sosias.messages import Message, to_table, with_ids
from sosias.settings import (
    CleaningSettings,
    Consent,
    ConsentKind,
    PersonaSettings,
    PreparationSettings,
    WorkspaceSettings,
)
from sosias.sources.people import People
from sosias.sources.store import join_people
from sosias.workspace import Persona, Workspace

SAID = (
    ("Elena Ruiz", "hola Marta, te dejo mi número 612 34 56 78"),
    ("Marta", "gracias elena, dile a Paco que venga a la calle Mayor 3"),
    ("Elena Ruiz", "vale, y el bicho también"),
    ("Marta", "ok 😂"),
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
    return workspace


def persona(workspace: Workspace, kind: ConsentKind = "self", **preparation: object) -> Persona:
    consent = Consent(kind=kind, recorded=date(2026, 1, 1))
    chosen = PreparationSettings(**preparation)  # type: ignore[arg-type]
    return workspace.new_persona(
        PersonaSettings(name="marta", author="Marta", consent=consent, preparation=chosen)
    )


def restorer(workspace: Workspace) -> Restorer:
    return Restorer(People.of(workspace).settings().pseudonyms.stand_ins)


def said(persona: Persona) -> tuple[set[str], set[str]]:
    """Return the authors and the texts of the prepared sessions."""
    turns = [turn for session in read_sessions(persona) for turn in session.turns]
    return {turn.author for turn in turns}, {bubble for turn in turns for bubble in turn.bubbles}


def test_others_are_hidden_when_a_persona_is_prepared(workspace: Workspace) -> None:
    marta = persona(workspace)
    events: list[object] = []
    told = prepare(workspace, marta, events.append)["pseudonyms"]
    authors, texts = said(marta)
    assert "Marta" in authors and len(authors) == 2 and "Elena Ruiz" not in authors
    assert not any(real in text.lower() for text in texts for real in ("elena", "paco", "612", "mayor"))
    assert any("Marta" in text for text in texts) and "ok 😂" in texts
    assert told == {"replaced": {"name": 2, "phone": 1, "address": 1}, "different": 4}  # copies are left out
    [choice] = [one for one in events if isinstance(one, Choice)]
    assert choice.value == "yes" and "not agreed" in choice.why


def test_the_real_names_come_back_from_the_private_file_alone(workspace: Workspace) -> None:
    marta = persona(workspace)
    prepare(workspace, marta)
    authors, texts = said(marta)
    real = restorer(workspace)
    assert {real.author(author) for author in authors} == {"Marta", "Elena Ruiz"}
    assert {real.restore(text) for text in texts} == {text for _author, text in SAID}
    assert stat.S_IMODE(workspace.people_file.stat().st_mode) == 0o600
    workspace.people_file.unlink()
    assert {restorer(workspace).restore(text) for text in texts} == texts


def test_chats_are_hidden_and_still_counted_apart(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "chats")
    start = datetime(2024, 1, 1, 9)
    rows = [
        Message("test", chat, number, start + timedelta(hours=3 * number), author, "text", f"texto {number}")
        for chat, others in (("Elena Ruiz", ("Elena Ruiz",)), ("Boda de Paco", ("Elena Ruiz", "Paco")))
        for number, author in enumerate(("Marta", *others) * 20)
    ]
    pq.write_table(to_table(with_ids(rows)), workspace.next_message_file())
    marta = persona(workspace, most_turns_per_chat=10)
    prepare(workspace, marta)
    sessions = read_sessions(marta)
    alone, group = sorted(
        {session.chat for session in sessions}, key=lambda chat: chat.startswith("Boda de ")
    )
    [elena] = {turn.author for one in sessions if one.chat == alone for turn in one.turns} - {"Marta"}
    assert alone == elena and group.startswith("Boda de ") and not group.endswith("Paco")
    assert is_group(sessions) and not is_group([one for one in sessions if one.chat == alone])
    for chat in (alone, group):
        turns = [turn for one in sessions if one.chat == chat for turn in one.turns]
        assert sum(turn.persona for turn in turns) == 10


def test_preparing_again_changes_nothing(workspace: Workspace) -> None:
    marta = persona(workspace)
    prepare(workspace, marta)
    first, people = said(marta), workspace.people_file.read_text("utf-8")
    prepare(workspace, marta)
    assert said(marta) == first and workspace.people_file.read_text("utf-8") == people


def test_what_takes_long_is_timed_apart(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    marta = persona(workspace)
    assert list(prepare(workspace, marta)["seconds"]) == ["pseudonyms"]
    pytest.importorskip("datasketch")
    cleaning = CleaningSettings(near_copies=True)
    preparation = PreparationSettings(cleaning=cleaning, pseudonyms=False)
    marta.save(marta.settings.model_copy(update={"preparation": preparation}))
    told = prepare(workspace, marta)
    assert list(told["seconds"]) == ["near_copies"] and told["seconds"]["near_copies"] > 0
    assert run(["-C", str(workspace.folder), "prepare"]) == 0
    assert "Near copies took" in capsys.readouterr().out


def test_joins_of_people_keep_the_stand_ins(workspace: Workspace) -> None:
    prepare(workspace, persona(workspace))
    before = People.of(workspace).settings().pseudonyms
    join_people(workspace, "Marta", ["Elena Ruiz"])
    assert before.key and People.of(workspace).settings().pseudonyms == before


def test_fiction_is_left_as_it_is_unless_asked(workspace: Workspace) -> None:
    marta = persona(workspace, "fiction")
    assert prepare(workspace, marta)["pseudonyms"] is None
    assert said(marta)[0] == {"Marta", "Elena Ruiz"}
    assert not workspace.people_file.exists()
    settings = marta.settings
    wanted = settings.preparation.model_copy(update={"pseudonyms": True})
    marta.save(settings.model_copy(update={"preparation": wanted}))
    assert prepare(workspace, marta)["pseudonyms"]
    assert "Elena Ruiz" not in said(marta)[0]


def test_they_can_be_switched_off(workspace: Workspace) -> None:
    marta = persona(workspace, pseudonyms=False)
    assert prepare(workspace, marta)["pseudonyms"] is None
    assert said(marta)[0] == {"Marta", "Elena Ruiz"}


def test_what_is_decided_stays_decided(workspace: Workspace) -> None:
    marta = persona(workspace)
    book.decide(workspace, refuse=["Paco", "612 34 56 78"], add=["bicho", "ok=handle"])
    listed = review(workspace, marta)
    words = {row["word"].lower() for row in listed["candidates"]}
    assert {"bicho", "ok", "elena"} <= words and not {"paco", "612 34 56 78"} & words
    assert listed["refused"] == ["Paco", "612 34 56 78"] and not marta.sessions_file.exists()
    prepare(workspace, marta)
    texts = said(marta)[1]
    assert any("Paco" in text for text in texts) and any("612 34 56 78" in text for text in texts)
    assert not any("bicho" in text for text in texts)
    book.decide(workspace, accept=["paco"], refuse=["bicho"])
    prepare(workspace, marta)
    texts = said(marta)[1]
    assert not any("Paco" in text for text in texts) and any("bicho" in text for text in texts)


def test_only_kinds_that_there_are_can_be_added(workspace: Workspace) -> None:
    with pytest.raises(book.UnknownKind, match="colour"):
        book.decide(workspace, add=["rojo=colour"])
    assert not workspace.people_file.exists()


def test_bigquery_is_refused_before_anything_is_sent(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sosias.corpus.prepare.engine_for", lambda *_given: pytest.fail("it was asked"))
    workspace.save(WorkspaceSettings(engine="bigquery"))
    marta = persona(workspace)
    for step in (prepare, review):
        with pytest.raises(book.NoPseudonymsThere, match="engine"):
            step(workspace, marta)


def test_the_command_lists_and_decides(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    persona(workspace)
    here = ["-C", str(workspace.folder), "prepare"]
    assert run([*here, "--review", "--refuse", "Paco", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    elena = next(row for row in listed["candidates"] if row["word"] == "elena")
    assert elena["count"] == 1 and elena["contexts"] == ["gracias «elena», dile a Paco que venga a la c…"]
    assert listed["refused"] == ["Paco"]
    assert run([*here, "--review"]) == 0
    shown = capsys.readouterr().out
    assert "Left as they are: Paco" in shown and "--refuse WORD" in shown and "612" in shown
    assert run([*here, "--add", "bicho=colour"]) == 2
    assert "cannot be added as colour" in capsys.readouterr().err
    assert run(here) == 0
    assert "Some will have been missed" in " ".join(capsys.readouterr().out.split())
