"""One record of DiscordChatExporter's as a message: whose words it is, of what kind, and its text exactly."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sosias.language import translate as _
from sosias.messages import Message, native_id
from sosias.sources.json_stream import Value
from sosias.sources.json_values import Odd, aware, items, key, local, mapping, number, words
from sosias.sources.zones import Zone

SAID = ("Default", "Reply", "0", "19")
"""Types of what people write; of the others the text is made up by Discord or by the exporter."""
CALLS = ("Call", "3")
MORE = ("attachments", "stickers", "embeds", "reactions", "reference", "forwardedMessage", "poll")
"""Of a message in which these are all empty there is nothing more to tell than its words."""


@dataclass
class Writer:
    """Makes the messages of one channel."""

    chat: str
    channel: str
    authors: Mapping[str, str]
    owner: str
    zone: Zone

    def message(self, value: Value, file: str) -> Message:
        """Return the message that a record is; its place is for another to set.

        Raises:
            Odd: it is none.
        """
        record = value.value
        if not isinstance(record, dict):
            raise Odd(_("it is no message"))
        account, author = self._author(record)
        text = record.get("content")
        if not isinstance(text, str | None):
            raise Odd(_("its text is no text"))
        message = Message(
            "discord",
            self.chat,
            0,
            self._time(record),
            author,
            "text",
            text or "",
            None if not self.owner or author is None else account == self.owner,
            self._reply(record),
            bool(record.get("timestampEdited")),
            False,
            {},
            file,
            value.first_line,
            value.last_line,
            _id(record.get("id")),
        )
        if key(record.get("type")) in SAID:
            self._words(message, record)
        else:
            _notice(message, record)
        return message

    def _author(self, record: dict[str, Any]) -> tuple[str, str | None]:
        user = mapping(record.get("author"))
        account = key(user.get("id"))
        return account, self._name(user)

    def _name(self, user: dict[str, Any]) -> str | None:
        account = key(user.get("id"))
        return self.authors.get(account) or words(user.get("nickname")) or words(user.get("name")) or None

    def _time(self, record: dict[str, Any]) -> datetime | None:
        written = record.get("timestamp")
        time = aware(written, self.zone) or local(written)
        if time is None and written is not None:
            raise Odd(_("its time cannot be read"))
        return time

    def _reply(self, record: dict[str, Any]) -> str | None:
        """Return what it answers, where that is in the same channel."""
        if not (reference := mapping(record.get("reference"))):
            return None
        elsewhere = key(reference.get("channelId")) not in ("", self.channel)
        if elsewhere or reference.get("type") == "Forward":
            return None
        return _id(reference.get("messageId")) or None

    def _words(self, message: Message, record: dict[str, Any]) -> None:
        """Tell the author's own words from what only looks like them."""
        if any(map(record.get, MORE)):
            self._more(message, record)
        elif not message.text:
            message.kind = "system"
        if mapping(record.get("author")).get("isBot") is True:
            message.kind, message.attributes["bot"] = "system", "true"

    def _more(self, message: Message, record: dict[str, Any]) -> None:
        facts = message.attributes
        copied = mapping(record.get("forwardedMessage"))
        is_copy = bool(copied) or mapping(record.get("reference")).get("type") == "Forward"
        if is_copy and not message.text:
            message.forwarded, message.text = True, words(copied.get("content"))
        media = _media(record) or _media(copied)
        if media:
            facts["media"] = media
        if reactions := self._reactions(record):
            facts["reactions"] = reactions
        if record.get("poll"):
            message.kind = "poll"
        elif not message.text:
            message.kind = "media" if media else "system"

    def _reactions(self, record: dict[str, Any]) -> str:
        told = []
        for one in map(mapping, items(record.get("reactions"))):
            sign = words(mapping(one.get("emoji")).get("name"))
            people = [self._name(mapping(user)) or "?" for user in items(one.get("users"))]
            told += [f"{sign} {person}" for person in people]
            more = int(min(number(one.get("count")) or 0, 1 << 40)) - len(people)
            told += [f"{sign} ×{more}"] if more > 0 else []
        return ", ".join(told)


def _id(value: object) -> str:
    found = key(value)
    return native_id("discord", found) if found else ""


def _media(record: dict[str, Any]) -> str:
    """Return the names of files and stickers; of a message without words also of what is embedded."""
    files = [words(mapping(one).get("fileName")) or "file" for one in items(record.get("attachments"))]
    files += [words(mapping(one).get("name")) or "sticker" for one in items(record.get("stickers"))]
    if not files and not record.get("content"):
        found = map(mapping, items(record.get("embeds")))
        files = [words(one.get("title")) or words(one.get("url")) or "embed" for one in found]
    return ", ".join(files)


def _notice(message: Message, record: dict[str, Any]) -> None:
    """What Discord says of itself: calls, pins, arrivals."""
    message.attributes["type"] = key(record.get("type")) or "unknown"
    if ended := words(record.get("callEndedTimestamp")):
        message.attributes["ended"] = ended
    if message.attributes["type"] in CALLS:
        message.kind = "call"
        return
    if message.author is not None:
        message.attributes["actor"] = message.author
    message.kind, message.author, message.is_owner = "system", None, None
