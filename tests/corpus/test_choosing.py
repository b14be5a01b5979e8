"""One contact, one year, one party; and expressions that cannot be used."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sosias.corpus import choosing, prepare
from sosias.corpus.engine_duckdb import DuckDB
from sosias.corpus.session import from_table
from sosias.messages import Message, to_table, with_ids
from sosias.settings import Consent, PersonaSettings, PreparationSettings
from sosias.workspace import Workspace
from tests.corpus.tables import message, rows, table

CONSENT = Consent(kind="fiction", recorded=date(2026, 1, 1))
YEAR = 366 * 24 * 60
MESSAGES = [
    message(0, 0, "Bea", "b1", chat="Bea"),
    message(1, 1, "Ana", "a1", chat="Bea"),
    message(2, YEAR, "Ana", "a2", chat="Bea"),
    message(0, 2, "Eva", "e1", chat="Eva", attributes={"party": "UDI"}),
    message(1, 3, "Ana", "a3", chat="Eva", attributes={"party": "UDI"}),
    message(0, 5, "Ana", "a4", chat="posts", source="x", attributes={"party": "PS"}),
]


def said(where: str, *, author: str | None = "Ana") -> tuple[list[str], list[str]]:
    """Return the texts of the persona and those of others, with what narrows them."""
    selection = {"author": author} if author else {"where": "attributes['party'] = 'UDI'"}
    settings = PersonaSettings(
        name="p", consent=CONSENT, preparation=PreparationSettings(where=where), **selection
    )
    turns = [
        turn
        for session in from_table(prepare.session_table(table(MESSAGES), settings))
        for turn in session.turns
    ]
    return tuple(  # type: ignore[return-value]
        sorted(bubble for turn in turns if turn.persona is mine for bubble in turn.bubbles)
        for mine in (True, False)
    )


def test_one_contact() -> None:
    assert said("chat = 'Bea'") == (["a1", "a2"], ["b1"])
    assert said("author in ('Ana', 'Eva') and chat = 'Eva'") == (["a3"], ["e1"])


def test_one_year() -> None:
    assert said("sent_at >= '2025-01-01' and sent_at < '2026-01-01'") == (["a2"], [])
    assert said("year(sent_at) = 2024")[0] == ["a1", "a3", "a4"]


def test_one_party_and_one_source() -> None:
    assert said("attributes['party'] = 'PS'") == (["a4"], [])
    assert said("source = 'x' -- only posts") == (["a4"], [])


def test_a_persona_by_an_expression_is_narrowed_too() -> None:
    assert said("true", author=None) == (["a3", "e1"], []), "chats without the persona are none of its talk"
    assert said("author <> 'Eva'", author=None) == (["a3"], [])


BAD = {
    "partei = 'L'": "Referenced column",
    "author =": "missing",
    "seq + 1": "neither true nor false",
    "text": "Cannot mix",
    "true) FROM nothing --": "Expecting",
}


@pytest.mark.parametrize("where", BAD)
def test_what_cannot_be_used_is_refused_with_the_columns(where: str, tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path)
    for _without_and_with_messages in range(2):
        with pytest.raises(choosing.BadWhere, match=BAD[where]) as caught:
            choosing.check_where(workspace, where)
        assert "source, chat, seq, sent_at, author" in str(caught.value)
        assert "attributes['party']" in str(caught.value)
        store(workspace)


BEYOND = (
    "(select content from read_text('/etc/hostname')) <> ''",
    "exists (from read_csv('/etc/passwd'))",
    "text in (select text from all_messages)",
    "read_text('/etc/hostname') = ''",
    "text = getenv('HOME')",
    "true)), ((true",
    "true)) from messages where ((true",
    "reflect('java.lang.System', 'getenv', 'HOME') = ''",
)


@pytest.mark.parametrize("where", BEYOND)
def test_nothing_but_the_messages_is_looked_at(where: str, tmp_path: Path) -> None:
    with pytest.raises(choosing.BadWhere, match="messages alone"):
        choosing.check_where(Workspace.create(tmp_path), where)


def test_what_selects_nothing_is_said(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path)
    choosing.check_selection(workspace, "author = 'Nobody'")
    store(workspace)
    assert choosing.check_where(workspace, "author = 'Ana'") == 4
    with pytest.raises(choosing.NothingSelected, match="author = 'Nobody' selects none of the 6 messages"):
        choosing.check_selection(workspace, "author = 'Nobody'")
    for empty in ("", "  \n"):
        with pytest.raises(choosing.EmptyWhere):
            choosing.check_selection(workspace, empty)


def store(workspace: Workspace, messages: list[Message] = MESSAGES) -> None:
    pq.write_table(to_table(with_ids(messages)), workspace.messages_folder / "0001.parquet")


def test_what_no_message_can_meet_is_refused(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path)
    store(workspace)
    with pytest.raises(choosing.BadWhere, match="try_cast"):
        choosing.check_where(workspace, "sent_at > 'yesterday'")


def test_a_refusal_does_not_quote_messages(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path)
    choosing.check_where(workspace, "text::int = 1")
    store(workspace, [message(0, 0, "Ana", "a secret")])
    with pytest.raises(choosing.BadWhere, match="try_cast") as caught:
        choosing.check_where(workspace, "text::int = 1")
    assert "secret" not in str(caught.value)


FACTS = (
    "attributes['party'] = 'UDI'",
    "(author = 'Ana' or attributes['a b'] = '') and attributes['party'] > 'Q'",
)


@pytest.mark.parametrize("where", FACTS)
def test_attributes_choose_where_they_are_no_map_too(where: str) -> None:
    arrow = to_table(with_ids(MESSAGES))
    attributes = arrow["attributes"].combine_chunks()
    pairs = pa.ListArray.from_arrays(
        attributes.offsets,
        pa.StructArray.from_arrays([attributes.keys, attributes.items], ["key", "value"]),
    )
    held = DuckDB().hold(arrow.set_column(arrow.column_names.index("attributes"), "attributes", pairs))
    chosen = rows(choosing.narrowed(table(MESSAGES), where), "text")
    assert chosen and rows(choosing.narrowed(held, where), "text") == chosen
