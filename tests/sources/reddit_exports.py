"""Reddit's files written by hand: archives, a query's rows, and what the site gives its users."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

Fields = dict[str, Any]

POST: Fields = {
    "archived": False,
    "author": "ann",
    "author_flair_text": None,
    "created_utc": 1577836800,
    "distinguished": None,
    "edited": False,
    "id": "ei0abc",
    "is_self": True,
    "link_flair_text": "Low &amp; tired",
    "num_comments": 2,
    "over_18": False,
    "permalink": "/r/toastme/comments/ei0abc/a_bad_year/",
    "score": 12,
    "selftext": "It was &lt;long&gt; &amp; grey.\n\nToast me?",
    "stickied": False,
    "subreddit": "toastme",
    "title": "A bad year &amp; no end",
    "url": "https://www.reddit.com/r/toastme/comments/ei0abc/a_bad_year/",
}
COMMENT: Fields = {
    "author": "bob",
    "author_flair_text": "toaster",
    "body": "&gt; grey\n\nYou kept going &amp; that counts ❤️",
    "created_utc": 1577840400,
    "distinguished": None,
    "edited": False,
    "id": "fcl1abc",
    "is_submitter": False,
    "link_id": "t3_ei0abc",
    "parent_id": "t3_ei0abc",
    "score": 3,
    "stickied": False,
    "subreddit": "toastme",
    "subreddit_id": "t5_2z1vz",
}
QUERY = ("title", "selftext", "body", "link_id", "id", "author", "post_author", "score", "created_utc")
ACCOUNT_COMMENTS = "id,permalink,date,ip,subreddit,gildings,link,parent,body,media"
ACCOUNT_POSTS = "id,permalink,date,ip,subreddit,gildings,title,url,body"
ACCOUNT_LETTERS = "id,permalink,thread_id,date,ip,from,to,subject,body"
ACCOUNT_CHATS = (
    "message_id,created_at,updated_at,username,message,thread_parent_message_id,channel_url,subreddit,"
    "channel_name,conversation_type"
)
LATER = "later\n\n> you are <3"
BASE = "https://www.reddit.com/r/toastme/comments"


def post(**changed: Any) -> Fields:
    return {**POST, **changed}


def comment(**changed: Any) -> Fields:
    return {**COMMENT, **changed}


def lines(records: Iterable[Any]) -> bytes:
    """Return an archive's text: an object a line, as its makers write it."""
    return b"".join(json.dumps(one).encode() + b"\n" for one in records)


def zst(text: bytes, *, frames: int = 1) -> bytes:
    """Return the text packed in one frame, or in several that end anywhere."""
    size = -(-len(text) // frames) or 1
    packer = zstandard.ZstdCompressor()
    return b"".join(packer.compress(text[at : at + size]) for at in range(0, len(text), size))


def table(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return records as a table, as BigQuery saves one."""
    rows = list(rows)
    columns = list(dict.fromkeys(key for row in rows for key in row))
    return separated(columns, [[row.get(column) for column in columns] for row in rows])


def separated(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


def write(path: Path, content: bytes | str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path


def account() -> dict[str, str]:
    """Return the tables that the site gives, by name."""
    date = "2020-01-01 10:00:00 UTC"
    link = f"{BASE}/p1/x/"
    early = ["c1", f"{link}c1/", date, "1.2.3.4", "toastme", 0, link, "", "&gt; q &amp; a", ""]
    later = ["c2", f"{link}c2/", "2020-01-02 10:00:00 UTC", "", "toastme", 0, link, "c1", LATER, ""]
    return {
        "statistics.csv": "statistic,value\naccount name,bob\nis_deleted,False\n",
        "comments.csv": separated(ACCOUNT_COMMENTS.split(","), [later, early]),
        "posts.csv": separated(
            ACCOUNT_POSTS.split(","),
            [
                ["p2", f"{BASE}/p2/y/", date, "", "toastme", 0, "Words", f"{BASE}/p2/y/", "a, b\nc"],
                ["p3", f"{BASE}/p3/y/", date, "", "pics", 0, "A picture", "https://i.redd.it/1.jpg", ""],
            ],
        ),
        "messages.csv": separated(
            ACCOUNT_LETTERS.split(","),
            [
                ["m1", "", "t", date, "", "bob", "eve", "hi", "a letter"],
                ["m2", "", "t", "2020-01-01 11:00:00 UTC", "", "eve", "bob", "re: hi", "an answer"],
            ],
        ),
        "chat_history.csv": separated(
            ACCOUNT_CHATS.split(","),
            [
                ["2", "2023-05-01 10:00:01.5 UTC", "", "eve", "two", "1", "sendbird_1", "", "eve", "direct"],
                ["1", "2023-05-01 10:00:00 UTC", "", "bob", "one", "", "sendbird_1", "", "eve", "direct"],
            ],
        ),
        "comment_headers.csv": "id,permalink,date,ip,subreddit,gildings,link,parent\n",
        "subscribed_subreddits.csv": "subreddit\ntoastme\n",
    }


def seeds(folder: Path) -> list[Path]:
    """Write a small export of every shape."""
    archive = lines([post(), comment(), comment(id="fcl1abd", parent_id="t1_fcl1abc", author="[deleted]")])
    comments = [comment(), comment(id="fcl1abd", created_utc="1577840300", score="0")]
    joined = [
        ["A title", "A post", "An answer", "t3_a1", "b1", "bob", "ann", 2, "1577840400"],
        ["A title", "A post", "Another", "t3_a1", "b2", "eve", "ann", 1, "1577840500"],
    ]
    parquet = folder / "rows.parquet"
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist([comment(), comment(id="fcl1abd")]), parquet)
    packed = folder / "export_bob_20240101.zip"
    with zipfile.ZipFile(packed, "w") as archive_file:
        for name, text in account().items():
            archive_file.writestr(name, text)
    return [
        write(folder / "RC_2020-01.zst", zst(archive, frames=3)),
        write(folder / "toastme_submissions", lines([post(), post(id="ei0abd", is_self=False, selftext="")])),
        write(folder / "rows.csv", table(comments)),
        write(folder / "rows.json", json.dumps(comments)),
        write(folder / "joined.csv", separated(QUERY, joined)),
        write(folder / "joined.jsonl", lines([dict(zip(QUERY, row, strict=True)) for row in joined])),
        parquet,
        packed,
    ]
