"""The folder on disk: at once or not at all, for its owner alone, one writer, no newer format."""

import json
import os
import stat
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from sosias.errors import SosiasError
from sosias.settings import Consent, GenerationSettings, PersonaSettings, TrainingSettings, WorkspaceSettings
from sosias.workspace import (
    BadPersonaName,
    BadSettings,
    NewerWorkspace,
    NoPersona,
    NotTrained,
    NoWorkspace,
    PersonaExists,
    UnknownPersona,
    WhichPersona,
    Workspace,
    WorkspaceBusy,
    append_line,
    atomic_file,
    atomic_folder,
    private_folder,
    read_settings,
    recover_folder,
    write_json,
    write_settings,
    write_text,
)
from sosias.workspace import workspace as module

CONSENT = Consent(kind="fiction", recorded=date(2026, 11, 20))
posix_only = pytest.mark.skipif(os.name != "posix", reason="no mode bits here")


def persona(name: str) -> PersonaSettings:
    return PersonaSettings(name=name, author="Plácido", consent=CONSENT)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "chats")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# --- writing -----------------------------------------------------------------------------------


def test_a_file_is_replaced_at_once_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.txt"
    write_text(path, "old\n")
    with pytest.raises(ZeroDivisionError), atomic_file(path) as new:
        new.write_text("half")
        raise ZeroDivisionError
    assert path.read_bytes() == b"old\n"
    with atomic_file(path) as new:
        new.write_text("new")
        assert path.read_bytes() == b"old\n"
    assert path.read_bytes() == b"new"
    assert list(path.parent.iterdir()) == [path]


def test_newlines_and_letters_are_the_same_on_every_system(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "ñ\n😂\n")
    assert (tmp_path / "a.txt").read_bytes() == "ñ\n😂\n".encode()
    write_json(tmp_path / "a.json", {"ñ": [1]})
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == {"ñ": [1]}
    for number in range(2):
        append_line(tmp_path / "log" / "a.jsonl", {"n": number})
    assert (tmp_path / "log" / "a.jsonl").read_bytes() == b'{"n": 0}\n{"n": 1}\n'


def test_a_folder_is_replaced_at_once_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    for text in ("old", "new"):
        with atomic_folder(path) as new:
            (new / "inner").mkdir()
            (new / "inner" / "a.txt").write_text(text)
        assert (path / "inner" / "a.txt").read_text() == text
    with pytest.raises(ZeroDivisionError), atomic_folder(path) as new:
        (new / "b.txt").write_text("half")
        raise ZeroDivisionError
    assert (path / "inner" / "a.txt").read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_comes_back_after_a_kill_between_the_two_renames(tmp_path: Path) -> None:
    """The process dies when the old folder is away and the new one not yet there."""
    path = tmp_path / "folder"
    with atomic_folder(path) as new:
        (new / "a.txt").write_text("old")
    script = """
import os, pathlib, sys
from sosias.workspace import files
path, renames = pathlib.Path(sys.argv[1]), []
move = os.replace
def once(*names):
    if renames:
        os._exit(9)
    renames.append(names)
    move(*names)
files.os.replace = once
with files.atomic_folder(path) as new:
    (new / "a.txt").write_text("new")
"""
    ended = subprocess.run([sys.executable, "-c", script, str(path)], check=False, timeout=60)
    assert ended.returncode == 9 and not path.exists()
    assert recover_folder(path) == path
    assert (path / "a.txt").read_text() == "old"
    recover_folder(path)
    with atomic_folder(path) as new:
        (new / "a.txt").write_text("newer")
    assert (path / "a.txt").read_text() == "newer"


@posix_only
def test_nobody_else_can_read(tmp_path: Path) -> None:
    write_text(tmp_path / "a" / "b" / "c.txt", "x")
    append_line(tmp_path / "a" / "d.jsonl", {})
    with atomic_folder(tmp_path / "a" / "e") as new:
        (new / "f").mkdir()
        (new / "f" / "g").write_text("x")
    for path in [tmp_path / "a", *(tmp_path / "a").rglob("*")]:
        assert mode(path) == (0o700 if path.is_dir() else 0o600), path


@posix_only
def test_folders_that_are_there_keep_their_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    private_folder(tmp_path / "a")
    assert (mode(tmp_path), mode(tmp_path / "a")) == (0o755, 0o700)


# --- settings ----------------------------------------------------------------------------------


def test_settings_come_back_and_what_is_unset_is_left_out(tmp_path: Path) -> None:
    settings = persona("placido")
    write_settings(tmp_path / "persona.toml", settings)
    assert read_settings(tmp_path / "persona.toml", PersonaSettings) == settings
    assert "where" not in (tmp_path / "persona.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("format = 1\ncolour = 3", "colour"),
        ("format = [", ""),
        ("format = 'x'", "format"),
        ("time_zone = 3", "time_zone"),
    ],
)
def test_bad_settings_name_the_file_and_the_key(tmp_path: Path, text: str, what: str) -> None:
    path = tmp_path / "sosias.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadSettings) as caught:
        read_settings(path, WorkspaceSettings)
    assert str(path) in str(caught.value) and what in str(caught.value)


@pytest.mark.parametrize(
    "line",
    [
        *(f"{key} = {value}" for key in ("minutes", "epochs") for value in ("inf", "nan", "1e300")),
        *(f"{key} = {value}" for key in ("learning_rate", "checkpoint_seconds") for value in ("inf", "nan")),
    ],
)
def test_no_training_is_counted_by_what_is_no_number(tmp_path: Path, line: str) -> None:
    path = tmp_path / "training.toml"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(BadSettings, match=line.split()[0]):
        read_settings(path, TrainingSettings)


@pytest.mark.parametrize("value", ["inf", "nan", "-1"])
def test_no_reply_is_drawn_by_what_is_no_number(tmp_path: Path, value: str) -> None:
    path = tmp_path / "generation.toml"
    path.write_text(f"temperature = {value}", encoding="utf-8")
    with pytest.raises(BadSettings, match="temperature"):
        read_settings(path, GenerationSettings)


# --- the workspace -----------------------------------------------------------------------------


def test_a_workspace_is_laid_out_once(workspace: Workspace) -> None:
    assert workspace.settings == WorkspaceSettings()
    assert (workspace.folder / ".gitignore").read_text(encoding="utf-8") == "*\n"
    write_settings(workspace.folder / "sosias.toml", WorkspaceSettings(time_zone="America/Lima"))
    assert Workspace.create(workspace.folder).settings.time_zone == "America/Lima"
    assert Workspace.open(workspace.folder).folder == workspace.folder


def test_no_workspace_is_said_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(NoWorkspace, match="no workspace"):
        Workspace.open(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_newer_format_is_refused_and_left_alone(workspace: Workspace) -> None:
    path = workspace.folder / "sosias.toml"
    path.write_text("format = 99\nwhat_is_this = true\n", encoding="utf-8")
    with pytest.raises(NewerWorkspace, match="99"):
        Workspace.open(workspace.folder)
    assert path.read_text(encoding="utf-8") == "format = 99\nwhat_is_this = true\n"


@pytest.mark.parametrize("text", ["", "format = 0", "format = 'one'"])
def test_a_format_that_is_none_is_refused(workspace: Workspace, text: str) -> None:
    (workspace.folder / "sosias.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadSettings, match="format"):
        Workspace.open(workspace.folder)


@pytest.mark.parametrize(
    "written", [b"format = = 1\n", b"format = 1\ncolour = 3\n", b"\xff\n", b"a = 1\na = 2\n"]
)
def test_a_broken_workspace_is_named(workspace: Workspace, written: bytes) -> None:
    path = workspace.folder / "sosias.toml"
    path.write_bytes(written)
    with pytest.raises(BadSettings) as caught:
        Workspace.open(workspace.folder)
    assert str(path) in str(caught.value)


def test_an_older_workspace_is_migrated_step_by_step(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    first: list[Path] = []
    second: list[Path] = []
    monkeypatch.setattr(module, "MIGRATIONS", [first.append, second.append])
    monkeypatch.setattr(module, "CURRENT_FORMAT", 3)
    (workspace.folder / "sosias.toml").write_text("format = 2\n", encoding="utf-8")
    Workspace.open(workspace.folder)
    assert (first, second) == ([], [workspace.folder])


def test_one_writer(workspace: Workspace) -> None:
    with workspace.writing():
        with pytest.raises(WorkspaceBusy, match="Another sosias"), workspace.writing():
            pass
        script = (
            "import sys; from pathlib import Path; from sosias.workspace import Workspace\n"
            "with Workspace.open(Path(sys.argv[1])).writing(): pass"
        )
        other = subprocess.run(
            [sys.executable, "-c", script, str(workspace.folder)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert other.returncode and "WorkspaceBusy" in other.stderr
    with workspace.writing():
        pass


def test_the_lock_of_a_killed_writer_is_free(workspace: Workspace) -> None:
    script = (
        "import os, sys; from pathlib import Path; from sosias.workspace import Workspace\n"
        "with Workspace.open(Path(sys.argv[1])).writing(): os._exit(9)"
    )
    ended = subprocess.run([sys.executable, "-c", script, str(workspace.folder)], timeout=60, check=False)
    assert ended.returncode == 9
    with workspace.writing():
        pass


def test_imports_are_numbered_and_listed_in_order(workspace: Workspace) -> None:
    assert workspace.message_files() == []
    made = []
    for _ in range(3):
        made.append(workspace.next_message_file())
        write_text(made[-1], "x")
    assert workspace.message_files() == made
    made[0].unlink()
    assert workspace.next_message_file().stem == "000004"


@pytest.mark.parametrize(("folder", "service"), [("Dropbox/chats", "dropbox"), ("chats", None)])
def test_a_synced_folder_is_noticed(tmp_path: Path, folder: str, service: str | None) -> None:
    assert Workspace.create(tmp_path / folder).synced_to() == service


# --- personas and runs -------------------------------------------------------------------------


def test_personas_by_name_or_the_only_one(workspace: Workspace) -> None:
    with pytest.raises(NoPersona):
        workspace.persona()
    workspace.new_persona(persona("placido"))
    assert workspace.persona().settings.author == "Plácido"
    workspace.new_persona(persona("plácido-2"))
    with pytest.raises(WhichPersona, match="placido"):
        workspace.persona()
    with pytest.raises(UnknownPersona, match="plácido-2"):
        workspace.persona("eva")
    assert workspace.persona("placido").name == "placido"
    with pytest.raises(PersonaExists):
        workspace.new_persona(persona("placido"))


@pytest.mark.parametrize("name", ["", "a b", "../a", "a/b", "a.b", "-_"])
def test_names_that_cannot_be_folders(workspace: Workspace, name: str) -> None:
    with pytest.raises(BadPersonaName):
        workspace.new_persona(persona(name))
    assert workspace.persona_names() == []


def test_the_finished_run_is_the_newest_with_an_adapter(workspace: Workspace) -> None:
    made = workspace.new_persona(persona("placido"))
    with pytest.raises(NotTrained):
        made.finished_run()
    runs = [made.new_run() for _ in range(3)]
    assert [run.folder.name for run in runs] == ["001", "002", "003"]
    for run in runs[:2]:
        write_json(run.result_file, {"steps": 3})
    private_folder(runs[1].adapter_folder)
    private_folder(runs[2].adapter_folder)
    assert made.finished_run() == runs[1]
    assert runs[1].result() == {"steps": 3}


def test_every_error_is_one_sentence_that_survives_a_process() -> None:
    import pickle

    error = UnknownPersona(name="eva", folder=Path("chats"), names="ana")
    again = pickle.loads(pickle.dumps(error))
    assert isinstance(again, SosiasError) and str(again) == str(error)
    assert str(error) == "There is no persona called eva in chats; there is: ana."
