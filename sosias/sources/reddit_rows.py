"""Tables of Reddit's: rows as the API has them, and rows that a query joined of a post and a comment."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sosias.messages import Message, native_id
from sosias.sources.reddit_record import SOURCE_NAME, Record, Records, full_name
from sosias.sources.seen import Seen

Names = Mapping[str, tuple[str, ...]]
"""A field of the API, and the columns that may hold it, the surest first."""

POST_TEXT = (
    *("selftext", "post_selftext", "submission_selftext", "post_text", "post_body"),
    *("submission_text", "submission_body", "post", "submission"),
)
COMMENT_TEXT = ("comment_body", "comment_text", "comment", "reply_body", "reply_text", "reply", "body")
POST_ONLY: Names = {
    "id": ("post_id", "submission_id", "link_id", "p_id"),
    "title": ("post_title", "submission_title", "title"),
    "selftext": POST_TEXT,
    "author": ("post_author", "submission_author", "poster", "op", "p_author"),
    "score": ("post_score", "submission_score", "p_score"),
    "created_utc": ("post_created_utc", "submission_created_utc", "p_created_utc", "post_created"),
    "subreddit": ("subreddit",),
    "is_self": ("is_self",),
    "url": ("url",),
}
COMMENT_ONLY: Names = {
    "id": ("comment_id", "reply_id", "c_id"),
    "body": COMMENT_TEXT,
    "author": ("comment_author", "reply_author", "c_author", "author"),
    "score": ("comment_score", "reply_score", "c_score", "score"),
    "created_utc": ("comment_created_utc", "reply_created_utc", "c_created_utc", "created_utc"),
    "parent_id": ("parent_id",),
    "subreddit": ("subreddit",),
}
REDDITS_OWN = {"selftext", "subreddit", "link_id", "parent_id", "created_utc", "author_flair_text", "is_self"}
"""Columns that say that a table with posts or comments is of Reddit's."""


def is_of_reddit(columns: Sequence[str]) -> bool:
    """Do the columns say that the rows are comments, posts, or both joined?"""
    names = {one.lower() for one in columns}
    if is_joined(columns):
        return True
    if "body" in names:
        return "subreddit" in names or {"link_id", "parent_id"} <= names
    if "title" in names and "subreddit" in names:
        return bool(names & {"selftext", "is_self", "permalink", "num_comments"})
    return "selftext" in names and len(names & REDDITS_OWN) > 1


def is_joined(columns: Sequence[str]) -> bool:
    """Does a row hold a post and a comment?"""
    names = {one.lower() for one in columns}
    titled, worded = names.intersection(POST_ONLY["title"]), names.intersection(POST_TEXT)
    answered = names.intersection(COMMENT_TEXT)
    if worded and answered:
        return bool(titled or names & REDDITS_OWN)
    certain = answered - {"body"} or names & {"link_id", "parent_id", "comment_id"}
    return bool(titled and answered and certain and names & REDDITS_OWN)


def as_record(columns: Sequence[str], row: Sequence[Any]) -> dict[str, Any]:
    """Return a row by the names of its columns; what a row has more than the header is kept, by number."""
    record = dict(zip(columns, row, strict=False))
    for place, more in enumerate(row[len(columns) :], len(columns) + 1):
        record.update(more if isinstance(more, dict) else {f"column {place}": more})
    return record


@dataclass
class Joined:
    """Reads rows that hold a post and a comment on it: each post once, in sixteen bytes or so a post."""

    records: Records
    post: dict[str, str]
    """A field of the API, and its column."""
    comment: dict[str, str]
    seen: Seen

    @classmethod
    def of(cls, columns: Sequence[str], records: Records) -> "Joined":
        post, comment = _chosen(POST_ONLY, columns), _chosen(COMMENT_ONLY, columns)
        if "id" in columns:
            whose = comment if "id" in post else post  # alone it is the post's, which has the title
            whose.setdefault("id", "id")
        if "author" in columns and "author" not in post and comment.get("author") != "author":
            post["author"] = "author"
        return cls(records, post, comment, Seen())

    def messages(self, first: int, last: int, row: Record) -> Iterator[Message]:
        """Yield the post of a row, where it is new, and the comment; or what alone is in the row."""
        post = {field: row.get(column) for field, column in self.post.items()}
        comment = {field: row.get(column) for field, column in self.comment.items()}
        titled = post.get("title") is not None or post.get("selftext") is not None
        if not titled or comment["body"] is None:
            if alone := self.records.message(first, last, row):
                yield alone
            return
        key = full_name(post.get("id"), "t3_") or _made_up(post)
        if self.seen.add(key):
            yield self.records.post(first, last, {**post, "id": key})
        answer = self.records.comment(first, last, {**comment, "link_id": key})
        answer.id = answer.id or native_id(SOURCE_NAME, key, answer.author, answer.text)
        yield answer


def _made_up(post: Record) -> str:
    """Return a key for a post without id, of its words."""
    return "t3_" + native_id("post", *(post.get(name) for name in ("title", "selftext", "author")))


def _chosen(names: Names, columns: Sequence[str]) -> dict[str, str]:
    found = {field: next((one for one in names[field] if one in columns), None) for field in names}
    return {field: column for field, column in found.items() if column}
