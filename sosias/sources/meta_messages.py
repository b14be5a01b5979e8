"""One message of Instagram or Messenger, in either way that Meta writes them, as a `Message`."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sosias.messages import Kind, Message, native_id
from sosias.sources.json_values import instant, items, mapping, number, words
from sosias.sources.meta_encoding import Encoding
from sosias.sources.meta_lines import line_kind
from sosias.sources.zones import Zone

ENCRYPTED = "senderName"
"""A key that only messages of the end-to-end encrypted download have."""
UNSENT = ("is_unsent", "isUnsent", "is_taken_down")
MEDIA = ("photos", "videos", "audio_files", "gifs", "files", "media")
FARTHEST = 1 << 62
"""Milliseconds; no clock shows as many."""
MOVES = ("Subscribe", "Unsubscribe")
"""Types of the lines that say who came and went."""


@dataclass(slots=True)
class Item:
    """What an item of a download says, whatever its keys are called, and whatever their types are.

    Not frozen: that would take three times as long to make."""

    sender: str
    milliseconds: int | None
    text: str
    type: str
    unsent: bool
    call: bool
    seconds: str
    media: tuple[str, ...]
    share: Mapping[str, Any]
    reactions: tuple[tuple[str, str], ...]
    people: tuple[str, ...]

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> "Item":
        if ENCRYPTED in raw:
            sender, time, text = raw[ENCRYPTED], raw.get("timestamp"), raw.get("text")
        else:
            sender, time, text = raw.get("sender_name"), raw.get("timestamp_ms"), raw.get("content")
        kind, duration = words(raw.get("type")), raw.get("call_duration")
        return cls(
            sender=words(sender),
            milliseconds=_milliseconds(time),
            text=words(text),
            type=kind,
            unsent=any(raw[key] is True for key in UNSENT if key in raw),
            call=duration is not None or raw.get("missed") is True or kind.casefold() == "call",
            seconds=str(duration) if isinstance(duration, int | float) else "",
            media=_media(raw),
            share=mapping(raw.get("share")),
            reactions=tuple(
                [
                    (words(one.get("reaction")), words(one.get("actor")))
                    for one in objects(raw.get("reactions"))
                ]
            ),
            people=tuple([words(one.get("name")) for one in objects(raw.get("users"))]),
        )

    def strings(self) -> tuple[str, ...]:
        """Return what people have written or chosen: what Meta may have mangled."""
        if not self.reactions and not self.share:
            return self.sender, self.text
        faces = (part for reaction in self.reactions for part in reaction)
        return (self.sender, self.text, words(self.share.get("share_text")), *faces)


def _milliseconds(value: object) -> int | None:
    time = number(value)
    return int(time) if time is not None and -FARTHEST < time < FARTHEST else None  # NaN is neither


def objects(value: object) -> list[dict[str, Any]]:
    """Return the objects of an array."""
    return [one for one in items(value) if isinstance(one, dict)] if value else []


def _media(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Return where the media lie, within the download."""
    found = [one for key in MEDIA if key in raw for one in objects(raw[key])]
    if "sticker" in raw:
        found += objects([raw["sticker"]])
    return tuple([words(one.get("uri")) for one in found])


@dataclass
class Scribe:
    """Writes the messages of one file of a thread."""

    source: str
    chat: str
    key: str
    """What tells the thread from all others."""
    owner: str | None
    zone: Zone
    windows: Sequence[tuple[int, int]] = ()
    """From which millisecond to which two files of the thread both have messages."""
    encoding: Encoding = field(default_factory=Encoding)
    file: str = ""
    _own: dict[int, list[int]] = field(init=False, default_factory=dict)
    _shared: dict[int, list[int]] = field(init=False, default_factory=dict)
    _times: Counter[tuple[int, int]] = field(init=False, default_factory=Counter)

    def turn_to(self, file: str, encoding: Encoding) -> None:
        """Go on with another file of the thread."""
        self.file, self.encoding = file, encoding
        self._own.clear()
        self._times.clear()

    def message(self, item: Item, first_line: int, last_line: int) -> Message | None:
        """Return an item's message, whose place in the chat is not known yet; None: another file had it."""
        mend = self.encoding.mend
        author, text = mend(item.sender) or None, mend(item.text)
        time = item.milliseconds
        if (key := self._id(time, hash((author, text)))) is None:
            return None
        return Message(
            source=self.source,
            chat=self.chat,
            seq=0,
            sent_at=instant(None if time is None else time / 1000, self.zone),
            author=author,
            kind=_kind(item, text, author),
            text=text,
            is_owner=None if self.owner is None or author is None else author == self.owner,
            attributes=self._attributes(item),
            file=self.file,
            first_line=first_line,
            last_line=last_line,
            id=key,
        )

    def _id(self, milliseconds: int | None, content: int) -> str | None:
        """Return an id that outlives changes of names and of what was said; empty: the content must do.

        Messages of one millisecond are told apart by their count. None: a file before had the message,
        as parts of downloads that overlap have.
        """
        if milliseconds is None:
            return ""
        if self.windows and any(first <= milliseconds <= last for first, last in self.windows):
            seen = self._shared.setdefault(milliseconds, [])
            self._times[milliseconds, content] += 1
            if seen.count(content) >= self._times[milliseconds, content]:
                return None
        else:
            seen = self._own.setdefault(milliseconds, [])
        seen.append(content)
        return native_id(self.source, self.key, milliseconds, *([len(seen)] if len(seen) > 1 else []))

    def _attributes(self, item: Item) -> dict[str, str]:
        if not (item.media or item.share or item.reactions or item.seconds or item.people):
            return {}
        mend = self.encoding.mend
        faces = ((mend(face), mend(actor)) for face, actor in item.reactions)
        facts = {
            "media": ", ".join(item.media),
            "share": words(item.share.get("link")),
            "share_text": mend(words(item.share.get("share_text"))),
            "reactions": ", ".join(f"{face} {actor}".strip() for face, actor in faces),
            "seconds": item.seconds,
            "people": ", ".join(mend(name) for name in item.people),
        }
        return {name: value for name, value in facts.items() if value}


def _kind(item: Item, text: str, author: str | None) -> Kind:
    if item.unsent:
        return "deleted"
    if item.call:
        return "call"
    if item.type in MOVES or item.type == "placeholder" or item.people or author is None:
        return "system"
    if not text:
        return "media"
    return line_kind(text, author, attached=bool(item.media or item.share)) or "text"
