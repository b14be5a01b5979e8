"""Tables of messages: columns found by name, all that stands in them kept, words exact."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sosias.errors import SosiasError
from sosias.messages import Message, native_id
from sosias.sources.source import OWNER, Options, recognise
from sosias.sources.tables import SOURCE
from sosias.sources.zones import Zone
from tests.fuzz.check import check
from tests.sources import tables_exports as exports
from tests.sources.exports import export
from tests.sources.tables_exports import Objects, as_csv, as_jsonl, read_one, write, write_parquet

UTC = Options(zone=Zone.given("UTC"))
HOSTILE = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    [
        "",
        '"',
        "a\nb\r\nc",
        "</x>",
        "\u2028",
        "\u202e",
        "\x00",
        "=SUM(A1)",
        " <|brk|> ",
        "{",
        "\ufeff",
        "1615334285",
    ]
)


def messages(path: Path, options: Options = UTC) -> list[Message]:
    return list(read_one(path, options).messages())


def tables(folder: Path, name: str, objects: Objects) -> list[Path]:
    """Write a table in every format."""
    return [
        write(folder / f"{name}.csv", as_csv(objects)),
        write(folder / f"{name}.tsv", as_csv(objects, "\t", "\n")),
        write(folder / f"{name}.jsonl", as_jsonl(objects)),
        write(folder / f"{name}.json", json.dumps(objects)),
        write_parquet(folder / f"{name}.parquet", objects),
    ]


def test_a_plain_table_is_the_same_in_every_format(tmp_path: Path) -> None:
    for path in tables(tmp_path, "chat", exports.PLAIN):
        found = messages(path)
        assert [one.text for one in found] == [one["text"] for one in exports.PLAIN], path.name
        assert [one.author for one in found] == ["Ann", "Bob, Jr", "Ann"]
        assert found[0].sent_at == datetime(2021, 3, 9, 23, 58, 5)
        assert [one.attributes for one in found] == [{"mood": "fine"}, {}, {"mood": "ok"}]
        assert {(one.chat, one.kind, one.source, one.is_owner) for one in found} == {
            ("chat", "text", "table", None)
        }
        assert [one.seq for one in found] == [0, 1, 2]


def test_lines_are_the_records(tmp_path: Path) -> None:
    path = write(tmp_path / "chat.csv", as_csv(exports.PLAIN, end="\n"))
    reading = read_one(path)
    assert [(one.first_line, one.last_line) for one in reading.messages()] == [(2, 2), (3, 4), (5, 5)]
    assert reading.lines == 5


def test_spanish_columns_and_dates(tmp_path: Path) -> None:
    reading = read_one(write(tmp_path / "a.csv", as_csv(exports.SPANISH, ";"), "utf-8-sig"))
    found = list(reading.messages())
    assert [one.sent_at for one in found] == [
        datetime(2025, 3, 28, 9, 29),
        datetime(2025, 3, 29, 21, 30),
        None,
    ]
    assert found[2].attributes == {"Fecha": "no se sabe"}
    assert [(one.chat, one.seq) for one in found] == [("casa", 0), ("casa", 1), ("trabajo", 0)]
    assert reading.date_order is not None
    assert (reading.date_order.value, reading.date_order.evidence) == ("D/M/Y", "proven")
    assert reading.zone.evidence == "unknown"


@pytest.mark.parametrize("newest_first", [False, True])
def test_an_ambiguous_order_of_dates_is_told_by_time_that_runs_one_way(
    tmp_path: Path, newest_first: bool
) -> None:
    days = [f"{month}/{day}/2024 10:00" for month in range(1, 12) for day in (3, 5, 9)]
    rows = [{"date": day, "user": "Ann", "text": day} for day in days]
    path = write(tmp_path / "a.csv", as_csv(rows[::-1] if newest_first else rows))
    reading = read_one(path)
    found = list(reading.messages())
    assert reading.date_order is not None and reading.date_order.value == "M/D/Y"
    assert [one.text for one in found] == days
    assert [one.seq for one in found] == list(range(len(days)))
    told = read_one(path, Options(day_first=True)).date_order
    assert told is not None and told.value == "D/M/Y"


def test_epochs_are_told_by_the_given_clock(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", as_jsonl(exports.EPOCHS))
    assert [one.sent_at for one in messages(path)] == [
        datetime(2021, 3, 9, 23, 58, 5),
        datetime(2021, 3, 9, 23, 58, 6, 500_000),
        datetime(2021, 3, 9, 23, 58, 7, 250_000),
        datetime(2021, 3, 10),
    ]
    reading = read_one(path, Options(zone=Zone.given("America/Santiago")))
    assert next(iter(reading.messages())).sent_at == datetime(2021, 3, 9, 20, 58, 5)
    assert reading.zone.name == "America/Santiago"


def test_cells_of_any_type_become_text(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", as_jsonl(exports.EPOCHS))
    found = messages(path)
    assert [one.text for one in found] == ["seconds", "milliseconds", "12", '["a", null]']
    assert [one.author for one in found] == ["Ann", "Other", None, "Bob"]
    assert [one.is_owner for one in found] == [True, False, None, True]
    assert json.loads(found[0].attributes["user"]) == {"id": 7, "name": "Ann"}


def test_the_owner_is_the_author_of_rows_that_are_ones_own(tmp_path: Path) -> None:
    reading = read_one(write(tmp_path / "a.jsonl", as_jsonl(exports.EPOCHS)))
    assert reading.owner == "Ann"
    assert "is_from_me" in reading.owner_why


def test_elvisbots_bursts_are_cut_into_their_messages(tmp_path: Path) -> None:
    reading = read_one(write(tmp_path / "a.csv", as_csv(exports.ELVISBOT)))
    found = [(one.author, one.is_owner, one.text, one.first_line) for one in reading.messages()]
    assert found == [
        ("Other", False, "hi", 2),
        ("Other", False, "are you there?", 2),
        ("Other", False, "", 2),
        (OWNER, True, "yes, <|brk|>here", 3),
    ]
    assert reading.owner == OWNER


def test_weclones_rows(tmp_path: Path) -> None:
    for path in tables(tmp_path, "wx", exports.WECLONE):
        reading = read_one(path)
        found = list(reading.messages())
        assert [one.kind for one in found] == ["text", "text", "media", "system", "text", "media"]
        assert [one.forwarded for one in found] == [False] * 4 + [True, False]
        assert [one.author for one in found] == ["wxid_ann", "wxid_me"] * 3
        assert {one.chat for one in found} == {"wxid_ann"}
        assert reading.owner == "wxid_me"
        assert found[0].sent_at == datetime(2024, 10, 4, 11, 40)
        assert found[0].attributes["type_name"] == "文本"
        assert len({one.id for one in found}) == 6


def test_what_sosias_writes_is_read_back_exactly(tmp_path: Path) -> None:
    reading = read_one(write(tmp_path / "a.jsonl", as_jsonl(exports.OURS)))
    for message, wanted in zip(reading.messages(), exports.OURS, strict=True):
        found: dict[str, Any] = {
            key: getattr(message, key) for key in wanted if key not in ("origin", "sent_at")
        }
        time = message.sent_at
        found["sent_at"] = time.isoformat() if time else None
        assert found == {key: value for key, value in wanted.items() if key != "origin"}
    assert reading.owner == "Me"
    flagged = [{**exports.OURS[0], "edited": True, "forwarded": True}]
    [message] = messages(write(tmp_path / "b.jsonl", as_jsonl(flagged)))
    assert (message.edited, message.forwarded, message.attributes) == (True, True, {})


def test_keys_of_their_own_and_replies(tmp_path: Path) -> None:
    first, second, third = messages(write(tmp_path / "a.csv", as_csv(exports.KEYED)))
    assert first.id == native_id("table", "5566fab2a64752d71ec3ca69") == second.reply_to
    assert (first.reply_to, third.reply_to) == (None, None)
    assert [one.kind for one in (first, second, third)] == ["text", "media", "text"]
    assert third.attributes == {"id": "5566fab2a64752d71ec3ca71", "type": "whatever"}


def test_numbers_of_rows_are_no_keys(tmp_path: Path) -> None:
    rows = [{"id": str(number), "author": "Ann", "text": "hi"} for number in range(3)]
    assert [one.id for one in messages(write(tmp_path / "a.csv", as_csv(rows)))] == ["", "", ""]
    rows = [{"id": "5566fab2a64752d71ec3ca69", "author": "Ann", "text": text} for text in ("a", "b")]
    assert [one.id for one in messages(write(tmp_path / "b.csv", as_csv(rows)))] == ["", ""]


def test_named_columns_win(tmp_path: Path) -> None:
    rows = [{"text": "label", "doc": "words", "by": "Ann", "author": "x"}]
    path = write(tmp_path / "a.csv", as_csv(rows))
    [one] = messages(path, Options(columns={"text": "doc", "author": "by"}))
    assert (one.text, one.author, one.attributes) == ("words", "Ann", {"text": "label", "author": "x"})


@pytest.mark.parametrize(
    ("columns", "what"),
    [
        ({"text": "nowhere"}, "no column nowhere. Its columns are: doc, by"),
        ({"words": "doc"}, "no field words: columns can be named for text, author"),
        ({}, r"cannot tell .* Its columns are: doc, by.*--columns text=COLUMN"),
    ],
)
def test_a_table_alone_says_what_is_missing(tmp_path: Path, columns: dict[str, str], what: str) -> None:
    path = write(tmp_path / "a.csv", "doc,by\nsecret,Ann\n")
    with pytest.raises(SosiasError, match=what) as caught:
        recognise(path, Options(columns=columns))
    assert "secret" not in str(caught.value)


def test_two_columns_of_words_are_not_chosen_between(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "author,text,body\nAnn,one,two\n")
    with pytest.raises(SosiasError, match="text, body"):
        recognise(path)
    path = write(tmp_path / "b.csv", "author,text,body\nAnn,one,17\n")
    assert [one.text for one in messages(path)] == ["one"]


def test_a_table_without_names_of_columns_is_not_quoted(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tsv", "768512386269638656\tmy secret words, and so on\tN\n")
    with pytest.raises(SosiasError, match="does not name the columns") as caught:
        recognise(path)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "first",
    [
        "Ana,hola que tal mi secreto",
        "Ana,¡hola!",
        "Ana,hola Ana,hola Ana",
        "Ana,12/3/2021",
        "Ana,600123123",
        "Ana,secretísimosecretísimosecretísimo",
        "Ana,ana@example.org",
        '"Ana\nhola",adiós',
    ],
)
def test_a_first_line_that_is_a_message_is_not_quoted(first: str, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", f"{first}\nBob,vale\n")
    columns = first.count(",") + 1
    path.write_text(path.read_text() + f"{','.join(['adiós'] * columns)}\n")
    for told in ({}, {"text": "nowhere"}):
        with pytest.raises(SosiasError) as caught:
            recognise(path, Options(columns=told))
        said = str(caught.value).replace(str(path), "")
        words = first.replace('"', "").replace(",", " ").split()
        assert not any(word in said for word in [*words, "Bob", "vale", "adiós"])


def test_among_other_files_only_messages_are_taken(tmp_path: Path) -> None:
    chat = export(
        "android en-GB", [(datetime(2021, 3, 9), "Ann", "hi"), (datetime(2021, 3, 10), "Bob", "yo")]
    )
    write(tmp_path / "_chat.txt", chat)
    write(tmp_path / "data.csv", "doc,by\nx,y\n")
    write(tmp_path / "latin.csv", "author,text\nInés,ñ\n", "latin-1")
    write(tmp_path / "words.csv", "text\nx\n")
    assert [one.format for one in recognise(tmp_path).readings] == ["whatsapp"]
    write(tmp_path / "good.csv", "author,text\nAnn,x\n")
    assert [one.format for one in recognise(tmp_path).readings] == ["whatsapp", "table"]


def test_what_was_taken_for_what_is_told(tmp_path: Path) -> None:
    reading = read_one(write(tmp_path / "a.csv", "user,body\nAnn,x\n"))
    assert reading.notes == ["taken from the columns: text = body, author = user"]
    assert reading.facts == {"table": "CSV", "columns": "text = body, author = user"}
    reading = read_one(write(tmp_path / "ann.csv", "text\nx\n"))
    assert reading.notes[1] == "no column names the authors: they are called ann"


def test_nothing_is_lost(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "author,text\n\nAnn,a,more\nAnn\n,\n")
    reading = read_one(path)
    found = list(reading.messages())
    assert [(one.kind, one.text, one.attributes) for one in found] == [
        ("text", "a", {"column 3": "more"}),
        ("media", "", {}),
    ]
    assert [line for line, _reason in reading.dropped] == [2, 5]
    path = write(
        tmp_path / "a.jsonl", '{"author": "A", "text": "b"}\n{"author"\n' + '{"text": "c", "late": [1]}\n'
    )
    reading = read_one(path)
    assert [one.text for one in reading.messages()] == ["b", "c"]
    assert [line for line, _reason in reading.dropped] == [2]


@given(
    rows=st.lists(st.tuples(HOSTILE, HOSTILE, HOSTILE), max_size=6),
    newest_first=st.booleans(),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text_by_anybody_comes_back(
    tmp_path: Path, rows: list[tuple[str, str, str]], newest_first: bool
) -> None:
    rows = [("Ann", "some words", "first"), *rows, ("Bob", "more", "last")]
    times = [f"2021-03-09T10:{minute:02d}:00" for minute in range(len(rows))]
    objects = [
        {"author": author, "text": text, "chat": chat, "sent_at": time}
        for (author, text, chat), time in zip(rows, times[::-1] if newest_first else times, strict=True)
    ]
    for path in tables(tmp_path, "a", objects):
        reading = read_one(path)
        found = list(reading.messages())
        backwards = any("end" in note for note in reading.notes)
        wanted = objects[::-1] if backwards else objects
        assert [(one.author or "", one.text) for one in found] == [
            (one["author"], one["text"]) for one in wanted
        ]
        assert [one.chat for one in found] == [one["chat"] or "a" for one in wanted]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | HOSTILE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(HOSTILE, inner, max_size=3),
    max_leaves=6,
)
KEYS = [
    "text",
    "author",
    "sent_at",
    "chat",
    "is_owner",
    "kind",
    "id",
    "reply_to",
    "attributes",
    "seq",
    "origin",
    "x",
]


@given(rows=st.lists(st.dictionaries(st.sampled_from(KEYS), JSON, max_size=12), min_size=1, max_size=5))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_values_of_any_type_break_nothing(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    check(write(tmp_path / "a.jsonl", as_jsonl(rows)), len(rows))
    whole = [{**dict.fromkeys(KEYS), **one} for one in rows]
    check(write(tmp_path / "b.jsonl", as_jsonl(whole)), len(rows))


def test_every_seed_is_read(tmp_path: Path) -> None:
    for path in exports.seeds(tmp_path):
        assert check(path, 0, tmp_path / "w" / path.name) > 0, path


def test_real_tables(shared_data: Path) -> None:
    found = messages(shared_data / "chat_en_duraspace_irc" / "duraspace_2009_2013.jsonl.gz")
    assert len(found) == 52_808
    assert sum(one.author == "tdonohue" for one in found) == 11_965
    found = messages(shared_data / "speech_es_amlo" / "amlo_2021.jsonl.gz")
    assert len(found) == 14_337
    assert found[0].author == "PRESIDENTE ANDRÉS MANUEL LÓPEZ OBRADOR"
    with pytest.raises(SosiasError, match="doc, label, source"):
        recognise(shared_data / "risk_en_labelled" / "rallypoint_train_clean.csv")
    with pytest.raises(SosiasError, match="questionText"):
        recognise(shared_data / "support_en_counselchat" / "counselchat-data.csv")


def test_it_is_asked_last() -> None:
    assert SOURCE.rank == 1
