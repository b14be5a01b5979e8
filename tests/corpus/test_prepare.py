"""Messages to sessions: where turns and sessions begin, and that no session straddles a split."""

from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sosias.corpus import choosing, prepare, prepared
from sosias.corpus.session import Session, from_table
from sosias.messages import Message, to_table, with_ids
from sosias.settings import Consent, PersonaSettings, PreparationSettings
from sosias.workspace import Persona, Workspace
from tests.corpus.tables import message, shape, table

CONSENT = Consent(kind="fiction", recorded=date(2026, 1, 1))
ANA = PersonaSettings(name="ana", author="Ana", consent=CONSENT)


def sessions_of(messages: list[Message], persona: PersonaSettings = ANA) -> list[Session]:
    return list(from_table(prepare.session_table(table(messages), persona)))


def test_bursts_become_turns_and_silences_become_sessions() -> None:
    messages = [
        message(0, 0, "Bea", "a"),
        message(1, 9, "Bea", "b"),
        message(2, 9.5, "Ana", "c"),
        message(3, 19.6, "Ana", "d"),
        message(4, 80, "Ana", "e"),
        message(5, 80, "Bea", "f"),
    ]
    assert shape(sessions_of(messages)) == [
        [("Bea", ("a", "b")), ("Ana", ("c",)), ("Ana", ("d",))],
        [("Ana", ("e",)), ("Bea", ("f",))],
    ]


def test_exactly_as_long_as_the_gap_is_no_silence() -> None:
    assert len(sessions_of([message(0, 0, "Ana"), message(1, 60, "Ana")])) == 1
    assert len(sessions_of([message(0, 0, "Ana"), message(1, 60.01, "Ana")])) == 2


def test_file_order_wins_over_a_clock_that_goes_back() -> None:
    messages = [message(0, 10, "Ana", "a"), message(1, 2, "Bea", "b"), message(2, 11, "Ana", "c")]
    assert shape(sessions_of(messages)) == [[("Ana", ("a",)), ("Bea", ("b",)), ("Ana", ("c",))]]


def test_chats_do_not_mix() -> None:
    messages = [message(0, 0, "Ana", "a"), message(0, 1, "Ana", "b", chat="d", file="g")]
    assert [session.chat for session in sessions_of(messages)] == ["c", "d"]


def test_only_peoples_own_words_are_kept() -> None:
    messages = [
        message(0, 0, "Ana", "mine"),
        message(1, 0, "Ana", "<Media omitted>", kind="media"),
        message(2, 0, None, "Ana joined", kind="system"),
        message(3, 0, "Ana", "not mine", forwarded=True),
        message(4, 0, "Ana", "  \n"),
        message(5, None, "Ana", "é ½ … 👩‍👩‍👧"),
    ]
    assert shape(sessions_of(messages)) == [[("Ana", ("mine", "é ½ … 👩‍👩‍👧"))]]


def test_a_persona_can_be_an_expression() -> None:
    where = PersonaSettings(name="left", where="attributes['party'] = 'L'", consent=CONSENT)
    messages = [
        message(0, 0, "Ana", attributes={"party": "L"}),
        message(1, 0, "Bea", attributes={"party": "R"}),
        message(2, 0, "Eva"),
    ]
    assert [turn.persona for turn in sessions_of(messages, where)[0].turns] == [True, False, False]


def test_a_bad_expression_says_what_is_wrong() -> None:
    where = PersonaSettings(name="left", where="partei = 'L'", consent=CONSENT)
    with pytest.raises(choosing.BadWhere, match=r"Referenced column.*sent_at, author, "):
        sessions_of([message(0, 0, "Ana")], where)


@settings(max_examples=25, deadline=None)
@given(
    gaps=st.lists(st.sampled_from([1.0, 30.0, 100.0]), min_size=1, max_size=40),
    whose=st.lists(st.booleans(), min_size=40, max_size=40),
)
def test_splits_follow_time_and_lose_nothing(gaps: list[float], whose: list[bool]) -> None:
    minute, messages = 0.0, []
    for seq, (gap, mine) in enumerate(zip(gaps, whose, strict=False)):
        minute += gap
        messages.append(message(seq, minute, "Ana" if mine else "Bea", str(seq)))
    messages.append(message(len(messages), minute, "Ana", "last"))
    sessions = sessions_of(messages)
    order = [("train", "validation", "test").index(session.split) for session in sessions]
    assert order == sorted(order)
    texts = [bubble for session in sessions for turn in session.turns for bubble in turn.bubbles]
    assert texts == [one.text for one in messages]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace.create(tmp_path / "chats")
    messages = [message(i, i * 100, "Ana" if i % 2 else "Bea", f"m{i}") for i in range(200)]
    pq.write_table(to_table(with_ids(messages)), workspace.messages_folder / "0001.parquet")
    return workspace


@pytest.fixture
def persona(workspace: Workspace) -> Persona:
    persona = workspace.new_persona(ANA)
    prepare.prepare(workspace, persona)
    return persona


def test_folds_train_on_the_past_of_what_they_test(persona: Persona) -> None:
    whole = {session.number: session.turns for session in prepared.read_sessions(persona)}
    tested: set[int] = set()
    for number in range(3):
        fold = prepared.fold(persona, number, 3)
        test = {session.number for session in fold if session.split == "test"}
        assert test and max(s.number for s in fold if s.split != "test") < min(test)
        assert not tested & test
        assert all(whole[session.number] == session.turns for session in fold)
        tested |= test
    assert [s.split for s in prepared.fold(persona, 2, 3)] == [
        s.split for s in prepared.read_sessions(persona)
    ]


def test_too_little_is_said_in_a_sentence(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "chats")
    persona = workspace.new_persona(ANA)
    with pytest.raises(prepare.NoMessages):
        prepare.prepare(workspace, persona)
    pq.write_table(to_table(with_ids([message(0, 0, "Bea")])), workspace.messages_folder / "0001.parquet")
    with pytest.raises(prepare.NoWords, match="Ana"):
        prepare.prepare(workspace, persona)
    pq.write_table(to_table(with_ids([message(1, 0, "Ana")])), workspace.messages_folder / "0002.parquet")
    with pytest.raises(prepare.TooFewSessions, match="gap_minutes"):
        prepare.prepare(workspace, persona)
    with pytest.raises(prepared.NotPrepared):
        prepared.read_sessions(persona)


def test_who_speaks_before_the_persona_is_the_partner() -> None:
    messages = [
        message(0, 0, "Bea"),
        message(1, 1, "Ana"),
        message(2, 2, "Eva"),
        message(3, 3, "Bea"),
        message(4, 4, "Ana"),
    ]
    sessions = sessions_of(messages)
    assert prepared.partner(sessions) == "Bea"
    assert prepared.is_group(sessions)
    assert not prepared.is_group(sessions_of(messages[:2]))


def test_shares_are_of_the_personas_bubbles(workspace: Workspace) -> None:
    counts = prepare.prepare(workspace, workspace.new_persona(ANA))
    asked = PreparationSettings()
    assert abs(counts["splits"]["test"]["bubbles"] - asked.test * counts["bubbles"]) <= 1
    assert abs(counts["splits"]["validation"]["bubbles"] - asked.validation * counts["bubbles"]) <= 1


def test_what_is_counted_is_what_is_written(workspace: Workspace) -> None:
    persona = workspace.new_persona(ANA)
    counts = prepare.prepare(workspace, persona)
    sessions = prepared.read_sessions(persona)
    for name, count in counts["splits"].items():
        chosen = [session for session in sessions if session.split == name]
        mine = [turn for session in chosen for turn in session.turns if turn.persona]
        assert count["sessions"] == len(chosen)
        assert count["bubbles"] == sum(len(turn.bubbles) for turn in mine) == count["words"]
    assert not list(persona.sessions_file.parent.glob(".*")), "nothing is left on the way"


def test_the_rules_say_what_they_took(workspace: Workspace) -> None:
    more = [message(i, 30_000 + i, "Ana", kind="media", text="<Media omitted>") for i in range(5)]
    pq.write_table(to_table(with_ids(more)), workspace.messages_folder / "0002.parquet")
    kinds, *others = prepare.prepare(workspace, workspace.new_persona(ANA))["rules"]
    assert kinds == {"rule": "kinds", "removed": 5, "changed": 0, "examples": ["<Media omitted>"]}
    assert [row["rule"] for row in others] == [
        *("forwards", "bots", "quotes", "links", "chains", "short", "long", "copies")
    ]
    assert not any(row["removed"] or row["changed"] or row["examples"] for row in others)


def test_what_narrows_the_messages_is_written_down(workspace: Workspace, persona: Persona) -> None:
    whole = prepared.fingerprint(persona)
    narrow = prepare.prepare(workspace, persona, where="sent_at < '2024-01-10'")
    assert narrow["bubbles"] < 100
    assert persona.settings.preparation.where == "sent_at < '2024-01-10'"
    again = prepare.prepare(workspace, persona)
    assert again | {"seconds": None} == narrow | {"seconds": None}
    assert prepare.prepare(workspace, persona, where="")["bubbles"] == 100
    assert persona.settings.preparation.where is None
    assert prepared.fingerprint(persona) == whole


def test_a_bad_narrowing_changes_nothing(workspace: Workspace, persona: Persona) -> None:
    before = persona.settings, prepared.fingerprint(persona)
    with pytest.raises(choosing.BadWhere):
        prepare.prepare(workspace, persona, where="year(sent_at = 2024")
    with pytest.raises(prepare.NoWordsThere, match=r"chat = 'nobody'.*--where ''"):
        prepare.prepare(workspace, persona, where="chat = 'nobody'")
    with pytest.raises(prepare.TooFewSessions):
        prepare.prepare(workspace, persona, where="seq = 1")
    assert (persona.settings, prepared.fingerprint(persona)) == before


def test_chats_without_the_persona_are_not_learnt(workspace: Workspace, persona: Persona) -> None:
    alone = prepared.read_sessions(persona)
    others = [message(i, i * 50, ("Bea", "Eva", "Leo")[i % 3], f"o{i}", chat="others") for i in range(90)]
    pq.write_table(to_table(with_ids(others)), workspace.messages_folder / "0002.parquet")
    prepare.prepare(workspace, persona)
    found = prepared.read_sessions(persona)
    assert found == alone
    assert not prepared.is_group(found)
    assert any(not any(turn.persona for turn in one.turns) for one in found), "talk beside theirs stays"
