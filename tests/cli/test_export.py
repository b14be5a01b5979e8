"""`sosias export --to table`: what it asks, what it refuses, and its JSON."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

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
    assert "Luis" not in written and "luis" not in written
    assert ("Ana" in written) is shown
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
