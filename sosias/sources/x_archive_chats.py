"""The direct messages of an archive of X, a chat for each conversation."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from sosias.language import translate as _
from sosias.messages import Message, native_id
from sosias.sources.entry import Entry
from sosias.sources.json_stream import ITEM, START, Value, walk
from sosias.sources.json_values import instant, items, key, mapping, words
from sosias.sources.seen import Seen
from sosias.sources.source import OWNER, Drops
from sosias.sources.x_archive_file import ASSIGNMENT, CHATS, PLATFORM, Account, Archive, objects
from sosias.sources.x_archive_notes import iso_milliseconds
from sosias.sources.x_archive_text import Typed
from sosias.sources.zones import Zone

CONVERSATION = (ITEM, "dmConversation")
NUMBER = (*CONVERSATION, "conversationId")
MESSAGES = (*CONVERSATION, "messages")
INSIDE = ((), (ITEM,), CONVERSATION, MESSAGES)
SAID, WELCOME, REACTED = "messageCreate", "welcomeMessageCreate", "reactionCreate"
NAMED = "conversationNameUpdate"


def events(entry: Entry) -> Iterator[tuple[str, str, dict[str, Any], Value]]:
    """Yield each event of a file: its conversation, what it is, and what it says.

    Raises:
        Unreadable: it is damaged.
    """
    conversation = ""
    for value in walk(entry, INSIDE, after=ASSIGNMENT, starts=[(ITEM,)]):
        if value.value is START:
            conversation = ""
        elif value.path == NUMBER:
            conversation = key(value.value)
        elif value.path == (*MESSAGES, ITEM):
            kind, inner = next(iter(mapping(value.value).items()), ("", None))
            yield conversation, kind, mapping(inner), value


class Chats:
    """Reads the direct messages of an archive, once."""

    def __init__(
        self, archive: Archive, account: Account, names: Mapping[str, str], zone: Zone, dropped: Drops
    ) -> None:
        self._archive = archive
        self._account = account
        self._names = names
        self._zone = zone
        self._dropped = dropped
        self._seen = Seen()
        self._titles: dict[str, tuple[int, str]] = {}
        self._numbers: set[str] = set()

    def messages(self) -> Iterator[tuple[int, Message]]:
        """Yield each message with its milliseconds, as the files have them; its chat is yet a number."""
        for entry in self._archive.of(CHATS):
            before = 0
            for number, kind, event, value in events(entry):
                time = iso_milliseconds(event.get("createdAt"))
                before = before if time is None else time
                if not event:
                    self._dropped.add(value.first_line, _("it is not a message"), entry.origin)
                elif not self._seen.add(self._key(number, kind, event)):
                    why = _("another part of the archive has this message")
                    self._dropped.add(value.first_line, why, entry.origin)
                else:
                    self._numbers.add(number)
                    if kind == NAMED and words(event.get("name")):
                        named = before, words(event.get("name"))
                        self._titles[number] = max(named, self._titles.get(number, named))
                    yield before, self._message(number, kind, event, time, entry, value)

    def titles(self) -> dict[str, str]:
        """Return what the conversations that were read are called, no two the same."""
        titles = {number: self._title(number) for number in self._numbers}
        times = Counter(titles.values())
        return {one: title if times[title] == 1 else f"{title} ({one})" for one, title in titles.items()}

    def _title(self, number: str) -> str:
        people = [one for one in dict.fromkeys(number.split("-")) if one != self._account.number]
        if "-" in number and len(people) < 2:
            return self._name(people[0] if people else self._account.number)
        return self._titles[number][1] if number in self._titles else f"X: {number}"

    def _name(self, number: str) -> str:
        if number and number == self._account.number:
            return f"@{self._account.name}" if self._account.name else OWNER
        return f"@{self._names[number]}" if number in self._names else number

    def _key(self, conversation: str, kind: str, event: Mapping[str, Any]) -> str:
        """Return what tells an event from all others: X numbers messages alone."""
        number = key(event.get("id"))
        told = (kind, words(event.get("createdAt")), key(event.get("senderId")), key(event.get("eventId")))
        return number or "\n".join((conversation, *told, words(event.get("reactionKey"))))

    def _message(
        self, number: str, kind: str, event: Mapping[str, Any], time: int | None, entry: Entry, value: Value
    ) -> Message:
        sender = key(event.get("senderId"))
        own = sender == self._account.number if sender and self._account.number else None
        event_id = key(event.get("eventId"))
        message = Message(
            source=PLATFORM,
            chat=number,
            seq=0,
            sent_at=instant(None if time is None else time / 1000, self._zone),
            author=self._name(sender) or None,
            kind="system",
            text="",
            is_owner=own,
            file=entry.origin,
            first_line=value.first_line,
            last_line=value.last_line,
            id=native_id(PLATFORM, "dm", self._key(number, kind, event)),
        )
        if kind in (SAID, WELCOME) and sender:
            self._say(message, event, welcome=kind == WELCOME)
        elif kind == REACTED and sender:
            message.kind, message.text = "reaction", words(event.get("reactionKey"))
            message.reply_to = native_id(PLATFORM, "dm", event_id) if event_id else None
        else:
            self._tell(message, kind, event)
        return message

    def _say(self, message: Message, event: Mapping[str, Any], *, welcome: bool) -> None:
        """Put into a message what its sender said; a business's welcome is a machine's."""
        typed = Typed.of_direct(event)
        faces = [(one.get("reactionKey"), one.get("senderId")) for one in objects(event.get("reactions"))]
        reactions = [f"{words(face)} {self._name(key(sender))}".strip() for face, sender in faces]
        facts = {"media": ", ".join(typed.media), "reactions": ", ".join(reactions)}
        message.text = typed.whole()
        message.kind = "system" if welcome else "text" if message.text else "media"
        message.attributes = {name: fact for name, fact in facts.items() if fact}
        if welcome:
            message.attributes["bot"] = "true"

    def _tell(self, message: Message, kind: str, event: Mapping[str, Any]) -> None:
        """Put into a message what X says of the conversation."""
        who = [*items(event.get("userIds")), *items(event.get("participantsSnapshot"))]
        people = ", ".join(self._name(one) for one in map(key, who) if one)
        message.text = words(event.get("name"))
        message.author = message.is_owner = None
        facts = {"event": kind, "by": self._name(key(event.get("initiatingUserId"))), "people": people}
        message.attributes = {name: fact for name, fact in facts.items() if fact}
