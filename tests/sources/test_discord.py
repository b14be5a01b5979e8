"""Discord's exports: exact words, one author an account, and nothing that Discord or a bot made up."""

import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sosias.messages import Message, native_id
from sosias.sources.discord import SOURCE, DiscordPages
from sosias.sources.entry import entries
from sosias.sources.problems import Unreadable
from sosias.sources.source import Options, Reading
from sosias.sources.zones import Zone
from tests.sources.discord_exports import (
    ANN,
    BOB,
    MANY,
    PAGE,
    START,
    channel,
    message,
    package,
    record,
    rows,
    seeds,
    write,
    write_package,
)
from tests.sources.test_telegram import HERE, HOSTILE, check, words

SANTIAGO = Options(zone=Zone.given("America/Santiago"))
UTC = Options(zone=Zone.given("UTC"))


def read_all(path: Path, options: Options = UTC) -> list[tuple[Reading, list[Message]]]:
    readings = SOURCE.readings(entries(path), options)
    return [(reading, list(reading.messages())) for reading in readings]


def read(path: Path, options: Options = UTC) -> tuple[Reading, list[Message]]:
    [found] = read_all(path, options)
    return found


def test_every_kind(tmp_path: Path) -> None:
    reading, messages = read(seeds(tmp_path)[0])
    assert [(one.kind, one.author) for one in messages] == [
        ("text", "Ann"),
        ("text", "Bob"),
        ("system", None),
        ("call", "Ann"),
        ("system", None),
        ("system", "Helper"),
        ("system", None),
        ("media", "Ann"),
        ("text", "Ann"),
        ("media", "Ann"),
        ("text", "Ann"),
        ("text", "Ann"),
        ("text", "Ann"),
        ("system", "Ann"),
    ]
    assert [one.text for one in messages] == [
        one["content"] or one.get("forwardedMessage", {}).get("content", "") for one in MANY
    ]
    assert messages[0].edited and not messages[1].edited
    assert messages[1].reply_to == messages[0].id == native_id("discord", "1001")
    assert messages[2].attributes == {"type": "ChannelPinnedMessage", "actor": "Ann"}
    assert messages[5].attributes == {"bot": "true"}
    assert messages[7].attributes == {"media": "x.png"}
    assert messages[8].attributes == {"media": "x.png, wave"}
    assert messages[9].attributes == {"media": "A page"}
    assert messages[10].forwarded and messages[10].reply_to is None
    assert messages[10].attributes == {"media": "x.png"}
    assert messages[11].attributes == {"reactions": "❤ Bob, ❤ ×2"}
    assert [one.forwarded for one in messages].count(True) == 1
    assert reading.chat == "Server #general" and len(reading.dropped) == 0
    assert [one.seq for one in messages] == list(range(len(MANY)))


def test_times_are_told_by_the_users_clock(tmp_path: Path) -> None:
    one = message(1, "a", timestamp="2022-01-01T14:00:00.1234567+02:00")
    reading, [found] = read(write(tmp_path / "a.json", channel(one)), SANTIAGO)
    assert found.sent_at is not None and found.sent_at.replace(microsecond=0) == datetime(2022, 1, 1, 9)
    assert reading.zone == SANTIAGO.zone


def test_parts_are_one_export(tmp_path: Path) -> None:
    whole, parts = read(seeds(tmp_path)[0])[1], read(seeds(tmp_path)[3])
    assert [(one.id, one.seq, one.text) for one in parts[1]] == [(one.id, one.seq, one.text) for one in whole]
    assert len(parts[0].entries) == 2 and {one.file for one in parts[1]} == {
        "Server - general [5].json",
        "Server - general [5] [part 2].json",
    }


def test_the_newest_first_are_turned_round(tmp_path: Path) -> None:
    whole, turned = read(seeds(tmp_path)[0])[1], read(seeds(tmp_path)[1])[1]
    assert [(one.id, one.seq) for one in turned] == [(one.id, one.seq) for one in whole]


def test_the_owner_of_direct_messages(tmp_path: Path) -> None:
    reading, messages = read(seeds(tmp_path)[2])
    assert (reading.chat, reading.owner) == ("Ann", "Bob") and "named after" in reading.owner_why
    assert [one.is_owner for one in messages] == [False, True]


def test_the_owner_of_a_channel_is_unknown_but_for_the_package_beside_it(tmp_path: Path) -> None:
    reading, messages = read(seeds(tmp_path / "a")[0])
    assert reading.owner is None and {one.is_owner for one in messages} == {None}
    write(tmp_path / "b" / "general.json", channel(*MANY))
    write_package(tmp_path / "b" / "package.zip", package())
    found = read_all(tmp_path / "b")
    assert [reading.owner for reading, _messages in found] == ["Bob", "Bob"]
    ids = [{one.id for one in messages if one.chat == "Server #general"} for _reading, messages in found]
    assert len(ids[0] & ids[1]) == 3


def test_an_account_keeps_its_newest_name(tmp_path: Path) -> None:
    renamed = ANN | {"nickname": "Annie"}
    reading, messages = read(
        write(tmp_path / "a.json", channel(message(1, "a"), message(2, "b", renamed), message(3, "c", BOB)))
    )
    assert [one.author for one in messages] == ["Annie", "Annie", "Bob"]
    also = {one.name: set(one.also) for one in reading.identities}
    assert also == {"Annie": {"Ann", "ann_92"}, "Bob": {"bob"}}


def test_people_and_channels_of_one_name_are_told_apart(tmp_path: Path) -> None:
    other = ANN | {"id": "99", "name": "x"}
    write(tmp_path / "a.json", channel(message(1, "a"), message(2, "b", other)))
    write(tmp_path / "b.json", channel(message(3, "c"), number="6"))
    found = read_all(tmp_path)
    assert [one.author for one in found[0][1]] == ["Ann", "Ann (99)"]
    assert [reading.chat for reading, _messages in found] == ["Server #general", "Server #general (6)"]


# --- the package -------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["messages", "Mensajes"])
def test_the_package(folder: str, tmp_path: Path) -> None:
    files = package(folder)
    reading, messages = read(write_package(tmp_path / "package.zip", files))
    assert [(one.chat, one.seq, one.kind, one.text) for one in messages] == [
        ("Server #general", 0, "text", "first"),
        ("Server #general", 1, "text", "answer"),
        ("Server #general", 2, "text", "later"),
        ("Ann", 0, "text", 'a "b"\n\nc'),
        ("Ann", 1, "media", ""),
    ]
    assert {(one.author, one.is_owner) for one in messages} == {("Bob", True)}
    assert reading.owner == "Bob" and reading.owner_why
    assert messages[4].attributes == {"media": "x.png"}
    assert messages[0].sent_at == datetime(2022, 1, 1, 13)
    assert messages[3].sent_at == datetime(2022, 1, 1, 13, 0, 0, 123000)
    assert (messages[3].first_line, messages[3].last_line) == (2, 4)
    assert messages[1].id == native_id("discord", "1002")
    assert len(reading.entries) == 8 and reading.count == 5


def test_a_package_without_its_account(tmp_path: Path) -> None:
    files = {name: one for name, one in package().items() if name.endswith("messages.json")}
    reading, messages = read(write_package(tmp_path / "package.zip", files))
    assert reading.owner == "Me" and {one.author for one in messages} == {"Me"}
    assert {one.chat for one in messages} == {"Channel 5"}


def test_odd_records_of_a_package_are_dropped(tmp_path: Path) -> None:
    odd = [record(1, "fine"), 7, None, record(2, ["x"]), record(3, "x") | {"Timestamp": "x"}]
    files = {"messages/c5/messages.json": odd}
    reading, messages = read(write_package(tmp_path / "package.zip", files))
    assert [one.text for one in messages] == ["fine"] and len(reading.dropped) == 4


@HERE
@given(texts=st.lists(words.filter(lambda text: "\r" not in text), max_size=6), table=st.booleans())
def test_hostile_packages_are_read_back_exactly(tmp_path: Path, texts: list[str], table: bool) -> None:
    records = [record(number, text) for number, text in enumerate(texts)]
    name, content = ("messages.csv", rows(*records)) if table else ("messages.json", records)
    path = write_package(tmp_path / "p.zip", package() | {f"messages/c9/{name}": content})
    messages = [one for one in read(path)[1] if one.chat == "Channel 9"]
    assert [one.text for one in messages] == texts


# --- what is wrong -----------------------------------------------------------------------------


def test_pages_are_refused_where_there_is_no_json(tmp_path: Path) -> None:
    (tmp_path / "general.html").write_text(PAGE)
    with pytest.raises(DiscordPages, match="JSON"):
        read_all(tmp_path)
    write(tmp_path / "general.json", channel(message(1, "a")))
    assert len(read_all(tmp_path)) == 1


def test_a_file_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    path = seeds(tmp_path)[0]
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Unreadable, match=r"line \d+"):
        read(path)


@pytest.mark.parametrize("odd", [7, None, [], message(1, 5), message(1, ["a"]), message(1, timestamp="x")])
def test_what_is_no_message_is_dropped(odd: Any, tmp_path: Path) -> None:
    reading, messages = read(write(tmp_path / "a.json", channel(odd, message(2, "fine"))))
    assert [(one.text, one.seq) for one in messages] == [("fine", 0)]
    [(line, reason)] = reading.dropped
    assert line > 1 and reason


def test_others_files_are_left_alone(tmp_path: Path) -> None:
    for name in ("a.json", "messages.json", "user.json", "channel.json", "messages.csv", "x.html"):
        (tmp_path / name).write_bytes(b"[1, 2")
    assert read_all(tmp_path) == []


@HERE
@given(data=st.data(), seed=st.integers(0, 10**6))
def test_wrong_types_break_nothing(tmp_path: Path, data: Any, seed: int) -> None:
    generator = random.Random(seed)
    messages = [dict(one) for one in MANY]
    for one in messages:
        for name in generator.sample([*MANY[10]], 2):
            one[name] = data.draw(HOSTILE)
    content = channel(*messages)
    content["channel"] = {"id": data.draw(HOSTILE), "name": data.draw(HOSTILE)}
    reading, found = read(write(tmp_path / "a.json", content))
    assert len(found) + len(reading.dropped) == len(messages)
    check(found)


@HERE
@given(
    texts=st.lists(st.tuples(words, words), max_size=6),
    indent=st.sampled_from([None, 2]),
    cut=st.integers(0, 6),
)
def test_hostile_chats_are_read_back_exactly(
    tmp_path: Path, texts: list[tuple[str, str]], indent: int | None, cut: int
) -> None:
    messages = [
        message(number, text, {"id": str(number + 50), "name": name, "nickname": name})
        for number, (name, text) in enumerate(texts)
    ]
    for old in tmp_path.iterdir():
        old.unlink()
    write(tmp_path / "a.json", channel(*messages[:cut]), indent)
    write(tmp_path / "a [part 2].json", channel(*messages[cut:]), indent)
    reading, found = read(tmp_path)
    assert [one.text for one in found] == [text for _name, text in texts]
    assert [one.sent_at for one in found] == [
        (START + timedelta(hours=number)).replace(tzinfo=None) for number in range(len(texts))
    ]
    assert len(reading.dropped) == 0
