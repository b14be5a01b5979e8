"""Reddit's archives, tables and personal exports: every record is a message or a drop, its words exact."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sosias.errors import SosiasError
from sosias.messages import Message, native_id
from sosias.sources.problems import Unreadable
from sosias.sources.reddit import SOURCE
from sosias.sources.reddit_record import decoded
from sosias.sources.source import OWNER, Options, Reading, recognise
from sosias.sources.store import import_files
from sosias.sources.zones import Zone
from sosias.workspace import Workspace
from tests.sources import reddit_exports as exports
from tests.sources.reddit_exports import comment, lines, post, table, write, zst

UTC_CLOCK = Options(zone=Zone.given("UTC"))


def readings(path: Path) -> list[Reading]:
    return recognise(path, UTC_CLOCK).readings


def read(path: Path) -> list[Message]:
    return [message for reading in readings(path) for message in reading.messages()]


def of(folder: Path, *records: Any, name: str = "RC_2020-01") -> list[Message]:
    return read(write(folder / name, lines(records)))


def test_a_thread_is_one_chat_with_its_post_first(tmp_path: Path) -> None:
    told, answer = of(tmp_path, post(), comment())
    assert (told.source, told.chat, told.seq, told.author, told.kind) == (
        "reddit",
        "r/toastme/ei0abc",
        0,
        "ann",
        "post",
    )
    assert told.text == "It was <long> & grey.\n\nToast me?"
    assert told.sent_at == datetime(2020, 1, 1)
    assert told.attributes == {
        "title": "A bad year & no end",
        "subreddit": "toastme",
        "score": "12",
        "flair": "Low & tired",
        "comments": "2",
    }
    assert told.id == native_id("reddit", "t3_ei0abc")
    assert (answer.chat, answer.seq, answer.kind) == (told.chat, 1, "text")
    assert answer.text == "> grey\n\nYou kept going & that counts ❤️"
    assert answer.reply_to == told.id
    assert answer.id == native_id("reddit", "t1_fcl1abc")
    assert answer.attributes == {
        "subreddit": "toastme",
        "score": "3",
        "flair": "toaster",
        "link": "t3_ei0abc",
        "parent": "t3_ei0abc",
    }
    assert (answer.file, answer.first_line, answer.last_line) == ("RC_2020-01", 2, 2)
    assert answer.is_owner is None


def test_only_what_reddit_encodes_is_decoded() -> None:
    assert decoded("&amp;lt; &lt;b&gt; &nbsp; &#39; &") == "&lt; <b> &nbsp; &#39; &"


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"body": "[deleted]", "author": "[deleted]"}, "deleted"),
        ({"body": "[removed]"}, "deleted"),
        ({"body": "[ Removed by Reddit ]"}, "deleted"),
        ({"body": "a word", "author": "[deleted]"}, "text"),
        ({"body": "[removed] is what they wrote"}, "text"),
        ({"author": "AutoModerator"}, "system"),
        ({"author": "toast_bot"}, "system"),
        ({"author": "Toast-Bot"}, "system"),
        ({"author": "talbot"}, "text"),
    ],
)
def test_what_a_comment_is(tmp_path: Path, changed: dict[str, Any], kind: str) -> None:
    [message] = of(tmp_path, comment(**changed))
    assert message.kind == kind
    assert message.author == changed.get("author", "bob")
    assert message.attributes.get("bot") == ("true" if kind == "system" else None)


@pytest.mark.parametrize(
    ("changed", "kind", "url"),
    [
        ({"is_self": False, "selftext": "", "url": "https://i.redd.it/a.jpg?x=1&amp;y=2"}, "media", True),
        ({"is_self": False, "selftext": "words", "url": "https://i.redd.it/a.jpg?x=1&amp;y=2"}, "post", True),
        ({"selftext": ""}, "post", False),
        ({"selftext": "[removed]"}, "deleted", False),
        ({"selftext": "", "title": "[deleted by user]"}, "deleted", False),
    ],
)
def test_what_a_post_is(tmp_path: Path, changed: dict[str, Any], kind: str, url: bool) -> None:
    [message] = of(tmp_path, post(**changed))
    assert message.kind == kind
    assert message.attributes.get("url") == ("https://i.redd.it/a.jpg?x=1&y=2" if url else None)
    assert message.attributes["title"] == decoded({**exports.POST, **changed}["title"])


def test_what_moderators_do_and_edits_are_kept(tmp_path: Path) -> None:
    changed = {"distinguished": "moderator", "stickied": True, "edited": 1577840500.0, "is_submitter": True}
    [message] = of(tmp_path, comment(**changed))
    assert message.edited and message.kind == "text"
    assert message.attributes["distinguished"] == "moderator"
    assert message.attributes["stickied"] == message.attributes["is_poster"] == "true"


@pytest.mark.parametrize(
    "written",
    [
        1577840400,
        "1577840400",
        1577840400.0,
        "1577840400.0",
        "2020-01-01 01:00:00 UTC",
        "2020-01-01T01:00:00Z",
        "2020-01-01 01:00:00",
        "2020-01-01T02:00:00+01:00",
    ],
)
def test_times_in_every_spelling(tmp_path: Path, written: object) -> None:
    assert of(tmp_path, comment(created_utc=written))[0].sent_at == datetime(2020, 1, 1, 1)


PACKINGS = {
    "RC_2020-01.zst": zst,
    "toastme_comments.zst": lambda text: zst(text, frames=7),
    "toastme_comments": lambda text: text,
    "toastme_comments.json": lambda text: text,
    "RC_2020-01.gz": gzip.compress,
    "result.jsonl": lambda text: text.rstrip(b"\n"),
}


@pytest.mark.parametrize("name", PACKINGS)
def test_archives_however_they_are_packed(tmp_path: Path, name: str) -> None:
    texts = [f"{number} ñandú 👩‍👩‍👧 \u2028 x" * 50 for number in range(300)]
    records = [comment(id=f"c{number}", body=text) for number, text in enumerate(texts)]
    raw = b"".join(json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in records)
    path = write(tmp_path / name, PACKINGS[name](raw))
    [reading] = readings(path)
    assert [message.text for message in reading.messages()] == texts
    assert reading.lines == 300


def test_what_is_no_record_is_dropped_with_a_reason(tmp_path: Path) -> None:
    text = lines([comment()]) + b"{broken\n[1]\n\n" + lines([{"kind": "Listing"}, comment(id="x")])
    [reading] = readings(write(tmp_path / "RC_2020-01", text))
    assert len(list(reading.messages())) == 2
    assert [line for line, _reason in reading.dropped] == [2, 3, 5]


COMMENT_BODY = exports.COMMENT["body"]
AWKWARD = "=\"x\", 'y'\r\nz"
BIG_QUERY = [
    comment(created_utc="1577840500", score="-2", edited="false", stickied="false"),
    comment(id="fcl1abd", body=AWKWARD, created_utc="1577840600", score="4", edited="false", stickied="true"),
]


@pytest.mark.parametrize("name", ["rows.csv", "rows.json", "rows.jsonl", "rows.parquet", "rows-000000000000"])
def test_rows_of_a_query(tmp_path: Path, name: str) -> None:
    if name.endswith("parquet"):
        path = tmp_path / name
        typed = [
            {**row, "created_utc": int(row["created_utc"]), "score": int(row["score"])} for row in BIG_QUERY
        ]
        pq.write_table(pa.Table.from_pylist(typed), path)
    elif name.endswith("json"):
        path = write(tmp_path / name, json.dumps(BIG_QUERY))
    else:
        path = write(tmp_path / name, table(BIG_QUERY) if name.endswith("csv") else lines(BIG_QUERY))
    first, second = read(path)
    assert (first.text, second.text) == (decoded(COMMENT_BODY), AWKWARD)
    assert (first.attributes["score"], second.attributes["score"]) == ("-2", "4")
    assert first.sent_at == datetime(2020, 1, 1, 1, 1, 40)
    assert not first.edited
    assert "stickied" not in first.attributes
    assert second.attributes["stickied"] == "true"


@pytest.mark.parametrize("times", [[5, 4, 3, 2, 1], [3, 1, 5, 2, 4]])
@pytest.mark.parametrize("name", ["rows.csv", "rows.jsonl"])
def test_shuffled_rows_come_in_the_order_of_time(tmp_path: Path, name: str, times: list[int]) -> None:
    rows = [comment(id=f"c{time}", body=str(time), created_utc=1577840400 + time) for time in times]
    path = write(tmp_path / name, table(rows) if name.endswith("csv") else lines(rows))
    messages = read(path)
    assert [message.text for message in messages] == ["1", "2", "3", "4", "5"]
    assert [message.seq for message in messages] == [0, 1, 2, 3, 4]


def test_an_archive_that_goes_back_a_little_is_left_as_it_is(tmp_path: Path) -> None:
    times = [1, 2, 4, 3, *range(5, 60)]
    rows = [comment(id=f"c{time}", body=str(time), created_utc=1577840400 + time) for time in times]
    assert [message.text for message in of(tmp_path, *rows)] == list(map(str, times))


JOINED: list[tuple[list[str], list[list[Any]]]] = [
    (
        list(exports.QUERY),
        [
            ["T", "P", "one", "t3_a1", "b1", "bob", "ann", 2, "1577840400"],
            ["U", "Q", "two", "t3_a2", "b2", "eve", "ann", 1, "1577840500"],
            ["T", "P", "three", "t3_a1", "b3", "eve", "ann", 5, "1577840600"],
        ],
    ),
    (["title", "post", "comment"], [["T", "P", "one"], ["U", "Q", "two"], ["T", "P", "three"]]),
    (
        ["post_id", "post_title", "post_selftext", "comment_body", "comment_id", "subreddit"],
        [
            ["a1", "T", "P", "one", "b1", "toastme"],
            ["a2", "U", "Q", "two", "b2", "toastme"],
            ["a1", "T", "P", "three", "b3", "toastme"],
        ],
    ),
    (["title", "selftext", "body"], [["T", "P", "one"], ["U", "Q", "two"], ["T", "P", "three"]]),
    (
        ["id", "title", "selftext", "body", "score"],
        [["a1", "T", "P", "one", 1], ["a2", "U", "Q", "two", 1], ["a1", "T", "P", "three", 1]],
    ),
]


@pytest.mark.parametrize(("columns", "rows"), JOINED)
@pytest.mark.parametrize("shape", ["csv", "jsonl", "json"])
def test_joined_rows_give_each_post_once(
    tmp_path: Path, columns: list[str], rows: list[list[Any]], shape: str
) -> None:
    records = [dict(zip(columns, row, strict=True)) for row in rows]
    content = {"csv": exports.separated(columns, rows), "jsonl": lines(records), "json": json.dumps(records)}
    if shape == "jsonl" and "post" in columns:
        pytest.skip("nothing in such lines says Reddit")
    first, one, second, two, three = read(write(tmp_path / f"joined.{shape}", content[shape]))
    assert (first.kind, first.attributes["title"], first.text) == ("post", "T", "P")
    assert (second.attributes["title"], second.text) == ("U", "Q")
    assert [answer.text for answer in (one, two, three)] == ["one", "two", "three"]
    assert [answer.reply_to for answer in (one, two, three)] == [first.id, second.id, first.id]
    assert one.chat == three.chat == first.chat != second.chat
    assert len({message.id for message in (first, one, second, two, three)}) == 5
    assert first.author and one.author and first.author != one.author


def test_the_ids_of_joined_rows_are_those_of_the_archives(tmp_path: Path) -> None:
    columns, rows = JOINED[0]
    first, one, *_rest = read(write(tmp_path / "joined.csv", exports.separated(columns, rows)))
    assert first.id == native_id("reddit", "t3_a1")
    assert one.id == native_id("reddit", "t1_b1")
    assert (first.author, one.author, one.attributes["score"]) == ("ann", "bob", "2")


def account(folder: Path) -> Path:
    for name, text in exports.account().items():
        write(folder / name, text)
    return folder


def test_a_personal_export(tmp_path: Path) -> None:
    found = readings(account(tmp_path / "export"))
    assert {reading.owner for reading in found} == {"bob"}
    by_file = {reading.entries[0].file_name: list(reading.messages()) for reading in found}
    assert set(by_file) == {"comments.csv", "posts.csv", "messages.csv", "chat_history.csv"}
    for reading in found:
        assert reading.lines == len(reading.entries[0].path.read_bytes().splitlines())

    early, late = by_file["comments.csv"]
    assert (early.author, early.is_owner, early.sent_at) == ("bob", True, datetime(2020, 1, 1, 10))
    assert (early.text, late.text) == ("> q & a", "later\n\n> you are <3")
    assert early.chat == late.chat == "r/toastme/p1"
    assert early.reply_to == native_id("reddit", "t3_p1")
    assert late.reply_to == early.id == native_id("reddit", "t1_c1")

    words, picture = by_file["posts.csv"]
    assert (words.kind, words.text, words.attributes["title"]) == ("post", "a, b\nc", "Words")
    assert (picture.kind, picture.attributes["url"]) == ("media", "https://i.redd.it/1.jpg")

    sent, received = by_file["messages.csv"]
    assert (sent.author, sent.is_owner, received.author, received.is_owner) == ("bob", True, "eve", False)
    assert sent.chat == received.chat == "messages/eve"

    one, two = by_file["chat_history.csv"]
    assert (one.text, one.is_owner, two.text, two.is_owner) == ("one", True, "two", False)
    assert two.reply_to == one.id


def test_an_export_that_does_not_name_its_owner(tmp_path: Path) -> None:
    folder = account(tmp_path / "export")
    (folder / "statistics.csv").unlink()
    [reading] = [one for one in readings(folder) if one.entries[0].file_name == "comments.csv"]
    assert reading.owner is None
    assert {message.author for message in reading.messages()} == {OWNER}


def test_posts_that_come_in_another_file_join_their_threads(tmp_path: Path) -> None:
    write(tmp_path / "in" / "RC_2020-01.zst", zst(lines([comment()])))
    write(tmp_path / "in" / "RS_2020-01.zst", zst(lines([post()])))
    workspace = Workspace.create(tmp_path / "chats")
    report = import_files(workspace, [tmp_path / "in"], options=UTC_CLOCK)
    assert (report.added, set(report.files[0].chats)) == (2, {"r/toastme/ei0abc"})
    assert import_files(workspace, [tmp_path / "in"], options=UTC_CLOCK).added == 0


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9])
def test_an_archive_that_is_cut_off_is_refused(tmp_path: Path, keep: float) -> None:
    packed = zst(lines(comment(id=f"c{number}", body=f"{number**9}") for number in range(2000)))
    path = write(tmp_path / "RC_2020-01.zst", packed[: int(len(packed) * keep)])
    with pytest.raises(Unreadable):
        read(path)


OTHERS = {
    "result.json": '{"name": "Ann", "type": "personal_chat", "messages": []}',
    "chat.jsonl": '{"author": "Ann", "text": "hi"}\n{"author": "Bob", "text": "hi"}\n',
    "table.csv": "author,text,time\nann,hi,2020-01-01\n",
    "articles.csv": "title,body,url\nA,B,C\n",
    "tweets.json": '[{"id": 1, "text": "RT @x: y"}]',
    "image.json": "\x00\x01\x02",
    "nothing.csv": "\n",
}


@pytest.mark.parametrize("name", OTHERS)
def test_others_files_are_left_alone(tmp_path: Path, name: str) -> None:
    from sosias.sources.entry import entries

    path = write(tmp_path / name, OTHERS[name])
    assert SOURCE.readings(entries(path), UTC_CLOCK) == []


def test_photographs_are_not_opened(tmp_path: Path) -> None:
    from sosias.sources.entry import Entry

    missing = [Entry(tmp_path / f"{number}.jpg", f"{number}.jpg") for number in range(3)]
    assert SOURCE.readings(missing, UTC_CLOCK) == []


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
fields = st.sampled_from(sorted({*exports.POST, *exports.COMMENT, "name", "column 9"}))


@settings(max_examples=150, deadline=None)
@given(records=st.lists(st.dictionaries(fields, anything, max_size=8) | anything, max_size=5))
def test_hostile_records_are_messages_or_drops(records: list[Any]) -> None:
    with TemporaryDirectory() as folder:
        path = write(Path(folder) / "RC_2020-01", lines([comment(), *records]))
        [reading] = readings(path)
        messages = list(reading.messages())
        assert len(messages) + len(reading.dropped) == 1 + len(records)
        for message in messages:
            assert isinstance(message.text, str)
            assert all(isinstance(value, str) for value in message.attributes.values())
            assert message.author is None or isinstance(message.author, str)


words = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
    | st.sampled_from('&<>;\u2028❤\u200d\n"'),
    min_size=1,
    max_size=40,
).filter(lambda text: not text.startswith("["))


def encoded(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(words, min_size=1, max_size=5), shape=st.sampled_from(["csv", "jsonl", "json", "zst"]))
def test_texts_are_read_back_exactly(texts: list[str], shape: str) -> None:
    rows = [
        comment(id=f"c{number}", body=encoded(text), created_utc=1577840400 + number)
        for number, text in enumerate(texts)
    ]
    content = {
        "csv": lambda: table(rows),
        "jsonl": lambda: lines(rows),
        "json": lambda: json.dumps(rows, indent=1),
        "zst": lambda: zst(lines(rows), frames=4),
    }
    with TemporaryDirectory() as folder:
        assert [
            message.text for message in read(write(Path(folder) / f"rows.{shape}", content[shape]()))
        ] == texts


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_damaged_exports_are_read_or_refused(data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        path = data.draw(st.sampled_from(exports.seeds(Path(folder) / "seeds")))
        content = bytearray(path.read_bytes())
        for _time in range(data.draw(st.integers(1, 5))):
            place = data.draw(st.integers(0, len(content) - 1))
            content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
        damaged = write(Path(folder) / "in" / path.name, bytes(content) or b" ")
        try:
            read(damaged)
        except SosiasError as error:
            assert str(error)


def test_every_seed_is_read(tmp_path: Path) -> None:
    for path in exports.seeds(tmp_path):
        assert read(path), path.name


def test_a_zone_tells_the_clock(tmp_path: Path) -> None:
    path = write(tmp_path / "RC_2020-01", lines([comment()]))
    madrid = recognise(path, Options(zone=Zone.given("Europe/Madrid"))).readings[0]
    moment = datetime.fromtimestamp(1577840400, UTC).replace(tzinfo=None)
    assert next(iter(madrid.messages())).sent_at == moment.replace(hour=2)
    assert madrid.zone.name == "Europe/Madrid"
