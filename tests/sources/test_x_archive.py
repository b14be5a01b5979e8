"""Archives of X: posts as they were typed, whole and once; direct messages by conversation."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sosias.errors import SosiasError
from sosias.messages import Message, native_id
from sosias.sources.problems import Unreadable
from sosias.sources.source import Options, Reading, recognise
from sosias.sources.x_archive_posts import created
from sosias.sources.zones import Zone
from tests.sources.x_archive_exports import (
    ACCOUNT,
    BOB,
    CHATS,
    GROUP,
    ISO,
    LONG,
    ME,
    POSTS,
    answer,
    coded,
    conversation,
    link,
    note,
    pictured,
    post,
    script,
    seeds,
    sent,
    whole,
    wrapped,
    zipped,
)

UTC = Options(zone=Zone.given("UTC"))
OWN = {"data/account.js": script("account", ACCOUNT)}


def readings(path: Path) -> list[Reading]:
    return recognise(path, UTC).readings


def of(path: Path, posts: list[dict[str, Any]], **more: Any) -> list[Message]:
    """Return the messages of an archive of posts."""
    files = {name: script(name.split("/")[-1], value) for name, value in more.items()}
    files = {f"data/{name}.js": text for name, text in files.items()}
    path = zipped(path / "x.zip", {"data/tweets.js": script("tweets", wrapped(posts)), **OWN, **files})
    [reading] = readings(path)
    return list(reading.messages())


def typed(path: Path, **made: Any) -> Message:
    [message] = of(path, [made["post"]])
    return message


def test_whole_archive(tmp_path: Path) -> None:
    posts, chats = readings(zipped(tmp_path / "twitter.zip", whole()))
    messages = list(posts.messages())
    assert [one.text for one in messages] == [
        "¡Hola! 👩‍💻 ½ & <3",
        "sí, claro",
        "RT @bob: dicho por otro",
        "mira",
        "",
        "lee https://a.example/?x=1&y=2 y https://b.example",
        "tal cual",
        LONG,
        "fin",
        "en comunidad",
    ]
    assert [one.kind for one in messages] == ["post"] * 4 + ["media"] + ["post"] * 5
    assert [one.forwarded for one in messages] == [number == 2 for number in range(10)]
    assert {(one.author, one.chat, one.is_owner, one.source) for one in messages} == {
        ("@jose", "X: @jose", True, "x")
    }
    assert [one.seq for one in messages] == list(range(10))
    assert messages[0].sent_at == datetime(2019, 3, 19, 14, 5, 1)
    assert messages[1].attributes == {
        "lang": "es",
        "likes": "2",
        "retweets": "0",
        "reply_to_user": "@bob",
        "mentions": "@bob @carl",
    }
    assert messages[1].reply_to == native_id("x", "77")
    assert messages[3].attributes["media"] == "https://pbs.example/1.jpg, https://pbs.example/2.jpg"
    assert messages[6].attributes["quote"] == "https://twitter.com/bob/status/99"
    assert messages[8].id == native_id("x", "9")
    assert dict(posts.dropped.counts) == {"another part of the archive has this post": 1}
    assert posts.notes == ["deleted posts that are left out: 1"]
    assert (posts.owner, chats.owner) == ("@jose", "@jose")
    assert posts.count == len(messages) + 1
    direct = list(chats.messages())
    assert {(one.chat, one.seq, one.author, one.kind, one.text) for one in direct} == {
        ("@bob", 0, "@jose", "text", "hola"),
        ("@bob", 1, "@bob", "text", "qué tal & <3"),
        ("@bob", 2, "@jose", "reaction", "funny"),
        ("Viaje", 0, None, "system", ""),
        ("Viaje", 1, None, "system", "Viaje"),
        ("Viaje", 2, "3003", "text", "¿vamos?"),
        ("Viaje", 3, None, "system", ""),
    }
    by_text = {one.text: one for one in direct}
    assert by_text["hola"].is_owner is True and by_text["qué tal & <3"].is_owner is False
    assert by_text["qué tal & <3"].attributes == {"reactions": "like @jose"}
    assert by_text["funny"].reply_to == by_text["qué tal & <3"].id
    assert by_text["Viaje"].attributes == {"event": "conversationNameUpdate", "by": "@bob"}


def test_a_cut_post_whose_link_is_not_told_is_the_long_one(tmp_path: Path) -> None:
    cut = post(8, LONG[:279] + "… https://t.co/own")
    assert notes(tmp_path, [cut], [note(108, LONG, 8)]) == [LONG]


@pytest.mark.parametrize("number", range(4))
def test_seeds(number: int, tmp_path: Path) -> None:
    found = readings(seeds(tmp_path)[number])
    for reading in found:
        messages = list(reading.messages())
        assert len(messages) + len(reading.dropped) == reading.count > 0
        assert len({one.id for one in messages}) == len(messages)
        assert list(reading.messages()) == messages


def test_old_archive_without_account(tmp_path: Path) -> None:
    [reading] = readings(seeds(tmp_path)[2])
    messages = list(reading.messages())
    assert {(one.author, one.chat, one.is_owner) for one in messages} == {("Me", "X", True)}
    assert (reading.owner, len(messages)) == (None, len(POSTS))
    assert messages[7].text == LONG[:279] + "…"  # there is no long post beside it


@pytest.mark.parametrize(
    ("made", "text", "names"),
    [
        (answer(1, "@bob hola"), "hola", "@bob"),
        (answer(1, "@bob @ann_ hola @carl"), "hola @carl", "@bob @ann_"),
        (answer(1, "@bob @ann hola", display_text_range=["5", "14"]), "@ann hola", "@bob"),
        (answer(1, "@bob @ann hola", display_text_range=[5, 14]), "@ann hola", "@bob"),
        (answer(1, "@bob hola", display_text_range=["99", "x"]), "hola", "@bob"),
        (answer(1, "@bob"), "@bob", ""),
        (answer(1, "@bob @ann"), "@ann", "@bob"),
        (answer(1, "hola @bob", to="jose"), "hola @bob", ""),
        (post(1, "@bob hola"), "@bob hola", ""),
        (post(1, ".@bob hola"), ".@bob hola", ""),
    ],
)
def test_names_before_a_reply(made: dict[str, Any], text: str, names: str, tmp_path: Path) -> None:
    message = typed(tmp_path, post=made)
    assert (message.text, message.attributes.get("mentions", "")) == (text, names)


OWN_LINK = link("own", "https://twitter.com/i/web/status/1")
QUOTED = link("q", "https://x.com/bob/status/99?s=20")


@pytest.mark.parametrize(
    ("made", "text", "quote"),
    [
        (post(1, "a &amp; b"), "a &amp; b", ""),
        (post(1, "https://t.co/z"), "https://t.co/z", ""),
        (post(1, "ve https://t.co/q", links=[QUOTED]), "ve", QUOTED["expanded_url"]),
        (post(1, "ve\nhttps://t.co/q", links=[QUOTED]), "ve\n", QUOTED["expanded_url"]),
        (post(1, "https://t.co/q ve", links=[QUOTED]), f"{QUOTED['expanded_url']} ve", ""),
        (post(1, "ve… https://t.co/own", links=[OWN_LINK]), "ve…", ""),
        (post(1, "ve… https://t.co/own"), "ve…", ""),
        (post(1, "ve https://t.co/own"), "ve https://t.co/own", ""),
        (
            post(1, "ve… https://t.co/q https://t.co/own", links=[OWN_LINK, QUOTED]),
            "ve…",
            QUOTED["expanded_url"],
        ),
        (post(1, "RT @b: ve https://t.co/q", links=[QUOTED]), f"RT @b: ve {QUOTED['expanded_url']}", ""),
        (pictured(1, "dos  espacios "), "dos  espacios ", ""),
    ],
)
def test_links(made: dict[str, Any], text: str, quote: str, tmp_path: Path) -> None:
    message = typed(tmp_path, post=made)
    assert (message.text, message.attributes.get("quote", "")) == (text, quote)


def test_edited(tmp_path: Path) -> None:
    assert typed(tmp_path, post=post(1, "x", edit_info={"edit": {"initialTweetId": "0"}})).edited
    assert not typed(tmp_path, post=post(1, "x")).edited


def notes(path: Path, posts: list[dict[str, Any]], longer: list[dict[str, Any]]) -> list[str]:
    files = {
        "data/tweets.js": script("tweets", wrapped(posts)),
        "data/note-tweet.js": script("note_tweet", longer),
        **OWN,
    }
    [reading] = readings(zipped(path / "x.zip", files))
    return [one.text for one in reading.messages()]


LONGER = "otra historia => " * 30


@pytest.mark.parametrize("second", [1, 2, 55])
def test_long_posts_are_whole(second: int, tmp_path: Path) -> None:
    """Of the same second, of one near it, and found by how they begin."""
    posts = [post(1, LONG[:275] + "…"), answer(2, f"@bob {LONGER[:270]}…"), post(3, "corto")]
    longer = [note(901, LONG + "fin", second), note(902, LONGER + "fin", second)]
    assert notes(tmp_path, posts, longer) == [LONG + "fin", LONGER + "fin", "corto"]


def test_long_post_with_links_names_and_a_quote(tmp_path: Path) -> None:
    text = f"@bob mira https://t.co/n {LONGER}"
    cut = f"@bob mira https://t.co/c {LONGER[:200]}… https://t.co/q"
    made = answer(1, cut, links=[link("c", "https://c.example"), QUOTED])
    longer = [note(900, text, 1, [("n", "https://c.example")])]
    assert notes(tmp_path, [made], longer) == [f"mira https://c.example {LONGER}"]


def test_long_post_that_is_no_longer_than_its_post(tmp_path: Path) -> None:
    assert notes(tmp_path, [post(1, "negrita & más")], [note(900, "negrita & más", 1)]) == ["negrita & más"]


def test_long_post_without_a_post_is_kept(tmp_path: Path) -> None:
    assert notes(tmp_path, [post(1, "uno")], [note(900, LONG, 1)]) == ["uno", LONG]


def test_long_posts_of_one_second_that_begin_alike(tmp_path: Path) -> None:
    posts = [post(1, LONG[:275] + "…"), post(61, LONG[:275] + "…")]
    longer = [note(901, LONG + "una", 1), note(902, LONG + "otra", 1)]
    assert sorted(notes(tmp_path, posts, longer)) == sorted([LONG + "una", LONG + "otra"])


def direct(path: Path, *events: dict[str, Any], number: str = f"{ME}-{BOB}") -> list[Message]:
    files = {"data/direct-messages.js": script("direct_messages", [conversation(number, events)]), **OWN}
    [reading] = readings(zipped(path / "x.zip", files))
    return list(reading.messages())


def test_media_of_direct_messages(tmp_path: Path) -> None:
    urls = [{"url": "https://t.co/m", "expanded": "https://twitter.com/messages/media/9", "display": "pic"}]
    media = {"urls": urls, "mediaUrls": ["https://ton.example/1.jpg"]}
    shared = {"urls": [{"url": "https://t.co/s", "expanded": "https://x.com/a/status/9"}]}
    messages = direct(
        tmp_path,
        sent(1, BOB, "https://t.co/m", 1, **media),
        sent(2, BOB, "mira https://t.co/m", 2, **media),
        sent(3, BOB, "https://t.co/s", 3, **shared),
    )
    assert [(one.kind, one.text) for one in messages] == [
        ("media", ""),
        ("text", "mira"),
        ("text", "https://x.com/a/status/9"),
    ]
    assert messages[0].attributes == {"media": "https://ton.example/1.jpg"}
    assert {one.chat for one in messages} == {BOB}


def test_conversation_in_two_pieces_is_one_chat(tmp_path: Path) -> None:
    number = f"{ME}-{BOB}"
    pieces = [conversation(number, [sent(3, ME, "tres", 3)]), conversation(number, [sent(1, BOB, "uno", 1)])]
    again = [conversation(number, [sent(3, ME, "tres", 3), sent(4, ME, "cuatro", 4)])]
    files = {
        "data/direct-messages.js": script("direct_messages", pieces),
        "data/direct-messages-part1.js": script("direct_messages", again, part=1),
    }
    [reading] = readings(zipped(tmp_path / "x.zip", files | OWN))
    assert [(one.seq, one.text) for one in reading.messages()] == [(0, "uno"), (1, "tres"), (2, "cuatro")]
    assert len(reading.dropped) == 1


def test_welcome_of_a_business_is_a_machines(tmp_path: Path) -> None:
    [message] = direct(tmp_path, {"welcomeMessageCreate": sent(1, BOB, "¡Bienvenido!")["messageCreate"]})
    assert (message.kind, message.author, message.attributes) == ("system", BOB, {"bot": "true"})


def test_groups_of_one_name_stay_two(tmp_path: Path) -> None:
    named = {"name": "Viaje", "createdAt": ISO.format(1, 0), "initiatingUserId": BOB}
    groups = [conversation(one, [{"conversationNameUpdate": named}]) for one in ("555", "666")]
    files = {"data/direct-messages-group.js": script("direct_messages_group", groups)}
    [reading] = readings(zipped(tmp_path / "x.zip", files))
    assert {one.chat for one in reading.messages()} == {"Viaje (555)", "Viaje (666)"}


def test_archives_of_two_people_in_one_folder(tmp_path: Path) -> None:
    other = [{"account": {"accountId": BOB, "username": "bob"}}]
    for name, account in (("a", ACCOUNT), ("b", other)):
        files = {
            "data/tweets.js": script("tweets", wrapped([post(1, "hola")])),
            "data/account.js": script("account", account),
        }
        zipped(tmp_path / "both" / f"{name}.zip", files)
    assert {one.owner for one in readings(tmp_path / "both")} == {"@jose", "@bob"}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Tue Mar 19 14:05:17 +0000 2019", 1_553_004_317),
        ("Tue Mar 19 15:05:17 +0100 2019", 1_553_004_317),
        ("Thu Jan 01 00:00:00 +0000 1970", 0),
        ("mar 19 2019", None),
        ("Tue Mär 19 14:05:17 +0000 2019", None),
        ("Tue Mar 99 14:05:17 +0000 0000", None),
        (None, None),
    ],
)
def test_times(text: object, seconds: int | None) -> None:
    assert created(text) == seconds


def test_line_of_a_post(tmp_path: Path) -> None:
    path = tmp_path / "tweets.js"
    path.write_text(script("tweets", wrapped(POSTS)), "utf-8")
    [reading] = readings(path)
    lines = path.read_text("utf-8").split("\n")
    for message in reading.messages():
        item = "\n".join(lines[message.first_line - 1 : message.last_line])
        assert f'"id_str": "{message.seq + 1}"' in item and item.count('"full_text"') == 1


ODD: list[Any] = [
    None,
    7,
    [],
    {},
    {"tweet": None},
    {"tweet": {"id_str": 5, "full_text": None, "created_at": 3}},
    {"tweet": {"id_str": "9" * 5000, "full_text": "x", "entities": [], "extended_entities": "y"}},
    {
        "tweet": {
            "id_str": "8",
            "full_text": {"a": 1},
            "entities": {"urls": [None, {"url": 3}], "user_mentions": {}},
        }
    },
    {"tweet": {"id_str": "6", "full_text": "half \ud83d", "in_reply_to_screen_name": ["x"], "edit_info": 3}},
    {
        "tweet": {
            "id_str": "-3",
            "full_text": "@a b",
            "in_reply_to_screen_name": "a",
            "display_text_range": [None],
        }
    },
    {"tweet": {"id": 4, "full_text": "number", "lang": 3, "favorite_count": 1.5}},
]
ODD_EVENTS: list[Any] = [
    None,
    {},
    {"messageCreate": None},
    {"messageCreate": {"id": [], "senderId": 3, "text": 4, "createdAt": "2019", "reactions": [None]}},
    {"messageCreate": {"id": "1", "text": "nobody", "urls": "x", "mediaUrls": [3]}},
    {"unknownThing": {"userIds": [{}, 3], "name": {}, "createdAt": "9999-12-31T23:59:59.999Z"}},
    {"reactionCreate": {"senderId": "2", "reactionKey": 5}},
]


def test_odd_types_are_read_or_dropped(tmp_path: Path) -> None:
    odd = [{"dmConversation": {"messages": ODD_EVENTS, "conversationId": {"a": 1}}}, {"dmConversation": 3}, 7]
    files = {
        "data/tweets.js": script("tweets", ODD, ascii=True),
        "data/note-tweet.js": script(
            "note_tweet", [{"noteTweet": {"core": {"urls": 3}}}, 4, {"noteTweet": []}]
        ),
        "data/account.js": script("account", [{"account": {"accountId": [], "username": 3}}]),
        "data/direct-messages.js": script("direct_messages", odd),
        "data/deleted-tweets.js": script("deleted_tweets", {}),
    }
    posts, chats = readings(zipped(tmp_path / "x.zip", files))
    assert len(list(posts.messages())) + len(posts.dropped) == len(ODD)
    assert len(list(chats.messages())) + len(chats.dropped) == len(ODD_EVENTS)


@pytest.mark.parametrize(
    "text",
    ["window.YTD.like.part0 = []", "window.YTD.tweets", "var tweets = []", "window.__THAR_CONFIG = {}", "[]"],
)
def test_what_is_not_an_archives_is_left(text: str, tmp_path: Path) -> None:
    path = tmp_path / "tweets.js"
    path.write_text(text)
    with pytest.raises(SosiasError):
        recognise(path)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.99])
def test_cut_file_is_refused_with_its_line(share: float, tmp_path: Path) -> None:
    text = script("tweets", wrapped(POSTS))
    path = tmp_path / "tweets.js"
    path.write_text(text[: int(share * len(text))])
    with pytest.raises(Unreadable, match="line"):
        recognise(path)


HOSTILE = ["&lt;3 & <b>", "a\u2028b\x85", "</x>\x00\r\n", "👩\u200d💻", "@bob hola", "RT @bob", " …", "&amp;"]
TEXTS = st.text() | st.sampled_from([*HOSTILE, "https://t.co/x"])


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXTS, min_size=1, max_size=12), plain=st.booleans(), cut=st.integers(0, 12))
def test_anything_posted_is_read_back(texts: list[str], plain: bool, cut: int, tmp_path: Path) -> None:
    posts = wrapped(post(number, text) for number, text in enumerate(texts, start=1))
    chat = [conversation(f"{ME}-{BOB}", [sent(n, BOB, text, n % 60) for n, text in enumerate(texts)])]
    files = {
        "data/tweets.js": script("tweets", posts[:cut], ascii=plain),
        "data/tweets-part1.js": script("tweets", posts[cut:], part=1, ascii=plain, indent=None),
        "data/direct-messages.js": script("direct_messages", chat, ascii=plain),
    }
    own, direct = readings(zipped(tmp_path / "x.zip", files))
    assert [one.text for one in own.messages()] == texts
    assert [one.text for one in direct.messages()] == texts


def test_coded_text_is_what_it_was() -> None:
    assert coded("a & <b> &lt;") == "a &amp; &lt;b&gt; &amp;lt;"
    assert len(CHATS) == len(GROUP) == 1
