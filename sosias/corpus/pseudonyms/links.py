"""E-mail addresses, links that hold an identity, and @handles in a text."""

import re
from collections.abc import Iterator

from sosias.corpus.pseudonyms.spans import Span

EMAIL = re.compile(r"[^\W_][\w.+-]*@(?:[^\W_][\w-]*\.)+[^\W\d_]{2,}")
SPELT_EMAIL = re.compile(
    r"\b[\w.+-]{2,}\s*(?:\(at\)|\[at\]|\(arroba\)|\barroba\b|\s+at\s+(?=[\w-]+\s+dot\b))\s*"
    r"[\w-]+(?:\s*(?:\.|\bpunto\b|\bdot\b|\(dot\)|\[dot\])\s*[^\W\d_]{2,})+",
    re.IGNORECASE,
)
"""`ana arroba gmail punto com`, `bob (at) gmail.com`."""
LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"']+", re.IGNORECASE)
PROFILE_HOSTS = [
    "instagram",
    "facebook",
    "fb",
    "twitter",
    "x",
    "linkedin",
    "tiktok",
    "github",
    "gitlab",
    "t.me",
    "telegram",
    "wa.me",
    "whatsapp",
    "snapchat",
    "pinterest",
    "reddit",
    "twitch",
    "youtube",
    "discord",
    "paypal.me",
    "paypal",
    "venmo",
    "linktr.ee",
    "onlyfans",
    "threads",
    "vk",
    "bsky",
    "soundcloud",
    "strava",
    "spotify",
    "medium",
    "calendly",
    "tumblr",
    "flickr",
    "steamcommunity",
    "goodreads",
    "lastfm",
    "last.fm",
    "ko-fi",
    "patreon",
    "cash.app",
    "bizum",
    "behance",
    "dribbble",
    "about.me",
    "keybase",
    "mastodon",
]
_HOSTS = "|".join(
    re.escape(host) if "." in host else rf"{re.escape(host)}\.[a-z]{{2,6}}" for host in PROFILE_HOSTS
)
BARE_PROFILE = re.compile(rf"(?<![\w@./])(?:[a-z]{{1,3}}\.)?(?:{_HOSTS})/[^\s<>\"']+", re.IGNORECASE)
"""A profile without `https://`: `instagram.com/ana`."""
PROFILE = re.compile(rf"(?:^|[./])(?:{_HOSTS})$", re.IGNORECASE)
SHARED_PLACES = re.compile(r"^(?:maps|goo\.gl|meet|zoom|drive|docs|photos|dropbox|wetransfer)", re.IGNORECASE)
IDENTITY = re.compile(
    r"\d{4}|[?&#;][^=]+=|@|~|/(?:u|user|users|usuario|profile|perfil|people|in|id|invite|join)/",
    re.IGNORECASE,
)
"""What makes a path more than a page: numbers, a query, a user."""
TOKEN = re.compile(r"(?=[\w-]*\d)(?=[\w-]*[a-zA-Z])[\w-]{8,}|[a-z]+[A-Z][\w-]{6,}|[\w-]{20,}")
"""A part of a path that nobody would write by hand."""
HANDLE = re.compile(r"(?<![\w.@/])@(?=[\w.]*[^\W\d_])\w[\w.]{1,29}(?<!\.)")
EVERYBODY = frozenset(
    [
        "all",
        "everyone",
        "everybody",
        "todos",
        "todas",
        "todes",
        "here",
        "channel",
        "canal",
        "admin",
        "admins",
        "gmail",
        "hotmail",
    ]
)
NAMED_HANDLE = re.compile(
    r"\b(?:insta|ig|instagram|twitter|tiktok|snap|snapchat|telegram|discord|steam|psn|gamertag|usuario|user|"
    r"username|user\s?name|nick|handle|twitch|skype|xbox)\b(?:\s*[:=]\s*|\s+(?:(?:es|is|soy|am|it's|era)\s*:?\s+)?)"
    r"(?P<handle>(?=\w*[\d_]|\w+\.\w)[^\W\d_][\w.]{3,29}(?<!\.))(?![\w@])",
    re.IGNORECASE,
)
"""`mi insta es ana_92`: words must announce a handle without @."""
IN_HANDLES = re.compile(r"[\d_]|\w\.\w")
"""What a handle without @ has, so that it is no word."""
TRAILING = ".,;:!?)]}'\"»”…*_"


def find(text: str) -> Iterator[Span]:
    """Yield e-mails, then what follows the host of links, then handles.

    The host of a link stays: it says what a message is about and is nobody's.
    """
    if "@" in text:
        for match in EMAIL.finditer(text):
            yield Span(match.start(), match.end(), "email", match.group().casefold())
    lower = text.casefold()
    if "arroba" in lower or "at)" in lower or "at]" in lower or " dot " in lower:
        for match in SPELT_EMAIL.finditer(text):
            yield Span(match.start(), match.end(), "email", _spoken(match.group()))
    if "://" in text or "www." in lower or "/" in text:
        yield from _links(text)
    if "@" in text:
        for match in HANDLE.finditer(text):
            if match.group()[1:].casefold() not in EVERYBODY:
                yield Span(match.start() + 1, match.end(), "handle", match.group()[1:].casefold())
    for match in NAMED_HANDLE.finditer(text) if IN_HANDLES.search(text) else ():
        yield Span(*match.span("handle"), "handle", match["handle"].casefold())


def _links(text: str) -> Iterator[Span]:
    for pattern in (LINK, BARE_PROFILE):
        for match in pattern.finditer(text):
            link = match.group().rstrip(TRAILING)
            scheme = link.find("://") + 3 if "://" in link else 0
            host, _slash, path = link[scheme:].partition("/")
            if path and _is_somebodys(host, path):
                start = match.start() + scheme + len(host) + 1
                yield Span(start, match.start() + len(link), "link", f"{host.casefold()}/{path}")


def _is_somebodys(host: str, path: str) -> bool:
    """Does a path lead to a person, a private page or something with an id?"""
    if PROFILE.search(host) or SHARED_PLACES.match(host):
        return True
    return bool(IDENTITY.search("/" + path) or any(TOKEN.fullmatch(part) for part in re.split(r"[/.]", path)))


def _spoken(address: str) -> str:
    """Return a spelt-out address as one writes it."""
    joined = re.sub(r"\s*[([]?\b(?:arroba|at)\b[)\]]?\s*", "@", address.casefold(), count=1)
    return re.sub(r"\s*[([]?(?:\bpunto\b|\bdot\b|\.)[)\]]?\s*", ".", joined)
