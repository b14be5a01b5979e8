"""Files into the workspace: once, whole or not at all, whatever overlaps."""

import json
import signal
import stat
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sosias.errors import SosiasError
from sosias.events import Choice, Event, Progress
from sosias.messages import MESSAGE_SCHEMA, Message
from sosias.sources import intake
from sosias.sources.source import Options, sources
from sosias.sources.store import (
    NothingImported,
    UnknownAuthor,
    authors,
    find_author,
    import_files,
    stored_messages,
)
from sosias.workspace import Workspace, WorkspaceBusy
from tests.sources.exports import export, write, zipped

START = datetime(2021, 3, 9, 8, 0)
CHAT = [
    (START + timedelta(hours=7 * step), ("Ann", "Bob", "Zoë")[step % 3], f"message {step // 2}")
    for step in range(90)
]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "workspace")


def part(folder: Path, first: int, last: int, name: str = "WhatsApp Chat with Team.txt") -> Path:
    return write(folder / name, export("android en-GB", CHAT[first:last]))


def in_order(workspace: Workspace) -> list[tuple[datetime | None, str | None, str]]:
    messages = sorted(stored_messages(workspace), key=lambda message: message.seq)
    return [(message.sent_at, message.author, message.text) for message in messages]


def content(workspace: Workspace) -> dict[Path, bytes]:
    files = workspace.folder.rglob("*")
    return {file: file.read_bytes() for file in files if file.is_file() and file.name != ".lock"}


def test_messages_are_stored_as_they_were_read(workspace: Workspace, tmp_path: Path) -> None:
    path = part(tmp_path, 0, 90)
    import_files(workspace, [path])
    messages = list(stored_messages(workspace))
    assert in_order(workspace) == CHAT
    assert [message.seq for message in messages] == list(range(90))
    assert messages[0] == Message(
        source="whatsapp",
        chat="Team",
        seq=0,
        sent_at=START,
        author="Ann",
        kind="text",
        text="message 0",
        file=path.name,
        first_line=1,
        last_line=1,
        id=messages[0].id,
    )
    [file] = workspace.message_files()
    schema = pq.read_schema(file)
    assert schema.equals(MESSAGE_SCHEMA) and schema.metadata[b"sosias.format"] == b"1"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_report(workspace: Workspace, tmp_path: Path) -> None:
    path = write(tmp_path / "WhatsApp Chat with Team.txt", "Hello\n" + export("android en-GB", CHAT))
    found = import_files(workspace, [path]).as_json()
    assert json.loads(json.dumps(found)) == found
    assert (found["messages"], found["added"], found["duplicates"]) == (90, 90, 0)
    assert (found["by_kind"], found["owner"]) == ({"text": 90}, None)
    assert found["owner_why"]
    [file] = found["files"]
    assert file == {
        "path": str(path),
        "first_line": 1,
        "files": 1,
        "format": "whatsapp",
        "encoding": "UTF-8",
        "chat": "Team",
        "chats": {"Team": 90},
        "lines": 91,
        "messages": 90,
        "by_kind": {"text": 90},
        "first": START.isoformat(),
        "last": CHAT[-1][0].isoformat(),
        "people": {"Ann": 30, "Bob": 30, "Zoë": 30},
        "owner": None,
        "owner_why": found["owner_why"],
        "date_order": {
            "value": "D/M/Y",
            "evidence": "proven",
            "why": "in any other order there are dates that do not exist",
        },
        "time_zone": {
            "value": None,
            "evidence": "unknown",
            "why": "the export writes the telephone's clock and no zone",
        },
        "duplicates": 0,
        "dropped": [{"file": "WhatsApp Chat with Team.txt", "line": 1, "reason": "before the first message"}],
        "dropped_by_reason": {"before the first message": 1},
        "notes": [],
    }


def test_the_same_file_again_changes_nothing(workspace: Workspace, tmp_path: Path) -> None:
    path = part(tmp_path, 0, 90)
    import_files(workspace, [path])
    before = content(workspace)
    report = import_files(workspace, [path, zipped(tmp_path / "x.zip", {path.name: path.read_text()})])
    assert (report.messages, report.added, [file.duplicates for file in report.files]) == (180, 0, [90, 90])
    assert content(workspace) == before


@pytest.mark.parametrize("batch", [7, intake.BATCH])
@pytest.mark.parametrize("parts", [[(0, 50), (30, 90)], [(30, 90), (0, 50)], [(20, 40), (60, 90), (0, 90)]])
def test_overlapping_exports_merge(
    workspace: Workspace,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    batch: int,
    parts: list[tuple[int, int]],
) -> None:
    """In several imports of a file that keeps its name, and in one import of several files."""
    monkeypatch.setattr(intake, "BATCH", batch)
    for first, last in parts:
        import_files(workspace, [part(tmp_path, first, last)])
    assert in_order(workspace) == CHAT
    at_once = Workspace.create(tmp_path / "at once")
    folders = [part(tmp_path / str(number), *ends) for number, ends in enumerate(parts)]
    report = import_files(at_once, folders)
    assert in_order(at_once) == CHAT
    assert report.added == 90 and len(at_once.message_files()) == 1


def test_other_chats_are_left_alone(workspace: Workspace, tmp_path: Path) -> None:
    files = [part(tmp_path, 0, 90), part(tmp_path, 0, 90, "WhatsApp Chat with Others.txt")]
    report = import_files(workspace, files)
    assert report.added == 180
    assert {message.chat for message in stored_messages(workspace)} == {"Team", "Others"}


def test_a_bad_file_imports_nothing(workspace: Workspace, tmp_path: Path) -> None:
    good = part(tmp_path, 0, 90)
    before = content(workspace)
    late = good.read_bytes() * 4000 + b"\xff"
    (tmp_path / "bad.txt").write_bytes(late)
    for bad in (tmp_path / "none.txt", tmp_path / "bad.txt"):
        with pytest.raises(SosiasError, match=bad.name):
            import_files(workspace, [good, bad])
    assert content(workspace) == before


def test_a_file_that_breaks_while_it_is_stored_imports_nothing(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = part(tmp_path, 0, 90)
    monkeypatch.setattr(intake, "BATCH", 10)

    def shorten(event: Event) -> None:
        if isinstance(event, Progress) and event.done:
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        import_files(workspace, [path], listener=shorten)
    assert not list(workspace.messages_folder.iterdir())
    import_files(workspace, [path])
    assert in_order(workspace) == CHAT


def test_what_a_killed_import_left_is_cleared_away(workspace: Workspace, tmp_path: Path) -> None:
    left = workspace.messages_folder / ".000001.parquet.x1y2"
    left.write_bytes(b"half")
    assert list(stored_messages(workspace)) == []
    import_files(workspace, [part(tmp_path, 0, 90)])
    assert not left.exists() and in_order(workspace) == CHAT


def test_one_writer_at_a_time(workspace: Workspace, tmp_path: Path) -> None:
    with workspace.writing(), pytest.raises(WorkspaceBusy):
        import_files(workspace, [part(tmp_path, 0, 90)])


def test_choices_and_progress_are_told(workspace: Workspace, tmp_path: Path) -> None:
    events: list[Event] = []
    pair = [message for message in CHAT if message[1] != "Zoë"]
    path = write(tmp_path / "WhatsApp Chat with Ann.txt", export("android en-GB", pair))
    report = import_files(workspace, [path], listener=events.append)
    assert report.as_json()["owner"] == "Bob"
    values = [event.value for event in events if isinstance(event, Choice)]
    assert values == ["D/M/Y", "Bob"]
    steps = [event for event in events if isinstance(event, Progress)]
    assert {event.step for event in steps} == {"import"} and (steps[-1].done, steps[-1].total) == (60, 60)
    assert not any("message 0" in repr(event) for event in events)


def test_the_day_can_be_said_to_come_first(workspace: Workspace, tmp_path: Path) -> None:
    path = write(tmp_path / "chat.txt", "1/2/2021, 10:00 AM - Ann: hi\n")
    import_files(workspace, [path], options=Options(day_first=True))
    assert next(stored_messages(workspace)).sent_at == datetime(2021, 2, 1, 10)


def test_files_by_different_owners(workspace: Workspace, tmp_path: Path) -> None:
    one = write(
        tmp_path / "a.txt", export("android en-GB", [*CHAT, (START, "Ann", "You deleted this message")])
    )
    two = write(
        tmp_path / "b.txt", export("android en-GB", [*CHAT, (START, "Bob", "You deleted this message")])
    )
    owner, why = import_files(workspace, [one, two]).owner()
    assert owner is None and "Ann" in why and "Bob" in why


def test_authors_are_those_with_words_of_their_own(workspace: Workspace, tmp_path: Path) -> None:
    chat = [*CHAT[:4], (START, "Bob", "<Media omitted>"), (START, "Bob", "x"), (START, None, "Eva left")]
    assert authors(workspace) == []
    import_files(workspace, [write(tmp_path / "chat.txt", export("android en-GB", chat))])
    assert authors(workspace) == [("Ann", 2), ("Bob", 2), ("Zoë", 1)]


def test_an_unknown_author_hears_who_is_there_nearest_first(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(NothingImported):
        find_author(workspace, "Ann")
    people = ["Plácido", "Ann", *(f"Person {number}" for number in range(12))]
    chat = [(START, name, "hi") for name in people]
    import_files(workspace, [write(tmp_path / "chat.txt", export("android en-GB", chat))])
    assert find_author(workspace, "Plácido") == "Plácido"
    assert find_author(workspace, "Pla\u0301cido") == "Plácido"
    with pytest.raises(UnknownAuthor) as caught:
        find_author(workspace, "placido")
    named = str(caught.value).split(": ")[1].rstrip(".").split("; ")
    assert named[0] == "Plácido" and len(named) == 10 and set(named) <= set(people)


def test_formats_are_found_by_their_file() -> None:
    ranks = [source.rank for source in sources()]
    assert "whatsapp" in {source.name for source in sources()} and ranks == sorted(ranks)


KILLED = """
import os, signal, sys
from pathlib import Path
from sosias.sources.store import import_files
from sosias.workspace import Workspace

replace, moves = os.replace, [0]

def cut_off(source, target):
    moves[0] += 1
    if moves[0] == {number} and {before}:
        os.kill(os.getpid(), signal.SIGKILL)
    replace(source, target)
    if moves[0] == {number}:
        os.kill(os.getpid(), signal.SIGKILL)

os.replace = cut_off
import_files(Workspace.open(Path(sys.argv[1])), [Path(sys.argv[2])])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_an_import_that_is_killed_counts_wholly_or_not_at_all(
    workspace: Workspace, tmp_path: Path, number: int, before: bool
) -> None:
    """It moves three files into place: who is who, the messages, and who is who for good."""
    chat = [(time, author, f"message number {step}") for step, (time, author, _text) in enumerate(CHAT)]
    renamed = [(time, "Ann Gómez" if author == "Ann" else author, text) for time, author, text in chat]
    old = write(tmp_path / "1" / "WhatsApp Chat with Team.txt", export("android en-GB", chat[:60]))
    new = write(tmp_path / "2" / "WhatsApp Chat with Team.txt", export("android en-GB", renamed[20:]))
    import_files(workspace, [old])
    script = KILLED.format(number=number, before=before)
    ended = subprocess.run([sys.executable, "-c", script, str(workspace.folder), str(new)], check=False)
    assert ended.returncode == -signal.SIGKILL
    is_whole = number == 3 or (number == 2 and not before)
    assert in_order(workspace) == (chat if is_whole else chat[:60])
    assert {name for name, _count in authors(workspace)} == {"Ann", "Bob", "Zoë"}
    others = write(tmp_path / "3" / "WhatsApp Chat with Others.txt", export("android en-GB", CHAT[:9]))
    import_files(workspace, [others])
    import_files(workspace, [new])
    assert [one for one in in_order(workspace) if one in chat] == chat
    assert dict(authors(workspace))["Ann"] == 33
    assert stat.S_IMODE(workspace.people_file.stat().st_mode) == 0o600
    assert not list(workspace.folder.glob(".*people*"))
    before_again = content(workspace)
    import_files(workspace, [old, new, others])
    assert content(workspace) == before_again


def test_what_a_killed_import_learnt_of_people_does_not_count_for_the_next_one(
    workspace: Workspace, tmp_path: Path
) -> None:
    """The next one's messages are called as its own would have been."""
    learnt = workspace.people_file_with(workspace.next_message_file())
    learnt.write_text('[[identities]]\nname = "Ann"\nalso = ["Bob"]\nwhy = ""\nby = "you"\n')
    import_files(workspace, [part(tmp_path, 0, 90)])
    assert {name for name, _count in authors(workspace)} == {"Ann", "Bob", "Zoë"}
    assert not workspace.people_file.exists() and not learnt.exists()
