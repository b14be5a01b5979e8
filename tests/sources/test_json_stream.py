"""The JSON walker gives what `json.loads` gives, whatever the file's spelling, cuts and size."""

import codecs
import gzip
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sosias.sources import json_stream, text_file
from sosias.sources.entry import Entry
from sosias.sources.json_stream import START, ndjson, walk
from sosias.sources.problems import Unreadable

TEXTS = st.text(st.sampled_from('ab"\\/\n\r\u2028\x00é😀\u200d👩*{}[],:0')) | st.text(max_size=5)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS.filter(lambda key: key != "*"), inner)
)
LAID_OUT = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)


def flat(value: Any, path: tuple[str, ...], inside: set[tuple[str, ...]]) -> Iterator[tuple[Any, Any]]:
    """What a walk through a value should give."""
    if path in inside and isinstance(value, list):
        for item in value:
            yield from flat(item, (*path, "*"), inside)
    elif path in inside and isinstance(value, dict):
        for key, one in value.items():
            yield from flat(one, (*path, key), inside)
    else:
        yield path, value


def paths(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(value, list):
        for item in value:
            yield from paths(item, (*path, "*"))
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from paths(one, (*path, key))


@pytest.fixture
def file(tmp_path: Path) -> Entry:
    return Entry(tmp_path / "x.json", "x.json")


@LAID_OUT
@given(
    data=st.data(),
    value=VALUES,
    size=st.integers(1, 40),
    indent=st.sampled_from([None, 0, 2]),
    ascii_only=st.booleans(),
)
@example(data=None, value=[1, 12.5, -1e300, True, None], size=1, indent=None, ascii_only=True)
@example(data=None, value=["\ud83d", "\ud83d\udc68"], size=1, indent=None, ascii_only=True)
def test_gives_what_json_gives(
    monkeypatch: pytest.MonkeyPatch,
    file: Entry,
    data: Any,
    value: Any,
    size: int,
    indent: int | None,
    ascii_only: bool,
) -> None:
    monkeypatch.setattr(text_file, "CHUNK", size)
    all_paths = sorted(set(paths(value)))
    inside = {()} if data is None else data.draw(st.sets(st.sampled_from(all_paths)))
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    file.path.write_text(text)
    found = [(one.path, one.value) for one in walk(file, inside)]
    assert found == list(flat(json.loads(text), (), inside))


@LAID_OUT
@given(items=st.lists(VALUES), size=st.integers(1, 40))
def test_lines_are_those_of_the_file(
    monkeypatch: pytest.MonkeyPatch, file: Entry, items: list[Any], size: int
) -> None:
    monkeypatch.setattr(text_file, "CHUNK", size)
    file.path.write_text(json.dumps({"a": items}, indent=1))
    lines = file.path.read_text().split("\n")
    for value in walk(file, {(), ("a",)}):
        text = "\n".join(lines[value.first_line - 1 : value.last_line])
        assert json.loads(text.removeprefix(' "a":').strip().removesuffix(",")) == value.value


@pytest.mark.parametrize(
    ("mark", "codec"),
    [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (b"", "utf-8")],
)
def test_reads_any_encoding_with_a_mark(file: Entry, mark: bytes, codec: str) -> None:
    file.path.write_bytes(mark + '["ñ😀"]'.encode(codec))
    assert [one.value for one in walk(file, {()})] == ["ñ😀"]
    file.path.write_bytes(mark + '["ñ😀"]\n\n{"a": 1}'.encode(codec))
    assert list(ndjson(file)) == [(1, ["ñ😀"]), (3, {"a": 1})]


def test_skips_what_comes_before(monkeypatch: pytest.MonkeyPatch, file: Entry) -> None:
    file.path.write_text("window.YTD.tweets.part0 =\n[1,\n2];\n")
    for size in range(1, 40):
        monkeypatch.setattr(text_file, "CHUNK", size)
        found = [(one.value, one.first_line) for one in walk(file, {()}, after=b"part0 =")]
        assert found == [(1, 2), (2, 3)]
    with pytest.raises(Unreadable):
        list(walk(file, {()}, after=b"part1"))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("\n", 2),
        ('{"a": [1,\n2', 2),
        ('{"a": [1,\n"two', 2),
        ('{"a":\n [1, 2,]}', 2),
        ('{"a" 1}', 1),
        ("{a: 1}", 1),
        ('{"a": 1}\n{"a": 2}', 2),
        ('{"a": [[1], \n\n[1 1, "' + "x" * 40 + '"]]}', 3),
        ('{"a": [\n' + "[" * 100_000, 2),
        ('{"a": \n' + "9" * 100_000 + "}", 2),
        ('{"a": "\x00"}' + " " * 40, 1),
    ],
)
def test_names_the_line_of_what_is_wrong(file: Entry, text: str, line: int) -> None:
    file.path.write_text(text)
    with pytest.raises(Unreadable, match=rf"line {line}\b"):
        list(walk(file, {(), ("a",)}))


def test_refuses_what_is_not_text(file: Entry) -> None:
    file.path.write_bytes(b'["\xff"]')
    with pytest.raises(Unreadable):
        list(walk(file, {()}))


def test_refuses_a_value_that_is_absurdly_long(monkeypatch: pytest.MonkeyPatch, file: Entry) -> None:
    monkeypatch.setattr(json_stream, "LARGEST", 1 << 20)
    file.path.write_text('[1,\n"' + "x" * (3 << 20) + '"]')
    with pytest.raises(Unreadable, match="line 2"):
        list(walk(file, {()}))
    with pytest.raises(Unreadable, match="line 2"):
        list(ndjson(file))


def test_one_need_not_read_to_the_end(tmp_path: Path) -> None:
    """The head of a file is known though its end is missing."""
    path = tmp_path / "x.json.gz"
    whole = gzip.compress(json.dumps({"name": "Ann", "messages": [str(i) for i in range(100_000)]}).encode())
    path.write_bytes(whole[: len(whole) // 2])
    values = walk(Entry(path, "x.json.gz"), {(), ("messages",)})
    assert [one.value for one in itertools.islice(values, 2)] == ["Ann", "0"]
    with pytest.raises(Unreadable):
        list(values)


def test_lines_of_json(file: Entry) -> None:
    file.path.write_bytes(b'{"a": 1}\r\n\n \n{"a": \n[1]\n\xff\n' + b"[" * 100_000 + b"\n3")
    assert list(ndjson(file)) == [(1, {"a": 1}), (4, None), (5, [1]), (6, None), (7, None), (8, 3)]


@pytest.mark.parametrize("size", [1, 7, 64])
def test_telegrams_escapes_that_are_not_json(monkeypatch: pytest.MonkeyPatch, file: Entry, size: int) -> None:
    monkeypatch.setattr(text_file, "CHUNK", size)
    file.path.write_text(r'["a\x0Bb\\x0B", {"\x1f": "\"\\\x00"},' + "\n" + r'"\x7"]')
    values = walk(file, {()})
    assert next(values).value == "a\x0bb\\x0B"
    assert next(values).value == {"\x1f": '"\\\x00'}
    with pytest.raises(Unreadable, match="line 2"):
        next(values)


def test_beginnings_tell_items_apart(file: Entry) -> None:
    file.path.write_text('[{}, {"a": 1},\n{"b": 2}, 3]')
    found = [
        (one.path, one.value is START, one.first_line) for one in walk(file, {(), ("*",)}, starts={("*",)})
    ]
    assert found == [
        (("*",), True, 1),
        (("*",), True, 1),
        (("*", "a"), False, 1),
        (("*",), True, 2),
        (("*", "b"), False, 2),
        (("*",), False, 2),
    ]
