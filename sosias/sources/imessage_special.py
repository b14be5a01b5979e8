"""What is not only words: reactions, edits, what was taken back, attachments, apps, events of a group."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from sosias.language import translate as _
from sosias.messages import Kind, native_id
from sosias.sources.imessage_body import PLACE, edits
from sosias.sources.imessage_tapbacks import ADDED, EMOJI, FIRST, KINDS, PLACED, REMOVED, STICKER, VOTE

FIELDS = (
    "item_type",
    "group_action_type",
    "group_title",
    "other_handle",
    "associated_message_type",
    "associated_message_guid",
    "associated_message_emoji",
    "thread_originator_guid",
    "cache_has_attachments",
    "message_summary_info",
    "date_edited",
    "date_retracted",
    "balloon_bundle_id",
    "is_spam",
    "is_system_message",
    "is_service_message",
    "is_auto_reply",
    "is_forward",
    "subject",
)
ATTACHMENTS = """
SELECT {transfer_name}, {filename} FROM message_attachment_join j
JOIN attachment a ON a.ROWID = j.attachment_id WHERE j.message_id = ? ORDER BY a.ROWID"""
EVENTS = {
    (1, 0): "joined",
    (1, 1): "removed",
    (2, 0): "renamed",
    (3, 0): "left",
    (3, 1): "photo changed",
    (3, 2): "photo removed",
    (4, 0): "location shared",
    (5, 0): "audio kept",
    (6, 0): "call",
}
"""`item_type` and `group_action_type` of what happens in a chat."""
LINK = "URLBalloonProvider"
"""A link with its preview: its words are the sender's. All other apps write theirs themselves."""
POLLS = ".Polls"
INVISIBLE = "\ufffd"
"""Stands in the text where an app's bubble does."""

Values = dict[str, Any]


@dataclass(slots=True)
class Found:
    """What a message turned out to be."""

    text: str
    kind: Kind = "text"
    attributes: dict[str, str] = field(default_factory=dict)
    reply_to: str | None = None
    edited: bool = False
    forwarded: bool = False
    whom: object = None
    """Handle of whom an event is about."""
    has_author: bool = True


class Special:
    """Reads those rows of a database that have more than words, or none."""

    def __init__(self, connection: sqlite3.Connection, have: Mapping[str, frozenset[str]]) -> None:
        self._connection = connection
        columns = [name if name in have["message"] else "NULL" for name in FIELDS]
        self._query = f"SELECT {', '.join(columns)} FROM message WHERE ROWID = ?"
        attachment = have.get("attachment", frozenset())
        names = {
            name: f"a.{name}" if name in attachment else "NULL" for name in ("transfer_name", "filename")
        }
        joined = {"message_id", "attachment_id"} <= have.get("message_attachment_join", frozenset())
        self._attachments = ATTACHMENTS.format(**names) if attachment and joined else None

    def read(self, row: int, text: str | None, *, damaged: bool) -> Found | str:
        """Return what a row is, or why it is no message. `text` has the places of its attachments still."""
        fetched = self._connection.execute(self._query, [row]).fetchone()
        values: Values = dict(zip(FIELDS, fetched, strict=True))
        found = Found((text or "").replace(PLACE, ""), forwarded=values["is_forward"] == 1)
        if subject := _text(values["subject"]):
            found.attributes["subject"] = subject
        if answered := _text(values["thread_originator_guid"]):
            found.reply_to = native_id("imessage", answered)
        if values["item_type"] or values["is_system_message"] or values["is_service_message"]:
            return _event(found, values)
        has_place = PLACE in (text or "")
        media = self._media(row) if has_place or values["cache_has_attachments"] or not found.text else None
        if media:
            found.attributes["media"] = media
        if (code := _code(values["associated_message_type"])) >= FIRST:
            return _reaction(found, values, code)
        if values["date_edited"] or values["date_retracted"] or not found.text:
            _apply_edits(found, values)
        return self._told(found, values, damaged=damaged, has_media=bool(media) or has_place)

    def _told(self, found: Found, values: Values, *, damaged: bool, has_media: bool) -> Found | str:
        """Tell words from what has none."""
        app = _text(values["balloon_bundle_id"])
        if found.kind == "deleted":
            return found
        if app and not app.endswith(LINK):
            found.kind = "poll" if app.endswith(POLLS) else "media"
            found.attributes["app"] = app.rpartition(":")[2]
            found.text = found.text.replace(INVISIBLE, "")
        elif has_media or app:
            found.kind = "text" if found.text.strip() else "media"
        elif not found.text:
            return _("its words are damaged") if damaged else _("it has neither words nor attachments")
        for flag, name in (("is_spam", "spam"), ("is_auto_reply", "bot")):
            if values[flag] == 1:
                found.attributes[name] = "true"
                found.kind = "system" if found.kind == "text" else found.kind
        return found

    def _media(self, row: int) -> str | None:
        """Return the names of a message's attachments."""
        if self._attachments is None:
            return None
        names = []
        for name, path in self._connection.execute(self._attachments, [row]):
            names.append(_text(name) or PurePosixPath(_text(path) or "?").name)
        return ", ".join(names) or None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _code(value: object) -> int:
    return value if isinstance(value, int) else 0


def _event(found: Found, values: Values) -> Found:
    """Something happened in the chat."""
    found.kind, found.has_author, found.whom = "system", False, values["other_handle"]
    event = _code(values["item_type"]), _code(values["group_action_type"])
    if event[0]:
        found.attributes["event"] = EVENTS.get(event) or EVENTS.get((event[0], 0)) or str(event[0])
    if title := _text(values["group_title"]):
        found.attributes["title"] = title
    return found


def _reaction(found: Found, values: Values, code: int) -> Found:
    """Tell what was thought of which message; the text is the sentence that stands for it elsewhere."""
    found.kind = "reaction"
    target = _text(values["associated_message_guid"])
    if target:
        part, _slash, guid = target.partition("/")
        guid = guid if part.startswith("p:") and guid else target.removeprefix("bp:")
        found.reply_to = native_id("imessage", guid)
    kind = code - (REMOVED - ADDED) if code >= REMOVED else code
    if code == PLACED or kind == STICKER:
        found.attributes["reaction"] = "sticker"
    elif code == VOTE:
        found.attributes["reaction"] = "vote"
    else:
        sign = KINDS[kind - ADDED] if ADDED <= kind < EMOJI else None
        found.attributes["reaction"] = sign or _text(values["associated_message_emoji"]) or str(code)
    if REMOVED <= code < VOTE:
        found.attributes["removed"] = "true"
    return found


def _apply_edits(found: Found, values: Values) -> None:
    """Put in the last version; what was taken back as a whole is deleted."""
    told = edits(values["message_summary_info"])
    if told.text is not None and (told.parts <= 1 or not found.text):
        found.text = told.text.replace(PLACE, "")
    found.edited = told.text is not None or bool(values["date_edited"])
    if not found.text and "media" not in found.attributes and (told.unsent or values["date_retracted"]):
        found.kind, found.edited = "deleted", False
