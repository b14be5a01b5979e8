"""Bad files: one sentence that names the file, nothing else."""

import codecs
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sosias.errors import SosiasError
from sosias.sources import text_file
from sosias.sources.entry import Entry
from sosias.sources.source import NotAnExport, Unreadable, recognise
from sosias.sources.text_file import CHUNK, LONGEST, TextFile
from tests.sources.exports import read_one, write, zipped

CHAT = "1/2/2021, 10:00 - Ann: hi\n13/2/2021, 10:00 - Bob: ho\n"


def refused(path: Path, words: str, kind: type[SosiasError] = Unreadable) -> None:
    with pytest.raises(kind) as caught:
        for _message in read_one(path).messages():
            pass
    sentence = str(caught.value)
    assert str(path) in sentence and words in sentence and "\n" not in sentence


def test_what_is_no_file(tmp_path: Path) -> None:
    refused(tmp_path / "none.txt", "no such file")
    refused(tmp_path, "folder")
    refused(write(tmp_path / "empty.txt", ""), "empty")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    refused(tmp_path / "pipe.txt", "not a file")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = write(tmp_path / "chat.txt", CHAT)
    path.chmod(0)
    refused(path, "ermission")


@pytest.mark.parametrize(
    "text", ["just a letter\n", "\n\n\n", "12/05/2018 we met\n10:00 - Carl: hi\n", "\x00\x01\x02"]
)
def test_other_texts_are_no_export(text: str, tmp_path: Path) -> None:
    refused(write(tmp_path / "letter.txt", text), "WhatsApp .txt, .zip", NotAnExport)


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16-le"])
def test_another_encoding(encoding: str, tmp_path: Path) -> None:
    path = write(tmp_path / "chat.txt", CHAT + "13/2/2021, 10:00 - Zoë: ñ\n", encoding)
    with pytest.raises(SosiasError):
        read_one(path)


def test_an_error_in_the_encoding_far_inside(tmp_path: Path) -> None:
    path = tmp_path / "chat.txt"
    content = codecs.BOM_UTF8 + "ñ".encode() + CHAT.encode() * 40_000
    path.write_bytes(content + b"\xff\n")
    refused(path, f"after byte {len(content)} it is not UTF-8")


def test_an_endless_line_is_not_held(tmp_path: Path) -> None:
    path = write(tmp_path / "chat.txt", CHAT + "13/2/2021, 10:01 - Ann: " + "x" * (LONGEST + CHUNK))
    refused(path, "line 3 is longer than any message")


def test_an_endless_message_is_not_held(tmp_path: Path) -> None:
    path = write(tmp_path / "chat.txt", CHAT + "more\n" * (LONGEST // 4))
    refused(path, "line 2 is longer than any message")


def test_an_endless_message_of_days_that_do_not_exist_is_not_held(tmp_path: Path) -> None:
    odd = "99/99/2021, 10:00 - Carl: odd\n"
    refused(write(tmp_path / "chat.txt", CHAT + odd * (LONGEST // 20)), "line 2 is longer than any message")


def test_lines_do_not_depend_on_the_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "añ😂\r\n\u2028\n\x85x\rb\n\n" * 9
    path = write(tmp_path / "lines.txt", text)
    for size in (5, 7, 64):
        monkeypatch.setattr(text_file, "CHUNK", size)
        assert list(TextFile(Entry(path, path.name)).lines()) == text.split("\n")[:-1]


# --- zips --------------------------------------------------------------------------------------


def test_zips_without_a_chat(tmp_path: Path) -> None:
    refused(zipped(tmp_path / "a.zip", {"IMG.jpg": "x"}), "WhatsApp", NotAnExport)
    refused(zipped(tmp_path / "b.zip", {}), "WhatsApp", NotAnExport)


def test_several_chats_in_a_zip_within_a_zip(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "WhatsApp Chat - Ann.zip", {"_chat.txt": CHAT}).read_bytes()
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("WhatsApp Chat - Ann.zip", inner)
        archive.writestr("WhatsApp Chat with Bob.txt", CHAT)
        archive.writestr("notes.txt", "nothing")
    found = recognise(path)
    assert {reading.chat for reading in found.readings} == {"Ann", "Bob"}
    assert [entry.name for entry in found.others] == ["notes.txt"]


@pytest.mark.parametrize("name", ["../../_chat.txt", "/etc/_chat.txt", "C:\\_chat.txt"])
def test_a_path_that_leads_out_of_the_zip(name: str, tmp_path: Path) -> None:
    refused(zipped(tmp_path / "slip.zip", {name: CHAT}), "leads out of it")


def test_a_zip_that_is_cut_or_flipped(tmp_path: Path) -> None:
    whole = zipped(tmp_path / "whole.zip", {"_chat.txt": CHAT * 500}).read_bytes()
    cut = tmp_path / "cut.zip"
    cut.write_bytes(whole[:-30])
    refused(cut, "zip is broken")
    flipped = tmp_path / "flipped.zip"
    flipped.write_bytes(whole[:60] + bytes(byte ^ 0xFF for byte in whole[60:80]) + whole[80:])
    refused(flipped, "zip is broken")


def test_a_locked_zip(tmp_path: Path) -> None:
    path = zipped(tmp_path / "locked.zip", {"_chat.txt": CHAT})
    content = bytearray(path.read_bytes())
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(header) + flags] |= 1
    path.write_bytes(content)
    refused(path, "password")


def test_a_bomb(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_chat.txt", CHAT + "\n" * (11 << 20))
    refused(path, "absurd size")


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.binary(max_size=100).map(lambda noise: CHAT.encode() + noise),
        st.tuples(st.integers(0, 400), st.integers(0, 255)),
    )
)
def test_any_bytes_end_in_messages_or_a_sentence(tmp_path: Path, noise: bytes | tuple[int, int]) -> None:
    path = tmp_path / "noise.zip"
    if isinstance(noise, tuple):
        content = bytearray(zipped(path, {"_chat.txt": CHAT * 3, "a.jpg": "x"}).read_bytes())
        content[noise[0] % len(content)] = noise[1]
        path.write_bytes(content)
    else:
        path.write_bytes(noise)
    try:
        messages = list(read_one(path).messages())
    except SosiasError as error:
        assert str(path) in str(error)
    else:
        assert messages
