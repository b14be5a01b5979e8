"""What is left out of the messages before they are turns, rule by rule, and how much each rule took.

Functions from table to table. A rule leaves out messages, or cuts something out of their texts; no
rule changes what it leaves: emoji, accents, case and punctuation are the style. The rules stand in
their order in `RULES`, and a message counts for the first that takes it. Patterns are written so
that RE2 (DuckDB, BigQuery) and Java (Spark) read them alike: no flags, no `$`, no `.`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from sosias.corpus import duplicates
from sosias.corpus.posts import fact
from sosias.settings import CleaningSettings

QUOTED_LINE = r"(^|\n) ?>[^\n]*"
"""A line that Reddit and Discord show as a quotation."""
QUOTING = ("reddit", "discord")
LINK = r"\s*(?:https?://|pic\.twitter\.com/)\S+"
"""A link, and the blanks before it;"""
LEADING_LINKS = rf"^(?:{LINK}\s*)+"
"""where a text begins with it, also those after it;"""
LINK_HINTS = ("://", "pic.twitter.com/")
"""and what every one has, which is found much faster than the pattern."""
ROBOT = r"^AutoModerator\z|[-_][Bb][Oo][Tt]\z"
"""Names of programs on Reddit, which marks them by nothing else;"""
ROBOT_SAYS = "i am a bot, and this action was performed automatically"
"""and what many of them end with."""
TO_ALL_ES, TO_ALL_EN = r"(?:todos|todas|tus|\d+)", r"(?:all|every|your|\d+)"
THIS_ES = "(?:esto |este mensaje )?"
CHAIN_CUES = "|".join(
    (
        "reenv[ií]a(?:lo)? (?:esto|este)|reenv[ií]alo",
        rf"p[aá]sa(?:lo|selo)? {THIS_ES}a {TO_ALL_ES}",
        rf"(?:m[aá]nda|env[ií]a)(?:lo|selo)? {THIS_ES}a {TO_ALL_ES}",
        rf"comp[aá]rte(?:lo)? {THIS_ES}con {TO_ALL_ES}",
        "copia y pega|(?:romp[ae]s?|cortes) (?:la|esta) cadena",
        "forward (?:this|it) to|pass (?:this|it) on to|copy and paste (?:this|it)|break (?:the|this) chain",
        rf"(?:send|share) (?:this|it) (?:message )?(?:to|with) {TO_ALL_EN}",
    )
)
"""What chain letters ask for, in Spanish and English, in small letters."""
CHAIN_CHARACTERS = 100
"""Shorter, it is a request between two people ("forward this to Ana, please")."""


def clean(messages: ir.Table, settings: CleaningSettings) -> ir.Table:
    """Return the messages that are left, their texts cut, with the columns that they came with."""
    return left(marked(messages, settings))


def left(judged: ir.Table) -> ir.Table:
    """Return the messages that no rule takes, without the columns that `marked` added."""
    return judged.filter(judged._rule.isnull()).drop("_rule", "_before", "_quotes", "_links", "_alone")


def marked(messages: ir.Table, settings: CleaningSettings) -> ir.Table:
    """Return all messages with their texts cut, and what was done to them.

    Added are `_rule`: the rule that leaves it out, or NULL; `_before`: its text as it was; `_quotes` and
    `_links`: whether that rule cut something out.

    Raises:
        NoNearCopies: they are asked for, and the package for it is missing.
    """
    cut = _cut_links(_cut_quotes(messages.mutate(_before=messages.text), settings), settings)
    judged = cut.mutate(_rule=ibis.cases(*_conditions(cut, settings), else_=ibis.null("string")))
    if settings.copies:
        judged = _mark_copies(judged, settings.copies, near=False)
    if settings.near_copies:
        judged = mark_near_copies(judged, settings)
    return judged


def mark_near_copies(judged: ir.Table, settings: CleaningSettings) -> ir.Table:
    """Return judged messages with near copies marked, too: the last rule, which takes long and is timed.

    Raises:
        NoNearCopies: the package for it is missing.
    """
    return _mark_copies(judged, settings.copies or 2, near=True)


def _conditions(messages: ir.Table, settings: CleaningSettings) -> list[tuple[ir.BooleanValue, str]]:
    """Return which messages each rule that is on leaves out, in the rules' order."""
    rules = [(name, rule) for name, rule in RULES.items() if rule.is_on(settings)]
    return [(rule.takes(messages, settings).fill_null(False), name) for name, rule in rules if rule.takes]


def _cut_quotes(messages: ir.Table, settings: CleaningSettings) -> ir.Table:
    quoted = ibis.literal(settings.quotes) & messages.source.isin(QUOTING)
    quoted = _where(quoted, messages.text.re_search(QUOTED_LINE))
    text = ibis.ifelse(quoted, messages.text.re_replace(QUOTED_LINE, "").strip(), messages.text)
    return messages.mutate(text=text, _quotes=quoted)


def _cut_links(messages: ir.Table, settings: CleaningSettings) -> ir.Table:
    """Cut links out where they are to be cut, and note which texts are nothing but links."""
    without = messages.text.re_replace(LEADING_LINKS, "").re_replace(LINK, "")
    where = {"posts": _is_tweet(messages), "all": ibis.literal(True)}.get(settings.links, ibis.literal(False))
    hinted = ibis.or_(*(messages.text.contains(hint) for hint in LINK_HINTS))
    linked = _where(hinted, messages.text.re_search(LINK))
    bare = ibis.ifelse(linked, without, messages.text)
    noted = messages.mutate(_alone=linked & (bare.strip() == ""), _links=linked & where)
    return noted.mutate(text=ibis.ifelse(noted._links, bare, noted.text))


def _where(condition: ir.BooleanValue, costly: ir.BooleanValue) -> ir.BooleanValue:
    """Return whether both hold; only where the first does is the second looked at."""
    return ibis.ifelse(condition, costly, ibis.literal(False))


def _is_tweet(messages: ir.Table) -> ir.BooleanValue:
    return (messages.source == "x") & (messages.kind == "post")


def _no_words(messages: ir.Table, settings: CleaningSettings) -> ir.BooleanValue:
    known = messages.kind.isin(settings.kinds) & messages.author.notnull()
    return ~known | (messages._before.strip() == "")


def _forwards(messages: ir.Table, _settings: CleaningSettings) -> ir.BooleanValue:
    return messages.forwarded


def _bots(messages: ir.Table, _settings: CleaningSettings) -> ir.BooleanValue:
    named = messages.author.re_search(ROBOT) | messages.text.lower().contains(ROBOT_SAYS)
    return fact(messages, "bot").notnull() | _where(messages.source == "reddit", named)


def _quotes(messages: ir.Table, _settings: CleaningSettings) -> ir.BooleanValue:
    nothing_else = messages._quotes & (messages.text.strip() == "")
    return (_is_tweet(messages) & fact(messages, "quote").notnull()) | nothing_else


def _links(messages: ir.Table, _settings: CleaningSettings) -> ir.BooleanValue:
    return messages._alone


def _chains(messages: ir.Table, _settings: CleaningSettings) -> ir.BooleanValue:
    long = (messages.text.length() >= CHAIN_CHARACTERS) & (messages.kind == "text")
    return _where(long, messages.text.lower().re_search(CHAIN_CUES))


def _short(messages: ir.Table, settings: CleaningSettings) -> ir.BooleanValue:
    post = _where(_is_tweet(messages), ~_has_words(messages, settings.least_post_words))
    return post | ~_has_words(messages, settings.least_words)


def _has_words(messages: ir.Table, least: int) -> ir.BooleanValue:
    """Tell which texts have at least so many words, which are what blanks part."""
    return messages.text.re_search(rf"^\s*(?:\S+\s+){{{least - 1}}}\S") if least else ibis.literal(True)


def _long(messages: ir.Table, settings: CleaningSettings) -> ir.BooleanValue:
    return (messages.kind != "article") & (messages.text.length() > settings.most_characters)


@dataclass(frozen=True)
class Rule:
    """When a rule is on, and which messages it leaves out."""

    is_on: Callable[[CleaningSettings], bool]
    takes: Callable[[ir.Table, CleaningSettings], ir.BooleanValue] | None = None
    """None: it looks at all messages at once, after the others."""


RULES: dict[str, Rule] = {
    "kinds": Rule(lambda _settings: True, _no_words),
    "forwards": Rule(lambda settings: settings.forwards, _forwards),
    "bots": Rule(lambda settings: settings.bots, _bots),
    "quotes": Rule(lambda settings: settings.quotes, _quotes),
    "links": Rule(lambda settings: settings.links != "keep", _links),
    "chains": Rule(lambda settings: settings.chains, _chains),
    "short": Rule(lambda settings: settings.least_words + settings.least_post_words > 0, _short),
    "long": Rule(lambda settings: settings.most_characters > 0, _long),
    "copies": Rule(lambda settings: settings.copies > 0),
    "near_copies": Rule(lambda settings: settings.near_copies),
}
"""By name, in their order."""


def _mark_copies(messages: ir.Table, least: int, *, near: bool) -> ir.Table:
    """Mark what repeats an earlier text of the same author, of those that no rule has taken yet."""
    left = messages.filter(messages._rule.isnull())
    place = left.sent_at.cast("string").fill_null("") + " " + left.id
    texts = duplicates.keyed(left.select("id", "author", "text", place=place), near=near)
    copies = duplicates.copies(texts, least).rename(_copy="id")
    joined = messages.left_join(copies, messages.id == copies._copy)
    rule = ibis.ifelse(joined._copy.notnull(), "near_copies" if near else "copies", ibis.null("string"))
    return joined.mutate(_rule=joined._rule.coalesce(rule)).drop("_copy")


def counted(judged: ir.Table) -> ir.Table:
    """Count what `marked` says: one row for each rule that took something, and one (NULL) for what is left.

    Columns: `_rule`, `removed`, `examples_0` to `_2` of it (texts as they were); of those that are left
    `quotes` and `links` (how many were cut), and `quotes_0` to `links_2`. The examples are the first, the
    last and the first from behind by their ids, which are hashes: one pass finds them.
    """
    orders = [("argmin", judged.id), ("argmax", judged.id), ("argmin", judged.id.reverse())]
    values: dict[str, Any] = {"removed": judged.count()}
    for name, among in (("examples", None), ("quotes", judged._quotes), ("links", judged._links)):
        if among is not None:
            values[name] = judged.count(where=among)
        for number, (choose, order) in enumerate(orders):
            values[f"{name}_{number}"] = getattr(judged._before, choose)(order, where=among)
    return judged.group_by("_rule").aggregate(**values)


SHOWN = 100
"""Characters of an example."""


def report(counts: list[dict[str, Any]], settings: CleaningSettings) -> list[dict[str, Any]]:
    """Return, for each rule that is on, `rule`, `removed`, `changed` and up to three `examples`.

    `counts` are the rows of `counted`; the examples are for the eyes of the user alone.
    """
    rows = {row["_rule"]: row for row in counts}
    left = rows.get(None, {})
    found = []
    for name in [name for name, rule in RULES.items() if rule.is_on(settings)]:
        taken, changed = rows.get(name, {}), left.get(name, 0)
        texts = [
            row.get(f"{column}_{number}")
            for row, column in ((taken, "examples"), (left, name))
            for number in range(3)
        ]
        examples = list(dict.fromkeys(_cut(text) for text in texts if text))[:3]
        row = {"rule": name, "removed": taken.get("removed", 0), "changed": changed, "examples": examples}
        found.append(row)
    return found


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
