"""What public posts need before they are turns: answers joined to what they answer; and attributes.

Functions from table to table, as in `grouping`; each rule stands in one named place.
"""

import ibis
import ibis.expr.types as ir

BRACKETED = r"\[[a-zA-Z0-9-]\]"
"""One sign in brackets, such as `[M]` or `[5]`: a tag of the forum's, not talk."""
GONE = ("[removed]", "[deleted]")
"""What stands where a text was."""
LEAST_SCORE = 1
"""Votes for, less votes against, that an answer must have; each starts with its author's one."""


def answers(messages: ir.Table) -> ir.Table:
    """Join Reddit's posts with the comments that answer them: a chat of its own for each pair.

    Taken are the comments that answer a post directly (`reply_to` is the post's id) with a score of at
    least 1 (or none given), by another than the poster, not removed; pairs in which either text has
    `BRACKETED` in it are left out. Comes in with one row a message and, where the persona is marked
    already, `persona`: then only the persona's comments are taken.

    Goes out with two rows a pair, `chat` being the comment's id: the post (`seq` 0, no time, so that no
    silence parts the two; `text`: title and words; nobody's) and the comment (`seq` 1, the persona's).
    Everything else is left out.

    The rules are those of a query over fh-bigquery.reddit_posts and reddit_comments for r/toastme.
    """
    if "persona" not in messages.columns:
        messages = messages.mutate(persona=True)
    names = messages.columns
    comments = _once(_comments(messages))
    posts = _once(_posts(messages)).rename({f"post_{name}": name for name in names})
    joined = comments.join(posts, comments.reply_to == posts.post_id)
    pairs = joined.filter(joined.author != joined.post_author)
    questions = {name: pairs[f"post_{name}"] for name in names}
    questions |= {"kind": ibis.literal("post"), "sent_at": ibis.null(messages.sent_at.type())}
    replies = {name: pairs[name] for name in names}
    return _rows(pairs, questions, seq=0, persona=False).union(_rows(pairs, replies, seq=1, persona=True))


def _rows(pairs: ir.Table, columns: dict[str, ir.Value], *, seq: int, persona: bool) -> ir.Table:
    """Return one side of the pairs."""
    place = {"chat": pairs.id, "seq": ibis.literal(seq, "int64"), "persona": ibis.literal(persona)}
    return pairs.select(**columns | place)


def _posts(messages: ir.Table) -> ir.Table:
    """Return the posts with title and words as their text; a picture's title is its text."""
    title = fact(messages, "title").fill_null("")
    words = messages.text
    text = ibis.cases((title == "", words), (words.strip() == "", title), else_=title + "\n" + words)
    posts = messages.mutate(text=text).filter(
        messages.source == "reddit", messages.kind.isin(("post", "media")), messages.author.notnull()
    )
    return posts.filter(posts.text.strip() != "", ~posts.text.re_search(BRACKETED))


def _comments(messages: ir.Table) -> ir.Table:
    """Return the comments that may be answers."""
    score = fact(messages, "score").try_cast("int64").fill_null(LEAST_SCORE)
    return messages.filter(
        messages.source == "reddit",
        messages.kind == "text",
        messages.persona,
        score >= LEAST_SCORE,
        ~messages.text.strip().isin(GONE),
        ~messages.text.re_search(BRACKETED),
    )


def _once(messages: ir.Table) -> ir.Table:
    """Leave one row of each id: archives repeat themselves."""
    first = ibis.window(group_by="id", order_by=["file", "first_line", "seq"])
    return messages.mutate(_copy=ibis.row_number().over(first)).filter(ibis._._copy == 0).drop("_copy")


def fact(messages: ir.Table, name: str) -> ir.StringValue:
    """Return an attribute, NULL where there is none of that name.

    BigQuery knows no maps; there the attributes are an array of keys and values.
    """
    attributes = messages.attributes
    if isinstance(attributes, ir.MapValue):
        return attributes.get(name)
    return attributes.filter(lambda one: one.key == name).map(lambda one: one.value)[0]
