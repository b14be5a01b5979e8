"""Apple's Messages: who wrote what to whom, and what is not words."""

import gzip
import json
import plistlib
import sqlite3
import tempfile
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sosias.messages import Message, native_id
from sosias.sources.imessage import SOURCE
from sosias.sources.source import Options, Reading, recognise
from sosias.sources.store import import_files, stored_messages
from sosias.sources.zones import Zone
from sosias.workspace import Workspace
from tests.sources.imessage_exports import (
    APPLE,
    LINK,
    Writer,
    attributed_body,
    edits,
    everything,
    seeds,
    write_contacts,
    write_database,
)

NOON = 1_500_000_000
ANN, BOB = "+15550100001", "+15550100002"
UTC = Options(zone=Zone.given("UTC"))


def survey(path: Path, options: Options = UTC) -> Reading:
    [reading] = recognise(path, options).readings
    return reading


def read(path: Path, options: Options = UTC) -> list[Message]:
    return list(survey(path, options).messages())


def one(tmp_path: Path, text: str | None, *, mine: bool = False, **values: Any) -> Message | None:
    """Return the only message of a database; None where it was dropped."""
    writer = Writer(tmp_path / "chat.db")
    ann = writer.handle(ANN)
    writer.message(writer.chat(ann), text, NOON, handle=0 if mine else ann, **values)
    messages = read(writer.close())
    return messages[0] if messages else None


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    return Writer(tmp_path / "chat.db")


# What is written


@pytest.mark.parametrize("old", [False, True])
def test_a_message(tmp_path: Path, old: bool) -> None:
    writer = Writer(tmp_path / "chat.db", old=old)
    ann = writer.handle(ANN)
    chat = writer.chat(ann)
    writer.message(
        chat, None, NOON + 0.25, handle=ann, guid="A1", attributedBody=attributed_body("¿Qué tal?")
    )
    writer.message(chat, "bien", NOON + 60, guid="A2")
    [hers, mine] = read(writer.close())
    assert hers == Message(
        source="imessage",
        chat=ANN,
        seq=0,
        sent_at=datetime(2017, 7, 14, 2, 40, 0, 250_000),
        author=ANN,
        kind="text",
        text="¿Qué tal?",
        is_owner=False,
        file="chat.db",
        first_line=1,
        last_line=1,
        id=native_id("imessage", "A1"),
    )
    assert (mine.seq, mine.author, mine.is_owner, mine.text) == (1, "Me", True, "bien")


ROW = st.tuples(
    st.floats(0, 2e9),
    st.sampled_from([None, ANN, "ann@example.org", "ñ</x>\u2028@e"]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffc"), min_size=1)
    | st.sampled_from(
        ["</x>", "a\nb", "\r\n", "\x00", "👩‍👩‍👧 \u200f", "\u2028", "e\u0301", "½…", '"', "p:0/x", "“hi”"]
    ),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ROW, min_size=1, max_size=20), st.booleans())
def test_every_chat_is_read_back_exactly(rows: list[tuple[float, str | None, str]], attributed: bool) -> None:
    rows.sort(key=lambda row: round((row[0] - APPLE) * 1e9))
    with tempfile.TemporaryDirectory() as folder:
        path = write_database(Path(folder) / "chat.db", rows, attributed=attributed)
        messages = list(SOURCE.readings(recognise(path, UTC).readings[0].entries, UTC)[0].messages())
    assert [message.text for message in messages] == [text for _time, _handle, text in rows]
    assert [message.author for message in messages] == [handle or "Me" for _time, handle, _text in rows]
    assert [message.seq for message in messages] == list(range(len(rows)))
    for message, (time, _handle, _text) in zip(messages, rows, strict=True):
        assert message.sent_at is not None
        assert abs((message.sent_at - datetime(1970, 1, 1)).total_seconds() - time) < 1e-5


def test_words_that_are_cut_off_are_no_words(writer: Writer) -> None:
    chat = writer.chat(writer.handle(ANN))
    body = attributed_body("a long message")
    writer.message(chat, None, NOON, attributedBody=body[: body.index(b"long")])
    writer.message(chat, None, NOON + 1, attributedBody=b"no typedstream")
    writer.message(chat, None, NOON + 2)
    reading = survey(writer.close())
    assert list(reading.messages()) == []
    assert list(reading.dropped) == [
        (1, "its words are damaged"),
        (2, "its words are damaged"),
        (3, "it has neither words nor attachments"),
    ]


@pytest.mark.parametrize(
    ("text", "kept", "kind"),
    [
        ("\ufffc", "", "media"),
        ("\ufffclook\ufffc", "look", "text"),
        (None, "", "media"),
        ("look", "look", "text"),
    ],
)
def test_attachments(tmp_path: Path, text: str | None, kept: str, kind: str) -> None:
    writer = Writer(tmp_path / "chat.db")
    message = writer.message(writer.chat(writer.handle(ANN)), text, NOON, cache_has_attachments=1)
    writer.attach(message, "IMG_1.HEIC")
    writer.attach(message, None, filename="~/Library/Messages/Attachments/a/b/voice.caf")
    [found] = read(writer.close())
    assert (found.text, found.kind, found.attributes) == (kept, kind, {"media": "IMG_1.HEIC, voice.caf"})


def test_a_damaged_text_with_an_attachment_keeps_the_attachment(writer: Writer) -> None:
    message = writer.message(
        writer.chat(writer.handle(ANN)), None, NOON, attributedBody=b"x", cache_has_attachments=1
    )
    writer.attach(message, "IMG_1.HEIC")
    [found] = read(writer.close())
    assert (found.kind, found.text) == ("media", "")


def test_an_edited_message_says_what_it_says_now(tmp_path: Path) -> None:
    for text in (None, "first"):
        found = one(tmp_path / str(text), text, date_edited=1, message_summary_info=edits("frist", "first"))
        assert found is not None
        assert (found.text, found.kind, found.edited) == ("first", "text", True)


def test_a_message_of_several_parts_of_which_one_was_edited(tmp_path: Path) -> None:
    info = plistlib.loads(edits("two", "too", part=1)) | {"otr": {"0": {}, "1": {}}}
    summary = plistlib.dumps(info, fmt=plistlib.FMT_BINARY)
    found = one(tmp_path, "one \ufffctoo", date_edited=1, message_summary_info=summary)
    assert found is not None and (found.text, found.edited) == ("one too", True)


def test_what_was_taken_back_is_deleted(tmp_path: Path) -> None:
    for number, values in enumerate([{"message_summary_info": edits(unsent=(0,))}, {"date_retracted": 5}]):
        found = one(tmp_path / str(number), None, date_edited=1, **values)
        assert found is not None and (found.kind, found.text, found.author) == ("deleted", "", ANN)


def test_a_summary_without_edits_changes_nothing(tmp_path: Path) -> None:
    found = one(tmp_path, "hello", message_summary_info=edits())
    assert found is not None and (found.text, found.edited) == ("hello", False)


@pytest.mark.parametrize(
    ("code", "target", "told"),
    [
        (2000, "p:0/G1", {"reaction": "❤️"}),
        (2001, "bp:G1", {"reaction": "👍"}),
        (2002, "G1", {"reaction": "👎"}),
        (2003, "p:2/G1", {"reaction": "😂"}),
        (2004, "p:0/G1", {"reaction": "‼️"}),
        (2005, "p:0/G1", {"reaction": "❓"}),
        (2006, "p:0/G1", {"reaction": "🎉"}),
        (2007, "p:0/G1", {"reaction": "sticker"}),
        (1000, "p:0/G1", {"reaction": "sticker"}),
        (3001, "p:0/G1", {"reaction": "👍", "removed": "true"}),
        (3006, "p:0/G1", {"reaction": "🎉", "removed": "true"}),
        (4000, "G1", {"reaction": "vote"}),
    ],
)
def test_a_reaction_of_its_own(tmp_path: Path, code: int, target: str, told: dict[str, str]) -> None:
    values = {
        "associated_message_type": code,
        "associated_message_guid": target,
        "associated_message_emoji": "🎉",
    }
    found = one(tmp_path, "Loved “hello”", **values)
    assert found is not None
    assert (found.kind, found.reply_to) == ("reaction", native_id("imessage", "G1"))
    assert (found.text, found.attributes) == ("Loved “hello”", told)


def test_a_reaction_in_words(writer: Writer) -> None:
    ann = writer.handle(ANN, "SMS")
    chat, other = writer.chat(ann), writer.chat(writer.handle(BOB))
    writer.message(chat, None, NOON, guid="G1", attributedBody=attributed_body("¿vienes?"))
    writer.message(chat, "Le gustó “¿vienes?”", NOON + 1, handle=ann)
    writer.message(chat, 'Le gustó "Pulp Fiction"', NOON + 2, handle=ann)
    writer.message(other, "Le gustó “¿vienes?”", NOON + 3, handle=2)
    writer.message(chat, "Removed a like from “¿vienes?”", NOON + 4, handle=ann)
    found = read(writer.close())
    assert [message.kind for message in found] == ["text", "reaction", "text", "text", "reaction"]
    assert found[1].reply_to == native_id("imessage", "G1")
    assert (found[1].text, found[1].attributes) == ("Le gustó “¿vienes?”", {"reaction": "👍"})
    assert found[4].attributes == {"reaction": "👍", "removed": "true"}


def test_an_answer_names_what_it_answers(tmp_path: Path) -> None:
    found = one(
        tmp_path, "yes", thread_originator_guid="G1", thread_originator_part="0:0:5", reply_to_guid="G2"
    )
    assert found is not None and (found.reply_to, found.kind) == (native_id("imessage", "G1"), "text")


def test_the_bubble_before_is_no_question(tmp_path: Path) -> None:
    found = one(tmp_path, "yes", reply_to_guid="G2")
    assert found is not None and found.reply_to is None


def test_a_link_is_its_senders_words(tmp_path: Path) -> None:
    found = one(tmp_path, "https://a.example/ñ", balloon_bundle_id=LINK)
    assert found is not None and (found.kind, found.text) == ("text", "https://a.example/ñ")


@pytest.mark.parametrize(
    ("app", "kind"), [("com.apple.Handwriting", "media"), ("com.apple.messages.Polls", "poll")]
)
def test_what_an_app_sends_is_nobodys_words(tmp_path: Path, app: str, kind: str) -> None:
    found = one(tmp_path, "\ufffd", balloon_bundle_id=f"com.apple.messages.Plugin:0000:{app}")
    assert found is not None and (found.kind, found.text, found.attributes) == (kind, "", {"app": app})


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"item_type": 2, "group_title": "Trip"}, {"event": "renamed", "title": "Trip"}),
        ({"item_type": 1, "group_action_type": 0, "other_handle": 1}, {"event": "joined", "whom": ANN}),
        ({"item_type": 1, "group_action_type": 1}, {"event": "removed"}),
        ({"item_type": 3}, {"event": "left"}),
        ({"item_type": 77}, {"event": "77"}),
        ({"is_system_message": 1}, {}),
        ({"is_service_message": 1}, {}),
    ],
)
def test_what_happens_in_a_chat(tmp_path: Path, values: dict[str, Any], told: dict[str, str]) -> None:
    found = one(tmp_path, None, **values)
    assert found is not None
    assert (found.kind, found.author, found.is_owner) == ("system", None, None)
    assert found.attributes == told | {"by": ANN}


@pytest.mark.parametrize(("flag", "name"), [("is_spam", "spam"), ("is_auto_reply", "bot")])
def test_what_nobody_wrote_is_not_trained_on(tmp_path: Path, flag: str, name: str) -> None:
    found = one(tmp_path, "You have won", **{flag: 1})
    assert found is not None
    assert (found.kind, found.author, found.attributes) == ("system", ANN, {name: "true"})


def test_forwards_and_subjects(tmp_path: Path) -> None:
    found = one(tmp_path, "words", is_forward=1, subject="Title")
    assert found is not None and (found.forwarded, found.attributes) == (True, {"subject": "Title"})


# When


@pytest.mark.parametrize(
    ("date", "sent_at"),
    [
        ((NOON - APPLE) * 10**9 + 123_456_789, datetime(2017, 7, 14, 2, 40, 0, 123_456)),
        (NOON - APPLE, datetime(2017, 7, 14, 2, 40)),
        (-1, datetime(2000, 12, 31, 23, 59, 59)),
        (0, None),
        (None, None),
        ("yesterday", None),
        (b"\x00", None),
        (1 << 62, datetime(2147, 2, 20, 23, 53, 38, 427_387)),
        (1e300, None),
        (float("inf"), None),
    ],
)
def test_times(tmp_path: Path, date: object, sent_at: datetime | None) -> None:
    found = one(tmp_path, "hello", date=date)
    assert found is not None and found.sent_at == sent_at


def test_times_are_told_by_the_clock_on_the_wall(tmp_path: Path) -> None:
    """Around both changes of the clock in 2021, minute by minute."""
    santiago = Zone.given("America/Santiago")
    for start in (1_617_500_000, 1_630_800_000):
        rows = [(start + 60.0 * minute, None, "x") for minute in range(600)]
        messages = read(write_database(tmp_path / f"{start}.db", rows), Options(zone=santiago))
        assert [message.sent_at for message in messages] == [
            santiago.wall(time) for time, _who, _text in rows
        ]
        walls = [message.sent_at for message in messages if message.sent_at is not None]
        steps = {later - earlier for earlier, later in pairwise(walls)}
        assert len(steps) == 2 and timedelta(minutes=1) in steps


def test_messages_stand_in_the_order_of_time_then_of_rows(writer: Writer) -> None:
    chat = writer.chat(writer.handle(ANN))
    for text, sent in (("c", 30), ("a", 10), ("b", 20), ("d", 30)):
        writer.message(chat, text, NOON + sent)
    writer.database.execute("DROP INDEX message_idx_date")
    assert [(message.text, message.seq) for message in read(writer.close())] == [
        ("a", 0),
        ("b", 1),
        ("c", 2),
        ("d", 3),
    ]


# Who, and where


def test_chats_of_the_same_people_are_one(writer: Writer) -> None:
    phone, text = writer.handle(ANN), writer.handle(ANN, "SMS")
    mail = writer.handle("Ann@example.org")
    bob = writer.handle(BOB)
    chats = [writer.chat(phone), writer.chat(text), writer.chat(mail), writer.chat(bob)]
    chats += [writer.chat(phone, bob), writer.chat(bob, mail), writer.chat(phone, bob, name="Trip")]
    for number, chat in enumerate(chats):
        writer.message(chat, str(number), NOON + number, handle=phone)
    folder = writer.close().parent
    assert len({message.chat for message in read(folder)}) == 5
    write_contacts(
        folder / "AddressBook-v22.abcddb", {"first": "Ann", "phones": [ANN], "emails": ["ann@example.org"]}
    )
    found = {message.text: (message.chat, message.seq) for message in read(folder)}
    assert found == {
        "0": ("Ann", 0),
        "1": ("Ann", 1),
        "2": ("Ann", 2),
        "3": (BOB, 0),
        "4": ("Trip", 0),
        "5": ("Trip", 1),
        "6": ("Trip", 2),
    }


def test_groups_of_the_same_people_with_two_titles_are_two(writer: Writer) -> None:
    ann, bob = writer.handle(ANN), writer.handle(BOB)
    for title in ("Trip", "Work", "", "Trip"):
        writer.message(writer.chat(ann, bob, name=title), f"in {title}", NOON)
    found = Counter(message.chat for message in read(writer.close()))
    assert found == {"Trip": 2, "Work": 1, f"{ANN}, {BOB}": 1}


def test_chats_of_one_name_are_told_apart(writer: Writer) -> None:
    handles = [writer.handle(f"+1555010000{number}") for number in range(4)]
    writer.message(writer.chat(*handles[:2], name="Family"), "a", NOON)
    writer.message(writer.chat(*handles[2:], name="Family"), "b", NOON)
    writer.message(writer.chat(name="Family", group=True, guid="G"), "c", NOON)
    writer.message(writer.chat(name="Family", group=True, guid="H"), "d", NOON)
    found = {message.text: message.chat for message in read(writer.close())}
    assert len(set(found.values())) == 4
    assert found["a"] == "Family (+15550100000, +15550100001)"


def test_handles_that_messages_keeps_as_one_person(writer: Writer) -> None:
    mail = writer.handle("ann@example.org", person_centric_id="P1")
    phone = writer.handle(ANN, person_centric_id="P1")
    other = writer.handle(BOB, person_centric_id="")
    for handle in (mail, phone, other):
        writer.message(writer.chat(handle), "x", NOON, handle=handle)
    reading = survey(writer.close())
    assert [(message.author, message.chat) for message in reading.messages()] == [(ANN, ANN)] * 2 + [
        (BOB, BOB)
    ]
    assert [(one.name, one.also) for one in reading.identities] == [(ANN, ("ann@example.org",))]
    assert reading.identities[0].why


def test_contacts_give_the_names(writer: Writer) -> None:
    ann, bob = writer.handle(ANN), writer.handle("bob@example.org")
    chat = writer.chat(ann, bob)
    writer.message(chat, "a", NOON, handle=ann)
    writer.message(chat, "b", NOON + 1, handle=bob)
    writer.message(chat, "c", NOON + 2)
    folder = writer.close().parent
    cards: list[dict[str, Any]] = [
        {"first": "Ann", "last": "Smith", "phones": ["(555) 010-0001"]},
        {"nickname": "Bobby", "emails": ["BOB@example.org"]},
        {"first": "Zoë", "last": "Me", "phones": ["+1 555 010 0009"], "me": True},
    ]
    write_contacts(folder / "AddressBook" / "AddressBook-v22.abcddb", *cards)
    reading = survey(folder)
    [a, b, c] = reading.messages()
    assert (a.author, a.attributes, a.chat) == ("Ann Smith", {"handle": ANN}, "Ann Smith, Bobby")
    assert (b.author, b.attributes) == ("Bobby", {"handle": "bob@example.org"})
    assert (c.author, c.is_owner, c.attributes) == ("Zoë Me", True, {})
    assert reading.owner == "Zoë Me" and "card" in reading.owner_why
    assert {(one.name, one.also) for one in reading.identities} == {
        ("Ann Smith", (ANN,)),
        ("Bobby", ("bob@example.org",)),
    }


def test_the_owner_by_the_number_they_write_from(writer: Writer) -> None:
    chat = writer.chat(writer.handle(ANN))
    writer.message(chat, "a", NOON, destination_caller_id="+15550100009")
    folder = writer.close().parent
    write_contacts(folder / "AddressBook-v22.abcddb", {"first": "Zoë", "phones": ["555 010 0009"]})
    reading = survey(folder)
    assert [message.author for message in reading.messages()] == [reading.owner] == ["Zoë"]


def test_two_people_of_one_name(writer: Writer) -> None:
    ann, other = writer.handle(ANN), writer.handle(BOB)
    for handle in (ann, other):
        writer.message(writer.chat(handle), "x", NOON, handle=handle)
    folder = writer.close().parent
    write_contacts(folder / "a.abcddb", {"first": "Ann", "phones": [ANN]}, {"first": "Ann", "phones": [BOB]})
    found = read(folder)
    assert [message.author for message in found] == [f"Ann ({ANN})", f"Ann ({BOB})"]
    assert [message.chat for message in found] == [f"Ann ({ANN})", f"Ann ({BOB})"]


def test_messages_in_no_chat_and_in_two(writer: Writer) -> None:
    ann, bob = writer.handle(ANN), writer.handle(BOB)
    first, second = writer.chat(ann), writer.chat(ann, bob)
    twice = writer.message(first, "in two", NOON, handle=ann)
    writer.add("chat_message_join", chat_id=second, message_id=twice)
    writer.message(None, "to nobody", NOON + 1)
    writer.message(None, "from Ann", NOON + 2, handle=ann)
    writer.message(None, "from Bob", NOON + 3, handle=bob)
    writer.message(99, "in a chat that is gone", NOON + 4, handle=bob)
    found = [(message.text, message.chat, message.seq) for message in read(writer.close())]
    assert found == [
        ("in two", ANN, 0),
        ("to nobody", "iMessage", 0),
        ("from Ann", ANN, 1),
        ("from Bob", BOB, 0),
        ("in a chat that is gone", BOB, 1),
    ]


def test_an_author_that_no_handle_names(writer: Writer) -> None:
    ann, bob = writer.handle(ANN), writer.handle(BOB)
    for chat in (writer.chat(ann), writer.chat(ann, bob)):
        writer.message(chat, "x", NOON, is_from_me=0)
    writer.message(writer.chat(chat_identifier="carl@example.org"), "x", NOON, is_from_me=0)
    assert [message.author for message in read(writer.close())] == [ANN, None, "carl@example.org"]


def test_what_was_deleted_a_short_while_ago_is_left_out_and_said(tmp_path: Path) -> None:
    reading = survey(everything(tmp_path / "chat.db").close())
    messages = list(reading.messages())
    assert "gone" not in [message.text for message in messages]
    assert len(messages) + len(reading.dropped) == reading.lines == reading.count + 1
    assert any("deleted" in note for note in reading.notes)


def test_a_guid_that_is_there_twice(tmp_path: Path) -> None:
    path = write_database(tmp_path / "chat.db", [(NOON, None, "a"), (NOON, None, "b")])
    database = sqlite3.connect(path)
    columns = "guid, text, attributedBody, handle_id, date, is_from_me"
    database.execute(f"CREATE TABLE copy AS SELECT {columns} FROM message")
    database.execute("DROP TABLE message")
    database.execute("CREATE TABLE message AS SELECT * FROM copy UNION ALL SELECT * FROM copy")
    database.commit()
    database.close()
    reading = survey(path)
    assert [message.text for message in reading.messages()] == ["a", "b"]
    assert reading.dropped.counts == {"it is there twice": 2}


# What is hostile


HOSTILE = (
    None,
    0,
    -1,
    1 << 62,
    1.5,
    float("inf"),
    "",
    "x",
    "\ufffc",
    "Liked “x”",
    b"",
    b"\xff\xfe",
    b"bplist00",
)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_cells_of_any_type(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = everything(Path(folder) / "chat.db").close()
        database = sqlite3.connect(path)
        for _change in range(data.draw(st.integers(1, 4))):
            table = data.draw(
                st.sampled_from(["message", "handle", "chat", "chat_message_join", "attachment"])
            )
            columns = [name for (name,) in database.execute("SELECT name FROM pragma_table_info(?)", [table])]
            column = data.draw(st.sampled_from(columns))
            value = data.draw(st.sampled_from(HOSTILE))
            row = data.draw(st.integers(1, 12))
            try:
                database.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", [value, row])
            except sqlite3.IntegrityError:
                continue
        database.commit()
        database.close()
        reading = survey(path)
        messages = list(reading.messages())
        assert len(messages) + len(reading.dropped) == reading.lines
        for message in messages:
            assert all(
                isinstance(value, str) for value in (message.text, message.id, *message.attributes.values())
            )
            assert message.first_line >= 0


def test_text_that_is_no_utf8_is_repaired(tmp_path: Path) -> None:
    path = write_database(tmp_path / "chat.db", [(NOON, None, "a"), (NOON + 1, None, "b")])
    database = sqlite3.connect(path)
    database.execute("UPDATE message SET text = CAST(x'68fffe69' AS TEXT) WHERE ROWID = 1")
    database.commit()
    database.close()
    assert [message.text for message in read(path)] == ["h\ufffd\ufffdi", "b"]


# Whole files


def test_the_seeds_are_read(tmp_path: Path) -> None:
    for path in seeds(tmp_path):
        reading = survey(path)
        messages = list(reading.messages())
        assert messages and len(messages) + len(reading.dropped) == reading.lines
        assert list(reading.messages()) == messages


def test_importing_twice_changes_nothing_and_what_is_newer_is_added(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "workspace")
    rows = [(NOON + 60.0 * n, ANN if n % 2 else None, f"message {n}") for n in range(50)]
    path = write_database(tmp_path / "chat.db", rows[:40])
    assert import_files(workspace, [path], options=UTC).added == 40
    assert import_files(workspace, [path], options=UTC).added == 0
    path.unlink()
    assert import_files(workspace, [write_database(path, rows, attributed=False)], options=UTC).added == 10
    stored = sorted(stored_messages(workspace), key=lambda message: message.seq)
    assert [message.text for message in stored] == [text for _time, _who, text in rows]


def test_the_fixture_says_what_its_other_forms_say(shared_data: Path, tmp_path: Path) -> None:
    """The same conversation, in both columns and as WhatsApp exports it: same words, minutes and people."""
    folder = shared_data / "format_fixtures"
    names: dict[str, str] = json.loads((folder / "chat.db.handles.json").read_text())
    plain = read(folder / "chat.db.gz")
    path = tmp_path / "chat.db"
    path.write_bytes(gzip.decompress((folder / "chat.db.gz").read_bytes()))
    database = sqlite3.connect(path)
    people = {address: names[str(row)] for row, address in database.execute("SELECT ROWID, id FROM handle")}
    bodies = database.execute("SELECT ROWID, text FROM message WHERE text IS NOT NULL").fetchall()
    filled = [(attributed_body(text), row) for row, text in bodies]
    database.executemany("UPDATE message SET text = NULL, attributedBody = ? WHERE ROWID = ?", filled)
    database.commit()
    database.close()
    attributed = read(path)
    for message in (*plain, *attributed):
        message.file = ""
    assert attributed == plain and len(plain) == len(bodies) == 11_901
    whatsapp = Counter(map(minute, read(folder / "WhatsApp Chat with DuraSpace.txt")))
    owners = {"Me": "tdonohue"}
    ours = Counter((when, (people | owners)[who or ""], text) for when, who, text in map(minute, plain))
    assert ours - whatsapp == Counter()


def minute(message: Message) -> tuple[datetime | None, str | None, str]:
    when = message.sent_at and message.sent_at.replace(second=0, microsecond=0)
    return when, message.author, message.text
