"""What somebody has typed, out of the text of a post that X gives.

X writes `&`, `<` and `>` as in HTML, puts the names of those who are answered before a reply, cuts long
posts, and writes every link as one of its own (`t.co`): links that were typed are given back as they
lead, those that stand for a picture or a quoted post are taken away.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sosias.sources.json_values import items, key, mapping, number, words
from sosias.sources.x_archive_file import objects

CODED = re.compile("&(amp|lt|gt);")
PLAIN = {"amp": "&", "lt": "<", "gt": ">"}
BARE = re.compile("[<>]|&(?!amp;|lt;|gt;)")
"""What no coded text has."""
LINK = re.compile(r"https?://t\.co/\w+", re.ASCII)
ANSWERED = re.compile(r"(?:@\w{1,20} )+", re.ASCII)
STATUS = re.compile(
    r"https?://(?:www\.|mobile\.)?(?:twitter|x)\.com/(?:\w+|i/web)/status(?:es)?/\d+\S*", re.ASCII
)
PICTURES = re.compile(r"https?://(?:www\.)?(?:twitter|x)\.com/messages/media/\S+", re.ASCII)
"""Where the links lead that stand for a medium of a direct message."""
CUT = "…"
REPEATED = "RT @"


def decoded(text: str) -> str:
    """Return a text as it was typed; one that has a bare `<`, `>` or `&` was not coded."""
    return text if BARE.search(text) else CODED.sub(lambda match: PLAIN[match[1]], text)


def expanded(text: str, links: Mapping[str, str]) -> str:
    """Return a text with the links that were typed."""
    return LINK.sub(lambda match: links.get(match[0]) or match[0], text) if links else text


def last_link(text: str) -> tuple[str, str]:
    """Return a text without the link that it ends with and the space that X puts before it, and the link."""
    start = max(text.rfind("https://t.co/"), text.rfind("http://t.co/"))
    if start < 0 or not LINK.fullmatch(text, start):
        return text, ""
    return text[:start].removesuffix(" "), text[start:]


@dataclass(slots=True)
class Typed:
    """What a post says, without what X has put around it."""

    text: str
    links: dict[str, str]
    """Where X's links lead."""
    names: str = ""
    """Those who are answered, before the text;"""
    media: tuple[str, ...] = ()
    """the pictures and films that are shown below it;"""
    quote: str = ""
    """and the post that is quoted."""

    @classmethod
    def of(cls, post: Mapping[str, Any]) -> "Typed":
        entities, more = mapping(post.get("entities")), mapping(post.get("extended_entities"))
        media = objects(more.get("media")) or objects(entities.get("media"))
        links = objects(entities.get("urls"))
        pairs = ((words(one.get("url")), words(one.get("expanded_url"))) for one in links)
        typed = cls(decoded(words(post.get("full_text")) or words(post.get("text"))), dict(pairs))
        if not typed.is_repeated:
            typed._take_names(post)
            typed._take_media({words(one.get("url")) for one in media})
            typed._take_quote(key(post.get("id_str")))
            typed._take_cut()
        address = (words(one.get("media_url_https")) or words(one.get("media_url")) for one in media)
        typed.media = tuple(dict.fromkeys(one for one in address if one))
        return typed

    @classmethod
    def of_direct(cls, event: Mapping[str, Any]) -> "Typed":
        """Return what a direct message says: a post that it leads to is what was sent, and stays."""
        links = objects(event.get("urls"))
        pairs = ((words(one.get("url")), words(one.get("expanded"))) for one in links)
        typed = cls(decoded(words(event.get("text"))), dict(pairs))
        typed._take_media(())
        typed.media = tuple(one for one in map(words, items(event.get("mediaUrls"))) if one)
        return typed

    @property
    def is_repeated(self) -> bool:
        """Are they somebody else's words?"""
        return self.text.startswith(REPEATED)

    @property
    def is_cut(self) -> bool:
        return self.text.endswith(CUT)

    def whole(self) -> str:
        """Return the text with the links that were typed."""
        return expanded(self.text, self.links)

    def _take_names(self, post: Mapping[str, Any]) -> None:
        """Take away the names before a reply: up to where X says that it begins or, as archives say 0,
        all; a reply of names alone stays."""
        match = ANSWERED.match(self.text)
        if match is None or not words(post.get("in_reply_to_screen_name")):
            return
        start = number(next(iter(items(post.get("display_text_range"))), None)) or 0
        end = int(start) if 0 < start <= match.end() else match.end()
        if self.text[end - 1] == " " and end < len(self.text):
            self.names, self.text = self.text[: end - 1], self.text[end:]

    def _take_media(self, links: Collection[str]) -> None:
        text, link = last_link(self.text)
        while link and (link in links or PICTURES.fullmatch(self.links.get(link, ""))):
            self.text = text
            text, link = last_link(text)

    def _take_quote(self, number: str) -> None:
        """Take away the link to the quoted post; cut posts also end with one to themselves."""
        text, link = last_link(self.text)
        to = self.links.get(link, "")
        if STATUS.fullmatch(to):
            self.text = text
            if number and to.endswith(f"/{number}"):
                self._take_quote("")
            else:
                self.quote = to

    def _take_cut(self) -> None:
        """Take away what follows the cut: links, of which the archive does not tell where they lead."""
        rest = self.text
        while (found := last_link(rest))[1] and found[1] not in self.links:
            rest = found[0]
        if rest.endswith(CUT):
            self.text = rest
