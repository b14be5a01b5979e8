"""Telegram Desktop exports written by hand: the keys and their order are those of its own writer."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

START = 1_640_995_200  # 2022-01-01 00:00:00 UTC
HOUR = 3600

PAGE = """<!DOCTYPE html>
<html>

 <head>

  <meta charset="utf-8"/>
<title>Exported Data</title>
  <meta content="width=device-width, initial-scale=1.0" name="viewport"/>

  <link href="css/style.css" rel="stylesheet"/>
"""


def wall(seconds: int, offset: int = 1) -> str:
    """Return how a clock `offset` hours before UTC shows a time."""
    return datetime.fromtimestamp(seconds + offset * HOUR, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def message(number: int, text: Any = "", **more: Any) -> dict[str, Any]:
    """Return a message of Ann's, an hour after the one before it; None takes a key away."""
    seconds = START + number * HOUR
    record = {
        "id": number,
        "type": "message",
        "date": wall(seconds),
        "date_unixtime": str(seconds),
        "from": "Ann",
        "from_id": "user1",
        "text": text,
    } | more
    return {name: value for name, value in record.items() if value is not ...}


def bob(number: int, text: Any = "", **more: Any) -> dict[str, Any]:
    return message(number, text, **({"from": "Bob", "from_id": "user2"} | more))


def notice(number: int, action: str, **more: Any) -> dict[str, Any]:
    record = message(number, "", type="service", **{"from": ..., "from_id": ...})
    return record | {"actor": "Ann", "actor_id": "user1", "action": action} | more


def chat(*messages: Any, kind: str = "personal_chat", name: Any = "Ann", number: Any = 1) -> dict[str, Any]:
    head = {"name": name, "type": kind, "id": number, "messages": list(messages)}
    return {key: value for key, value in head.items() if value is not ...}


def everything(*chats: Any, left: Any = (), account: Any = 2) -> dict[str, Any]:
    """Return an export of all that Bob's account has."""
    about = "Here is the data you requested."
    personal = {"user_id": account, "first_name": "Bob", "last_name": "", "phone_number": "", "bio": "x"}
    return {
        "about": about,
        "personal_information": personal,
        "contacts": {"about": about, "list": [{"user_id": 1, "first_name": "Ann", "last_name": ""}]},
        "chats": {"about": about, "list": list(chats)},
        "left_chats": {"about": about, "list": list(left)},
    }


PARTS = [
    "see ",
    {"type": "link", "text": "https://a.b"},
    " , ",
    {"type": "bold", "text": "ok"},
    {"type": "custom_emoji", "text": "🔥", "document_id": "x.tgs"},
    {"type": "spoiler", "text": " he\ndies"},
    {"type": "pre", "text": "a = 1\n", "language": "py"},
]

MANY = [
    notice(1, "phone_call", duration_seconds=42, discard_reason="hangup"),
    notice(2, "edit_group_title", title="Friends"),
    message(3, PARTS, reply_to_message_id=1, edited=wall(START), edited_unixtime="1640995200"),
    message(4, "look", photo="photos/photo_1.jpg", width=1, height=1),
    message(5, "", file="(File not included. Change …)", media_type="voice_message", duration_seconds=3),
    message(6, "", file="stickers/x.webp", media_type="sticker", sticker_emoji="😂"),
    message(
        7,
        "",
        poll={
            "question": "Who?",
            "closed": False,
            "total_voters": 1,
            "answers": [{"text": "a"}, {"text": "b"}],
        },
    ),
    message(8, "", location_information={"latitude": 1.5, "longitude": -2.5}),
    message(9, "", contact_information={"first_name": "Eva", "last_name": "", "phone_number": "+34 6"}),
    bob(10, "news", forwarded_from="Daily"),
    bob(11, "gone", forwarded_from=None),
    bob(12, "a gif", via_bot="@gif"),
    bob(13, [{"type": "bot_command", "text": "/start"}]),
    bob(14, [{"type": "bot_command", "text": "/start"}, " is what you type"]),
    message(
        15,
        "ha",
        reactions=[
            {"type": "emoji", "count": 3, "emoji": "❤", "recent": [{"from": "Bob", "from_id": "user2"}]},
            {"type": "paid", "count": 1},
        ],
    ),
    {"id": 16, "type": "unsupported"},
    bob(17, "other chat", reply_to_message_id=3, reply_to_peer_id="channel9"),
    message(18, "who was I", **{"from": None, "from_id": "user3"}),
]


def write(path: Path, content: Any, indent: int | None = 1) -> Path:
    """Write an export as Telegram lays it out."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        data = json.dumps(content, indent=indent, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half characters can only be written as escapes
        data = json.dumps(content, indent=indent).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def seeds(folder: Path) -> list[Path]:
    """Write a small export of every shape."""
    group = chat(*MANY, kind="private_supergroup", name="Friends", number=7)
    old = [
        message(n, "hi", date_unixtime=..., from_id=n % 2 + 1, edited="1970-01-01T01:00:00") for n in range(3)
    ]
    own = chat(message(1, "note"), kind="saved_messages", name=..., number=2)
    bot = chat(message(1, "I am a bot", **{"from_id": "user5"}), kind="bot_chat", name="Bot", number=5)
    channel = chat(
        message(1, "news", **{"from": "Daily", "from_id": "channel8"}, author="Eva"),
        kind="public_channel",
        name="Daily",
        number=8,
    )
    nameless = chat(message(1, "x", **{"from": None}), name=None)
    return [
        write(folder / "one" / "result.json", group),
        write(folder / "old" / "result.json", chat(*old)),
        write(folder / "packed" / "result.json.gz", chat(message(1, "a"), bob(2, "b")), None),
        write(folder / "all" / "result.json", everything(own, bot, channel, nameless, left=[group])),
    ]
