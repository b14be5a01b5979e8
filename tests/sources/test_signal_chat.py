"""Signal's exports, its own and those of sigtop and signal-export."""

import json
import random
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sosias.messages import Message
from sosias.sources.entry import entries
from sosias.sources.problems import Unreadable
from sosias.sources.signal_chat import SOURCE, SignalLocked
from sosias.sources.signal_people import message_id
from sosias.sources.source import Options, Reading
from sosias.sources.zones import Zone
from tests.sources.signal_exports import (
    ANN,
    EDITED,
    FRAMES,
    TALK,
    Said,
    array,
    data,
    desktop,
    frames,
    item,
    markdown,
    milliseconds,
    said,
    seeds,
    short,
    sigtop,
    when,
    write,
)
from tests.sources.test_telegram import HERE, HOSTILE, check

UTC = Options(zone=Zone.given("UTC"))


def read_all(path: Path) -> list[tuple[Reading, list[Message]]]:
    readings = SOURCE.readings(entries(path), UTC)
    return [(reading, list(reading.messages())) for reading in readings]


def read(path: Path) -> tuple[Reading, list[Message]]:
    [found] = read_all(path)
    return found


# --- Signal's own export ------------------------------------------------------------------------


def test_signals_own_export(tmp_path: Path) -> None:
    reading, messages = read(seeds(tmp_path)[0])
    assert [(one.chat, one.seq, one.kind, one.author, one.text) for one in messages] == [
        ("Ann", 0, "text", "Ann", "hi\nthere"),
        ("Ann", 1, "text", "Bob B", "yes"),
        ("Ann", 2, "text", "Ann", "ha"),
        ("Ann", 3, "media", "Ann", ""),
        ("Ann", 4, "media", "Ann", ""),
        ("Ann", 5, "deleted", "Bob B", ""),
        ("Ann", 6, "call", "Ann", ""),
        ("Ann", 7, "system", None, ""),
        ("Friends", 0, "poll", "Ann", "Who?"),
        ("Friends", 1, "text", "Bob B", "😂 @Ann!"),
        ("Note to Self", 0, "text", "Bob B", "a note"),
        ("Signal", 0, "system", "Signal", "Signal has news"),
        ("Ann", 8, "media", "Ann", ""),
        ("Ann", 9, "reaction", "Ann", "🔥"),
        ("Ann", 10, "text", "Ann", "nice story"),
    ]
    assert (reading.owner, bool(reading.owner_why)) == ("Bob B", True)
    assert [one.is_owner for one in messages[:3]] == [False, True, False]
    assert messages[0].sent_at == datetime(2022, 1, 1, 13)
    assert messages[1].reply_to == messages[0].id == message_id(ANN, milliseconds(1))
    assert messages[2].attributes == {"media": "x.png", "reactions": "❤ Bob B"}
    assert messages[8].attributes == {"options": "a\nb"} and messages[9].edited
    assert messages[11].attributes == {"bot": "true"}
    assert (messages[0].first_line, messages[0].last_line) == (11, 11)
    assert len(reading.dropped) == 0 and reading.count == len(FRAMES)


def test_two_of_one_name_are_told_apart(tmp_path: Path) -> None:
    other = {"recipient": {"id": "7", "contact": {"e164": "34700", "profileGivenName": "Ann"}}}
    namesake = {"recipient": {"id": "8", "contact": {"e164": "34800", "profileGivenName": "Bob B"}}}
    lines = frames(other, namesake, said(1, "a"), said(2, "b", "7"), said(3, "c", "8"), said(4, "d", "1"))
    messages = read(write(tmp_path / "main.jsonl", lines))[1]
    assert [one.author for one in messages] == ["Ann", "Ann (7)", "Bob B (8)", "Bob B"]


def test_lines_that_are_no_frames_are_dropped_but_for_a_last_one_that_is_cut(tmp_path: Path) -> None:
    text = frames("{", {"chatItem": 5}, said(1, 7), item(2, dateSent="x"), said(3, "fine"))
    lines = text.split("\n")
    lines[10] = '{"chatItem":'
    reading, messages = read(write(tmp_path / "main.jsonl", "\n".join(lines)))
    assert [one.text for one in messages] == ["", "fine"]
    assert [line for line, _reason in reading.dropped] == [11, 12, 13]
    with pytest.raises(Unreadable, match="line 15"):
        read(write(tmp_path / "main.jsonl", "\n".join(lines)[:-20]))


# --- Signal Desktop -----------------------------------------------------------------------------


def test_sigtops_json(tmp_path: Path) -> None:
    records = [
        desktop(1, "hi"),
        desktop(2, "ho", own=True, quote={"id": milliseconds(1), "authorAci": ANN, "text": "hi"}),
        desktop(3, None, attachments=[{"fileName": None, "contentType": "image/png"}]),
        desktop(4, "look", attachments=[{"fileName": "x.png"}], reactions=[{"emoji": "❤"}]),
        desktop(5, "", deletedForEveryone=True),
        desktop(6, None, type="call-history"),
        desktop(7, None, type="keychange"),
        desktop(8, "\ufffc, hi", bodyRanges=[{"start": 0, "length": 1, "replacementText": "Bob"}]),
    ]
    reading, messages = read(write(tmp_path / "Ann (+34600).json", array(records)))
    assert [(one.kind, one.author, one.text) for one in messages] == [
        ("text", "Ann", "hi"),
        ("text", "Me", "ho"),
        ("media", "Ann", ""),
        ("text", "Ann", "look"),
        ("deleted", "Ann", ""),
        ("call", None, ""),
        ("system", None, ""),
        ("text", "Ann", "@Bob, hi"),
    ]
    assert (reading.chat, reading.owner) == ("Ann", "Me")
    assert [one.is_owner for one in messages[:2]] == [False, True]
    assert messages[1].reply_to == messages[0].id == message_id(ANN, milliseconds(1))
    assert messages[3].attributes == {"media": "x.png", "reactions": "❤"}
    assert [one.first_line for one in messages] == list(range(2, 10))


def test_the_words_that_sigtop_could_not_read_are_said_to_be_missing(tmp_path: Path) -> None:
    records = [{name: one for name, one in desktop(1, "x").items() if name != "body"}]
    assert read(write(tmp_path / "Ann.json", array(records)))[0].notes


def test_the_people_of_a_group_have_their_numbers(tmp_path: Path) -> None:
    records = [desktop(1, "a"), desktop(2, "b", source="+34700", sourceServiceId="x")]
    messages = read(write(tmp_path / "Friends.json", array(records)))[1]
    assert [one.author for one in messages] == ["+34600", "+34700"]


def test_sigtops_text_with_all_its_frills(tmp_path: Path) -> None:
    reading, messages = read(write(tmp_path / "Friends (group).txt", EDITED))
    assert [(one.kind, one.author, one.text) for one in messages] == [
        ("text", "Ann (+34600)", "the answer\n\n> a line of one's own"),
        ("text", "Me", "newer\nwords"),
        ("call", None, ""),
        ("media", "Ann (+34700)", ""),
    ]
    assert messages[0].attributes == {
        "quote": "what I said\nbefore",
        "media": "x.png",
        "reactions": "❤ Bob",
    }
    assert messages[0].sent_at == datetime(2022, 1, 1, 12)
    assert messages[1].edited and not messages[0].edited
    assert reading.chat == "Friends"
    check_lines(reading, messages, EDITED)


def check_lines(reading: Reading, messages: Sequence[Message], text: str) -> None:
    """Each physical line has one owner."""
    owned = [line for one in messages for line in range(one.first_line, one.last_line + 1)]
    owned += [line for line, _reason in reading.dropped]
    assert sorted(owned) == list(range(1, text.count("\n") + 1)) and reading.lines == text.count("\n")


def test_signal_exports_data_and_page_are_one_chat(tmp_path: Path) -> None:
    write(tmp_path / "Ann" / "data.json", data(TALK))
    write(tmp_path / "Ann" / "chat.md", markdown(TALK))
    reading, messages = read(tmp_path)
    assert [one.text for one in messages] == [text for _author, text in TALK]
    assert len(reading.entries) == 2 and reading.chat == "Ann"
    write(tmp_path / "Eva" / "index.md", markdown(TALK))
    assert len(read_all(tmp_path)) == 2


def test_data_with_all_its_frills(tmp_path: Path) -> None:
    records = [
        json.loads(data([(None, "hi")])) | {"reactions": [["Ann", "❤"]], "quote": "\n\n> what\n\n"},
        json.loads(data([("Ann", "")])) | {"attachments": [{"name": "x.png", "path": "media/x.png"}]},
        json.loads(data([("Ann", "")])) | {"sticker": {"emoji": "😂"}},
        json.loads(data([("Ann", "")])) | {"deleted": True},
        json.loads(data([("Ann", "Missed voice call")])) | {"call": True},
        json.loads(data([("No-Sender", "x")])) | {"edits": [{"date": "", "body": "w"}]},
    ]
    text = "".join(json.dumps(one) + "\n" for one in records)
    messages = read(write(tmp_path / "Ann" / "data.json", text))[1]
    assert [(one.kind, one.author) for one in messages] == [
        ("text", "Me"),
        ("media", "Ann"),
        ("media", "Ann"),
        ("deleted", "Ann"),
        ("call", "Ann"),
        ("text", None),
    ]
    assert messages[0].attributes == {"quote": "> what", "reactions": "❤ Ann"}
    assert messages[2].attributes == {"emoji": "😂", "media": "sticker"} and messages[5].edited


def test_a_page_with_all_its_frills(tmp_path: Path) -> None:
    text = (
        "[2022-01-01 12:00:00] Ann: \n\n> what I\n> said\n\nthe answer  "
        "\n(- Bob: ❤ -)![x](./media/x.png)  \n\n"
        "[2022-01-01 12:01:00] Me:   [voice](./media/v.aac)  \n\n"
        "[2022-01-01 12:02:00] Ann: (This message was deleted)\n\n"
        "[2022-01-01 12:03:00] Ann:   \n(( 😂 ))\n\n"
        "[2022-13-01 12:03:00] Ann: no such day\n\n"
    )
    reading, messages = read(write(tmp_path / "Ann" / "chat.md", text))
    assert [(one.kind, one.text, one.attributes) for one in messages] == [
        ("text", "the answer", {"reactions": "Bob: ❤", "quote": "> what I\n> said", "media": "x"}),
        ("media", "", {"media": "voice"}),
        ("deleted", "(This message was deleted)", {}),
        ("media", "", {"emoji": "😂", "media": "sticker"}),
    ]
    check_lines(reading, messages, text)


def test_short_texts_details(tmp_path: Path) -> None:
    text = (
        "2022-01-01 12:00 You: [reply to Ann on 2022-01-01 11:00, edited, 2 attachments] look\n"
        "2022-01-01 12:01 Ann: [1 attachment]\n"
        "2022-01-01 12:02 Ann: [edited by me] is what I wrote\n"
        "unknown You: [keychange message]\n"
    )
    messages = read(write(tmp_path / "Ann.txt", text))[1]
    assert [(one.kind, one.author, one.text, one.edited) for one in messages] == [
        ("text", "Me", "look", True),
        ("media", "Ann", "", False),
        ("text", "Ann", "[edited by me] is what I wrote", False),
        ("system", None, "[keychange message]", False),
    ]
    assert messages[0].attributes == {"media": "2 attachments"}


Writer = Callable[[Sequence[Said]], str]


def in_array(talk: Sequence[Said]) -> str:
    return array([desktop(number, text, own=not author) for number, (author, text) in enumerate(talk, 1)])


def in_frames(talk: Sequence[Said]) -> str:
    return frames(
        *(said(number, text, "2" if author else "1") for number, (author, text) in enumerate(talk, 1))
    )


SHAPES: dict[str, tuple[str, Writer]] = {
    "data.json": ("data.json", data),
    "chat.md": ("chat.md", markdown),
    "index.md": ("index.md", lambda talk: markdown(talk, old=True)),
    "sigtop": ("Ann.txt", sigtop),
    "short": ("Ann.txt", lambda talk: short([(None, "x"), *talk])),
    "desktop": (
        "Ann.json",
        lambda talk: array([desktop(n, t, own=not a) for n, (a, t) in enumerate(talk, 1)]),
    ),
    "frames": (
        "main.jsonl",
        lambda talk: frames(*(said(n, t, "2" if a else "1") for n, (a, t) in enumerate(talk, 1))),
    ),
}
LINES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\r"), min_size=1, max_size=20)
SAID = st.tuples(
    st.sampled_from(["Ann", None]),
    st.lists(LINES.filter(lambda text: text.strip() and not text.endswith(" ")), min_size=1, max_size=3).map(
        "\n".join
    ),
).filter(lambda one: not one[1].startswith(("[", ">")))


@HERE
@pytest.mark.parametrize("shape", SHAPES)
@given(talk=st.lists(SAID, min_size=1, max_size=6))
def test_hostile_chats_are_read_back_exactly(shape: str, tmp_path: Path, talk: list[Said]) -> None:
    name, writer = SHAPES[shape]
    _reading, messages = read(write(tmp_path / shape / name, writer(talk)))
    messages = messages[1:] if shape == "short" else messages
    me = "Bob B" if shape == "frames" else "Me"
    assert [(one.author, one.text) for one in messages] == [(author or me, text) for author, text in talk]
    assert [one.is_owner for one in messages] == [author is None for author, _text in talk]
    if shape != "short":
        wanted = [when(number).replace(tzinfo=None) for number in range(1, len(talk) + 1)]
        assert [one.sent_at for one in messages] == wanted


# --- what is wrong ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["signal-2024-01-02-03-04-05.backup", "sql/db.sqlite", "signal-backup-2025-01-02-03-04-05/main"]
)
def test_what_is_encrypted_is_refused(name: str, tmp_path: Path) -> None:
    write(tmp_path / name, "\x01\x02noise")
    with pytest.raises(SignalLocked, match="encrypted"):
        read_all(tmp_path)
    write(tmp_path / "Ann" / "data.json", data(TALK))
    assert len(read_all(tmp_path)) == 1


def test_others_files_are_left_alone(tmp_path: Path) -> None:
    others = {
        "a.json": "[1",
        "b.txt": "2022-01-01 12:00 Ann: hi\n",
        "c.md": "# Notes\n[2022-01-01 12:00:00] Me: hi\n",
        "d.jsonl": '{"text": 1}\n',
        "db.sqlite": "SQLite format 3\x00",
        "main": "x",
    }
    for name, text in others.items():
        write(tmp_path / name, text)
    assert read_all(tmp_path) == []


@HERE
@given(draw=st.data(), seed=st.integers(0, 10**6))
def test_wrong_types_break_nothing(tmp_path: Path, draw: Any, seed: int) -> None:
    generator = random.Random(seed)
    records = [desktop(1, "hi"), desktop(2, "ho", own=True)]
    items = [json.loads(json.dumps(one)) for one in FRAMES]
    for one in (*records, *(frame["chatItem"] for frame in items)):
        for name in generator.sample(sorted(one), 2):
            one[name] = draw.draw(HOSTILE)
    for one in items:
        content = next((part for part in one["chatItem"].values() if isinstance(part, dict) and part), {})
        for name in content:
            content[name] = draw.draw(HOSTILE)
    lines = "".join(json.dumps(one) + "\n" for one in items)
    path = write(tmp_path / "main.jsonl", frames() + lines)
    reading, found = read(path)
    assert len(found) + len(reading.dropped) == len(items)
    check(found)
    more = [json.loads(data(TALK[:1])) | {name: draw.draw(HOSTILE)} for name in ("body", "reactions", "date")]
    text = data(TALK[:1]) + "".join(json.dumps(one) + "\n" for one in more)
    reading, found = read(write(tmp_path / "Ann" / "data.json", text))
    assert len(found) + len(reading.dropped) == 4
    check(found)
    padded = [desktop(9, "x"), *records]
    path = tmp_path / "desktop.json"
    path.write_text(json.dumps(padded))
    reading, found = read(path)
    assert len(found) + len(reading.dropped) == 3
    check(found)
