"""Which column of a table of tweets has what, and whether it is one: by the names that programs gave them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sosias.sources.tables_columns import plain

NAMES: dict[str, tuple[str, ...]] = {
    "text": (
        *("full_text", "tweet_text", "tweet_full_text", "text", "tweet", "tuit", "texto", "contenido"),
        *("content", "rendered_content", "raw_content", "body"),
    ),
    "id": ("id_str", "tweet_id", "status_id", "tweetid", "id_tweet", "tweet_id_str", "tuit_id", "id"),
    "time": (
        *("created_at", "timestamp_ms", "tweet_created_at", "tweet_created", "creado_en", "created"),
        *("date", "datetime", "fecha", "timestamp", "tweet_date", "time", "fecha_hora"),
    ),
    "author": (
        *("screen_name", "user_screen_name", "username", "user_username", "author_username", "user_name"),
        *("nombre_usuario", "user", "usuario", "author", "autor", "handle", "account", "cuenta", "name"),
        *("nombre", "author_id", "user_id"),
    ),
    "reply_to": (
        *("in_reply_to_status_id_str", "in_reply_to_status_id", "reply_to_status_id"),
        *("in_reply_to_tweet_id", "reply_to_tweet_id"),
    ),
}
"""The surer first; as `plain` spells names."""
RETWEET = (
    *(
        "is_retweet",
        "retweeted_status_id",
        "retweeted_status_id_str",
        "retweeted_status",
        "retweet_status_id",
    ),
    *("retweeted_tweet", "retweeted_tweet_id", "es_retweet"),
)
QUOTE = (
    *("is_quote", "is_quote_status", "quoted_status_id", "quoted_status_id_str", "quoted_status"),
    *("quoted_tweet", "quoted_tweet_id", "es_cita"),
)
"""Columns that hold something where a tweet repeats another, or has one under it. (`retweeted` and `quoted`
are not among them: they tell what the one did who asked X, and how often a tweet was quoted.)"""
REFERENCES = "referenced_tweets"
"""The list that the second version of X's interface has for both."""
CERTAIN = {
    *("full_text", "tweet", "tweet_text", "tweet_full_text", "tuit", "tweet_id", "tweetid", "id_tweet"),
    *("tweet_id_str", "status_id", "screen_name", "user_screen_name", "retweets", "retweet_count"),
    *("favorites", "favorite_count", "favourites_count", "in_reply_to_screen_name", "conversation_id_str"),
    *(*NAMES["reply_to"], *RETWEET, *QUOTE, REFERENCES),
}
"""Names that no other tables have."""
MARK = re.compile(
    r"\bRT @\w|(?<!\w)@\w{2,15}\b|https?://t\.co/|pic\.twitter\.com/|(?:twitter|x)\.com/\w+/status/"
)
"""What tweets are full of."""
MARKED = 0.1
"""Share of rows with such a mark that makes a table of texts, times and names one of tweets."""
NUMBER = re.compile(r"[0-9]{1,20}")
IN_LINK = re.compile(r"(?:twitter|x)\.com/\w+/status/([0-9]{1,20})")
ROUNDED = 1 << 53
"""Numbers from here on are not exact where a spreadsheet or pandas has counted with them."""
FIRST_DAYS = 1 << 20
"""Tweets of 2006 alone have smaller numbers: in a table they are the rows'."""
NOTHING = {"", "0", "0.0", "false", "f", "no", "none", "nan", "na", "null"}
"""How tables write that there is nothing."""


def places(columns: Sequence[str], told: Mapping[str, str]) -> dict[str, int] | None:
    """Return where what of a tweet stands; None: there is no column for the text, or the user named
    columns for what no tweet has."""
    names = [plain(one) for one in columns]
    if told and not (told.keys() <= NAMES.keys() and set(told.values()) <= set(columns)):
        return None
    place = {role: list(columns).index(name) for role, name in told.items()}
    for role, known in NAMES.items():
        found = next((one for one in known if one in names), None)
        if role not in place and found is not None:
            place[role] = names.index(found)
    return place if "text" in place else None


def are_tweets(columns: Sequence[str], place: Mapping[str, int], sample: Sequence[Sequence[Any]]) -> bool:
    """Do the columns say that these are tweets, or do names, times and what is in the rows?"""
    if CERTAIN.intersection(map(plain, columns)):
        return True
    if "author" not in place or "time" not in place:
        return False
    marked = sum(any(type(one) is str and MARK.search(one) for one in row) for row in sample)
    return bool(sample) and marked >= MARKED * len(sample)


def chosen(columns: Sequence[str], names: Sequence[str]) -> tuple[int, ...]:
    """Return the places of the columns that have one of the names."""
    return tuple(place for place, one in enumerate(columns) if plain(one) in names)


def is_something(value: Any) -> bool:
    """Does a cell hold anything but a way to write that it holds nothing?"""
    if isinstance(value, float):
        return value == value and value != 0
    return value.strip().lower() not in NOTHING if isinstance(value, str) else bool(value)


def number(value: Any) -> str:
    """Return a tweet's number; empty where it is none, or was rounded.

    rtweet writes an `x` before it, against spreadsheets.
    """
    if isinstance(value, bool):
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and 0 < value < ROUNDED else ""
    digits = str(value).strip().removeprefix("x") if isinstance(value, str) else _digits(value)
    return digits if NUMBER.fullmatch(digits) else ""


def _digits(value: Any) -> str:
    return str(value) if isinstance(value, int) and abs(value) < 1 << 64 else ""
