"""Small WhatsApp exports of every shape, for the fuzzer to damage."""

from datetime import datetime, timedelta
from pathlib import Path

from tests.sources.exports import HARD, MARK, NARROW, SHAPES, export, write, zipped

START = datetime(2021, 3, 9, 23, 58, 5)
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
BODIES: tuple[tuple[str | None, str], ...] = (
    (None, f"{MARK}Messages and calls are end-to-end encrypted."),
    ("Ann", "hello"),
    ("Bob", f"two lines\nand {FAMILY} e\u0301 ½ …\u2028"),
    (f"~{NARROW}Eve: x", "12/05/2018, 10:00 - Carl: hi\n[1/2/21, 3:04:05 PM] Carl: forged"),
    (None, 'Ann changed the subject from "Plan: A" to "B"'),
    ("Bob", "<Multimedia omitido>"),
    ("Bob", f"{MARK}IMG-20250330-WA0010.jpg (file attached)\ncaption"),
    ("Bob", f"{MARK}<attached: 00000042-PHOTO-2020-06-07-15-13-20.jpg>"),
    ("Ann", "You deleted this message"),
    ("Ann", f"changed {MARK}<This message was edited>"),
    ("Bob", "POLL:\nWhat?\nOPTION: Pizza (2 votes)\nOPTION: None (0 votes)"),
    ("Ann", f"@\u2068Bob{HARD}B\u2069 Missed voice call"),
    ("Ann", "null"),
    ("Bob", ""),
    ("\u202a+34\xa0612\xa034\xa056\xa078\u202c", "at the end"),
)


def seeds(folder: Path) -> list[Path]:
    """Write one export of each shape, and zips of some; return their paths."""
    times = [START + timedelta(hours=9 * step) for step in range(2 * len(BODIES))]
    talk = [(time, *BODIES[step % len(BODIES)]) for step, time in enumerate(times)]
    texts = {shape: export(shape, talk, "\r\n" if "ios" in shape else "\n") for shape in SHAPES}
    paths = [
        write(folder / str(number) / "WhatsApp Chat with Ann.txt", text)
        for number, text in enumerate(texts.values())
    ]
    apple, android = texts["ios es, 12 h"], texts["android en-US"]
    paths.append(write(folder / "joined" / "chats.txt", apple + android))
    paths.append(zipped(folder / "WhatsApp Chat - Ann.zip", {"_chat.txt": apple, "1-PHOTO.jpg": "\xff"}))
    write(folder / "several" / "one" / "_chat.txt", apple)
    write(folder / "several" / "Chat de WhatsApp con Bob.txt", texts["android es"])
    return [*paths, folder / "several"]
