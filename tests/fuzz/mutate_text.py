"""Damage to text: lines moved, numbers and words replaced, one line's head set into another."""

import re
from random import Random

HOSTILE = (
    "",
    " ",
    "\n",
    "\r",
    "\r\n",
    "\x00",
    "\u200e",
    "\u202e",
    "\u2028",
    "\x85",
    "\ufeff",
    "\ufffc",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "e\u0301",
    "½…ﬁ",
    "İ",
    "٣",
    '"',
    "'",
    "</x>",
    "&#0;",
    "&amp;lt;",
    "]]>",
    ",",
    ";",
    "\t",
    "\\",
    "\\ud800",
    "\ud800",
    "{",
    "[",
    "null",
    "NaN",
    "a" * 5000,
    "((((((((((",
    "%s%n",
    "{name}",
    "../../x",
    "é".encode().decode("latin-1"),
)
NUMBERS = ("0", "-1", "1", "99", "1e400", "9" * 30, "2147483648", "253402300800", "-62135596801", "1.5", "٣١")
NUMBER = re.compile(r"[0-9]+")
WORD = re.compile(r"[^\W\d]+")
ENCODINGS = ("utf-16", "utf-16-be", "utf-8-sig", "latin-1", "utf-32", "cp1252")


def damaged(text: str, other: str, random: Random) -> str:
    """Return the text with one damage; `other` is another one."""
    if random.random() < 0.5:
        return random.choice((_replaced_number, _replaced_word, _inserted))(text, other, random)
    lines = text.split("\n")
    random.choice((_move, _repeat, _remove, _merge, _behead, _break))(lines, other.split("\n"), random)
    return "\n".join(lines)


def encoded(text: str, random: Random) -> bytes:
    """Return the text as bytes: UTF-8, seldom another encoding."""
    encoding = random.choice(ENCODINGS) if random.random() < 0.03 else "utf-8"
    if random.random() < 0.03:
        text = text.replace("\n", random.choice(("\r\n", "\r", "\u2028")))
    return text.encode(encoding, "surrogatepass" if encoding.startswith("utf") else "replace")


def _replaced(pattern: re.Pattern[str], text: str, by: str, random: Random) -> str:
    found = list(pattern.finditer(text))
    if not found:
        return text
    one = random.choice(found)
    return text[: one.start()] + by + text[one.end() :]


def _replaced_number(text: str, _other: str, random: Random) -> str:
    by = random.choice((*NUMBERS, str(random.randrange(40)), str(random.randrange(1900, 2100))))
    return _replaced(NUMBER, text, by, random)


def _replaced_word(text: str, other: str, random: Random) -> str:
    words = WORD.findall(other[:5000])
    by = random.choice(words) if words and random.random() < 0.5 else random.choice(HOSTILE)
    return _replaced(WORD, text, by, random)


def _inserted(text: str, _other: str, random: Random) -> str:
    place = random.randint(0, len(text))
    return text[:place] + random.choice(HOSTILE) + text[place:]


def _some(lines: list[str], random: Random) -> slice:
    first = random.randrange(len(lines))
    return slice(first, first + random.choice((1, 1, 2, 20)))


def _move(lines: list[str], _others: list[str], random: Random) -> None:
    taken = lines[part] if (part := _some(lines, random)) else []
    del lines[part]
    place = random.randint(0, len(lines))
    lines[place:place] = taken


def _repeat(lines: list[str], _others: list[str], random: Random) -> None:
    place = random.randint(0, len(lines))
    lines[place:place] = lines[_some(lines, random)] * random.choice((1, 1, 3, 40))


def _remove(lines: list[str], _others: list[str], random: Random) -> None:
    del lines[_some(lines, random)]


def _merge(lines: list[str], others: list[str], random: Random) -> None:
    place = random.randint(0, len(lines))
    lines[place:place] = others[_some(others, random)]


def _behead(lines: list[str], others: list[str], random: Random) -> None:
    """Put the head of one line into the middle of another."""
    head = random.choice(others)
    place = random.randrange(len(lines))
    middle = random.randint(0, len(lines[place]))
    lines[place] = lines[place][:middle] + head[: random.randint(0, 40)] + lines[place][middle:]


def _break(lines: list[str], _others: list[str], random: Random) -> None:
    place = random.randrange(len(lines))
    middle = random.randint(0, len(lines[place]))
    lines[place : place + 1] = [lines[place][:middle], lines[place][middle:]]
