"""What is imported: chats of the sample's words, and dumps of any size, made by repetition.

Each is the same in every run. Words are those of the sample that comes with the package.
"""

import bz2
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from xml.sax.saxutils import escape

import zstandard

from sosias.sources.source import recognise

SAMPLE = Path(__file__).parents[1] / "sosias" / "sample"
SEED = 20240207
START = datetime(2021, 3, 5, 7, 0, tzinfo=UTC)
AUTHORS = 12
CONTINUED = 0.15
"""Messages of two lines, so that 150,000 lines are some 130,000 messages."""


def words() -> list[tuple[str, str]]:
    """Return who says what in the sample."""
    [path] = SAMPLE.glob("*.txt")
    [reading] = recognise(path).readings
    return [(one.author, one.text) for one in reading.messages() if one.author and one.kind == "text"]


def talk(seed: int = SEED) -> Iterator[tuple[datetime, str, str]]:
    """Yield messages without end: time, author, text of one line or two."""
    random, said, now = Random(seed), words(), START
    authors = sorted({author for author, _text in said})[:AUTHORS]
    texts = [text.replace("\n", " ") for _author, text in said]
    while True:
        now += timedelta(minutes=random.choice((0, 0, 1, 1, 2, 5, 30, 400)))
        text = random.choice(texts)
        if random.random() < CONTINUED:
            text += "\n" + random.choice(texts)
        yield now, random.choice(authors), text


def write_whatsapp(path: Path, lines: int) -> int:
    """Write a Spanish Android export of so many lines; return how many messages it has.

    The shape, `05/03/2021, 07:08 - Name: text`, is one that every tool here reads.
    """
    messages = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for time, author, text in talk():
            lines -= 1 + text.count("\n")
            if lines < 0:
                return messages
            messages += 1
            file.write(f"{time:%d/%m/%Y, %H:%M} - {author}: {text}\n")
    raise AssertionError("talk has no end")


def write_imessage(path: Path, rows: int) -> int:
    """Write a Messages database with every text in `attributedBody`; return its rows."""
    from tests.sources.imessage_exports import write_database

    _now, owner, _text = next(talk())
    messages = (
        (time.timestamp(), None if author == owner else f"+3460000{len(author):04}", text)
        for time, author, text in islice(talk(), rows)
    )
    write_database(path, messages, attributed=True)
    return rows


COMMENTS = 20_000
"""Comments of one piece that is repeated."""


def _comment(number: int, time: datetime, author: str, text: str) -> bytes:
    """Return a line as Pushshift and Arctic Shift write them."""
    comment = {
        "author": author,
        "body": text,
        "created_utc": int(time.timestamp()),
        "id": f"c{number:06x}",
        "link_id": f"t3_p{number // 50:05x}",
        "parent_id": f"t1_c{number - 1:06x}" if number % 50 else f"t3_p{number // 50:05x}",
        "score": number % 90,
        "subreddit": "teatro",
        "stickied": False,
        "distinguished": None,
    }
    return json.dumps(comment).encode() + b"\n"


def write_reddit(path: Path, size: int, pieces: int = COMMENTS) -> int:
    """Write comments as `.zst` of at least `size` bytes unpacked, frame after frame; return the comments."""
    lines = b"".join(_comment(number, *one) for number, one in enumerate(islice(talk(), pieces)))
    times = -(-size // len(lines))
    _write(path, b"", zstandard.ZstdCompressor().compress(lines), times, b"")
    return pieces * times


MEDIAWIKI = """<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="es">
  <siteinfo><sitename>Wikipedia</sitename><dbname>eswiki</dbname>
    <namespaces><namespace key="0" case="first-letter" /></namespaces></siteinfo>
"""


PAGES = 2_000
"""Pages of one piece that is repeated, and"""
PARAGRAPHS = 25
"""paragraphs of one page: some 3,000 characters, as in a Wikipedia."""


def _page(number: int, messages: Iterator[tuple[datetime, str, str]]) -> str:
    """Return a page of wikitext."""
    written = list(islice(messages, PARAGRAPHS))
    time, first, _text = written[0]
    parts = [f"'''Escena {number}''' es parte de un [[teatro|drama]].{{{{cita|x}}}}"]
    parts += [f"== {author} ==\n{text}" for _time, author, text in written]
    words = escape("\n\n".join(parts))
    return (
        f"  <page><title>Escena {number}</title><ns>0</ns><id>{number}</id>"
        f"<revision><id>{number}</id><timestamp>{time:%Y-%m-%dT%H:%M:%SZ}</timestamp>"
        f"<contributor><username>{escape(first)}</username><id>1</id></contributor>"
        f'<model>wikitext</model><format>text/x-wiki</format><text xml:space="preserve">'
        f"{words}</text></revision></page>\n"
    )


def write_mediawiki(path: Path, size: int, pieces: int = PAGES) -> int:
    """Write a multistream dump as `.xml.bz2` of at least `size` bytes unpacked; return its pages."""
    messages = talk()
    pages = "".join(_page(number, messages) for number in range(1, pieces + 1)).encode()
    times = -(-size // len(pages))
    _write(
        path, bz2.compress(MEDIAWIKI.encode()), bz2.compress(pages), times, bz2.compress(b"</mediawiki>\n")
    )
    return pieces * times


def _write(path: Path, head: bytes, piece: bytes, times: int, tail: bytes) -> None:
    """Write a piece some times, between a head and a tail."""
    with path.open("wb") as file:
        file.write(head)
        for _time in range(times):
            file.write(piece)
        file.write(tail)
