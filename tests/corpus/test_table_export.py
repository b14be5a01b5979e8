"""Messages to a table and back: exact, private, and safe in a spreadsheet."""

import csv
import os
import stat
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sosias.corpus.prepare import NoMessages
from sosias.corpus.table_export import NoTable, Pseudonymised, TableThere, export_table
from sosias.messages import KINDS, Message, to_table, with_ids
from sosias.settings import Consent, PersonaSettings
from sosias.sources.store import import_files, stored_messages
from sosias.sources.tables_ours import BEGINNINGS
from sosias.workspace import Workspace

START = datetime(2024, 1, 1, 9)
FORMATS = ("csv", "parquet")
SAID = ("=1+1", "hola", "@ana", "- sí\r\n- no", "'tis", '"ya"', "a,b;c\td", "\ufeffx")


def workspace_of(folder: Path, messages: list[Message]) -> Workspace:
    workspace = Workspace.create(folder)
    pq.write_table(to_table(with_ids(messages)), workspace.messages_folder / "000001.parquet")
    return workspace


def talk() -> list[Message]:
    return [
        Message("test", "c", n, START + timedelta(hours=n), ("Ana", "+34 600 11 22 33")[n % 2], "text", text)
        for n, text in enumerate(
            ("=1+1", "hola", "@ana", "- sí\r\n- no", "'tis", '"ya"', "a,b;c\td", "\ufeffx")
        )
    ]


def written(workspace: Workspace, path: Path, hide: Pseudonymised | None = None) -> dict[str, Any]:
    """Write everybody's messages."""
    return export_table(workspace, path, persona=None, everyone=True, hide=hide)


def facts(message: Message) -> tuple[Any, ...]:
    """Return all of a message that a table has."""
    return (
        message.chat,
        message.sent_at,
        message.author,
        message.is_owner,
        message.kind,
        message.text,
        message.edited,
        message.forwarded,
        message.attributes,
    )


def back(folder: Path, path: Path) -> list[tuple[Any, ...]]:
    """Return what an import of the table gives."""
    workspace = Workspace.create(folder)
    import_files(workspace, [path])
    return [facts(one) for one in stored_messages(workspace)]


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
CELLS = (
    WORDS | st.builds(str.__add__, st.sampled_from(BEGINNINGS), WORDS) | st.sampled_from(["{", "true", "1"])
)
NAMES = CELLS.filter(bool)
TIMES = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(lambda time: time.replace(fold=0))
MESSAGES = st.builds(
    Message,
    source=st.just("test"),
    chat=st.sampled_from(["=c", "otro chat"]),
    seq=st.just(0),
    sent_at=TIMES | st.none(),
    author=NAMES,
    kind=st.sampled_from(KINDS),
    text=CELLS,
    is_owner=st.none() | st.booleans(),
    edited=st.booleans(),
    forwarded=st.booleans(),
    attributes=st.dictionaries(NAMES, CELLS, max_size=3),
)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(messages=st.lists(MESSAGES, min_size=1, max_size=40))
@pytest.mark.parametrize("format", FORMATS)
def test_a_table_is_read_back_exactly(
    tmp_path_factory: pytest.TempPathFactory, format: str, messages: list[Message]
) -> None:
    tmp_path = tmp_path_factory.mktemp("table")
    for number, message in enumerate(messages):
        message.seq, message.id = number, f"{number:032x}"
    path = tmp_path / f"table.{format}"
    found = written(workspace_of(tmp_path / "from", messages), path)
    assert found["messages"] == len(messages)
    assert sorted(map(repr, back(tmp_path / "to", path))) == sorted(repr(facts(one)) for one in messages)


@pytest.mark.parametrize("format", FORMATS)
def test_what_nobody_wrote_stays_nobody_s(tmp_path: Path, format: str) -> None:
    """Some exports say that the owner did not write a notice either."""
    notice = Message("test", "c", 1, START, None, "system", "Ana left", is_owner=False)
    path = tmp_path / f"table.{format}"
    workspace = workspace_of(tmp_path / "from", [*talk()[:1], notice])
    written(workspace, path)
    assert back(tmp_path / "to", path)[1][2:6] == (None, None, "system", "Ana left")


@pytest.mark.parametrize("format", FORMATS)
def test_the_order_in_a_chat_is_kept_where_the_clock_goes_back(tmp_path: Path, format: str) -> None:
    messages = [Message("test", "c", n, START - timedelta(hours=n), "Ana", "text", f"{n}") for n in range(30)]
    messages[0].text = "cero"
    path = tmp_path / f"table.{format}"
    written(workspace_of(tmp_path / "from", messages), path)
    assert back(tmp_path / "to", path) == [facts(one) for one in messages]


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    written(workspace_of(tmp_path / "from", talk()), path)
    assert path.read_bytes().startswith("\ufeff".encode())
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    formulas = tuple(one for one in BEGINNINGS if one != "'")
    assert not [cell for row in rows for cell in row if cell.startswith(formulas)]
    assert [row[5] for row in rows[1:4]] == ["'=1+1", "hola", "'@ana"]
    assert back(tmp_path / "to", path) == [facts(one) for one in talk()]


def test_another_table_keeps_its_apostrophes(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("author,sent_at,text\nAna,2024-01-01 09:00:00,'tis\n", "utf-8")
    workspace = Workspace.create(tmp_path / "chats")
    import_files(workspace, [path])
    assert [one.text for one in stored_messages(workspace)] == ["'tis"]


@pytest.mark.skipif(sys.platform == "win32", reason="no mode bits there")
def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    written(workspace_of(tmp_path / "from", talk()), path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_is_written_wholly_or_not_at_all(tmp_path: Path) -> None:
    def broken(messages: ir.Table) -> ir.Table:
        return messages.mutate(text=(messages.text.length() / 0).cast("string").cast("int64").cast("string"))

    folder = tmp_path / "out"
    folder.mkdir()
    with pytest.raises(Exception, match="onversion"):
        written(workspace_of(tmp_path / "from", talk()), folder / "t.csv", broken)
    assert os.listdir(folder) == []


def test_only_the_persona_is_quoted_unless_everybody_is_asked_for(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path / "from", talk())
    consent = Consent(kind="self", recorded=date(2026, 1, 1))
    persona = workspace.new_persona(PersonaSettings(name="ana", author="Ana", consent=consent))
    path = tmp_path / "table.parquet"
    assert export_table(workspace, path, persona=persona, hide=None) == {
        "path": str(path),
        "format": "parquet",
        "messages": 4,
        "people": 1,
    }
    assert {row["author"] for row in pq.read_table(path).to_pylist()} == {"Ana"}


def test_stand_ins_leave_nothing_with_a_name_beside_the_text(tmp_path: Path) -> None:
    def stand_ins(messages: ir.Table) -> ir.Table:
        author = messages.author.replace("Berenguela", "Luisa")
        return messages.mutate(author=author, text=messages.text.upper())

    said = {"reactions": "👍 Berenguela"}
    messages = [
        Message("test", "Berenguela", 0, START, "Berenguela", "text", "hola", file="Berenguela.txt"),
        Message("test", "Berenguela", 1, START, "Ana", "text", "hey", attributes=said, file="Berenguela.txt"),
        Message("test", "Berenguela", 2, START, None, "system", "Berenguela left", file="Berenguela.txt"),
        Message("test", "otro", 0, START + timedelta(days=1), "Ana", "text", "sí", file="otro.txt"),
    ]
    path = tmp_path / "table.csv"
    found = written(workspace_of(tmp_path / "from", messages), path, stand_ins)
    assert found["messages"] == 3
    text = path.read_text("utf-8-sig")
    assert "Berenguela" not in text
    rows = list(csv.DictReader(text.splitlines()))
    assert [(row["chat"], row["author"], row["text"]) for row in rows] == [
        ("chat 1", "Luisa", "HOLA"),
        ("chat 1", "Ana", "HEY"),
        ("chat 2", "Ana", "SÍ"),
    ]


def test_names_that_are_no_table_s_are_said(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path / "from", talk())
    with pytest.raises(NoTable):
        written(workspace, tmp_path / "table.xlsx")
    taken = tmp_path / "table.csv"
    taken.write_text("mine")
    with pytest.raises(TableThere):
        written(workspace, taken)
    assert taken.read_text() == "mine"
    with pytest.raises(NoMessages):
        written(Workspace.create(tmp_path / "no"), tmp_path / "t.csv")
