"""Big JSON, value by value: what is descended into is named, all else is decoded whole, in C.

A file of gigabytes is read with the memory of its largest value.
"""

import codecs
import io
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from json import JSONDecodeError
from typing import IO, Any, NoReturn

from pydantic_core import from_json

from sosias.language import translate as _
from sosias.sources.entry import Entry
from sosias.sources.problems import Unreadable, WrongEncoding
from sosias.sources.text_file import TextFile

LARGEST = 64 << 20
"""Characters of one value: no message is as long, and what is cut in two is held while it is read."""
NEAR = 16
"""Characters before the end of what is read within which an error may be only that it is cut there: more
than the longest literal (`-Infinity`) and the longest escape (two of `\\uXXXX`) have."""
UNFINISHED = "Unterminated string"
"""How the error of a string without end begins; it names where the string begins."""
BLANK = re.compile(r"[ \t\n\r]*")
COMMA = re.compile(r"[ \t\n\r]*,[ \t\n\r]*")
HEXADECIMAL = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|.)", re.DOTALL)
"""An escape. Telegram writes control characters as `\x0b`, which no JSON has."""
ITEM = "*"
"""What stands in a path for the items of an array."""

START = object()
"""The value of what is only the beginning of an object or array."""

Path = tuple[str, ...]


@dataclass(slots=True)
class Value:
    """A value that was decoded whole."""

    path: Path
    """The keys that lead to it; `*` for the items of an array."""
    value: Any
    first_line: int
    """Its first physical line, counted from 1,"""
    last_line: int
    """and its last."""


def walk(
    entry: Entry, inside: Collection[Path], *, after: bytes = b"", starts: Collection[Path] = ()
) -> Iterator[Value]:
    """Yield the values of a JSON file in their order.

    Objects and arrays at a path that is in `inside` are descended into; every other value is yielded as
    a whole, also one at such a path that is neither. Of those that are in `starts` too the beginning is
    yielded, as a `START`: it tells items apart. `after`: what comes before the JSON, up to and with these
    bytes, is skipped.

    Raises:
        Unreadable: malformed, cut off, nested too deeply, a value is too long, or not text; with the line.
    """
    reader = _Reader(entry)
    if after:
        reader.skip(after.decode())
    yield from _values(reader, (), dict.fromkeys(inside, False) | dict.fromkeys(starts, True))
    if after and reader.token() == ";":
        reader.step()
    if reader.token():
        reader.refuse()


def beginning(entry: Entry) -> str:
    """Return the first characters of a text as far as they can be read, for telling what it is."""
    codec, _name = TextFile(entry).encoding()
    return codecs.getincrementaldecoder(codec)("replace").decode(entry.start).removeprefix("\ufeff")


def _values(reader: "_Reader", path: Path, inside: dict[Path, bool]) -> Iterator[Value]:
    token = reader.token()
    if path not in inside or token not in ("[", "{"):
        yield reader.value(path)
        return
    if inside[path]:
        yield reader.start(path)
    reader.step()
    if token == "[":
        yield from _items(reader, (*path, ITEM), inside)
    else:
        yield from _members(reader, path, inside)


def _items(reader: "_Reader", path: Path, inside: dict[Path, bool]) -> Iterator[Value]:
    if reader.token() == "]":
        reader.step()
        return
    going = True
    while going:
        if path in inside:
            yield from _values(reader, path, inside)
        else:
            yield reader.value(path)
        going = reader.goes_on("]")


def _members(reader: "_Reader", path: Path, inside: dict[Path, bool]) -> Iterator[Value]:
    if reader.token() == "}":
        reader.step()
        return
    going = True
    while going:
        if reader.token() != '"':
            reader.refuse()
        key = reader.value(path).value
        if reader.token() != ":":
            reader.refuse()
        reader.step()
        yield from _values(reader, (*path, key), inside)
        going = reader.goes_on("}")


class _Reader:
    """The part of a text that is held, and the place in it."""

    def __init__(self, entry: Entry) -> None:
        self._label = entry.label
        self._texts = TextFile(entry).texts()
        self._decode = json.JSONDecoder().raw_decode
        self._held = ""
        self._at = 0
        self._line = 1
        self._ended = False

    def token(self) -> str:
        """Return the character that comes next, after blanks; empty at the end."""
        while True:
            blank = BLANK.match(self._held, self._at)
            self._move(blank.end() if blank else self._at)
            if self._at < len(self._held):
                return self._held[self._at]
            if not self._more():
                return ""

    def step(self) -> None:
        """Pass over the token."""
        self._at += 1

    def start(self, path: Path) -> Value:
        """Return the place of what begins next."""
        return Value(path, START, self._line, self._line)

    def goes_on(self, closing: str) -> bool:
        """Pass over the comma before a further value, and to it, or over what closes; return which it was."""
        found = COMMA.match(self._held, self._at)
        if found and found.end() < len(self._held):
            self._move(found.end())
            return True
        token = self.token()
        if token not in (",", closing):
            self.refuse()
        self._at += 1
        if token == ",":
            self.token()
        return token == ","

    def skip(self, until: str) -> None:
        """Pass over all until, and with, a text."""
        while (found := self._held.find(until, self._at)) < 0:
            self._move(max(self._at, len(self._held) - len(until) + 1))
            if not self._more():
                self.refuse()
        self._move(found + len(until))

    def value(self, path: Path) -> Value:
        """Decode the value that begins here."""
        while True:
            try:
                value, end = self._decode(self._held, self._at)
            except JSONDecodeError as error:
                self._hope(error)
            except RecursionError as error:
                self._refuse(_("line {line}: it is nested too deeply"), self._line, error)
            except ValueError as error:  # Python refuses to read thousands of digits
                self._refuse(_("line {line}: a number is absurdly long"), self._line, error)
            else:
                length = end - self._at
                if end > len(self._held) - NEAR and isinstance(value, int | float) and self._more():
                    continue  # 12 may be the beginning of 12.5
                first = self._line
                self._move(self._at + length)
                return Value(path, value, first, self._line)

    def _hope(self, error: JSONDecodeError) -> None:
        """Read on where a value may only be cut, mend what can be, refuse the rest."""
        cut = error.pos >= len(self._held) - NEAR or error.msg.startswith(UNFINISHED)
        if not (cut and self._more()) and not self._mended(error):
            line = self._line + self._held.count("\n", self._at, error.pos)
            self._refuse(self._damage(), line, error)

    def _mended(self, error: JSONDecodeError) -> bool:
        """Respell the hexadecimal escapes in what is held, if one is the error."""
        if not error.msg.startswith("Invalid \\escape"):
            return False
        held = self._held[self._at :]
        mended = HEXADECIMAL.sub(lambda found: f"\\u00{found[1]}" if found[1] else found[0], held)
        self._held, self._at = mended, 0
        return mended != held

    def refuse(self) -> NoReturn:
        """Say that what comes next is not JSON, or is not there."""
        self._refuse(self._damage(), self._line)

    def _damage(self) -> str:
        return _("line {line}: it is cut off") if self._ended else _("line {line}: it is not JSON")

    def _refuse(self, what: str, line: int, error: Exception | None = None) -> NoReturn:
        raise Unreadable(path=self._label, what=what.format(line=line)) from error

    def _move(self, to: int) -> None:
        self._line += self._held.count("\n", self._at, to)
        self._at = to

    def _more(self) -> bool:
        """Read as much again as is held, so that a long value is not decoded too often; False: all is read.

        Raises:
            Unreadable: what is held is too long already.
        """
        held = [self._held[self._at :]]
        length = len(held[0])
        if length >= LARGEST:
            self._refuse(_("line {line}: a value is longer than any message"), self._line)
        wanted = length + min(max(1, length), LARGEST - length)
        for text in self._texts:
            held.append(text)
            length += len(text)
            if length >= wanted:
                break
        self._ended = len(held) == 1
        self._held, self._at = "".join(held), 0
        return not self._ended


def ndjson(entry: Entry) -> Iterator[tuple[int, Any | None]]:
    """Yield the number of each line that is not blank, and its value; None for a line that is not JSON.

    Raises:
        Unreadable: it cannot be read, or a line is too long.
    """
    codec, _name = TextFile(entry).encoding()
    with entry.open() as stream:
        lines: IO[Any] = io.TextIOWrapper(stream, codec, newline="\n") if codec == "utf-16" else stream
        number = 0
        while line := _line(lines, entry, number + 1):
            number += 1
            if not line.isspace():
                try:
                    yield number, from_json(line)
                except ValueError:
                    yield number, _slowly(line)


def _slowly(line: str | bytes) -> Any | None:
    """Decode a line that pydantic's reader, twice as fast, refuses: it may only hold half a character."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _line(lines: IO[Any], entry: Entry, number: int) -> str | bytes:
    try:
        line: str | bytes = lines.readline(LARGEST)
    except UnicodeError as error:
        what = _("line {line}: it is not text").format(line=number)
        raise WrongEncoding(path=entry.label, what=what) from error
    if len(line) >= LARGEST:
        what = _("line {line}: it is longer than any message").format(line=number)
        raise Unreadable(path=entry.label, what=what)
    return line
