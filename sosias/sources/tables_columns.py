"""Which column of a table has what of a message: by its name, as people and programs name it, or as told."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sosias.errors import SosiasError
from sosias.language import translate as _

NAMES: dict[str, tuple[str, ...]] = {
    "text": (
        *("text", "message", "msg", "body", "content", "contents", "message_text", "message_content"),
        *("message_body", "text_content", "full_text", "tweet", "comment", "texto", "mensaje"),
        *("contenido", "cuerpo", "comentario"),
    ),
    "author": (
        *("author", "author_name", "sender", "sender_name", "from", "from_name", "speaker", "user"),
        *("user_name", "username", "screen_name", "talker", "nick", "nickname", "name", "role", "autor"),
        *("autora", "remitente", "emisor", "hablante", "usuario", "usuaria", "nombre_usuario", "nombre"),
    ),
    "time": (
        *("sent_at", "sent_on", "timestamp", "timestamp_ms", "datetime", "date_time", "created_at"),
        *("created_utc", "created_on", "created", "create_time", "ts", "date", "time", "when"),
        *("fecha_hora", "fecha", "creado_en", "enviado_en", "momento"),
    ),
    "clock": ("time", "hour", "hora"),
    "chat": (
        *("chat", "chat_name", "conversation", "conversation_id", "thread", "thread_id", "channel"),
        *("channel_name", "room", "room_name", "group", "dialogue", "chat_id", "channel_id", "grupo"),
        *("conversacion", "canal", "sala", "hilo"),
    ),
    "is_owner": (
        *("is_owner", "is_sender", "is_from_me", "is_sent", "from_me", "is_me", "by_me", "mine"),
        *("outgoing", "is_outgoing", "es_mio"),
    ),
    "id": ("id", "message_id", "msg_id", "id_str", "tweet_id", "uuid", "guid", "id_mensaje"),
    "reply_to": ("reply_to", "reply_to_id", "reply_to_message_id", "in_reply_to", "responde_a"),
    "kind": ("kind", "type", "message_type", "msg_type", "type_name", "tipo"),
    "forwarded": ("forwarded", "is_forwarded", "is_forward", "reenviado"),
    "edited": ("edited", "is_edited", "editado"),
}
"""The likelier first; small letters, words joined by `_`, without accents."""
TOLD = tuple(role for role in NAMES if role != "clock")
"""What `--columns` can name."""
DATES = ("date", "fecha")
"""Columns beside which one with the time of day may stand."""
TIME_OF_DAY = re.compile(r"\s*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:\s*[ap][.\s]*m\.?)?\s*", re.IGNORECASE)
LONGEST_NAME = 30
"""Characters, and"""
MOST_WORDS = 3
"""words of a column's name that a sentence may quote; what is longer may be somebody's words."""
SPOKEN = re.compile(r"[0-9][/.:-][0-9]|[?!…¿¡,;@]|[.:](?:\s|$)|://")
"""What stands in dates, in sentences and in addresses, and in no name."""
MOST_NAMES = 40
"""Columns that a sentence lists."""


class NoTextColumn(SosiasError):
    """{path} is a table, but sosias cannot tell which column has the words. Its columns are: {columns}.
    Say which is which, as in --columns text=COLUMN,author=COLUMN,time=COLUMN."""


class NoColumnNames(SosiasError):
    """{path} looks like a table, but its first line does not name the columns: put a line such as
    text,author,time before it."""


class NoSuchColumn(SosiasError):
    """{path} has no column {column}. Its columns are: {columns}."""


class NoSuchField(SosiasError):
    """A message has no field {field}: columns can be named for {fields}."""


@dataclass(frozen=True)
class Columns:
    """The columns of a table, and which of them have what of a message."""

    names: list[str]
    """All of them, each different."""
    place: dict[str, int]
    """Where what of a message stands."""

    def name(self, role: str) -> str:
        return self.names[self.place[role]]

    def others(self) -> list[tuple[int, str]]:
        """Return the columns that become attributes, with their places."""
        taken = set(self.place.values())
        return [(place, name) for place, name in enumerate(self.names) if place not in taken]

    def found(self) -> dict[str, str]:
        """Return what is taken from which column, by what it is called."""
        return {role: self.names[place] for role, place in self.place.items()}


def find(columns: Sequence[str], sample: Sequence[Sequence[Any]], told: Mapping[str, str]) -> Columns | None:
    """Return which column has what; None where it cannot be told which has the words."""
    names = _distinct(columns)
    place = {role: names.index(name) for role, name in told.items() if name in names}
    if "text" not in place:
        words = [one for one in _named(names, "text", place) if _has_words(one, sample)]
        if len(words) != 1:
            return None
        place["text"] = words[0]
    for role in NAMES:
        if role not in place and role != "clock" and (found := _named(names, role, place)):
            place[role] = found[0]
    _add_clock(names, place, sample)
    return Columns(names, place)


def check_told(path: str, columns: Sequence[str], told: Mapping[str, str]) -> None:
    """Raise what is wrong with what the user named.

    Raises:
        NoSuchField, NoSuchColumn: which.
    """
    for role, name in told.items():
        if role not in TOLD:
            raise NoSuchField(field=role, fields=", ".join(TOLD))
        if name not in columns:
            raise NoSuchColumn(path=path, column=name, columns=listed(columns))


def refusal(path: str, columns: Sequence[str]) -> SosiasError:
    """Return what to say of a table whose words were not found."""
    if _are_names(columns):
        return NoTextColumn(path=path, columns=listed(columns))
    return NoColumnNames(path=path)


def listed(columns: Sequence[str]) -> str:
    """Return the names of columns for a sentence; it quotes nobody's words."""
    if not _are_names(columns):
        return _("(its first line names none)")
    return ", ".join(columns[:MOST_NAMES]) + (", …" if len(columns) > MOST_NAMES else "")


def plain(name: str) -> str:
    """Return a column's name in small letters, `_` between words: `createdAt` and `Created at` are one."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip().lstrip("\ufeff"))
    letters = unicodedata.normalize("NFD", words.casefold())
    letters = "".join(one for one in letters if not unicodedata.combining(one))
    return re.sub(r"[^a-z0-9]+", "_", letters).strip("_")


def _are_names(columns: Sequence[str]) -> bool:
    """Can all of them be names? Else the first line is a message, and nothing of it is said."""
    named = [one.strip() for one in columns if one.strip()]
    return bool(named) and len(set(named)) == len(named) and all(map(_is_name, named))


def _is_name(text: str) -> bool:
    short = len(text) <= LONGEST_NAME and len(text.split()) <= MOST_WORDS and text.isprintable()
    return short and any(map(str.isalpha, text)) and SPOKEN.search(text) is None


def _distinct(columns: Sequence[str]) -> list[str]:
    """Return the names, with a number where one is empty or there already."""
    names: dict[str, None] = {}
    for place, column in enumerate(columns, 1):
        name = column or _("column {number}").format(number=place)
        while name in names:
            name = f"{name} ({place})"
        names[name] = None
    return list(names)


def _named(names: Sequence[str], role: str, taken: Mapping[str, int]) -> list[int]:
    """Return the columns that are called as a role's are, the likelier first."""
    plainly = [plain(name) for name in names]
    ranked = [plainly.index(name) for name in NAMES[role] if name in plainly]
    return [one for one in ranked if one not in taken.values()]


def _has_words(place: int, sample: Sequence[Sequence[Any]]) -> bool:
    """Is there any text in a column, and not only numbers?"""
    texts = [row[place] for row in sample if isinstance(row[place], str) and row[place]]
    return any(not text.isdigit() for text in texts)


def _add_clock(names: Sequence[str], place: dict[str, int], sample: Sequence[Sequence[Any]]) -> None:
    """Find a column with the time of day beside one with the date."""
    if "time" not in place or plain(names[place["time"]]) not in DATES:
        return
    for one in _named(names, "clock", place):
        texts = [row[one] for row in sample if isinstance(row[one], str) and row[one]]
        if texts and all(TIME_OF_DAY.fullmatch(text) for text in texts):
            place["clock"] = one
            return
