"""Texts are read where the user says that they are texts, whole and exact, and nowhere else."""

import gzip
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sosias.messages import Message
from sosias.sources import intake, texts
from sosias.sources.problems import NotAnExport
from sosias.sources.source import Options, Reading, recognise
from sosias.sources.store import import_files
from sosias.workspace import Workspace

AS_TEXTS = Options(texts=True)
NOVEL = "Capítulo I\n\nDos caras, como algunas personas.\n\t\nY otra 😀.\n"


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))
    return path


def read(path: Path) -> tuple[Reading, list[Message]]:
    [reading] = recognise(path, AS_TEXTS).readings
    return reading, list(reading.messages())


def test_a_text_is_one_article_with_its_paragraphs(tmp_path: Path) -> None:
    reading, [one] = read(write(tmp_path / "Misericordia.txt", NOVEL))
    assert one.text == NOVEL.removesuffix("\n")
    assert (one.kind, one.chat, one.author) == ("article", "Misericordia", "Misericordia")
    assert one.attributes == {"title": "Misericordia"}
    assert (one.first_line, one.last_line, reading.lines) == (1, 5, 5)
    assert one.sent_at is None


def test_without_the_word_no_text_is_taken(tmp_path: Path) -> None:
    with pytest.raises(NotAnExport):
        recognise(write(tmp_path / "Misericordia.txt", NOVEL))


def test_a_chat_stays_a_chat(tmp_path: Path) -> None:
    path = write(tmp_path / "chat.txt", "".join(f"12/3/24, 10:0{i} - Ana: hola\n" for i in range(9)))
    assert [one.format for one in recognise(path).readings] == ["whatsapp"]


def test_packed_texts_and_those_of_an_author_in_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "novels"
    (folder / "galdos").mkdir(parents=True)
    (folder / "galdos" / "Tormento.txt.gz").write_bytes(gzip.compress(NOVEL.encode()))
    write(folder / "Niebla.txt", "Al aparecer Augusto")
    write(folder / "cover.jpg", "no text")
    found = recognise(folder, AS_TEXTS)
    messages = [one for reading in found.readings for one in reading.messages()]
    assert {(one.author, one.chat) for one in messages} == {("galdos", "Tormento"), ("Niebla", "Niebla")}
    assert [one.file_name for one in found.others] == ["cover.jpg"]


@given(st.lists(st.text(alphabet="ab \n\té", max_size=30), max_size=8).map("".join))
def test_every_line_has_one_owner_and_every_character_is_kept(tmp_path_factory, text: str) -> None:  # type: ignore[no-untyped-def]
    path = write(tmp_path_factory.mktemp("text") / "t.txt", text or "x")
    text = text or "x"
    before, texts.LONGEST_ARTICLE = texts.LONGEST_ARTICLE, 10
    try:
        reading, messages = read(path)
    finally:
        texts.LONGEST_ARTICLE = before
    assert all(len(one.text) <= 10 for one in messages)
    lines = text.split("\n")[: None if not text.endswith("\n") else -1]
    assert reading.lines == len(lines)
    owned = {n for one in messages for n in range(one.first_line, one.last_line + 1)}
    dropped = {line for line, _reason in reading.dropped}
    assert owned | dropped == set(range(1, len(lines) + 1))
    assert "".join("".join(one.text for one in messages).split()) == "".join(text.split())


def test_parts_of_a_long_text_are_chats_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "LONGEST_ARTICLE", 40)
    path = write(tmp_path / "t.txt", "\n".join(f"Párrafo {number} de un libro." for number in range(6)))
    _reading, messages = read(path)
    assert [one.chat for one in messages][:3] == ["t", "t (2)", "t (3)"]
    assert "\n".join(one.text for one in messages) == path.read_text(encoding="utf-8")


def test_importing_again_changes_nothing_and_batches_are_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "BATCH_CHARACTERS", 100)
    for number in range(9):
        write(tmp_path / "novels" / f"{number}.txt", f"{number} {NOVEL}")
    workspace = Workspace.create(tmp_path / "w")
    first = import_files(workspace, [tmp_path / "novels"], options=AS_TEXTS)
    assert first.added == 9
    [file] = workspace.message_files()
    assert pq.ParquetFile(file).num_row_groups > 1
    assert import_files(workspace, [tmp_path / "novels"], options=AS_TEXTS).added == 0
