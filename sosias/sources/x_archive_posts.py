"""The posts of an archive of X as messages."""

import re
from calendar import timegm
from collections.abc import Iterator, Mapping
from typing import Any

from sosias.language import translate as _
from sosias.messages import Message, native_id
from sosias.sources.entry import Entry
from sosias.sources.json_stream import Value
from sosias.sources.json_values import instant, key, mapping, words
from sosias.sources.seen import Seen
from sosias.sources.source import OWNER, Drops
from sosias.sources.x_archive_file import PLATFORM, POSTS, Account, Archive, items
from sosias.sources.x_archive_notes import Note, Notes
from sosias.sources.x_archive_text import Typed, decoded
from sosias.sources.zones import Zone

CREATED = re.compile(r"\w{3} (\w{3}) (\d\d) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d) (\d{4})", re.ASCII)
"""`Tue Mar 19 14:05:17 +0000 2019`, in English whatever the language of the machine."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
COUNTS = {"lang": "lang", "favorite_count": "likes", "retweet_count": "retweets"}
LONGEST = 19
"""Digits of a number."""


class Posts:
    """Reads the posts of an archive, once."""

    def __init__(self, archive: Archive, account: Account, zone: Zone, dropped: Drops) -> None:
        self._archive = archive
        self._zone = zone
        self._dropped = dropped
        self._author = f"@{account.name}" if account.name else OWNER
        self._notes = Notes(archive)
        self._seen = Seen()

    @property
    def chat(self) -> str:
        return f"X: {self._author}" if self._author != OWNER else "X"

    def messages(self) -> Iterator[tuple[int, Message]]:
        """Yield each post with its number, which is the order of time, as the files have them."""
        before, again = 0, _("another part of the archive has this post")
        for entry in self._archive.of(POSTS):
            for post, value in items(entry, "tweet"):
                number = key(post.get("id_str")) or key(post.get("id"))
                if not post:
                    self._dropped.add(value.first_line, _("it is not a post"), entry.origin)
                elif number and not self._seen.add(number):
                    self._dropped.add(value.first_line, again, entry.origin)
                else:
                    before = place(number, before)
                    yield before, self._post(post, number, entry, value)
        for note in self._notes.alone():
            if self._seen.add(f"note {note.number}"):
                yield place(note.number, before), self._note(note)
            else:
                self._dropped.add(note.place.first_line, again, note.entry.origin)

    def _post(self, post: Mapping[str, Any], number: str, entry: Entry, value: Value) -> Message:
        typed, seconds = Typed.of(post), created(post.get("created_at"))
        note = None if typed.is_repeated else self._notes.of(typed, seconds)
        text = note.whole(typed.names) if note and typed.is_cut else typed.whole()
        answered = key(post.get("in_reply_to_status_id_str")) or key(post.get("in_reply_to_status_id"))
        message = self._message(number, seconds, text, entry, value)
        message.kind = "post" if text else "media"
        message.reply_to = native_id(PLATFORM, answered) if answered else None
        message.edited = "edit" in mapping(post.get("edit_info"))
        message.forwarded = typed.is_repeated
        message.attributes = _attributes(post, typed)
        return message

    def _note(self, note: Note) -> Message:
        message = self._message("", note.seconds, note.whole(), note.entry, note.place)
        message.id = native_id(PLATFORM, "note", note.number)
        return message

    def _message(self, number: str, seconds: int | None, text: str, entry: Entry, value: Value) -> Message:
        return Message(
            source=PLATFORM,
            chat=self.chat,
            seq=0,
            sent_at=instant(seconds, self._zone),
            author=self._author,
            kind="post",
            text=text,
            is_owner=True,
            file=entry.origin,
            first_line=value.first_line,
            last_line=value.last_line,
            id=native_id(PLATFORM, number) if number else "",
        )


def _attributes(post: Mapping[str, Any], typed: Typed) -> dict[str, str]:
    answered = words(post.get("in_reply_to_screen_name"))
    facts = {name: decoded(key(post.get(told))) for told, name in COUNTS.items()}
    facts["reply_to_user"] = f"@{answered}" if answered else ""
    facts["mentions"] = typed.names
    facts["quote"] = typed.quote
    facts["media"] = ", ".join(typed.media)
    return {name: value for name, value in facts.items() if value}


def place(number: str, before: int) -> int:
    """Return where in time a post stands: X's numbers grow with it."""
    return int(number) if number.isascii() and number.isdecimal() and len(number) <= LONGEST else before


def created(text: object) -> int | None:
    """Return the seconds since 1970 of the time of a post."""
    match = CREATED.fullmatch(words(text))
    if match is None or match[1] not in MONTHS:
        return None
    day, hour, minute, second = map(int, match.group(2, 3, 4, 5))
    away = (60 * int(match[7]) + int(match[8])) * (60 if match[6] == "+" else -60)
    try:
        return timegm((int(match[9]), MONTHS.index(match[1]) + 1, day, hour, minute, second)) - away
    except ValueError:
        return None
