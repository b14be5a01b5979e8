"""Signal's exports written by hand: its own frames, sigtop's JSON and texts, signal-export's files."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

START = datetime(2022, 1, 1, 12, 0, tzinfo=UTC)
ACI = "AAECAwQFBgcICQoLDA0ODw=="
ANN = "00010203-0405-0607-0809-0a0b0c0d0e0f"
"""The same account as Signal Desktop writes it."""
Said = tuple[str | None, str]
"""Who (None: the owner) and what."""


def when(number: int) -> datetime:
    return START + timedelta(hours=number)


def milliseconds(number: int) -> int:
    return int(when(number).timestamp() * 1000)


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


# --- Signal's own export ------------------------------------------------------------------------

HEAD: list[dict[str, Any]] = [
    {"version": "1", "backupTimeMs": str(milliseconds(99)), "currentAppVersion": "Android 8.10"},
    {"account": {"profileKey": "AA==", "givenName": "Bob", "familyName": "B"}},
    {"recipient": {"id": "1", "self": {"avatarColor": "A130"}}},
    {"recipient": {"id": "2", "contact": {"aci": ACI, "e164": "34600", "profileGivenName": "Ann"}}},
    {"recipient": {"id": "3", "group": {"masterKey": "BB==", "snapshot": {"title": {"title": "Friends"}}}}},
    {"recipient": {"id": "4", "releaseNotes": {}}},
    {"chat": {"id": "10", "recipientId": "2"}},
    {"chat": {"id": "11", "recipientId": "3"}},
    {"chat": {"id": "12", "recipientId": "1"}},
    {"chat": {"id": "13", "recipientId": "4"}},
]


def item(number: int, author: str = "2", chat: str = "10", **content: Any) -> dict[str, Any]:
    """Return a frame with a message, an hour after the one before it."""
    way = {"outgoing": {}} if author == "1" else {"incoming": {"dateReceived": str(milliseconds(number))}}
    sent = str(milliseconds(number))
    return {"chatItem": {"chatId": chat, "authorId": author, "dateSent": sent} | way | content}


def said(number: int, text: Any, author: str = "2", chat: str = "10", **more: Any) -> dict[str, Any]:
    return item(number, author, chat, standardMessage={"text": {"body": text}} | more)


FILE = {"pointer": {"fileName": "x.png"}}
MENTION = {"start": 3, "length": 1, "mentionAci": ACI}
MENTIONING = {"body": "😂 \ufffc!", "bodyRanges": [MENTION]}
FRAMES = [
    said(1, "hi\nthere"),
    said(2, "yes", "1", quote={"targetSentTimestamp": str(milliseconds(1)), "authorId": "2"}),
    said(
        3, "ha", reactions=[{"emoji": "❤", "authorId": "1"}], attachments=[{"pointer": {"fileName": "x.png"}}]
    ),
    item(4, standardMessage={"attachments": [{"pointer": {"contentType": "image/png"}}]}),
    item(5, stickerMessage={"sticker": {"emoji": "😂"}}),
    item(6, "1", remoteDeletedMessage={}),
    item(7, updateMessage={"individualCall": {"type": "AUDIO_CALL"}}),
    item(8, updateMessage={"profileChange": {"newName": "Ann"}}),
    item(9, chat="11", poll={"question": "Who?", "options": [{"option": "a"}, {"option": "b"}]}),
    item(
        10,
        "1",
        "11",
        standardMessage={"text": {"body": "😂 \ufffc!", "bodyRanges": [MENTION]}},
        revisions=[{}],
    ),
    said(11, "a note", "1", "12"),
    said(12, "Signal has news", "4", "13"),
    item(13, viewOnceMessage={}),
    item(14, directStoryReplyMessage={"emoji": "🔥"}),
    item(15, directStoryReplyMessage={"textReply": {"text": {"body": "nice story"}}}),
]


def frames(*more: Any) -> str:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in (*HEAD, *more))


# --- Signal Desktop, by sigtop and signal-export --------------------------------------------------


def desktop(number: int, body: Any, *, own: bool = False, **more: Any) -> dict[str, Any]:
    """Return a message as Signal Desktop has it."""
    record = {
        "conversationId": "c1",
        "schemaVersion": 14,
        "type": "outgoing" if own else "incoming",
        "sent_at": milliseconds(number),
        "received_at": number,
        "body": body,
    }
    return record | ({} if own else {"sourceServiceId": ANN, "source": "+34600"}) | more


def array(records: Sequence[Any]) -> str:
    """Return sigtop's JSON."""
    return "[\n" + ",\n".join(json.dumps(one, ensure_ascii=False) for one in records) + "\n]\n"


def sigtop(messages: Sequence[Said], chat: str = "Ann (+34600)") -> str:
    """Return sigtop's text."""
    text = f"Conversation: {chat}\n\n"
    for number, (author, words) in enumerate(messages, 1):
        sent = when(number).strftime("%a, %-d %b %Y %H:%M:%S +0000")
        way = "incoming" if author else "outgoing"
        text += f"From: {author or 'You'}\nType: {way}\nSent: {sent}\n"
        text += f"Received: {sent}\n" if author else ""
        text += f"\n{words}\n\n" if words else "\n"
    return text


def short(messages: Sequence[Said]) -> str:
    """Return sigtop's short text."""
    lines = [
        f"{when(number):%Y-%m-%d %H:%M} {author or 'You'}:{' ' * bool(text)}{text}\n"
        for number, (author, text) in enumerate(messages, 1)
    ]
    return "".join(lines)


def data(messages: Sequence[Said]) -> str:
    """Return signal-export's data.json."""
    records = [
        {
            "date": when(number).replace(tzinfo=None).isoformat(),
            "sender": author or "Me",
            "body": text + "  ",
            "quote": "",
            "sticker": "",
            "reactions": [],
            "attachments": [],
        }
        for number, (author, text) in enumerate(messages, 1)
    ]
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records)


def markdown(messages: Sequence[Said], *, old: bool = False) -> str:
    """Return signal-export's chat.md, or the index.md of its first versions."""
    form = "%Y-%m-%d, %H:%M" if old else "%Y-%m-%d %H:%M:%S"
    end = "\n" if old else "  \n\n"
    return "".join(
        f"[{when(number).strftime(form)}] {author or 'Me'}: {text}{end}"
        for number, (author, text) in enumerate(messages, 1)
    )


TALK: list[Said] = [("Ann", "hi"), (None, "how are\nyou?"), ("Ann", "fine: thanks")]
EDITED = """Conversation: Friends (group)

From: Ann (+34600)
Type: incoming
Sent: Sat, 1 Jan 2022 13:00:00 +0100
Received: Sat, 1 Jan 2022 13:00:01 +0100
Attachment: x.png (image/png, 12 bytes)
Reaction: ❤ from Bob

> From: You
> Sent: Sat, 1 Jan 2022 12:00:00 +0100
>
> what I said
> before

the answer

> a line of one's own

From: You
Type: outgoing
Sent: Sat, 1 Jan 2022 14:00:00 +0100
Edited: 2 versions

| Version: 2
| Sent: Sat, 1 Jan 2022 14:00:30 +0100
|
| newer
| words
|
| Version: 1
| Sent: Sat, 1 Jan 2022 14:00:00 +0100
|
| older

Type: call-history
Sent: Sat, 1 Jan 2022 15:00:00 +0100

From: Ann (+34700)
Type: incoming
Sent: Sat, 1 Jan 2022 16:00:00 +0100
Received: unknown
Attachment: no filename (audio/aac, 3 bytes)

"""


def seeds(folder: Path) -> list[Path]:
    """Write a small export of every shape."""
    records = [desktop(1, "hi"), desktop(2, "ho", own=True), desktop(3, None, type="call-history")]
    return [
        write(folder / "signal-export-2026" / "main.jsonl", frames(*FRAMES)),
        write(folder / "Ann (+34600).json", array(records)),
        write(folder / "Ann (+34600).txt", sigtop([("Ann (+34600)", "hi"), (None, "a\n\nb")])),
        write(folder / "Friends (group).txt", EDITED),
        write(folder / "short.txt", short(TALK)),
        write(folder / "Ann" / "data.json", data(TALK)),
        write(folder / "Bob" / "chat.md", markdown(TALK)),
        write(folder / "Eva" / "index.md", markdown(TALK, old=True)),
    ]
