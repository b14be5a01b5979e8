"""Instagram's and Messenger's downloads: every kind, exact texts, mended or left, merged by thread."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sosias.errors import SosiasError
from sosias.messages import Message
from sosias.sources.entry import entries
from sosias.sources.meta import SOURCE, MetaPages
from sosias.sources.meta_encoding import mended
from sosias.sources.problems import NotAnExport, Unreadable
from sosias.sources.source import Options, Reading, recognise
from sosias.sources.zones import Zone
from tests.sources.meta_exports import (
    ANN,
    FACEBOOK_PROFILE,
    INSTAGRAM_PROFILE,
    KINDS,
    ME,
    START,
    WHISPERS,
    encrypted,
    mangled,
    said,
    seeds,
    thread,
    whispered,
    write,
    zipped,
)

UTC = Options(zone=Zone.given("UTC"))
INBOX = "messages/inbox/annlodz_1234567890"


def readings(path: Path) -> list[Reading]:
    return recognise(path, UTC).readings


def read(path: Path) -> tuple[Reading, list[Message]]:
    [reading] = readings(path)
    return reading, list(reading.messages())


def told(messages: list[Message]) -> list[tuple[str | None, str]]:
    return [(message.author, message.text) for message in messages]


@pytest.mark.parametrize("wrong", [True, False])
def test_every_kind(wrong: bool, tmp_path: Path) -> None:
    value = thread([item for _kind, item in KINDS])
    path = write(tmp_path / "message_1.json", mangled(value) if wrong else value)
    reading, messages = read(path)
    assert [(one.kind, one.text) for one in messages] == [
        (kind, one.get("content", "")) for kind, one in KINDS
    ]
    assert [one.author for one in messages] == [item["sender_name"] for _kind, item in KINDS]
    assert [one.seq for one in messages] == list(range(len(KINDS)))
    assert messages[0].sent_at == datetime(2021, 3, 31, 9, 30, 0, 123000)
    assert messages[1].attributes == {"reactions": f"❤ {ANN}"}
    assert messages[5].attributes == {"share": "https://a.example/1"}
    assert messages[8].attributes == {"media": "photos/1.jpg"}
    assert messages[9].attributes == {"media": "photos/2.jpg"}
    assert messages[12].attributes == {"seconds": "61"}
    assert messages[15].attributes == {"people": "Bob"}
    assert len({one.id for one in messages}) == len(messages)
    assert (reading.chat, reading.count, reading.zone) == (ANN, len(KINDS), UTC.zone)
    assert reading.encoding == ("UTF-8 taken for Latin-1" if wrong else "UTF-8")


def test_lines_are_those_of_the_items(tmp_path: Path) -> None:
    path = write(tmp_path / "message_1.json", mangled(thread([item for _kind, item in KINDS])))
    written = path.read_text().split("\n")
    for message in read(path)[1]:
        item = "\n".join(written[message.first_line - 1 : message.last_line]).strip().removesuffix(",")
        assert mended(json.loads(item).get("content", "")) == message.text


def test_encrypted_download_is_never_mended(tmp_path: Path) -> None:
    value = encrypted(item for _kind, item in WHISPERS)
    reading, messages = read(write(tmp_path / "Ann_40.json", value))
    assert [(one.kind, one.text) for one in messages] == [(kind, one["text"]) for kind, one in WHISPERS]
    assert (reading.format, reading.chat) == ("messenger", ANN)
    assert messages[1].attributes == {"media": "./media/1.jpg"}
    assert messages[5].attributes == {"reactions": f"👍 {ME}"}


def test_right_file_that_quotes_the_mistake(tmp_path: Path) -> None:
    texts = ["they write Ã© for é", "Łódź", "Ã©"]
    path = write(tmp_path / "message_1.json", thread(said(ME, text, n) for n, text in enumerate(texts)))
    assert [one.text for one in read(path)[1]] == texts


def test_one_right_string_in_a_mangled_file(tmp_path: Path) -> None:
    value = mangled(thread([said(ME, "canción"), said(ANN, "sí", 1)]))
    value["messages"][0]["reactions"] = [{"reaction": "❤", "actor": "Bob"}]
    messages = read(write(tmp_path / "message_1.json", value))[1]
    assert told(messages) == [(ME, "canción"), (ANN, "sí")]
    assert messages[1].attributes == {"reactions": "❤ Bob"}


def test_files_of_a_thread_in_several_zips_are_one_export(tmp_path: Path) -> None:
    new, old = [said(ME, f"new {n}", n) for n in range(3)], [said(ANN, f"old {n}", n - 50) for n in range(3)]
    zipped(tmp_path / "all" / "1.zip", {f"{INBOX}/message_1.json": thread(new)})
    zipped(tmp_path / "all" / "2.zip", {f"{INBOX}/message_2.json": thread(old)})
    reading, messages = read(tmp_path / "all")
    assert [one.text for one in messages] == ["old 0", "old 1", "old 2", "new 0", "new 1", "new 2"]
    assert len(reading.entries) == 2
    assert [one.file for one in messages] == [f"2.zip/{INBOX}/message_2.json"] * 3 + [
        f"1.zip/{INBOX}/message_1.json"
    ] * 3


def test_downloads_that_overlap(tmp_path: Path) -> None:
    items = [said(ME, "ja" if n in (3, 4) else f"{n}", min(n, 4) if n == 3 else n) for n in range(8)]
    items[4]["timestamp_ms"] = items[3]["timestamp_ms"]
    zipped(tmp_path / "all" / "may.zip", {f"{INBOX}/message_1.json": thread(items[:6])})
    zipped(tmp_path / "all" / "june.zip", {f"{INBOX}/message_1.json": thread(items[2:])})
    reading, messages = read(tmp_path / "all")
    assert [one.text for one in messages] == ["0", "1", "2", "ja", "ja", "5", "6", "7"]
    assert len(reading.dropped) == 4
    alone = read(tmp_path / "all" / "june.zip")[1]
    assert [one.id for one in alone] == [one.id for one in messages[2:]]


def test_id_outlives_names_and_what_was_said(tmp_path: Path) -> None:
    first = read(write(tmp_path / "a.json", thread([said(ANN, "hi")])))[1]
    gone = {"sender_name": "Facebook user", "timestamp_ms": START, "is_unsent": True}
    renamed = thread([gone], title="Facebook user", path="archived_threads/facebookuser_1234567890")
    again = read(write(tmp_path / "b.json", renamed))[1]
    assert [one.id for one in first] == [one.id for one in again]


@pytest.mark.parametrize(
    ("folder", "profile", "name"),
    [
        ("your_instagram_activity/messages", {}, "instagram"),
        ("messages", {"personal_information/personal_information.json": INSTAGRAM_PROFILE}, "instagram"),
        ("messages", {"profile_information/profile_information.json": FACEBOOK_PROFILE}, "messenger"),
        ("your_activity_across_facebook/messages", {}, "messenger"),
        ("messages", {}, "messenger"),
    ],
)
@pytest.mark.parametrize(
    "box", ["inbox", "filtered_threads", "message_requests", "e2ee_cutover", "broadcast"]
)
def test_platform(folder: str, profile: dict[str, Any], name: str, box: str, tmp_path: Path) -> None:
    name = "messenger" if box == "e2ee_cutover" else name
    value = thread([said(ANN, "hi")], path=f"{box}/ann_1234567890")
    path = zipped(tmp_path / "x.zip", {f"{folder}/{box}/ann_1234567890/message_1.json": value, **profile})
    reading, messages = read(path)
    assert (reading.format, messages[0].source) == (name, name)


def test_zip_of_instagram_is_known_by_its_name(tmp_path: Path) -> None:
    path = zipped(tmp_path / "instagram-jose-2024.zip", {f"{INBOX}/message_1.json": thread([said(ANN, "x")])})
    assert read(path)[0].format == "instagram"


def owners(path: Path) -> set[tuple[str | None, str]]:
    return {(one.owner, one.owner_why) for one in readings(path)}


def test_owner_by_profile(tmp_path: Path) -> None:
    value = mangled(thread([said(ANN, "hi")], people=(ANN, ME, "Bob"), title="Trip"))
    members = {f"{INBOX}/message_1.json": value, "profile_information.json": mangled(FACEBOOK_PROFILE)}
    path = zipped(tmp_path / "x.zip", members)
    assert owners(path) == {(ME, "the download's profile has this name")}
    assert {one.is_owner for one in read(path)[1]} == {False}


def test_owner_by_presence(tmp_path: Path) -> None:
    others = [("Ann", "Bob"), ("Ann", "Carl"), ("Bob", "Dora")]
    members = {
        f"messages/inbox/trip{n}_123456{n}/message_1.json": thread(
            [said("Ann", "hi")], people=(*two, ME), title="Trip", path=f"inbox/trip{n}_123456{n}"
        )
        for n, two in enumerate(others)
    }
    assert owners(zipped(tmp_path / "x.zip", members)) == {(ME, "the only one who is in all chats")}


def test_owner_by_metas_own_lines(tmp_path: Path) -> None:
    items = [said(ME, "You sent an attachment."), said("Bob", "Bob sent an attachment.", 1)]
    path = write(tmp_path / "message_1.json", thread(items, people=("Bob", ANN, ME), title="Trip"))
    assert {owner for owner, _why in owners(path)} == {ME}


def test_owner_by_title_or_not_at_all(tmp_path: Path) -> None:
    two = write(tmp_path / "a.json", thread([said(ME, "hi")]))
    three = write(tmp_path / "b.json", thread([said(ME, "hi")], people=(ME, ANN, "Bob"), title="Trip"))
    assert {owner for owner, _why in owners(two)} == {ME}
    assert [one.is_owner for one in read(two)[1]] == [True]
    assert owners(three) == {(None, "nothing in the download tells whose it is")}
    assert [one.is_owner for one in read(three)[1]] == [None]


def test_chats_of_one_name_stay_two(tmp_path: Path) -> None:
    members = {
        f"messages/inbox/user_{key}/message_1.json": thread(
            [said("Facebook user", key)],
            people=(ME, "Facebook user"),
            title="Facebook user",
            path=f"inbox/user_{key}",
        )
        for key in ("1111111", "2222222")
    }
    found = readings(zipped(tmp_path / "x.zip", members))
    assert [one.chat for one in found] == ["Facebook user (1111111)", "Facebook user (2222222)"]


def test_items_that_are_none_are_dropped_and_counted(tmp_path: Path) -> None:
    value = thread([said(ANN, "hi")])
    value["messages"] += [None, 7, "x", ["y"]]
    reading, messages = read(write(tmp_path / "message_1.json", value))
    assert told(messages) == [(ANN, "hi")]
    assert dict(reading.dropped.counts) == {"it is not a message": 4}


ODD: list[dict[str, Any]] = [
    {},
    {"sender_name": ANN, "timestamp_ms": "1617183000123", "content": "time as text"},
    {"sender_name": ANN, "timestamp_ms": 10**30, "content": "year"},
    {"sender_name": ANN, "timestamp_ms": -(10**17), "content": "before"},
    {"sender_name": ANN, "timestamp_ms": float("nan"), "content": "nan"},
    {"sender_name": ANN, "timestamp_ms": float("inf"), "content": "inf"},
    {"sender_name": ANN, "timestamp_ms": True, "content": None},
    {"sender_name": 7, "timestamp_ms": [], "content": {"a": 1}},
    {"sender_name": ANN, "content": "types", "photos": 3, "share": [], "reactions": {"a": 1}, "users": "x"},
    {"sender_name": ANN, "content": "inner", "photos": [1, {"uri": 3}], "reactions": [None, {"reaction": 1}]},
    {"senderName": None, "timestamp": {}, "text": 1, "media": "x", "sticker": "y", "type": 4},
    {"sender_name": ANN, "content": "half \ud83d", "timestamp_ms": 3},
]


def test_odd_types_are_read(tmp_path: Path) -> None:
    value = thread([*ODD, said(ANN, "hi")])
    reading, messages = read(write(tmp_path / "message_1.json", value))
    assert len(messages) == len(ODD) + 1 and not len(reading.dropped)
    assert {"time as text", "year", "before", "nan", "inf", "types", "inner", "half \ud83d", "hi"} <= {
        one.text for one in messages
    }


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "Ann", "type": "personal_chat", "messages": [{"from": "Ann", "text": "hi"}]}',
        '{"sender_name": "Ann", "content": "hi"}\n{"sender_name": "Bob", "content": "ho"}\n',
        '{"participants": "many"}',
        '{"messages": [{"role": "user", "content": "hi"}]}',
        '[{"sender_name": "Ann"}]',
        "{}",
        "sender_name",
    ],
)
def test_what_is_not_metas_is_left(text: str, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    found = [one.format for one in _readings_or_none(path)]
    assert not {"instagram", "messenger"} & set(found)


def _readings_or_none(path: Path) -> list[Reading]:
    try:
        return readings(path)
    except SosiasError:
        return []


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_cut_file_is_refused_with_its_line(share: float, tmp_path: Path) -> None:
    path = write(tmp_path / "message_1.json", thread(item for _kind, item in KINDS))
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    with pytest.raises(Unreadable, match="line"):
        recognise(path)


def test_pages_for_people_are_refused_with_what_to_do(tmp_path: Path) -> None:
    path = zipped(tmp_path / "facebook.zip", {f"{INBOX}/message_1.html": b"<html></html>"})
    with pytest.raises(MetaPages, match="JSON"):
        recognise(path)


def test_broken_zip(tmp_path: Path) -> None:
    path = seeds(tmp_path)[0]
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises((Unreadable, NotAnExport)):
        recognise(path)


@pytest.mark.parametrize("number", range(5))
def test_seeds(number: int, tmp_path: Path) -> None:
    path = seeds(tmp_path)[number]
    found = readings(path)
    assert sum(len(list(one.messages())) for one in found) == sum(one.count for one in found) > 0
    assert {one.owner for one in found} == {ME}


NAMES = st.text(min_size=1, max_size=20)
HOSTILE = ["👩‍💻 ½ ﬁ…", "a\u2028b\x85c", "</x>\x00\r\n", "Ã©", "שלום \u200f", " ", "José"]
CHATS = st.lists(st.text() | st.sampled_from(HOSTILE), min_size=1, max_size=12)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=CHATS, names=st.tuples(NAMES, NAMES), cut=st.integers(0, 12), plain=st.booleans())
def test_anything_said_is_read_back(
    texts: list[str], names: tuple[str, str], cut: int, plain: bool, tmp_path: Path
) -> None:
    rows = [(names[number % 2], text) for number, text in enumerate(texts)]
    items = [said(name, text, after) for after, (name, text) in enumerate(rows)]
    for number, part in enumerate((items[cut:], items[:cut]), start=1):
        value = mangled(thread(part, people=names, title=names[1]))
        write(tmp_path / "wrong" / f"message_{number}.json", value, ascii=plain)
    assert told(read(tmp_path / "wrong")[1]) == rows
    marks = [(names[0], f"🙂{number}") for number in range(2 * len(texts) + 3)]
    more = [said(name, text, 99 + after) for after, (name, text) in enumerate(marks)]
    value = thread([*items, *more], people=names, title=names[1])
    assert told(read(write(tmp_path / "message_1.json", value, ascii=plain))[1]) == [*rows, *marks]
    hidden = [whispered(name, text, after) for after, (name, text) in enumerate(rows)]
    path = write(tmp_path / "x.json", encrypted(hidden, names), ascii=plain)
    assert told(read(path)[1]) == rows


def test_not_asked_of_photographs(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.jpg").write_bytes(b"{" + b'"participants": [{"name": "x"}], "messages": [')
    assert SOURCE.readings(entries(tmp_path), UTC) == []
