"""How one line was read: every line of an export has an answer."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sosias.sources.explain import NoSuchLine, explain
from sosias.sources.source import recognise
from tests.sources.exports import export, write, zipped
from tests.sources.x_archive_exports import whole

START = datetime(2021, 3, 29, 8, 0)
CHAT = [(START + timedelta(minutes=step), "Ann", f"one {step}\ntwo") for step in range(9)]


def test_a_line_of_a_message(tmp_path: Path) -> None:
    path = write(tmp_path / "WhatsApp Chat with Ann.txt", "Hello\n" + export("android en-GB", CHAT))
    [found] = explain(path, 5)
    assert found.written == "two" and found.reason is None
    message = found.message
    assert message and (message.first_line, message.last_line, message.text) == (4, 5, "one 1\ntwo")
    told = found.as_json()
    assert told["message"]["author"] == "Ann" and told["date_order"]["value"] == "D/M/Y"


def test_a_line_that_was_left_out(tmp_path: Path) -> None:
    path = write(tmp_path / "chat.txt", "Hello\n" + export("android en-GB", CHAT))
    [found] = explain(path, 1)
    assert (found.written, found.message, found.reason) == ("Hello", None, "before the first message")


def test_each_file_of_a_zip_has_its_line(tmp_path: Path) -> None:
    texts = {name: export("android en-GB", CHAT[:count]) for name, count in (("a.txt", 2), ("b.txt", 9))}
    path = zipped(tmp_path / "x.zip", texts)
    assert [one.file for one in explain(path, 1)] == ["x.zip/a.txt", "x.zip/b.txt"]
    assert [one.file for one in explain(path, 9)] == ["x.zip/b.txt"]


def test_a_line_that_is_not_there(tmp_path: Path) -> None:
    path = write(tmp_path / "chat.txt", export("android en-GB", CHAT))
    with pytest.raises(NoSuchLine, match="it has 18"):
        explain(path, 19)


def test_a_line_is_left_out_of_its_own_file_alone(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", whole())
    [reading] = [one for one in recognise(path).readings if not list(one.messages()) or len(one.dropped)]
    [(file, line, reason)] = reading.dropped.listed()
    told = {one.file: one.reason for one in explain(path, line) if one.reason}
    assert told == {file: reason} and reason == "another part of the archive has this post"
    assert all(one.reason is None for one in explain(path, 1) if one.file == "x.zip/data/account.js")
