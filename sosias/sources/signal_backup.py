"""Signal's own export of the chats, readable: `main.jsonl`, a frame a line.

The frames are those of its backups (`backup.proto` in libsignal) in Protocol Buffers' JSON: numbers of
64 bits are texts, and what is empty is not written.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sosias.language import translate as _
from sosias.messages import Kind, Message
from sosias.sources.entry import Entry
from sosias.sources.json_stream import beginning, ndjson
from sosias.sources.json_values import Odd, instant, items, key, mapping, number, words
from sosias.sources.naming import apart
from sosias.sources.problems import Unreadable
from sosias.sources.signal_people import SELF, account, message_id, with_mentions
from sosias.sources.source import OWNER, Drops, Options, Reading
from sosias.sources.text_file import TextFile
from sosias.sources.zones import Zone

HEAD = re.compile(
    r'\s*\{(?:[^{}\n]*"backupTimeMs"\s*:|\s*"(?:account|recipient)"\s*:\s*\{[^\n]*"(?:profileKey|contact|self)")'
)
NOTES = "Note to Self"
NEWS = "Signal"
"""What Signal calls the chat in which it tells its news."""
CALLS = ("individualCall", "groupCall")
KINDS: dict[str, Kind] = {
    "standardMessage": "text",
    "directStoryReplyMessage": "text",
    "contactMessage": "media",
    "stickerMessage": "media",
    "viewOnceMessage": "media",
    "remoteDeletedMessage": "deleted",
    "adminDeletedMessage": "deleted",
    "updateMessage": "system",
    "paymentNotification": "system",
    "giftBadge": "system",
    "poll": "poll",
}
"""What a chat item can be; each has one of these keys."""


def is_export(entry: Entry) -> bool:
    """Is it Signal's `main.jsonl`?"""
    return entry.suffix in (".jsonl", ".ndjson") and HEAD.match(beginning(entry)) is not None


@dataclass
class Survey:
    """What only the whole of a file tells."""

    entry: Entry
    names: dict[str, str] = field(default_factory=dict)
    """Of each recipient, by its number in the file."""
    accounts: dict[str, str] = field(default_factory=dict)
    """Of each recipient what is its own in every file."""
    owner: str = OWNER
    me: str = ""
    """The recipient that the owner is."""
    news: str = ""
    chats: dict[str, str] = field(default_factory=dict)
    """Of each chat its recipient."""
    by_account: dict[str, str] = field(default_factory=dict)
    """Names."""
    count: int = 0
    lines: int = 0

    @classmethod
    def of(cls, entry: Entry) -> "Survey":
        """Read a file once.

        Raises:
            Unreadable: it is cut off, or a line is too long.
        """
        survey, frame = cls(entry), None
        for line, frame in ndjson(entry):
            survey.lines = line
            if isinstance(frame, dict):
                survey._frame(frame)
        if frame is None:
            what = _("line {line}: it is cut off").format(line=survey.lines)
            raise Unreadable(path=entry.label, what=what)
        survey._name_apart()
        return survey

    def _frame(self, frame: dict[str, Any]) -> None:
        if "chatItem" in frame:
            self.count += 1
        elif recipient := mapping(frame.get("recipient")):
            self._recipient(recipient)
        elif chat := mapping(frame.get("chat")):
            self.chats[key(chat.get("id"))] = key(chat.get("recipientId"))
        elif person := mapping(frame.get("account")):
            self.owner = _full(person.get("givenName"), person.get("familyName")) or OWNER

    def _recipient(self, recipient: dict[str, Any]) -> None:
        one = key(recipient.get("id"))
        if "self" in recipient:
            self.me, self.names[one], self.accounts[one] = one, "", SELF
        elif "group" in recipient:
            group = mapping(recipient["group"])
            title = mapping(mapping(group.get("snapshot")).get("title")).get("title")
            self.names[one], self.accounts[one] = words(title) or "Group", words(group.get("masterKey"))
        elif "releaseNotes" in recipient:
            self.news, self.names[one], self.accounts[one] = one, NEWS, NEWS
        else:
            contact = mapping(recipient.get("contact"))
            numbers = (account(contact.get("aci")), key(contact.get("e164")), account(contact.get("pni")))
            self.accounts[one] = next(filter(None, numbers), "")
            self.names[one] = _called(contact) or "Unknown"

    def _name_apart(self) -> None:
        names = {one: name for one, name in self.names.items() if one != self.me}
        self.names = apart({"": self.owner} | names)
        self.names[self.me] = self.names.pop("")
        self.by_account = {one: self.names.get(number, "") for number, one in self.accounts.items()}


def _full(given: object, family: object) -> str:
    return " ".join(filter(None, (words(given), words(family))))


def _called(contact: dict[str, Any]) -> str:
    """Return a contact's name, in the order in which Signal shows them."""
    nickname = mapping(contact.get("nickname"))
    names = (
        _full(nickname.get("given"), nickname.get("family")),
        _full(contact.get("systemGivenName"), contact.get("systemFamilyName")),
        _full(contact.get("profileGivenName"), contact.get("profileFamilyName")),
        words(contact.get("username")),
        key(contact.get("e164")),
    )
    return next(filter(None, names), "")


def reading(entry: Entry, options: Options) -> Reading:
    """Survey an export.

    Raises:
        Unreadable: it is cut off.
    """
    survey, dropped = Survey.of(entry), Drops()
    return Reading(
        format="signal",
        entries=[entry],
        messages=partial(_messages, survey, options.zone, dropped),
        encoding=TextFile(entry).encoding()[1],
        lines=survey.lines,
        count=survey.count,
        zone=options.zone,
        owner=survey.owner,
        owner_why=_("the export names the account that it is of"),
        dropped=dropped,
    )


def _messages(survey: Survey, zone: Zone, dropped: Drops) -> Iterator[Message]:
    """Yield the messages in file order."""
    dropped.clear()
    places: dict[str, int] = {}
    for line, frame in ndjson(survey.entry):
        if not isinstance(frame, dict):
            dropped.add(line, _("it is no JSON"))
        elif "chatItem" in frame:
            try:
                message = _message(frame["chatItem"], survey, zone)
            except Odd as error:
                dropped.add(line, str(error))
                continue
            message.seq = places.get(message.chat, 0)
            places[message.chat] = message.seq + 1
            message.file, message.first_line, message.last_line = survey.entry.origin, line, line
            yield message


def _message(item: Any, survey: Survey, zone: Zone) -> Message:
    if not isinstance(item, dict):
        raise Odd(_("it is no message"))
    what = next((one for one in KINDS if one in item), "")
    content, sent, author = mapping(item.get(what)), number(item.get("dateSent")), key(item.get("authorId"))
    time = None if sent is None or abs(sent) > 1 << 60 else instant(sent / 1000, zone)
    if time is None and sent is not None:
        raise Odd(_("its time cannot be read"))
    recipient = survey.chats.get(key(item.get("chatId")), "")
    chat = NOTES if recipient and recipient == survey.me else survey.names.get(recipient) or "Unknown"
    message = Message("signal", chat, 0, time, survey.names.get(author), KINDS.get(what, "system"), "")
    message.is_owner = author == survey.me if author in survey.names else None
    message.edited = bool(items(item.get("revisions")))
    told = "" if message.kind != "system" else f"{what} in {chat}: "
    message.id = message_id(told + (survey.accounts.get(author) or f"in {chat}"), item.get("dateSent"))
    _fill(message, what, content, survey)
    if author and author == survey.news:
        message.kind, message.attributes["bot"] = "system", "true"
    return message


def _fill(message: Message, what: str, content: dict[str, Any], survey: Survey) -> None:
    """Give a message what it says."""
    facts = message.attributes
    if message.kind == "text":
        _speak(message, content, survey)
    elif what == "poll":
        message.text = words(content.get("question"))
        options = (mapping(one).get("option") for one in items(content.get("options")))
        facts["options"] = "\n".join(map(words, options))
    elif message.kind == "media":
        facts["media"] = what.removesuffix("Message")
        if emoji := words(mapping(content.get("sticker")).get("emoji")):
            facts["emoji"] = emoji
    elif message.kind == "system":
        facts["action"] = next(iter(content), what) if what == "updateMessage" else what or "unknown"
        message.kind = "call" if facts["action"] in CALLS else "system"
        if message.kind == "system":
            message.author = message.is_owner = None
    told = (
        f"{words(mapping(one).get('emoji'))} {survey.names.get(key(mapping(one).get('authorId'))) or '?'}"
        for one in items(content.get("reactions"))
    )
    if reactions := ", ".join(told):
        facts["reactions"] = reactions


def _speak(message: Message, content: dict[str, Any], survey: Survey) -> None:
    reply = mapping(content.get("textReply"))
    text = mapping(content.get("text") or reply.get("text"))
    if not isinstance(body := text.get("body", ""), str):
        raise Odd(_("its text is no text"))

    def name_of(place: dict[str, Any]) -> str:
        return survey.by_account.get(account(place.get("mentionAci")), "")

    message.text = with_mentions(body, items(text.get("bodyRanges")), name_of) if body else ""
    quote = mapping(content.get("quote"))
    quoted = survey.accounts.get(key(quote.get("authorId")), "")
    message.reply_to = message_id(quoted, quote.get("targetSentTimestamp")) or None
    pointers = (mapping(mapping(one).get("pointer")) for one in items(content.get("attachments")))
    files = [words(one.get("fileName")) or words(one.get("contentType")) or "file" for one in pointers]
    if files:
        message.attributes["media"] = ", ".join(files)
    if "longText" in content or "longText" in reply:
        message.attributes["cut"] = "true"
    if emoji := words(content.get("emoji")):
        message.kind, message.text = "reaction", emoji
    elif not body:
        message.kind = "media" if files else "system"
