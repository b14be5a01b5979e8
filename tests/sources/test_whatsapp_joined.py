"""Exports joined in one file: each is found, with its own grammar and chat; one alone is never cut."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sosias.messages import Message
from sosias.sources.source import Reading, recognise
from sosias.sources.store import import_files, stored_messages
from sosias.workspace import Workspace
from tests.sources.exports import MARK, NOTICES, SHAPES, at, export, write

START = datetime(2021, 3, 1, 8, 0, 7)
Chat = list[tuple[datetime, str | None, str]]


def chat(other: str = "Ann", start: datetime = START, count: int = 60, hours: int = 9) -> Chat:
    times = [start + timedelta(hours=hours * step) for step in range(count)]
    return [(time, (other, "Me")[step % 2], f"{other} {step}") for step, time in enumerate(times)]


def read(path: Path) -> list[tuple[Reading, list[Message]]]:
    found = [(reading, list(reading.messages())) for reading in recognise(path).readings]
    check_lines(path, found)
    return found


def check_lines(path: Path, found: list[tuple[Reading, list[Message]]]) -> None:
    """Each physical line has one owner, over all readings."""
    owners: Counter[int] = Counter()
    for reading, messages in found:
        owners.update(line for line, _reason in reading.dropped)
        for message in messages:
            owners.update(range(message.first_line, message.last_line + 1))
    content = path.read_bytes()
    count = content.count(b"\n") + (not content.endswith(b"\n"))
    assert owners == Counter(range(1, count + 1))
    assert sum(reading.lines for reading, _messages in found) == count


def said(messages: list[Message]) -> Chat:
    assert all(message.sent_at for message in messages)
    return [(message.sent_at or START, message.author, message.text) for message in messages]


def shaped(shape: str, messages: Chat) -> Chat:
    return [(at(shape, time), author, text) for time, author, text in messages]


OTHERS = ["ios es", "android en-US", "android de", "ios en-US", "old ios", "android ar", "android zh"]


@pytest.mark.parametrize("first", ["android es", *OTHERS])
@pytest.mark.parametrize("second", OTHERS)
def test_each_spelling_is_an_export(first: str, second: str, tmp_path: Path) -> None:
    if first == second:
        return
    later = START + timedelta(days=40)
    parts = [(first, chat("Ann")), (second, chat("Eva", later)), (first, chat("Zoë", START))]
    text = "".join(export(shape, messages) for shape, messages in parts)
    found = read(write(tmp_path / "all.txt", text))
    assert [said(messages) for _reading, messages in found] == [shaped(*part) for part in parts]
    assert [reading.chat for reading, _ in found] == ["Ann", "Eva", "Zoë"]
    assert {reading.owner for reading, _ in found} == {"Me"}
    assert [reading.first_line for reading, _ in found] == [1, 61, 121]


def test_two_orders_of_dates_in_one_spelling(tmp_path: Path) -> None:
    american = "".join(f"3/{day}/2021, 10:00 - Ann: a\n" for day in range(14, 29))
    british = "".join(f"{day}/4/2021, 10:00 - Ann: b\n" for day in range(1, 29))
    found = read(write(tmp_path / "chat.txt", american + british))
    assert [reading.date_order.value for reading, _ in found if reading.date_order] == ["M/D/Y", "D/M/Y"]
    assert {reading.date_order.evidence for reading, _ in found if reading.date_order} == {"proven"}
    times = [message.sent_at for _reading, messages in found for message in messages]
    assert times == [datetime(2021, 3, day, 10) for day in range(14, 29)] + [
        datetime(2021, 4, day, 10) for day in range(1, 29)
    ]


@pytest.mark.parametrize("language", ["en", "es", "pt", "de", "fr", "it"])
@pytest.mark.parametrize("shape", ["android en-GB", "ios de"])
def test_a_notice_of_encryption_begins_an_export(language: str, shape: str, tmp_path: Path) -> None:
    notice = next(line for one, line in NOTICES if one == language)
    parts = []
    for name, days in (("Ann", 0), ("Eva", 5), ("Zoë", 7)):
        start = START + timedelta(days=days)
        head = (start, None, notice) if shape.startswith("android") else (start, name, MARK + notice)
        parts.append([head, *chat(name, start + timedelta(hours=1), count=6, hours=1)])
    found = read(write(tmp_path / "all.txt", "".join(export(shape, part) for part in parts)))
    assert [reading.chat for reading, _ in found] == ["Ann", "Eva", "Zoë"]
    assert [len(messages) for _, messages in found] == [7, 7, 7]
    assert {messages[0].kind for _, messages in found} == {"system"}


def test_a_clock_that_falls_back_for_good_begins_an_export(tmp_path: Path) -> None:
    parts = [chat("Ann", START + timedelta(days=30)), chat("Eva"), chat("Zoë", START + timedelta(days=5))]
    found = read(write(tmp_path / "all.txt", export("android es", [one for part in parts for one in part])))
    assert [said(messages) for _, messages in found] == [shaped("android es", part) for part in parts]


def test_an_export_longer_than_any_message_stands_after_another(tmp_path: Path) -> None:
    long = [(time, author, text * 400) for time, author, text in chat("Eva", count=900)]
    text = export("android es", chat("Ann")) + export("ios de", long) + export("android es", chat("Zoë"))
    assert len(text) > 2 << 20
    found = read(write(tmp_path / "all.txt", text))
    assert [(reading.chat, len(messages)) for reading, messages in found] == [
        ("Ann", 60),
        ("Eva", 900),
        ("Zoë", 60),
    ]


def test_groups_are_called_as_they_say(tmp_path: Path) -> None:
    parts: list[Chat] = [
        [
            (START, None, "Los mensajes y las llamadas están cifrados"),
            (START, None, 'Ann creó el grupo "Uno: 1"'),
        ],
        [
            (START, None, "Los mensajes y las llamadas están cifrados"),
            (START, None, 'Me creó el grupo "Dos"'),
        ],
    ]
    for part in parts:
        part += [*chat("Ann"), *chat("Eva", START + timedelta(days=30))]
    found = read(write(tmp_path / "all.txt", "".join(export("android es", part) for part in parts)))
    assert [reading.chat for reading, _ in found] == ["Uno: 1", "Dos"]


def test_groups_that_say_nothing_are_kept_apart_by_their_people(tmp_path: Path) -> None:
    def group(names: str, days: int) -> Chat:
        times = [START + timedelta(days=days, hours=9 * step) for step in range(60)]
        return [(time, f"{names[step % 3]}o", "hola") for step, time in enumerate(times)]

    parts = [group("abc", 90), group("def", 60), group("abc", 30), group("dex", 0)]
    text = "".join(export("android es", part) for part in parts)
    found = read(write(tmp_path / "all.txt", text))
    assert [reading.chat for reading, _ in found] == ["all", "all (2)", "all", "all (2)"]


def test_overlapping_exports_of_one_chat_in_one_file_are_merged(tmp_path: Path) -> None:
    whole = chat("Ann", count=200)
    text = export("android es", whole[:150]) + export("android es", whole[50:])
    workspace = Workspace.create(tmp_path / "workspace")
    report = import_files(workspace, [write(tmp_path / "Chat de WhatsApp con Ann.txt", text)])
    assert (report.added, sum(file.duplicates for file in report.files)) == (200, 100)
    stored = sorted(stored_messages(workspace), key=lambda message: message.seq)
    assert said(stored) == shaped("android es", whole) and {one.chat for one in stored} == {"Ann"}


def test_a_byte_order_mark_between_exports(tmp_path: Path) -> None:
    text = "\ufeff" + export("android es", chat("Ann")) + "\ufeff" + export("ios de", chat("Eva"), "\r\n")
    found = read(write(tmp_path / "all.txt", text))
    assert [said(messages) for _, messages in found] == [
        shaped("android es", chat("Ann")),
        shaped("ios de", chat("Eva")),
    ]


# --- one export --------------------------------------------------------------------------------


def test_an_hour_of_autumn_cuts_nothing(tmp_path: Path) -> None:
    before = chat(start=datetime(2021, 10, 30, 18, 0), hours=1, count=9)
    after = chat(start=datetime(2021, 10, 31, 2, 0), hours=1)
    [(_, messages)] = read(write(tmp_path / "c.txt", export("android en-GB", [*before, *after])))
    assert len(messages) == 69


@pytest.mark.parametrize("wrong", [datetime(1999, 12, 31, 23), datetime(2031, 5, 5, 1)])
@pytest.mark.parametrize("place", [0, 1, 30, 59])
def test_a_wrong_clock_for_a_day_cuts_nothing(wrong: datetime, place: int, tmp_path: Path) -> None:
    day = chat(start=wrong, count=8, hours=1)
    messages = [*chat()[:place], *day, *chat()[place:]]
    [(_, found)] = read(write(tmp_path / "c.txt", export("android en-GB", messages)))
    assert said(found) == shaped("android en-GB", messages)


def test_a_traveller_who_falls_back_a_day_cuts_nothing(tmp_path: Path) -> None:
    messages = [*chat(), *chat(start=chat()[-1][0] - timedelta(days=1))]
    [(_, found)] = read(write(tmp_path / "c.txt", export("ios es", messages)))
    assert len(found) == 120


@pytest.mark.parametrize("shape", ["ios es", "android de", "android ar"])
@pytest.mark.parametrize("count", [1, 9, 40])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_pasted_chat_is_no_export(shape: str, count: int, end: str, tmp_path: Path) -> None:
    """Lines of another spelling within a message, with a notice at their head, forge and cut nothing."""
    notice: Chat = [(START, None, NOTICES[0][1])]
    pasted = "look:\n" + export(shape, [*notice, *chat("Carl", count=count)]).rstrip("\n")
    messages = [*chat()[:30], (chat()[30][0], "Ann", pasted), *chat()[30:]]
    [(_, found)] = read(write(tmp_path / "c.txt", export("android es", messages, end)))
    assert said(found) == shaped("android es", messages)
    assert {message.author for message in found} == {"Ann", "Me"}


@pytest.mark.parametrize("count", [1, 40])
def test_a_pasted_chat_in_an_iphones_export_is_no_export(count: int, tmp_path: Path) -> None:
    """There not even lines of the same spelling, at the end, can be taken for messages."""
    for shape in ("ios es", "android de"):
        notice: Chat = [(START, None, NOTICES[0][1])]
        pasted = "look:\n" + export(shape, [*notice, *chat("Carl", count=count)]).rstrip("\n")
        messages = [*chat(), (chat()[-1][0], "Ann", pasted)]
        [(_, found)] = read(write(tmp_path / "c.txt", export("ios es", messages, "\r\n")))
        assert said(found) == messages


def test_a_few_pasted_lines_at_the_end_are_no_export(tmp_path: Path) -> None:
    pasted = "look:\n" + export("ios es", chat("Carl", count=9)).rstrip("\n")
    messages = [*chat(), (chat()[-1][0], "Ann", pasted)]
    [(_, found)] = read(write(tmp_path / "c.txt", export("android es", messages)))
    assert said(found) == shaped("android es", messages)


def test_the_notice_in_somebodys_words_is_no_head(tmp_path: Path) -> None:
    messages = [*chat(), (chat()[-1][0], "Ann", NOTICES[0][1]), *chat("Ann", chat()[-1][0])]
    for shape in ("android es", "ios es"):
        [(_, found)] = read(write(tmp_path / "c.txt", export(shape, messages)))
        assert len(found) == 121


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(SHAPES)), st.integers(0, 900)), min_size=1, max_size=4))
def test_every_line_has_one_owner(tmp_path: Path, parts: list[tuple[str, int]]) -> None:
    chats = [(shape, chat("Ann", START + timedelta(days=days), count=40)) for shape, days in parts]
    path = write(tmp_path / "all.txt", "".join(export(shape, one) for shape, one in chats))
    assert len(read(path)) <= len(parts)
