"""What a command's end means to whoever called it: exit code, one sentence, one JSON object."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sosias.cli.doctor import DEMANDS
from sosias.cli.main import run
from sosias.events import Listener, Notice
from sosias.models.catalogue import CATALOGUE
from sosias.sources.store import import_files
from sosias.workspace import Workspace

CHAT = """12/03/24, 10:00 - Ana: hola
12/03/24, 10:01 - Luis: hola, ¿qué tal?
13/03/24, 10:02 - Ana: muy bien [de verdad]
"""


@pytest.fixture
def chat(tmp_path: Path) -> Path:
    path = tmp_path / "Chat de WhatsApp con Luis.txt"
    path.write_text(CHAT, "utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path, chat: Path) -> str:
    """Return a workspace with the chat in it."""
    import_files(Workspace.create(tmp_path / "chats"), [chat])
    return str(tmp_path / "chats")


def test_a_user_s_mistake_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(tmp_path), "look"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("There is no workspace in")
    assert printed.err.count("\n") == 1


def test_a_mistake_is_json_on_stdout_where_that_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["-C", str(tmp_path), "look", "--json"]) == 2
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["error"].startswith("There is no workspace in")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["xx"], "'xx'"),
        (["train", "--sixty"], "There is no option --sixty: see sosias train --help"),
        (["train", "--minutes", "soon"], "'--minutes' cannot take this value"),
        (["train", "--minutes", "-1"], "'--minutes' cannot take this value"),
        (["train", "--epochs", "0"], "'--epochs' cannot take this value"),
        (["train", "--template", "novel"], "'--template' cannot take this value"),
        (["import"], "There is no file to import"),
        (["chat", "hello"], "hello"),
    ],
)
def test_words_that_are_no_command_are_one_sentence(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(words) == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.err.count("\n") == 1


def test_a_fault_of_ours_leaves_a_report_without_the_message(
    folder: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_table: object) -> None:
        raise ValueError("muy bien [de verdad]")

    monkeypatch.setattr("sosias.corpus.describe.describe", fail)
    assert run(["-C", folder, "look"]) == 1
    report = Workspace(Path(folder)).fault_file
    assert str(report) in capsys.readouterr().err
    assert "ValueError" in report.read_text()
    assert "muy bien" not in report.read_text()


@pytest.mark.parametrize("named", ["-C {}", "-C{}", "--folder {}", "--folder={}"])
def test_a_fault_is_reported_in_the_folder_that_was_named(
    folder: str, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_table: object) -> None:
        raise ValueError

    monkeypatch.setattr("sosias.corpus.describe.describe", fail)
    assert run([*named.format(folder).split(" "), "look"]) == 1
    assert Workspace(Path(folder)).fault_file.is_file()


def test_a_file_that_the_system_refuses_is_one_sentence(
    folder: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_table: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", folder)

    monkeypatch.setattr("sosias.corpus.describe.describe", refuse)
    assert run(["-C", folder, "look"]) == 2
    printed = capsys.readouterr().err
    assert folder in printed and printed.count("\n") == 1
    assert not Workspace(Path(folder)).fault_file.exists()


def test_an_interrupt_says_how_to_go_on(
    folder: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(_table: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sosias.corpus.describe.describe", stop)
    assert run(["-C", folder, "look"]) == 130
    assert f" -C {folder} look" in capsys.readouterr().err


def test_import_answers_with_the_design_s_keys(
    tmp_path: Path, chat: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["-C", str(tmp_path / "chats"), "import", str(chat), "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    report = json.loads(line)
    assert {"messages", "by_kind", "owner", "files"} <= report.keys()
    assert report["messages"] == 3
    (file,) = report["files"]
    keys = {
        "path",
        "format",
        "encoding",
        "lines",
        "messages",
        "people",
        "date_order",
        "duplicates",
        "dropped",
    }
    assert keys <= file.keys()
    assert {"value", "evidence", "why"} <= file["date_order"].keys()


def test_messages_come_out_as_they_went_in(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", folder, "messages", "--jsonl"]) == 0
    messages = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [message["text"] for message in messages] == ["hola", "hola, ¿qué tal?", "muy bien [de verdad]"]
    keys = {"chat", "seq", "sent_at", "author", "is_owner", "kind", "text", "attributes", "origin"}
    assert keys <= messages[0].keys()
    assert messages[1]["sent_at"] == "2024-03-12T10:01:00"
    assert messages[1]["origin"]["first_line"] == 2


def test_brackets_in_a_message_are_text(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", folder, "messages"]) == 0
    assert "muy bien [de verdad]" in capsys.readouterr().out


def test_look_lists_who_wrote(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", folder, "look", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert [person["name"] for person in facts["people"]] == ["Ana", "Luis"]
    assert run(["-C", folder, "look"]) == 0
    assert "Ana" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--as", "Ana"], "Say by what right Ana is imitated with --consent KIND: self (you)"),
        (
            ["--as", "Ana", "--consent", "given"],
            "Say who agreed and when: --consent given --by",
        ),
        (["--as", "Ana", "--consent", "mine"], "mine is no kind of consent"),
        (
            ["--as", "Ann", "--consent", "self"],
            "Nobody is called Ann in the messages; the nearest names are",
        ),
        (["--consent", "self"], "--as AUTHOR, or --where EXPRESSION"),
    ],
)
def test_a_persona_needs_a_person_and_a_right(
    folder: str, options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["-C", folder, "new", "ana", *options]) == 2
    assert said in capsys.readouterr().err
    assert Workspace(Path(folder)).persona_names() == []


def test_a_new_persona_keeps_its_consent(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--as", "Ana", "--consent", "given", "--by", "Ana, 2026-11-20", "--json"]
    assert run(["-C", folder, "new", "ana", *options]) == 0
    assert json.loads(capsys.readouterr().out)["consent"]["by"] == "Ana, 2026-11-20"
    assert Workspace(Path(folder)).persona().settings.consent.kind == "given"


def test_create_refuses_an_unknown_author_before_anything_long(
    tmp_path: Path, chat: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["create", "ana", "--from", str(chat), "--as", "Anna", "--consent", "self"]
    assert run(["-C", str(tmp_path / "chats"), *words]) == 2
    assert "the nearest names are: Ana" in capsys.readouterr().err
    assert not (tmp_path / "chats" / "personas").exists()


@pytest.mark.parametrize("columns", ["80", "50"])
def test_no_base_s_name_or_terms_are_cut(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert run(["models", "list"]) == 0
    printed = capsys.readouterr().out
    for base in CATALOGUE.values():
        assert f" {base.name} " in printed
        assert (base.terms or "") in printed


def test_models_are_listed_with_their_licences(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "list", "--json"]) == 0
    bases = {base["name"]: base for base in json.loads(capsys.readouterr().out)["bases"]}
    assert bases["smollm2-135m-instruct"]["licence"] == "Apache-2.0"
    assert bases["gemma3-270m"]["terms"] == "https://ai.google.dev/gemma/terms"


def test_gemma_is_not_fetched_without_its_terms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOSIAS_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("ACCEPT_GEMMA_TERMS", raising=False)
    assert run(["models", "pull", "gemma3-270m"]) == 2
    assert "--accept-terms" in capsys.readouterr().err


def test_help_starts_fast_and_loads_no_engine() -> None:
    code = (
        "import sys\nfrom sosias.cli.main import run\nrun(['--help'])\n"
        "heavy = {'torch', 'pyarrow', 'ibis', 'duckdb', 'xllamacpp', 'transformers', 'fastapi', 'pydantic'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_the_package_runs_as_a_module(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sosias", "-C", str(tmp_path), "look"]
    ended = subprocess.run(
        command, capture_output=True, encoding="utf-8", env=os.environ | {"SOSIAS_LANGUAGE": "es"}
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith("No hay ningún espacio de trabajo en")


def test_serve_says_where_once_the_port_is_taken(
    folder: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def serve(_workspace: Workspace, *, host: str, port: int, listener: Listener) -> None:
        assert capsys.readouterr().out == ""
        listener(Notice(f"on {host}:{port}"))
        listener(Notice("twice"))

    monkeypatch.setattr("sosias.server.run.serve", serve)
    assert run(["-C", folder, "serve", "--port", "8123", "--json"]) == 0
    printed = capsys.readouterr()
    (line,) = printed.out.splitlines()
    assert json.loads(line)["url"] == "http://127.0.0.1:8123/v1"
    assert "on 127.0.0.1:8123" in printed.err


def test_doctor_names_what_is_missing_and_its_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOSIAS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("sosias.cli.doctor.number_format", lambda: ("float32", 1e11))
    assert run(["-C", str(tmp_path), "doctor", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert {base["name"] for base in facts["bases"]} == set(CATALOGUE)
    assert not any(base["pulled"] for base in facts["bases"])
    commands = [one["command"] for one in facts["missing"]]
    assert any(command.startswith("sosias models pull") for command in commands)
    assert "sosias import FILE" in commands


def test_every_base_has_its_demands() -> None:
    assert set(DEMANDS) == set(CATALOGUE)
