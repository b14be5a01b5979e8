"""A post or a comment, as Reddit's API writes it, to a message.

The archives (Pushshift, Arctic Shift) and the public BigQuery tables have the API's own fields:
https://www.reddit.com/dev/api and https://github.com/ArthurHeitmann/arctic_shift.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sosias.messages import Kind, Message, native_id
from sosias.sources.zones import Zone

SOURCE_NAME = "reddit"
Record = Mapping[str, Any]
Pair = tuple[str, str]

NOBODY = "[deleted]"
"""The author of what is left when an account is deleted."""
POSTER, ANSWERER = "Poster", "Answerer"
"""Who wrote a post and a comment where a table has no column for it."""
GONE = re.compile(r"\[ ?(?:deleted|removed)(?: by [^\[\]]{1,80})? ?\]", re.IGNORECASE)
"""What stands where a text was deleted by its author or removed by others."""
BOTS = {
    *("automoderator", "remindmebot", "wikitextbot", "wikisummarizerbot", "autowikibot", "sneakpeekbot"),
    *("totesmessenger", "haikusbot", "commonmisspellingbot", "goodbot_badbot", "b0trank", "savevideo"),
    *("savevideobot", "vredditdownloader", "stabbot", "gifreversingbot", "linkifybot", "repostsleuthbot"),
    *("imgurtranscriber", "tweetposter"),
}
"""Programs that write on Reddit, known by name,"""
BOT_ENDING = ("_bot", "-bot")
"""and how others are mostly called. Names that merely end in “bot” may be people's."""
COMMENT_FACTS = (
    ("subreddit", "subreddit"),
    ("score", "score"),
    ("author_flair_text", "flair"),
    ("distinguished", "distinguished"),
)
POST_FACTS = (
    ("title", "title"),
    ("subreddit", "subreddit"),
    ("score", "score"),
    ("link_flair_text", "flair"),
    ("author_flair_text", "author_flair"),
    ("distinguished", "distinguished"),
    ("num_comments", "comments"),
    ("media", "media"),
)
"""The API's fields that become attributes, and the attributes' names."""
COMMENT_FLAGS = (("stickied", "stickied"), ("is_submitter", "is_poster"))
POST_FLAGS = (("stickied", "stickied"), ("over_18", "over_18"))
"""Those that are kept where they are true."""
FALSE = ("", "0", "0.0", "f", "false", "no", "none", "null", "nan")


def decoded(text: str) -> str:
    """Return a text as it was written: the API writes `&`, `<` and `>` as HTML does, and nothing else."""
    if "&" not in text:
        return text
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@dataclass(frozen=True, slots=True)
class Records:
    """Makes messages of the records of one file; their places in it are set by who reads the file."""

    file: str
    zone: Zone
    owner: str | None = None
    """The account that exported, where all in the file is its own."""
    decode: Callable[[str], str] = decoded

    def message(self, first: int, last: int, record: Record) -> Message | None:
        """Return the message of a record; None: it is neither a comment nor a post."""
        if record.get("body") is not None:
            return self.comment(first, last, record)
        if record.get("title") is not None or record.get("selftext") is not None:
            return self.post(first, last, record)
        return self.comment(first, last, record) if "body" in record else None

    def comment(self, first: int, last: int, record: Record) -> Message:
        attributes = self._facts(record, COMMENT_FACTS, COMMENT_FLAGS)
        link = full_name(record.get("link_id"), "t3_")
        parent = full_name(record.get("parent_id"), "t1_") or link
        if link:
            attributes["link"] = link
        if parent:
            attributes["parent"] = parent
        author, key = record.get("author", ANSWERER), comment_key(record)
        text = self._text(record.get("body"))
        return Message(
            SOURCE_NAME,
            thread(attributes.get("subreddit"), link),
            0,
            moment(record.get("created_utc"), self.zone),
            author if type(author) is str and author else None,
            _kind(text, author, "text", attributes),
            text,
            None if self.owner is None else True,
            _id(parent) if parent else None,
            edited=is_true(record.get("edited")),
            attributes=attributes,
            file=self.file,
            first_line=first,
            last_line=last,
            id=native_id(SOURCE_NAME, key) if key else "",
        )

    def post(self, first: int, last: int, record: Record) -> Message:
        attributes = self._facts(record, POST_FACTS, POST_FLAGS)
        key = full_name(record.get("name"), "t3_") or full_name(record.get("id"), "t3_")
        author, text = record.get("author", POSTER), self._text(record.get("selftext"))
        kind: Kind = "post"
        if url := self._link(record):
            attributes["url"] = url
            kind = "post" if text else "media"
        if GONE.fullmatch(attributes.get("title", "")):
            kind = "deleted"
        return Message(
            SOURCE_NAME,
            thread(attributes.get("subreddit"), key),
            0,
            moment(record.get("created_utc"), self.zone),
            author if type(author) is str and author else None,
            _kind(text, author, kind, attributes),
            text,
            None if self.owner is None else True,
            edited=is_true(record.get("edited")),
            attributes=attributes,
            file=self.file,
            first_line=first,
            last_line=last,
            id=native_id(SOURCE_NAME, key) if key else "",
        )

    def _text(self, value: Any) -> str:
        return self.decode(value) if type(value) is str else fact(value)

    def _facts(self, record: Record, names: tuple[Pair, ...], flags: tuple[Pair, ...]) -> dict[str, str]:
        facts = {}
        for field, name in names:
            value = record.get(field)
            if value is not None and (found := self._text(value)):
                facts[name] = found
        for field, name in flags:
            if record.get(field) and is_true(record[field]):
                facts[name] = "true"
        return facts

    def _link(self, record: Record) -> str:
        """Return what a post links to; empty where it is nothing but words."""
        url, own = record.get("url"), record.get("is_self")
        if type(url) is not str or is_true(own):
            return ""
        if own is None and "/comments/" in url and "reddit.com" in url:
            return ""
        return self.decode(url)


def _kind(text: str, author: Any, kind: Kind, attributes: dict[str, str]) -> Kind:
    """Return what a record is, if its text or its author do not make it something else."""
    if text[:1] == "[" and GONE.fullmatch(text):
        return "deleted"
    if type(author) is str and is_bot(author):
        attributes["bot"] = "true"
        return "system"
    return kind


@lru_cache(1 << 12)
def _id(key: str) -> str:
    """Return the id of what is answered: many comments answer one text."""
    return native_id(SOURCE_NAME, key)


def is_bot(author: str) -> bool:
    name = author.lower()
    return name in BOTS or name.endswith(BOT_ENDING)


def comment_key(record: Record) -> str:
    """Return a comment's full name, such as `t1_fcl1abc`; empty: it has none."""
    return full_name(record.get("id"), "t1_") or full_name(record.get("name"), "t1_")


def full_name(value: Any, prefix: str) -> str:
    """Return an id with what tells its kind: `t1_` for comments, `t3_` for posts; empty: there is none."""
    name: str = value if type(value) is str else fact(value)
    return name if not name or (name[0] == "t" and name[2:3] == "_") else prefix + name


def thread(subreddit: str | None, link: str) -> str:
    """Return the name of a chat: one post with all that was said under it."""
    if subreddit and link:
        return f"r/{subreddit}/{link.removeprefix('t3_')}"
    return f"r/{subreddit or link}"


def moment(value: Any, zone: Zone) -> datetime | None:
    """Return a time on the clock of a zone; None: it is no time, or in no year that a calendar has."""
    seconds = value if type(value) is int else seconds_of(value)
    try:
        return None if seconds is None else zone.wall(seconds)
    except (ValueError, OverflowError, OSError):
        return None


def seconds_of(value: Any) -> float | None:
    """Return a time in seconds since 1970; it is written so, or as a date in UTC; None: it is no time."""
    if isinstance(value, datetime):
        return _since_1970(value)
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None
    try:
        seconds = float(value)
    except (ValueError, OverflowError):
        return _written(value) if isinstance(value, str) else None
    return seconds if math.isfinite(seconds) else None


def _written(value: str) -> float | None:
    try:
        return _since_1970(datetime.fromisoformat(value.strip().removesuffix(" UTC")))
    except ValueError:
        return None


def _since_1970(value: datetime) -> float | None:
    try:
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def is_true(value: Any) -> bool:
    """Is a flag set? `edited` holds a time where it is; tables spell what is not in many ways."""
    if value is None or value is False:
        return False
    return fact(value).lower() not in FALSE


def fact(value: Any) -> str:
    """Return a single value as text; empty for what is nothing, or more than one."""
    if value is None or isinstance(value, list | dict | bytes):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return "" if math.isnan(value) else str(int(value)) if value.is_integer() else str(value)
    try:
        return str(value)
    except ValueError:  # thousands of digits
        return ""
