"""Discord's exports written by hand: DiscordChatExporter's JSON, and the package that Discord sends."""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

START = datetime(2022, 1, 1, 12, 0, tzinfo=UTC)
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
    <title>Server - general</title>
    <style> @font-face { src: url(https://cdn.jsdelivr.net/gh/Tyrrrz/DiscordFonts@master/x.woff2); } </style>
"""
ANN = {"id": "11", "name": "ann_92", "discriminator": "0000", "nickname": "Ann", "isBot": False}
BOB = {"id": "22", "name": "bob", "discriminator": "0000", "nickname": "Bob", "isBot": False}
BOT = {"id": "33", "name": "Helper", "discriminator": "0007", "nickname": "Helper", "isBot": True}


def message(number: int, content: Any = "", author: Any = ANN, **more: Any) -> dict[str, Any]:
    """Return a message, an hour after the one before it."""
    return {
        "id": str(1000 + number),
        "type": "Default",
        "timestamp": (START + timedelta(hours=number)).isoformat(),
        "timestampEdited": None,
        "callEndedTimestamp": None,
        "isPinned": False,
        "content": content,
        "author": author,
        "attachments": [],
        "embeds": [],
        "stickers": [],
        "reactions": [],
        "mentions": [],
        "inlineEmojis": [],
    } | more


def channel(
    *messages: Any, guild: str = "Server", name: str = "general", number: str = "5"
) -> dict[str, Any]:
    """Return what one file has; no guild: direct messages."""
    return {
        "guild": {"id": "7" if guild else "0", "name": guild or "Direct Messages", "iconUrl": "x"},
        "channel": {"id": number, "type": "GuildTextChat" if guild else "DirectTextChat", "name": name},
        "dateRange": {"after": None, "before": None},
        "exportedAt": START.isoformat(),
        "messages": list(messages),
        "messageCount": len(messages),
    }


FILE = {"id": "1", "url": "https://cdn/x.png", "fileName": "x.png", "fileSizeBytes": 5}
HEART = {"emoji": {"id": "", "name": "❤", "code": "heart"}, "count": 3, "users": [BOB]}
MANY = [
    message(1, "hi **all**", timestampEdited=START.isoformat()),
    message(
        2, "answer", BOB, type="Reply", reference={"messageId": "1001", "channelId": "5", "guildId": "7"}
    ),
    message(3, "Pinned a message.", type="ChannelPinnedMessage", reference={"messageId": "1001"}),
    message(4, "Started a call that lasted 2 minutes.", type="Call", callEndedTimestamp=START.isoformat()),
    message(5, "Joined the server.", BOB, type="GuildMemberJoin"),
    message(6, "I am a bot", BOT),
    message(7, "used a command", BOT, type="20"),
    message(8, "", attachments=[FILE]),
    message(9, "look", attachments=[FILE], stickers=[{"id": "1", "name": "wave"}]),
    message(10, "", embeds=[{"title": "A page", "url": "https://a.b"}]),
    message(
        11,
        "",
        forwardedMessage={"timestamp": START.isoformat(), "content": "news", "attachments": [FILE]},
        reference={"type": "Forward", "messageId": "3", "channelId": "9"},
    ),
    message(12, "ha", reactions=[HEART], mentions=[BOB]),
    message(13, "a\nb\u2028c"),
    message(14, ""),
]


def write(path: Path, content: Any, indent: int | None = 2) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.write_bytes(json.dumps(content, indent=indent, ensure_ascii=False).encode())
    except UnicodeEncodeError:  # half characters can only be written as escapes
        path.write_text(json.dumps(content, indent=indent))
    return path


def record(number: int, text: Any, attached: str = "") -> dict[str, Any]:
    """Return a message of the package."""
    time = (START + timedelta(hours=number)).strftime("%Y-%m-%d %H:%M:%S")
    return {"ID": 1000 + number, "Timestamp": time, "Contents": text, "Attachments": attached}


def rows(*records: dict[str, Any]) -> str:
    """Return the records as packages before 2024 have them."""
    text = io.StringIO()
    writer = csv.DictWriter(text, ["ID", "Timestamp", "Contents", "Attachments"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(one | {"Timestamp": f"{one['Timestamp']}.123000+00:00"} for one in records)
    return text.getvalue()


def package(own: str = "messages") -> dict[str, Any]:
    """Return the files of a package."""
    return {
        "account/user.json": {"id": "22", "username": "bob", "global_name": "Bob", "discriminator": 0},
        f"{own}/index.json": {"5": "general in Server", "6": "Direct Message with Ann#0", "8": None},
        f"{own}/c5/channel.json": {
            "id": "5",
            "type": 0,
            "name": "general",
            "guild": {"id": "7", "name": "Server"},
        },
        f"{own}/c5/messages.json": [record(9, "later"), record(2, "answer"), record(1, "first")],
        f"{own}/c6/channel.json": {"id": "6", "type": "DM", "recipients": ["11", "22"]},
        f"{own}/c6/messages.csv": rows(record(1, 'a "b"\n\nc'), record(2, "", "https://cdn/1/x.png?ex=1")),
        f"{own}/c8/channel.json": {"id": "8", "type": 1},
        f"{own}/c8/messages.json": [],
        "activity/analytics/events.json": {"event_type": "x"},
    }


def write_package(path: Path, files: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content if isinstance(content, str) else json.dumps(content))
    return path


def seeds(folder: Path) -> list[Path]:
    """Write a small export of every shape."""
    write(folder / "parts" / "Server - general [5].json", channel(*MANY[:6]))
    write(folder / "parts" / "Server - general [5] [part 2].json", channel(*MANY[6:]))
    return [
        write(folder / "one" / "Server - general [5].json", channel(*MANY)),
        write(folder / "reversed" / "general.json", channel(*reversed(MANY))),
        write(folder / "direct" / "Ann.json", channel(*MANY[:2], guild="", name="Ann")),
        folder / "parts",
        write_package(folder / "package.zip", package()),
    ]
