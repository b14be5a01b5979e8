"""Small WhatsApp exports of every shape, for tests that damage them."""

from datetime import datetime, timedelta
from pathlib import Path

from tests.sources.exports import MARK, NOTICES, SHAPES, export, write, zipped

START = datetime(2021, 3, 20, 23, 58, 5)
SAID = [
    ("Ann", "hola: ¿qué tal? 😂👩\u200d💻"),
    ("Bob: Work", "two\n\nlines"),
    ("Ann", "<Multimedia omitido>"),
    ("Bob: Work", "<Media omitted>\nat the beach"),
    ("~\u202fCarolina", "IMG-20250330-WA0010.jpg (archivo adjunto)"),
    ("Ann", f"{MARK}<attached: 1-PHOTO.jpg>"),
    ("Ann", "Eliminaste este mensaje."),
    ("Bob: Work", "as I said <This message was edited>"),
    ("\u202a+34\u00a0600\u00a011\u00a022\u00a033\u202c", "POLL:\nPizza?\nOPTION: Yes (2 votes)"),
    ("Ann", "[1/2/21, 10:00:00] Carl: pasted"),
]


def seeds(folder: Path) -> list[Path]:
    """Write an export of every shape, some joined, some zipped and in other encodings; return them."""
    said = [(START + timedelta(hours=9 * step), *one) for step, one in enumerate(SAID)]
    written = []
    for number, shape in enumerate(SHAPES):
        apple = shape.startswith("ios")
        notice = NOTICES[number % len(NOTICES)][1]
        head = (START, "Family" if apple else None, MARK * apple + notice)
        text = export(shape, [head, *said], "\r\n" if apple else "\n")
        written.append(write(folder / f"chat {number}.txt", text))
    texts = [path.read_bytes().decode() for path in written[:6]]
    written.append(write(folder / "joined.txt", "".join(texts)))
    written.append(write(folder / "wide.txt", texts[0], "utf-16"))
    written.append(zipped(folder / "WhatsApp Chat - Family.zip", {"_chat.txt": texts[1]}))
    return written
