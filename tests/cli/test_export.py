"""`sosias export`: what it asks, what it refuses, and its JSON."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from sosias.cli.call import Call
from sosias.cli.main import run
from sosias.settings import PeopleSettings
from sosias.sources.store import import_files
from sosias.workspace import Workspace, read_settings
from tests.sources.exports import export


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """Return a workspace in which two people write, one of them a persona."""
    said = [
        (datetime(2024, 1, 1, 9) + timedelta(hours=n), ("Ana", "Luis")[n % 2], f"{n}!") for n in range(30)
    ]
    said.append((datetime(2024, 1, 9), "Ana", "¿vienes, luis?"))
    path = tmp_path / "Chat de WhatsApp con Luis.txt"
    path.write_text(export("android es", said), "utf-8")
    import_files(Workspace.create(tmp_path / "chats"), [path])
    folder = str(tmp_path / "chats")
    assert run(["-C", folder, "new", "ana", "--as", "Ana", "--consent", "self"]) == 0
    return folder


@pytest.mark.parametrize(("further", "people"), [([], {"Ana"}), (["--everyone"], {"Ana", "Luis"})])
def test_real_names_when_they_are_asked_for(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], further: list[str], people: set[str]
) -> None:
    path = tmp_path / "out.parquet"
    words = ["export", "--to", "table", str(path), "--real-names", "--yes", *further]
    capsys.readouterr()
    assert run(["-C", folder, *words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == {
        "written": True,
        "to": "table",
        "real_names": True,
        "path": str(path),
        "format": "parquet",
        "messages": 16 if further == [] else 31,
        "people": len(people),
    }
    assert {row["author"] for row in pq.read_table(path).to_pylist()} == people


def test_nothing_real_leaves_unasked(folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "out.csv"
    for further in ([], ["--json"]):
        assert run(["-C", folder, "export", "--to", "table", str(path), "--real-names", *further]) == 2
        assert "--yes" in capsys.readouterr().err
    assert not path.exists()


@pytest.mark.parametrize(("persona", "shown"), [([], False), (["-p", "ana"], True)])
def test_stand_ins_hide_everybody_but_the_persona(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], persona: list[str], shown: bool
) -> None:
    path = tmp_path / "out.csv"
    capsys.readouterr()
    words = ["export", "--to", "table", str(path), "--everyone", *persona, "--json"]
    assert run(["-C", folder, *words]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["real_names"], found["messages"], found["people"]) == (False, 31, 2)
    written = path.read_text("utf-8-sig")
    names = set(re.findall(r"\w+", written))  # a stand-in may be called Anabel
    assert names.isdisjoint({"Luis", "luis"})
    assert ("Ana" in names) is shown
    settings = read_settings(Workspace.open(Path(folder)).people_file, PeopleSettings)
    stands = settings.pseudonyms.stand_ins["author"]["Luis"]
    assert f"{stands}," in written, "the same as in what is prepared"


@pytest.mark.parametrize("answer", ["n", "s"])
def test_it_asks_at_the_terminal(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    for name in ("stdin", "stderr"):
        monkeypatch.setattr(f"sys.{name}.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda: answer)
    path = tmp_path / "out.csv"
    assert run(["-C", folder, "export", "--to", "table", str(path), "--real-names"]) == 0
    assert path.exists() is (answer == "s")


# --- a persona -----------------------------------------------------------------------------------


@pytest.mark.parametrize("repository", ["ana", "/ana", "ana/"])
def test_a_repository_without_its_user_is_refused_before_anything_is_written(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], repository: str
) -> None:
    assert run(["-C", folder, "export", "--to", "hf", str(tmp_path / "out"), "--push", repository]) == 2
    assert f"{repository} is no repository of the hub" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["--to", "hf", "--everyone"], "--to table"),
        (["--to", "gguf", "--real-names"], "--to table"),
        (["--to", "hf", "--quant", "f16"], "--to gguf"),
        (["--to", "table", "--push", "ana/ana"], "--to hf, --to adapter, --to gguf"),
    ],
)
def test_options_of_another_export_are_refused(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], meant: str
) -> None:
    assert run(["-C", folder, "export", str(tmp_path / "out"), *words]) == 2
    assert f"it is for {meant}." in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


class Steps:
    """Stands in for the jobs: remembers what was asked of them."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, _call: Call, step: str, arguments: dict[str, Any]) -> dict[str, Any]:
        self.asked.append((step, arguments))
        if step == "push":
            return {"repo": arguments["repo"], "url": "https://huggingface.co/ana/ana", "private": True}
        verified = {"largest_difference": 0.001, "tolerance": 0.1}
        return {"path": arguments["path"], "to": arguments["to"], "verified": verified}


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    found = Steps()
    monkeypatch.setattr(Call, "run_step", lambda call, step, arguments: found(call, step, arguments))
    return found


def test_a_persona_goes_out_as_the_job_says(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], steps: Steps
) -> None:
    capsys.readouterr()
    words = ["export", "--to", "gguf", "--quant", "q4_0", str(tmp_path / "out"), "--json"]
    assert run(["-C", folder, *words]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["written"], found["verified"]["tolerance"]) == (True, 0.1)
    assert steps.asked == [("export", {"path": str(tmp_path / "out"), "to": "gguf", "weights": "Q4_0"})]


def test_nothing_is_sent_unasked(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], steps: Steps
) -> None:
    words = ["export", "--to", "hf", str(tmp_path / "out"), "--push", "ana/ana"]
    for further in ([], ["--json"]):
        assert run(["-C", folder, *words, *further]) == 2
        assert "somebody at a terminal says so, twice" in capsys.readouterr().err
    assert steps.asked == []


@pytest.mark.parametrize(
    ("answers", "sent"),
    [(["n"], False), (["y", "ana/other"], False), (["y", "y"], False), (["sí", "ana/ana"], True)],
)
def test_it_asks_twice_before_sending(
    folder: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    steps: Steps,
    answers: list[str],
    sent: bool,
) -> None:
    for name in ("stdin", "stderr"):
        monkeypatch.setattr(f"sys.{name}.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda: answers.pop(0))
    words = ["export", "--to", "hf", str(tmp_path / "out"), "--push", "ana/ana"]
    assert run(["-C", folder, *words]) == 0
    assert answers == []
    assert [step for step, _arguments in steps.asked] == (["export", "push"] if sent else [])
