"""Telegram's exports: exact words, one author an account, and nothing that is not the author's own."""

import json
import random
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sosias.messages import Message, native_id
from sosias.sources.entry import entries
from sosias.sources.problems import Unreadable
from sosias.sources.source import Options, Reading
from sosias.sources.telegram import SOURCE, TelegramPages
from sosias.sources.zones import Zone
from tests.sources.telegram_exports import (
    HOUR,
    MANY,
    PAGE,
    START,
    bob,
    chat,
    everything,
    message,
    notice,
    seeds,
    wall,
    write,
)

HERE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def read_all(path: Path, options: Options | None = None) -> list[tuple[Reading, list[Message]]]:
    readings = SOURCE.readings(entries(path), options or Options())
    return [(reading, list(reading.messages())) for reading in readings]


def read(path: Path, options: Options | None = None) -> tuple[Reading, list[Message]]:
    [found] = read_all(path, options)
    return found


def read_chat(folder: Path, *messages: Any, **head: Any) -> list[Message]:
    return read(write(folder / "result.json", chat(*messages, **head)))[1]


def test_the_same_words_as_whatsapps_export_of_the_conversation(shared_data: Path) -> None:
    reading, messages = read(shared_data / "format_fixtures" / "result.json.gz")
    irc = shared_data / "format_fixtures" / "WhatsApp Chat with DuraSpace.txt"
    said = [line.partition(" - ")[2] for line in irc.read_text().split("\n")[1:]]
    wanted = [line for line in said if line and not line.endswith(": <Media omitted>")]
    assert [f"{m.author}: {m.text}" for m in messages if m.kind == "text"] == wanted
    assert reading.chat == "DuraSpace" and len(reading.dropped) == 0
    assert reading.zone.name == "UTC+00:00" and reading.zone.evidence == "inferred"


def test_every_kind(tmp_path: Path) -> None:
    messages = read_chat(tmp_path, *MANY, kind="private_supergroup", name="Friends", number=7)
    assert [m.kind for m in messages] == [
        "call",
        "system",
        "text",
        "text",
        "media",
        "media",
        "poll",
        "media",
        "media",
        "text",
        "text",
        "system",
        "system",
        "text",
        "text",
        "media",
        "text",
        "text",
    ]
    by_id = {m.id: m for m in messages}
    one = {number: by_id[native_id("telegram", "channel7", number)] for number in range(1, 19)}
    assert one[1].author == "Ann" and one[1].attributes["duration_seconds"] == "42"
    assert one[2].author is None and one[2].attributes == {
        "actor": "Ann",
        "action": "edit_group_title",
        "title": "Friends",
    }
    assert one[3].text == "see https://a.b , ok🔥 he\ndiesa = 1\n"
    assert one[3].edited and one[3].reply_to == one[1].id and not one[4].edited
    assert one[4].attributes == {"media": "photo", "file": "photos/photo_1.jpg"} and one[4].text == "look"
    assert one[5].attributes == {"media": "voice_message", "duration_seconds": "3"}
    assert one[6].attributes == {"media": "sticker", "file": "stickers/x.webp", "sticker_emoji": "😂"}
    assert one[7].text == "Who?" and one[7].attributes == {"options": "a\nb"}
    assert one[8].attributes == {"media": "location", "location": "1.5 -2.5"}
    assert one[9].attributes == {"media": "contact", "contact": "Eva +34 6"}
    assert one[10].forwarded and one[10].attributes == {"forwarded_from": "Daily"}
    assert one[11].forwarded and not one[14].forwarded
    assert one[12].attributes == {"bot": "@gif"} and one[12].author == "Bob"
    assert one[13].text == "/start" and one[14].text == "/start is what you type"
    assert one[15].attributes == {"reactions": "❤ Bob, ❤ ×2, paid ×1"}
    assert one[16].attributes == {"media": "unsupported"} and one[16].sent_at is None
    assert one[17].reply_to is None
    assert one[18].author == "Deleted account 3"


def test_lines_places_and_file(tmp_path: Path) -> None:
    path = write(tmp_path / "ChatExport_2022" / "result.json", chat(message(1, "a\nb"), bob(2, "c")))
    reading, messages = read(tmp_path)
    lines = path.read_text().split("\n")
    for one, text in zip(messages, ("a\nb", "c"), strict=True):
        record = "\n".join(lines[one.first_line - 1 : one.last_line]).rstrip(",")
        assert json.loads(record)["text"] == text == one.text
        assert one.file == "ChatExport_2022/result.json"
    assert [one.seq for one in messages] == [0, 1] and reading.count == 2
    assert reading.lines >= messages[-1].last_line


# --- who ---------------------------------------------------------------------------------------


def test_the_owner_of_a_chat_of_two(tmp_path: Path) -> None:
    reading, messages = read(write(tmp_path / "result.json", chat(message(1, "a"), bob(2, "b"))))
    assert reading.owner == "Bob" and "named after the other" in reading.owner_why
    assert [one.is_owner for one in messages] == [False, True]


def test_the_owner_of_a_group_stays_unknown(tmp_path: Path) -> None:
    path = write(tmp_path / "result.json", chat(message(1), bob(2), kind="private_group", number=7))
    reading, messages = read(path)
    assert reading.owner is None and reading.owner_why
    assert {one.is_owner for one in messages} == {None}


def test_the_owner_of_all_chats(tmp_path: Path) -> None:
    reading, messages = read(seeds(tmp_path)[3])
    assert reading.owner == "Bob" and "names the account" in reading.owner_why
    assert reading.chat is None
    chats = list(dict.fromkeys(one.chat for one in messages))
    assert chats == ["Saved Messages", "Bot", "Daily", "Ann", "Friends"]
    bot = next(one for one in messages if one.chat == "Bot")
    assert bot.kind == "system" and bot.attributes == {"bot": "true"} and bot.author
    post = next(one for one in messages if one.chat == "Daily")
    assert post.author == "Daily" and post.attributes == {"signature": "Eva"} and post.is_owner is False
    assert {one.is_owner for one in messages if one.author == "Bob"} == {True}


def test_an_owner_who_wrote_nothing_has_a_name(tmp_path: Path) -> None:
    path = write(tmp_path / "result.json", everything(chat(message(1, "a")), account=77))
    assert read(path)[0].owner == "Bob"


def test_an_account_keeps_its_newest_name(tmp_path: Path) -> None:
    older = chat(message(1, "a"), message(2, "b"))
    newer = chat(message(3, "c", **{"from": "Ann B"}), name="Ann B")
    deleted = chat(message(4, "d", **{"from": None}), name=None)
    for number, content in enumerate((newer, older, deleted)):
        write(tmp_path / f"ChatExport_{number}" / "result.json", content)
    found = read_all(tmp_path)
    assert {one.author for _reading, messages in found for one in messages} == {"Ann B"}
    assert {one.chat for _reading, messages in found for one in messages} == {"Ann B"}
    [identity] = found[0][0].identities
    assert (identity.name, identity.also) == ("Ann B", ("Ann",)) and identity.why


def test_people_and_chats_of_one_name_are_told_apart(tmp_path: Path) -> None:
    other = {"from_id": "user30"}
    content = everything(
        chat(message(1, "a")), chat(message(1, "b", **other), number=30), chat(message(1, "c"), name="Ann")
    )
    messages = read(write(tmp_path / "result.json", content))[1]
    assert [(one.author, one.chat, one.seq) for one in messages] == [
        ("Ann", "Ann", 0),
        ("Ann (user30)", "Ann (user30)", 0),
        ("Ann", "Ann", 1),
    ]


def test_accounts_of_old_exports_are_those_of_new_ones(tmp_path: Path) -> None:
    messages = read_chat(tmp_path, message(1, "a", from_id=1), message(2, "b", **{"from": None}))
    assert [one.author for one in messages] == ["Ann", "Ann"]


def test_buttons_show_a_bot(tmp_path: Path) -> None:
    buttons = [[{"type": "callback", "text": "Go"}]]
    channel = {"from": "Daily", "from_id": "channel8"}
    messages = read_chat(
        tmp_path,
        message(1, "a", inline_bot_buttons=buttons),
        message(2, "b", inline_bot_buttons=buttons, forwarded_from="Bot"),
        message(3, "c", inline_bot_buttons=buttons, **channel),
        kind="private_supergroup",
        number=7,
    )
    assert [one.kind for one in messages] == ["system", "text", "text"]


# --- when --------------------------------------------------------------------------------------


def test_times_stand_as_they_are_written(tmp_path: Path) -> None:
    summer = START + 4800 * HOUR
    content = chat(message(1), message(4800, date=wall(summer, 2)), name="Ann")
    reading, messages = read(write(tmp_path / "result.json", content))
    assert [one.sent_at for one in messages] == [datetime(2022, 1, 1, 2), datetime(2022, 7, 20, 2)]
    assert reading.zone.name == "UTC+01:00/+02:00" and reading.zone.evidence == "inferred"
    madrid, santiago = Zone.given("Europe/Madrid"), Zone.given("America/Santiago")
    assert read(tmp_path, Options(zone=madrid))[0].zone == madrid
    assert read(tmp_path, Options(zone=santiago))[0].zone.name == "UTC+01:00/+02:00"


def test_without_seconds_the_clock_is_unknown(tmp_path: Path) -> None:
    content = chat(message(1, date_unixtime=..., edited="1970-01-01T01:00:00"))
    reading, [one] = read(write(tmp_path / "result.json", content))
    assert reading.zone.evidence == "unknown"
    assert one.sent_at == datetime(2022, 1, 1, 2) and not one.edited


def test_seconds_alone_are_told_by_the_users_clock(tmp_path: Path) -> None:
    write(tmp_path / "result.json", chat(message(1, date=...)))
    [one] = read(tmp_path, Options(zone=Zone.given("America/Santiago")))[1]
    assert one.sent_at == datetime(2021, 12, 31, 22)


# --- what is wrong -----------------------------------------------------------------------------


def test_pages_are_refused_where_there_is_no_json(tmp_path: Path) -> None:
    (tmp_path / "messages.html").write_text(PAGE)
    with pytest.raises(TelegramPages, match="JSON"):
        read_all(tmp_path)
    write(tmp_path / "result.json", chat(message(1, "a")))
    assert len(read_all(tmp_path)) == 1


@pytest.mark.parametrize(
    "odd",
    [
        7,
        None,
        [],
        ["x"],
        message(1, 5),
        message(1, ["a", {"type": "link"}]),
        message(1, [["a"]]),
        message(1, "a", date="x", date_unixtime=...),
        message(1, "a", date=5, date_unixtime="9" * 400),
    ],
)
def test_what_is_no_message_is_dropped(odd: Any, tmp_path: Path) -> None:
    reading, messages = read(write(tmp_path / "result.json", chat(odd, message(2, "fine"))))
    assert [one.text for one in messages] == ["fine"] and messages[0].seq == 0
    [(line, reason)] = reading.dropped
    assert line == 6 and reason


HOSTILE = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.sampled_from(
        ["x", 10**30, -1, [], {}, [[]], [{}], {"text": 1}, "\ud800", "9" * 4000, [None], "user1"]
    )
)
KEYS = sorted({name for one in (*MANY, *chat(), *everything()) if isinstance(one, dict) for name in one})


@HERE
@given(data=st.data(), seed=st.integers(0, 10**6))
def test_wrong_types_break_nothing(tmp_path: Path, data: Any, seed: int) -> None:
    generator = random.Random(seed)
    messages = [dict(one) for one in MANY]
    for one in messages:
        for name in generator.sample(KEYS, 2):
            one[name] = data.draw(HOSTILE)
    head = {"name": "Ann", "type": "personal_chat", "id": 1}
    content: dict[str, Any] = everything(head | {"messages": messages}, data.draw(HOSTILE))
    content["personal_information"] = data.draw(HOSTILE | st.just({"user_id": 1.5}))
    reading, found = read(write(tmp_path / "result.json", content))
    dropped = sum(1 for _one in reading.dropped)
    assert len(found) + dropped >= len(messages)
    check(found)


def check(messages: Sequence[Message]) -> None:
    """What must hold of every message."""
    for one in messages:
        texts = [one.chat, one.text, one.id, one.author or "", one.reply_to or "", *one.attributes.values()]
        assert all(type(text) is str for text in texts)
        assert one.sent_at is None or one.sent_at.tzinfo is None
        assert type(one.edited) is type(one.forwarded) is bool


words = st.text(max_size=30) | st.sampled_from(
    [
        "a\nb",
        "👩\u200d💻",
        "\u2028\u2029\x85",
        "\u202eleft",
        '"\\',
        "</x>",
        "\x00\x1f",
        " ",
        "",
        "½…ﬁ",
        "e\u0301",
    ]
)
parts = st.lists(words | st.builds(lambda text: {"type": "bold", "text": text}, words), max_size=4)


@HERE
@given(
    chats=st.lists(
        st.tuples(words, st.lists(st.tuples(words, words | parts), max_size=5)), min_size=1, max_size=4
    ),
    indent=st.sampled_from([None, 1]),
    whole=st.booleans(),
)
def test_hostile_chats_are_read_back_exactly(
    tmp_path: Path, chats: list[tuple[str, list[tuple[str, Any]]]], indent: int | None, whole: bool
) -> None:
    made = [
        chat(
            *(
                message(number, text, **{"from": author, "from_id": f"user{index}{number}"})
                for number, (author, text) in enumerate(messages)
            ),
            name=name,
            number=index,
            kind="private_group",
        )
        for index, (name, messages) in enumerate(chats[: None if whole else 1])
    ]
    path = write(tmp_path / "result.json", everything(*made) if whole else made[0], indent)
    reading, found = read(path)
    wanted = [joined(text) for one in made for text in (message["text"] for message in one["messages"])]
    assert [one.text for one in found] == wanted
    assert len(reading.dropped) == 0
    for one, name in zip(
        found, [record["from"] for content in made for record in content["messages"]], strict=True
    ):
        assert one.author in (name, f"{name} ({one.author.split('(')[-1]}") or not name
    places = [(one.chat, one.seq) for one in found]
    assert len(set(places)) == len(places)


def joined(text: Any) -> str:
    return text if isinstance(text, str) else "".join(p if isinstance(p, str) else p["text"] for p in text)


def test_a_file_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "result.json", chat(*MANY))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Unreadable, match=r"line \d+"):
        read(path)


def test_others_files_are_left_alone(tmp_path: Path) -> None:
    for name, content in {
        "a.json": b'{"messages": []}',
        "b.json": b"\xff\xfe\x00",
        "c.json": b"[]",
        "d.txt": b"x",
        "e.html": b"<html>",
    }.items():
        (tmp_path / name).write_bytes(content)
    assert read_all(tmp_path) == []


def test_a_notice_keeps_what_it_says(tmp_path: Path) -> None:
    [one] = read_chat(tmp_path, notice(1, "invite_members", members=["Eva", None, "Joe"]))
    assert one.attributes["members"] == "Eva, Joe" and one.is_owner is None
