"""Tables of tweets: columns found by name, texts exact, authors' tweets in the order of time."""

import csv
import gzip
import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sosias.errors import SosiasError
from sosias.messages import Message, native_id
from sosias.sources.entry import Entry, entries
from sosias.sources.problems import Unreadable
from sosias.sources.seen import Seen
from sosias.sources.source import OWNER, Options, Reading
from sosias.sources.store import import_files
from sosias.sources.tweets import SOURCE
from sosias.sources.zones import Zone
from sosias.workspace import Workspace
from tests.sources import tweets_exports as exports
from tests.sources.tweets_exports import write

UTC_CLOCK = Options(zone=Zone.given("UTC"))


def reading(path: Path, options: Options = UTC_CLOCK) -> Reading:
    [found] = SOURCE.readings(entries(path), options)
    return found


def read(path: Path) -> list[Message]:
    return list(reading(path).messages())


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "json", "parquet"])
def test_a_table_with_spanish_names(tmp_path: Path, ending: str) -> None:
    found = reading(write(tmp_path / f"tuits.{ending}", exports.SPANISH))
    early, late, other = sorted(found.messages(), key=lambda one: (one.chat, one.seq))
    assert (early.text, late.text) == ("Hoy,\nen la sala", "@eva ¡Sí! ½ …")
    assert (early.seq, late.seq, other.seq) == (0, 1, 0)
    assert early.sent_at == datetime(2018, 4, 10, 19, 19, 43)
    assert (early.source, early.kind, early.author, early.is_owner) == ("x", "post", "ana", None)
    assert early.chat == late.chat == "X: @ana" != other.chat
    assert early.attributes == {"id": "2", "coalicion": "FA", "género": "F"}
    assert other.forwarded and not early.forwarded
    assert early.id == ""  # the row's number in this table, and no tweet's
    assert found.zone.evidence == "unknown"


@pytest.mark.parametrize("ending", ["jsonl", "json"])
def test_what_xs_interface_gives(tmp_path: Path, ending: str) -> None:
    found = reading(write(tmp_path / f"tweets.{ending}", exports.API))
    first, second = found.messages()
    assert first.text == "Tom & Ann <3 https://t.co/abc"
    assert first.sent_at == datetime(2019, 3, 19, 14, 5, 17)
    assert first.author == "ann"
    assert first.id == native_id("x", "1107999999999999999")
    assert first.reply_to == native_id("x", "1107999999999999990")
    assert first.attributes["quote"] == "true" and first.attributes["lang"] == "en"
    assert not first.forwarded
    assert second.forwarded and "quote" not in second.attributes and second.reply_to is None
    assert found.zone.name == "UTC"


def test_what_its_second_version_gives(tmp_path: Path) -> None:
    first, second = read(write(tmp_path / "tweets.jsonl", exports.SECOND))
    assert (first.author, first.sent_at) == ("77", datetime(2022, 12, 6, 10))
    assert (first.attributes.get("quote"), first.forwarded) == ("true", False)
    assert (second.attributes.get("quote"), second.forwarded) == (None, True)


def test_the_order_of_day_and_month_is_told(tmp_path: Path) -> None:
    found = reading(write(tmp_path / "tweets.csv", exports.COUNTS))
    assert [message.text for message in found.messages()] == ["one", "two"]
    assert found.date_order is not None
    assert (found.date_order.value, found.date_order.evidence) == ("M/D/Y", "proven")


def row(number: Any, text: str, **more: Any) -> dict[str, Any]:
    return {
        "tweet_id": number,
        "screen_name": "ann",
        "created_at": "2020-01-01 10:00:00",
        "text": text,
        **more,
    }


def test_a_tweet_that_stands_there_twice_is_read_once(tmp_path: Path) -> None:
    rows = [row(10**18 + 1, "a"), row(10**18 + 2, "b"), row(10**18 + 1, "a"), row(None, "c"), row(None, "c")]
    found = reading(write(tmp_path / "tweets.csv", rows))
    assert [message.text for message in found.messages()] == ["a", "b", "c", "c"]
    assert [line for line, _reason in found.dropped] == [4]


@pytest.mark.parametrize("spelt", ["x1107999999999999999", "1107999999999999999", 1107999999999999999])
def test_ids_in_every_spelling(tmp_path: Path, spelt: object) -> None:
    [message] = read(write(tmp_path / "tweets.jsonl", [row(spelt, "a")]))
    assert message.id == native_id("x", "1107999999999999999")


@pytest.mark.parametrize("spelt", ["1.107E+18", 1.107e18, "nan", "", True, [1], "a"])
def test_ids_that_a_spreadsheet_rounded_are_none(tmp_path: Path, spelt: object) -> None:
    rows = [row(spelt, "a"), row(spelt, "b")]
    messages = read(write(tmp_path / "tweets.jsonl", rows))
    assert [(message.text, message.id) for message in messages] == [("a", ""), ("b", "")]


def test_a_link_may_name_the_tweet(tmp_path: Path) -> None:
    link = "https://twitter.com/ann/status/920061541986250758"
    [message] = read(write(tmp_path / "tweets.csv", [{"tweet": "a", "url": link, "user": "ann"}]))
    assert message.id == native_id("x", "920061541986250758")


@pytest.mark.parametrize(
    ("told", "forwarded", "quote"),
    [
        ({"is_retweet": "TRUE"}, True, False),
        ({"is_retweet": "FALSE"}, False, False),
        ({"is_retweet": "0"}, False, False),
        ({"retweeted_status_id": "5"}, True, False),
        ({"retweeted_status_id": "NA"}, False, False),
        ({"is_quote": "True"}, False, True),
        ({"is_quote": "False"}, False, False),
        ({"quoted_status_id": ""}, False, False),
        ({"retweeted": "True"}, False, False),
    ],
)
def test_retweets_and_quotes(tmp_path: Path, told: dict[str, str], forwarded: bool, quote: bool) -> None:
    [message] = read(write(tmp_path / "tweets.csv", [row(10**18, "a b", **told)]))
    assert (message.forwarded, message.attributes.get("quote") == "true") == (forwarded, quote)


def test_shuffled_tweets_come_in_the_order_of_time(tmp_path: Path) -> None:
    days = [3, 1, 5, 2, 4]
    rows = [row(10**18 + day, str(day), created_at=f"2020-01-0{day} 10:00:00") for day in days]
    assert [message.text for message in read(write(tmp_path / "tweets.csv", rows))] == list("12345")


def test_among_the_newest_first_those_of_one_minute_are_turned_too(tmp_path: Path) -> None:
    times = ["2020-01-02 10:00", "2020-01-01 10:00", "2020-01-01 10:00", "2020-01-01 10:00"]
    rows = [row(10**18 + index, str(index), created_at=time) for index, time in enumerate(times)]
    assert [message.text for message in read(write(tmp_path / "tweets.csv", rows))] == list("3210")


def test_a_clock_that_goes_back_does_not_turn_them(tmp_path: Path) -> None:
    rows = [row(10**18 + hour, str(hour), created_at=f"2020-10-25T0{hour}:30:00Z") for hour in (2, 1, 0)]
    found = reading(write(tmp_path / "tweets.csv", rows), Options(zone=Zone.given("Europe/Madrid")))
    messages = list(found.messages())
    assert [message.text for message in messages] == ["0", "1", "2"]
    assert messages[0].sent_at == messages[1].sent_at == datetime(2020, 10, 25, 2, 30)


def test_columns_that_the_user_names(tmp_path: Path) -> None:
    path = write(tmp_path / "tweets.csv", [{"tweet_id": "1", "text": "no", "words": "yes", "who": "ann"}])
    told = Options(columns={"text": "words", "author": "who"})
    [message] = reading(path, told).messages()
    assert (message.text, message.author, message.attributes["text"]) == ("yes", "ann", "no")
    assert SOURCE.readings(entries(path), Options(columns={"chat": "who"})) == []


def test_a_table_without_authors(tmp_path: Path) -> None:
    [message] = read(write(tmp_path / "tweets.csv", [{"tweet_id": "1", "text": "a"}]))
    assert (message.author, message.chat, message.is_owner) == (OWNER, "X", None)


def test_importing_again_adds_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "tweets.csv", [row(10**18 + number, str(number)) for number in range(5)])
    workspace = Workspace.create(tmp_path / "chats")
    assert import_files(workspace, [path]).added == 5
    assert import_files(workspace, [path]).added == 0


OTHERS: dict[str, list[dict[str, Any]]] = {
    "chat.csv": [{"author": "ann", "text": "hello", "created_at": "2020-01-01"}],
    "labelled.jsonl": [{"klass": "🎶", "text": "_usr hola"}],
    "numbers.csv": [{"retweets": 5, "favorites": 6}],
    "comments.csv": [{"body": "hi", "subreddit": "toastme", "author": "ann", "created_utc": "1"}],
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_tables_are_left_alone(tmp_path: Path, name: str) -> None:
    assert SOURCE.readings(entries(write(tmp_path / name, OTHERS[name])), UTC_CLOCK) == []


def test_photographs_are_not_opened(tmp_path: Path) -> None:
    assert SOURCE.readings([Entry(tmp_path / "1.jpg", "1.jpg")], UTC_CLOCK) == []


@settings(max_examples=50, deadline=None)
@given(keys=st.lists(st.text(max_size=3), max_size=300))
def test_seen_is_a_set(keys: list[str]) -> None:
    seen, known = Seen(), set()
    for key in keys:
        assert seen.add(key) == (key not in known)
        known.add(key)
    assert len(seen) == len(known)


def test_seen_grows() -> None:
    seen = Seen()
    assert all(seen.add(str(number)) for number in range(20_000))
    assert not any(seen.add(str(number)) for number in range(20_000))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
fields = st.sampled_from(sorted({key for shape in exports.SHAPES.values() for one in shape for key in one}))


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(st.dictionaries(fields, anything, max_size=8) | anything, max_size=5))
def test_hostile_rows_are_tweets_or_drops(rows: list[Any]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "tweets.jsonl"
        path.write_text(exports.lines([exports.API[0], *rows]), "utf-8", "surrogatepass")
        found = reading(path)
        messages = list(found.messages())
        assert len(messages) + len(found.dropped) == 1 + len(rows)
        for message in messages:
            told = [message.text, message.chat, message.author, *message.attributes.values()]
            assert all(isinstance(one, str) for one in told)


words = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00&<>")
    | st.sampled_from('\u2028❤\u200d\n"')
)


@settings(max_examples=60, deadline=None)
@given(
    texts=st.lists(words, min_size=1, max_size=5), ending=st.sampled_from(["csv", "jsonl", "json", "parquet"])
)
def test_texts_are_read_back_exactly(texts: list[str], ending: str) -> None:
    rows = [row(str(10**18 + number), text) for number, text in enumerate(texts)]
    with TemporaryDirectory() as folder:
        assert [one.text for one in read(write(Path(folder) / f"tweets.{ending}", rows))] == texts


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_damaged_tables_are_read_or_refused(data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        path = data.draw(st.sampled_from(exports.seeds(Path(folder))))
        content = bytearray(path.read_bytes())
        for _time in range(data.draw(st.integers(1, 5))):
            place = data.draw(st.integers(0, len(content) - 1))
            content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
        path.write_bytes(bytes(content) or b" ")
        try:
            for found in SOURCE.readings(entries(path), UTC_CLOCK):
                list(found.messages())
        except SosiasError as error:
            assert str(error)


def test_every_seed_is_read(tmp_path: Path) -> None:
    for path in exports.seeds(tmp_path):
        assert read(path), path.name


def decoded(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def test_the_deputies(shared_data: Path) -> None:
    path = shared_data / "tweets_es_chile_deputies" / "poltweets.csv"
    messages = read(path)
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(messages) == len(rows) == 14_776
    assert Counter(one.text for one in messages) == Counter(decoded(one["texto"]) for one in rows)
    assert len({one.chat for one in messages}) == 101
    assert {one.attributes["coalicion"] for one in messages} == {one["coalicion"] for one in rows}
    assert all(one.sent_at for one in messages)


def test_one_politician(shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "tweets_en" / "BarackObama.csv"
    with pytest.raises(Unreadable, match="line 5"):
        read(path)  # its letters were mangled twice: it is in no encoding
    text = path.read_bytes().decode("latin-1")
    copy = tmp_path / "copy.csv"
    copy.write_bytes(text.encode("utf-8"))
    found = reading(copy)
    messages = list(found.messages())
    assert len(messages) == 3_207
    assert found.date_order is not None and found.date_order.value == "M/D/Y"
    assert "Michelle & I are praying" in "".join(one.text for one in messages)
    times = [one.sent_at for one in messages if one.sent_at]
    assert times == sorted(times)


def test_the_news(shared_data: Path) -> None:
    path = shared_data / "tweets_es_news" / "train.json.gz"
    messages = read(path)
    with gzip.open(path) as file:
        rows = [json.loads(line) for line in file]
    assert len(messages) == len(rows)
    assert Counter(one.text for one in messages) == Counter(decoded(one["text"]) for one in rows)
    assert sum(one.forwarded for one in messages) == sum(one["text"].startswith("RT @") for one in rows)
