"""One record of Telegram's as a message: whose words it is, of what kind, and its text exactly."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sosias.language import translate as _
from sosias.messages import Kind, Message, native_id
from sosias.sources.json_stream import Value
from sosias.sources.json_values import Odd, instant, items, key, local, mapping, number, words
from sosias.sources.telegram_file import Chat, account_of
from sosias.sources.telegram_people import DELETED
from sosias.sources.zones import Zone

CALLS = ("phone_call", "group_call", "group_call_scheduled", "invite_to_group_call", "conference_call")
MEDIA = {
    "photo": "photo",
    "file": "file",
    "location_information": "location",
    "place_name": "location",
    "contact_information": "contact",
    "game_title": "game",
    "invoice_information": "invoice",
    "giveaway_information": "giveaway",
    "giveaway_results": "giveaway",
    "paid_stars_amount": "paid media",
    "todo_list": "checklist",
    "self_destruct_period_seconds": "gone",
}
"""Keys of messages with a medium, where `media_type` is silent; the first that is there counts."""
TOLD = ("sticker_emoji", "duration_seconds", "place_name", "address", "game_title", "performer", "title")
"""What else is kept of a medium."""
PLAIN = {"id", "type", "date", "date_unixtime", "edited", "edited_unixtime", "from", "from_id", "text"}
PLAIN |= {"text_entities", "reply_to_message_id", "reply_to_peer_id"}
"""Keys of most messages: of one with no others there is nothing more to tell."""
FRAME = {"id", "type", "date", "date_unixtime", "actor_id", "text", "text_entities"}
"""What is not kept of a notice as it stands."""
NEVER = ("1969-", "1970-")
"""How exports before 2021 say that a message was not edited."""
NOT_THERE = "(File "
"""How Telegram begins the reason why a file was not exported."""


@dataclass
class Writer:
    """Makes the messages of one chat."""

    chat: Chat
    name: str
    authors: Mapping[str, str]
    bots: frozenset[str]
    owner: str
    zone: Zone
    file: str

    def message(self, value: Value, seq: int) -> Message:
        """Return the message that a record is.

        Raises:
            Odd: it is none.
        """
        record = value.value
        if not isinstance(record, dict):
            raise Odd(_("it is no message"))
        is_notice = record.get("type") == "service"
        account, author = self._author(record, "actor" if is_notice else "from")
        message = Message(
            "telegram",
            self.name,
            seq,
            self._time(record),
            author,
            "text",
            text_of(record.get("text")),
            None if not self.owner or author is None else account == self.owner,
            self._reply(record),
            _is_edited(record),
            "forwarded_from" in record or "saved_from" in record or "forwarded_from_id" in record,
            {},
            self.file,
            value.first_line,
            value.last_line,
            self._id(record.get("id")),
        )
        if is_notice:
            _notice(message, record)
        elif not (PLAIN.issuperset(record) and type(record.get("text")) is str and account not in self.bots):
            self._words(message, record, account)
        elif not message.text:
            message.kind = "system"
        return message

    def _author(self, record: dict[str, Any], role: str) -> tuple[str, str | None]:
        """Return the account that wrote, and what it is called."""
        account = account_of(record.get(f"{role}_id"))
        if account:
            return account, self.authors.get(account) or words(record.get(role)) or DELETED
        if role in record:
            return "", words(record[role]) or DELETED
        return "", None

    def _time(self, record: dict[str, Any]) -> datetime | None:
        """Return the time as the export wrote it, by the clock of the machine that exported."""
        date = record.get("date")
        time = local(date) or instant(number(record.get("date_unixtime")), self.zone)
        if time is None and date is not None:
            raise Odd(_("its time cannot be read"))
        return time

    def _id(self, number: object) -> str:
        found = key(number)
        return native_id("telegram", self.chat.peer or self.name, found) if found else ""

    def _reply(self, record: dict[str, Any]) -> str | None:
        """Return what it answers, where that is in the same chat."""
        if "reply_to_message_id" not in record:
            return None
        elsewhere = record.get("reply_to_peer_id")
        if elsewhere is not None and account_of(elsewhere) != self.chat.peer:
            return None
        return self._id(record.get("reply_to_message_id")) or None

    def _words(self, message: Message, record: dict[str, Any], account: str) -> None:
        """Tell the author's own words from what only looks like them."""
        facts = message.attributes
        if message.forwarded and (origin := words(record.get("forwarded_from") or record.get("saved_from"))):
            facts["forwarded_from"] = origin
        if signature := words(record.get("author")):
            facts["signature"] = signature
        if reactions := self._reactions(record):
            facts["reactions"] = reactions
        message.kind = _kind(message, record)
        if _is_command(record.get("text")):
            message.kind, facts["command"] = "system", "true"
        if "via_bot" in record or account in self.bots or self._has_buttons(record, message, account):
            message.kind, facts["bot"] = "system", words(record.get("via_bot")) or "true"

    def _has_buttons(self, record: dict[str, Any], message: Message, account: str) -> bool:
        """Only bots write messages with buttons; forwarded messages keep them, and channels may have them."""
        return "inline_bot_buttons" in record and not message.forwarded and account.startswith("user")

    def _reactions(self, record: dict[str, Any]) -> str:
        told = []
        for one in map(mapping, items(record.get("reactions"))):
            sign = words(one.get("emoji")) or words(one.get("type"))
            people = [account_of(mapping(person).get("from_id")) for person in items(one.get("recent"))]
            told += [f"{sign} {self.authors.get(person) or DELETED}" for person in people]
            more = int(min(number(one.get("count")) or 0, 1 << 40)) - len(people)
            told += [f"{sign} ×{more}"] if more > 0 else []
        return ", ".join(told)


def text_of(value: Any) -> str:
    """Return a text, of whose parts some are links, bold … as it was written.

    Raises:
        Odd: it is no text.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    try:
        return "".join(one if isinstance(one, str) else one["text"] for one in value)
    except (TypeError, KeyError) as error:
        raise Odd(_("its text is no text")) from error


def _is_command(value: object) -> bool:
    """Is it nothing but commands to a bot?"""
    parts = items(value)
    others = "".join(part for part in parts if isinstance(part, str))
    kinds = {words(part.get("type")) for part in parts if isinstance(part, dict)}
    return kinds == {"bot_command"} and not others.strip()


def _is_edited(record: dict[str, Any]) -> bool:
    edited = words(record.get("edited"))
    return bool(edited) and not edited.startswith(NEVER)


def _kind(message: Message, record: dict[str, Any]) -> Kind:
    """Return the kind of what a person sent; keep what is known of its medium."""
    if "poll" in record:
        return _poll(message, mapping(record["poll"]))
    medium = words(record.get("media_type")) or next((MEDIA[one] for one in MEDIA if one in record), "")
    if record.get("type") != "message":
        medium = medium or words(record.get("type")) or "unsupported"
    if medium:
        _medium(message.attributes, medium, record)
    if message.text:
        return "text"
    return "media" if medium else "system"


def _medium(facts: dict[str, str], medium: str, record: dict[str, Any]) -> None:
    facts["media"] = medium
    file = words(record.get("photo")) or words(record.get("file"))
    if file and not file.startswith(NOT_THERE):
        facts["file"] = file
    for one in TOLD:
        if found := key(record.get(one)):
            facts[one] = found
    for one in ("contact_information", "location_information"):
        if told := " ".join(_scalars(record.get(one))):
            facts[one.partition("_")[0]] = told


def _poll(message: Message, poll: dict[str, Any]) -> Kind:
    question = poll.get("question")
    message.text = message.text or words(question) or words(mapping(question).get("text"))
    answers = (mapping(one).get("text") for one in items(poll.get("answers")))
    message.attributes["options"] = "\n".join(map(words, answers))
    return "poll"


def _notice(message: Message, record: dict[str, Any]) -> None:
    """Tell calls from the other notices; keep all that a notice says."""
    told = {one: ", ".join(_scalars(found)) for one, found in record.items() if one not in FRAME}
    message.attributes = {one: found for one, found in told.items() if found}
    if words(record.get("action")) in CALLS:
        message.kind = "call"
    else:
        message.kind, message.author, message.is_owner = "system", None, None


def _scalars(value: object) -> list[str]:
    """Return the texts and numbers in a value."""
    if isinstance(value, dict):
        return [text for one in value.values() for text in _scalars(one)]
    if isinstance(value, list):
        return [text for one in value for text in _scalars(one)]
    return [] if value is None or value == "" else [str(value)]
