"""Downloads of Instagram and Messenger written by hand, in the shapes that public issues show."""

import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

START = 1_617_183_000_123
"""Milliseconds: 31 March 2021, 9:30 UTC."""
ME, ANN = "José Núñez", "Ann Łódź"

Item = Mapping[str, Any]


def mangled(value: Any) -> Any:
    """Return JSON as Meta writes it: the bytes of UTF-8 taken for Latin-1."""
    if isinstance(value, str):
        return value.encode().decode("latin-1")
    if isinstance(value, dict):
        return {key: mangled(one) for key, one in value.items()}
    return [mangled(one) for one in value] if isinstance(value, list) else value


def said(sender: str, text: str, after: int = 0, **more: Any) -> dict[str, Any]:
    """Return an item, `after` so many seconds."""
    return {"sender_name": sender, "timestamp_ms": START + 1000 * after, "content": text, **more}


def thread(
    items: Iterable[Item],
    *,
    people: Sequence[str] = (ME, ANN),
    title: str = ANN,
    path: str = "inbox/annlodz_1234567890",
) -> dict[str, Any]:
    """Return a file of a thread; the items are given oldest first and written newest first."""
    return {
        "participants": [{"name": name} for name in people],
        "messages": list(items)[::-1],
        "title": title,
        "is_still_participant": True,
        "thread_path": path,
        "magic_words": [],
    }


def encrypted(items: Iterable[Item], people: Sequence[str] = (ME, ANN)) -> dict[str, Any]:
    """Return a chat of the end-to-end encrypted download."""
    return {"participants": list(people), "threadName": f"{people[-1]}_40", "messages": list(items)}


def whispered(sender: str, text: str, after: int = 0, **more: Any) -> dict[str, Any]:
    """Return an item of it."""
    quiet = {"isUnsent": False, "media": [], "reactions": [], "type": "text"}
    return {"senderName": sender, "timestamp": START + 1000 * after, "text": text, **quiet, **more}


FACEBOOK_PROFILE = {
    "profile_v2": {"name": {"full_name": ME, "first_name": "José"}, "relationship": {"partner": ANN}}
}
INSTAGRAM_PROFILE = {
    "profile_user": [
        {"title": "", "string_map_data": {"Nombre": {"value": ME}, "Nombre de usuario": {"value": "jose"}}}
    ]
}


def dumped(value: Any, *, ascii: bool = True, indent: int | None = 2) -> str:
    return json.dumps(value, ensure_ascii=ascii, indent=indent)


def write(path: Path, value: Any, **how: Any) -> Path:
    """Write JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dumped(value, **how), "utf-8", errors="surrogatepass", newline="")
    return path


def zipped(path: Path, members: Mapping[str, Any]) -> Path:
    """Write a zip of JSON files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, value in members.items():
            archive.writestr(name, value if isinstance(value, bytes) else dumped(value))
    return path


KINDS: list[tuple[str, Item]] = [
    ("text", said(ANN, "I replied to your message earlier", 0)),
    ("text", said(ME, "¡Hola! 👩‍💻 ½", 1, reactions=[{"reaction": "❤", "actor": ANN}])),
    ("reaction", said(ANN, "Liked a message", 2)),
    ("reaction", said(ANN, "Reacted ❤ to your message ", 3)),
    ("reaction", said(ANN, "Reaccionó con 😂 a tu mensaje", 4)),
    ("media", said(ME, "You sent an attachment.", 5, share={"link": "https://a.example/1"})),
    ("media", said(ANN, "Ann sent an attachment.", 6)),
    ("media", said(ANN, "Enviaste un archivo adjunto.", 7)),
    ("media", {"sender_name": ANN, "timestamp_ms": START + 8000, "photos": [{"uri": "photos/1.jpg"}]}),
    ("text", said(ANN, "look", 9, photos=[{"uri": "photos/2.jpg"}])),
    ("text", said(ANN, "https://b.example", 10, share={"link": "https://b.example"})),
    ("deleted", {"sender_name": ANN, "timestamp_ms": START + 11000, "is_unsent": True}),
    ("call", said(ANN, "The video chat ended.", 12, call_duration=61, type="Call")),
    ("call", said(ANN, "Ann missed your call.", 13)),
    ("system", said(ANN, f"{ANN} named the group Trip.", 14, type="Generic")),
    ("system", said(ANN, "Ann added Bob to the group.", 15, type="Subscribe", users=[{"name": "Bob"}])),
    ("system", said(ANN, "You are now connected on Messenger.", 16)),
    ("poll", said(ANN, "Ann created a poll: Where?", 17)),
    ("text", said(ANN, "Mum sent an attachment.", 18)),
    ("text", said(ANN, "Reacted badly to your message", 19)),
    ("text", said(ANN, "He said: You are now connected on Messenger.", 20)),
    ("media", said(ANN, "Annie sent an attachment.", 21, share={"share_text": "of a stranger"})),
    ("media", {"sender_name": ANN, "timestamp_ms": START + 22000, "sticker": {"uri": "stickers/1.png"}}),
]
"""Items, and what they are."""

WHISPERS: list[tuple[str, Item]] = [
    ("text", whispered(ME, "Ã© is what they wrote for é", 0)),
    ("media", whispered(ANN, "", 1, type="media", media=[{"uri": "./media/1.jpg"}])),
    ("text", whispered(ANN, "https://c.example", 2, type="link")),
    ("system", whispered(ANN, "This message is not available", 3, type="placeholder")),
    ("deleted", whispered(ANN, "", 4, isUnsent=True)),
    ("text", whispered(ANN, "sí", 5, reactions=[{"actor": ME, "reaction": "👍"}])),
]


def seeds(folder: Path) -> list[Path]:
    """Write small downloads of every shape."""
    old = thread([item for _kind, item in KINDS])
    more = thread([said(ANN, "first", -9), said(ME, "second", -8)])
    group = thread([said("Bob", "hi", 3)], people=(ME, ANN, "Bob"), title="Trip", path="inbox/trip_99999")
    new = encrypted(item for _kind, item in WHISPERS)
    inbox = "your_facebook_activity/messages/inbox"
    download = {
        f"{inbox}/annlodz_1234567890/message_1.json": mangled(old),
        f"{inbox}/annlodz_1234567890/message_2.json": mangled(more),
        f"{inbox}/trip_99999/message_1.json": mangled(group),
        "personal_information/profile_information/profile_information.json": mangled(FACEBOOK_PROFILE),
        f"{inbox}/annlodz_1234567890/photos/1.jpg": b"\xff\xd8",
    }
    instagram = {
        "your_instagram_activity/messages/message_requests/annlodz_1234567890/message_1.json": old,
        "personal_information/personal_information/personal_information.json": INSTAGRAM_PROFILE,
    }
    parts = folder / "parts"
    zipped(parts / "facebook-1.zip", dict(list(download.items())[:1]))
    zipped(parts / "facebook-2.zip", dict(list(download.items())[1:]))
    marked = write(folder / "message_1.json", old, ascii=False, indent=None)
    marked.write_bytes(b"\xef\xbb\xbf" + marked.read_bytes())
    return [
        zipped(folder / "facebook-jose.zip", download),
        zipped(folder / "instagram-jose.zip", instagram),
        parts,
        marked,
        write(folder / "Ann_40.json", new, ascii=False),
    ]
