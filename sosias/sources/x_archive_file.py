"""The files of an archive of X: JavaScript that sets a variable to JSON, `window.YTD.tweets.part0 = [ … ]`.

Archives come in parts (`tweets-part1.js`), and older ones have other names (`tweet.js`) and no `"tweet"`
around each post.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from sosias.sources.entry import Entry
from sosias.sources.json_stream import ITEM, Value, beginning, walk
from sosias.sources.json_values import key, mapping, words

PLATFORM = "x"
"""What messages say that they are from."""
VARIABLE = re.compile(r"\s*window\.YTD\.(\w+)\.part\d+\s*=")
ASSIGNMENT = b"="
POSTS = ("tweet", "tweets", "community_tweet", "community_tweets")
NOTES = ("note_tweet", "note_tweets")
"""Long posts: those of more than 280 characters are cut in the files above."""
DELETED = ("deleted_tweet", "deleted_tweets")
ACCOUNT = ("account",)
CHATS = ("direct_message", "direct_messages", "direct_message_group", "direct_messages_group")
KNOWN = {*POSTS, *NOTES, *DELETED, *ACCOUNT, *CHATS}
ITEMS = ((),)


@dataclass
class Archive:
    """The files of one archive that are read, by what they hold."""

    files: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))

    def of(self, kinds: Iterable[str]) -> list[Entry]:
        """Return the files of some kinds, in the order of their parts."""
        return [file for kind in kinds for file in self.files.get(kind, ())]


def archives(entries: Sequence[Entry]) -> list[Archive]:
    """Return the archives among the entries: the files of one lie in one folder."""
    found: dict[tuple[str, str], Archive] = defaultdict(Archive)
    for entry in entries:
        if entry.suffix != ".js" and len(entries) > 1:
            continue
        match = VARIABLE.match(beginning(entry))
        if match and match[1] in KNOWN:
            root = "" if entry.archive is None else str(entry.path)
            found[root, str(PurePosixPath(entry.name).parent)].files[match[1]].append(entry)
    return [one for one in found.values() if one.of((*POSTS, *NOTES, *CHATS))]


def items(entry: Entry, inner: str) -> Iterator[tuple[dict[str, Any], Value]]:
    """Yield the objects of a file, taken out of what is around each; an empty one for what is none.

    Raises:
        Unreadable: it is damaged.
    """
    for value in walk(entry, ITEMS, after=ASSIGNMENT):
        if value.path == (ITEM,):
            item = mapping(value.value)
            yield mapping(item.get(inner, item)), value


@dataclass
class Account:
    """Whose archive it is."""

    number: str = ""
    name: str = ""
    """Without the @."""

    @classmethod
    def of(cls, archive: Archive) -> "Account":
        for entry in archive.of(ACCOUNT):
            for item, _value in items(entry, "account"):
                return cls(key(item.get("accountId")), words(item.get("username")))
        return cls()


def mentioned(post: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the numbers and names of the accounts that a post speaks to, or of."""
    entities = mapping(post.get("entities"))
    yield key(post.get("in_reply_to_user_id_str")), words(post.get("in_reply_to_screen_name"))
    for one in objects(entities.get("user_mentions")):
        yield key(one.get("id_str")), words(one.get("screen_name"))


def objects(value: object) -> list[dict[str, Any]]:
    """Return the objects of an array."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
