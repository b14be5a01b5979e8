"""Archives of X written by hand, in the shapes that real ones have."""

import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

ME, NAME = "1001", "jose"
BOB = "2002"
CREATED = "Tue Mar 19 14:05:{:02} +0000 2019"
ISO = "2019-03-19T14:05:{:02}.{:03}Z"


def coded(text: str) -> str:
    """Return a text as X writes it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def link(short: str, to: str) -> dict[str, Any]:
    return {"url": f"https://t.co/{short}", "expanded_url": to, "display_url": to, "indices": ["0", "1"]}


def post(number: int, text: str, *, links: Sequence[Mapping[str, Any]] = (), **more: Any) -> dict[str, Any]:
    """Return a post without what is around it; later ones have greater numbers."""
    return {
        "edit_info": {"initial": {"editTweetIds": [str(number)], "isEditEligible": False}},
        "retweeted": False,
        "entities": {"hashtags": [], "user_mentions": [], "urls": list(links)},
        "display_text_range": ["0", str(len(text))],
        "favorite_count": "2",
        "id_str": str(number),
        "truncated": False,
        "retweet_count": "0",
        "created_at": CREATED.format(number % 60),
        "full_text": coded(text),
        "lang": "es",
        **more,
    }


def answer(number: int, text: str, to: str = "bob", **more: Any) -> dict[str, Any]:
    """Return a reply; archives have 0 as the beginning of its range."""
    told = {"in_reply_to_status_id_str": "77", "in_reply_to_user_id_str": BOB, "in_reply_to_screen_name": to}
    return post(number, text, **told, **more)


def pictured(number: int, text: str, short: str = "pic") -> dict[str, Any]:
    """Return a post with two pictures, for which X writes one link."""
    media = [
        {**link(short, "https://x.com/p/1"), "media_url_https": f"https://pbs.example/{n}.jpg"}
        for n in (1, 2)
    ]
    made = post(number, f"{text} https://t.co/{short}".strip(), extended_entities={"media": media})
    made["entities"]["media"] = media[:1]
    return made


def note(number: int, text: str, second: int, links: Sequence[tuple[str, str]] = ()) -> dict[str, Any]:
    """Return a long post, which X codes not."""
    urls = [{"shortUrl": f"https://t.co/{short}", "expandedUrl": to} for short, to in links]
    core = {"text": text, "urls": urls, "mentions": [], "hashtags": []}
    return {"noteTweet": {"noteTweetId": str(number), "createdAt": ISO.format(second, 0), "core": core}}


def sent(number: int, sender: str, text: str, second: int = 0, **more: Any) -> dict[str, Any]:
    """Return a direct message."""
    told = {"id": str(number), "senderId": sender, "createdAt": ISO.format(second, number % 1000)}
    empty: dict[str, Any] = {"urls": [], "mediaUrls": [], "reactions": []}
    return {"messageCreate": {**told, "text": coded(text), **empty, **more}}


def event(kind: str, second: int, **told: Any) -> dict[str, Any]:
    """Return what X says of a conversation, or a reaction."""
    return {kind: {**told, "createdAt": ISO.format(second, 0)}}


def conversation(number: str, events: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a conversation; its events are given oldest first and written newest first."""
    return {"dmConversation": {"conversationId": number, "messages": list(events)[::-1]}}


ACCOUNT = [
    {"account": {"accountId": ME, "username": NAME, "accountDisplayName": "José", "email": "x@y.example"}}
]


def script(name: str, value: Any, *, part: int = 0, indent: int | None = 2, ascii: bool = False) -> str:
    """Return a file of an archive."""
    return f"window.YTD.{name}.part{part} = {json.dumps(value, indent=indent, ensure_ascii=ascii)}"


def wrapped(posts: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return posts as a file has them: newest first, each in an object."""
    return [{"tweet": one} for one in list(posts)[::-1]]


def zipped(path: Path, members: Mapping[str, str]) -> Path:
    """Write an archive."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text.encode("utf-8", "surrogatepass"))
    return path


LONG = "una historia larga " * 20
POSTS: list[dict[str, Any]] = [
    post(1, "¡Hola! 👩‍💻 ½ & <3"),
    answer(2, "@bob @carl sí, claro"),
    post(3, "RT @bob: dicho por otro"),
    pictured(4, "mira"),
    pictured(5, ""),
    post(
        6,
        "lee https://t.co/a y https://t.co/b",
        links=[link("a", "https://a.example/?x=1&y=2"), link("b", "https://b.example")],
    ),
    post(7, "tal cual https://t.co/q", links=[link("q", "https://twitter.com/bob/status/99")]),
    post(8, LONG[:279] + "…"),
    post(9, "fin"),
]

LIKE = {"senderId": ME, "reactionKey": "like", "eventId": "5"}
CHATS: list[dict[str, Any]] = [
    conversation(
        f"{ME}-{BOB}",
        [
            sent(10, ME, "hola", 1, recipientId=BOB),
            sent(11, BOB, "qué tal & <3", 2, reactions=[LIKE]),
            event("reactionCreate", 3, senderId=ME, reactionKey="funny", eventId="11"),
        ],
    )
]
GROUP: list[dict[str, Any]] = [
    conversation(
        "555",
        [
            event("joinConversation", 1, initiatingUserId=BOB, participantsSnapshot=[ME, BOB]),
            event("conversationNameUpdate", 2, initiatingUserId=BOB, name="Viaje"),
            sent(20, "3003", "¿vamos?", 3),
            event("participantsLeave", 4, userIds=[BOB]),
        ],
    )
]


def whole() -> dict[str, str]:
    """Return the files of an archive."""
    return {
        "data/manifest.js": "window.__THAR_CONFIG = {}",
        "data/account.js": script("account", ACCOUNT),
        "data/tweets.js": script("tweets", wrapped(POSTS[4:])),
        "data/tweets-part1.js": script("tweets", wrapped(POSTS[:5]), part=1),
        "data/note-tweet.js": script("note_tweet", [note(108, LONG, 8)]),
        "data/community-tweet.js": script("community_tweet", wrapped([post(12, "en comunidad")])),
        "data/deleted-tweets.js": script("deleted_tweets", wrapped([post(13, "borrado")])),
        "data/direct-messages.js": script("direct_messages", CHATS),
        "data/direct-messages-group.js": script("direct_messages_group", GROUP),
        "data/direct-message-headers.js": script("direct_message_headers", CHATS),
        "data/like.js": script("like", [{"like": {"tweetId": "1", "fullText": "de otro"}}]),
        "assets/app.js": "window.app = function () {}",
    }


def seeds(folder: Path) -> list[Path]:
    """Write small archives of every shape."""
    old = folder / "old" / "tweet.js"
    old.parent.mkdir(parents=True, exist_ok=True)
    old.write_text(script("tweet", POSTS[::-1], indent=None, ascii=True), "utf-8")
    chats = folder / "direct-messages.js"
    chats.write_text(script("direct_messages", CHATS), "utf-8")
    for name, text in whole().items():
        path = folder / "unzipped" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return [zipped(folder / "twitter.zip", whole()), folder / "unzipped", old, chats]
