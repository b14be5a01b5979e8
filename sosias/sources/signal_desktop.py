"""Signal Desktop's messages in JSON, as sigtop writes them: an array of what its database holds.

A file is a chat; its name is `Name (+number).json`. No names are in it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sosias.language import translate as _
from sosias.messages import Message
from sosias.sources.entry import Entry
from sosias.sources.json_stream import beginning, walk
from sosias.sources.json_values import Odd, instant, items, key, mapping, number, words
from sosias.sources.signal_people import SELF, message_id, with_mentions
from sosias.sources.source import OWNER, Drops, Options, Reading
from sosias.sources.zones import Zone

INSIDE = {(), ("messages",)}
ITEMS = (("*",), ("messages", "*"))
KEYS = re.compile(
    r'"(conversationId|sent_at|received_at|sourceServiceId|sourceUuid|sourceDevice|schemaVersion|readStatus'
    r"|seenStatus|unidentifiedDeliveries|unidentifiedDeliveryReceived|sendStateByConversationId|expireTimer"
    r'|hasAttachments|serverGuid|decrypted_at|bodyRanges|isViewOnce|mentionsMe)"\s*:'
)
"""Keys of Signal Desktop's messages,"""
ENOUGH = 3
"""and how many tell that they are."""
NUMBERED = re.compile(r" \([^()]*\)$")
SAID = ("incoming", "outgoing")


def is_export(entry: Entry) -> bool:
    """Does it begin as a list of Signal Desktop's messages?"""
    if entry.suffix != ".json":
        return False
    start = beginning(entry)
    return start.lstrip()[:1] in ("[", "{") and len(set(KEYS.findall(start))) >= ENOUGH


@dataclass
class Survey:
    """What only the whole of a file tells."""

    entry: Entry
    senders: dict[str, None] = field(default_factory=dict)
    """Accounts that others wrote from."""
    bodies: int = 0
    said: int = 0
    count: int = 0
    lines: int = 0

    @classmethod
    def of(cls, entry: Entry) -> "Survey":
        """Read a file once.

        Raises:
            Unreadable: it is cut off, or no JSON.
        """
        survey = cls(entry)
        for value in walk(entry, INSIDE):
            survey.lines = value.last_line
            if value.path in ITEMS:
                survey.count += 1
                record = mapping(value.value)
                if record.get("type") in SAID:
                    survey.said += 1
                    survey.bodies += "body" in record
                if record.get("type") == "incoming":
                    survey.senders.setdefault(_sender(record))
        return survey


def reading(entry: Entry, options: Options) -> Reading:
    """Survey a chat.

    Raises:
        Unreadable: it is cut off, or no JSON.
    """
    survey, dropped = Survey.of(entry), Drops()
    chat = NUMBERED.sub("", entry.stem) or entry.stem
    lacking = _("no message has its words: sigtop before 2025 could not read those of a newer Signal Desktop")
    return Reading(
        format="signal",
        entries=[entry],
        messages=partial(_messages, survey, chat, options.zone, dropped),
        chat=chat,
        lines=survey.lines,
        count=survey.count,
        zone=options.zone,
        owner=OWNER,
        owner_why=_("Signal Desktop tells which messages were sent from it"),
        notes=[lacking] if survey.said and not survey.bodies else [],
        dropped=dropped,
    )


def _messages(survey: Survey, chat: str, zone: Zone, dropped: Drops) -> Iterator[Message]:
    """Yield the messages in file order."""
    dropped.clear()
    alone = chat if len(survey.senders) == 1 else ""
    seq = 0
    for value in walk(survey.entry, INSIDE):
        if value.path not in ITEMS:
            continue
        try:
            message = _message(value.value, chat, alone, zone)
        except Odd as error:
            dropped.add(value.first_line, str(error))
            continue
        message.seq, seq = seq, seq + 1
        message.file = survey.entry.origin
        message.first_line, message.last_line = value.first_line, value.last_line
        yield message


def _sender(record: dict[str, Any]) -> str:
    names = ("sourceServiceId", "sourceUuid", "source")
    return next(filter(None, (key(record.get(name)) for name in names)), "")


def _message(record: Any, chat: str, alone: str, zone: Zone) -> Message:
    if not isinstance(record, dict):
        raise Odd(_("it is no message"))
    kind, sent = words(record.get("type")), record.get("sent_at", record.get("timestamp"))
    sender = SELF if kind == "outgoing" else _sender(record)
    author = OWNER if kind == "outgoing" else alone or key(record.get("source")) or sender or None
    since = number(sent)
    time = None if since is None or abs(since) > 1 << 60 else instant(since / 1000, zone)
    body = record.get("body")
    if not isinstance(body, str | None):
        raise Odd(_("its text is no text"))
    if time is None and sent is not None:
        raise Odd(_("its time cannot be read"))
    message = Message("signal", chat, 0, time, author, "text", body or "", kind == "outgoing")
    message.id = message_id(sender if kind in SAID else f"{kind} in {chat}: {sender}", sent)
    if kind in SAID:
        _speak(message, record)
    else:
        message.attributes["type"] = kind or "unknown"
        message.kind = "call" if kind == "call-history" else "system"
        message.author = message.is_owner = None
    return message


def _speak(message: Message, record: dict[str, Any]) -> None:
    """Tell the author's own words from what only looks like them."""
    facts = message.attributes
    ranges = items(record.get("bodyRanges"))
    message.text = with_mentions(message.text, ranges, lambda place: words(place.get("replacementText")))
    quote = mapping(record.get("quote"))
    quoted = key(quote.get("authorAci")) or key(quote.get("authorUuid"))
    message.reply_to = message_id(quoted, quote.get("id")) or None
    message.edited = len(items(record.get("editHistory"))) > 1
    files = map(mapping, items(record.get("attachments")))
    media = [words(one.get("fileName")) or words(one.get("contentType")) or "file" for one in files]
    media += ["sticker"] if mapping(record.get("sticker")) else []
    media += ["contact"] if items(record.get("contact")) else []
    if media:
        facts["media"] = ", ".join(media)
    given = [words(mapping(one).get("emoji")) for one in items(record.get("reactions"))]
    if any(given):
        facts["reactions"] = ", ".join(filter(None, given))
    if record.get("deletedForEveryone") or record.get("isErased"):
        message.kind = "deleted"
    elif not message.text:
        message.kind = "media" if media else "system"
