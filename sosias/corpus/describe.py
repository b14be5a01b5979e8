"""What a corpus is, in figures: who writes how much, when, in what language, and whether it will do."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

import ibis
import ibis.expr.types as ir

from sosias.language import translate as _
from sosias.messages import TRAINABLE_KINDS

SAMPLE = 2_000
"""Messages read to tell the language."""
COMMON_SHARE = 0.1
"""Least share of a language's commonest words: running text has 0.3 to 0.5 of its own."""
TOO_FEW_WORDS = 1_000
"""Under this there is nothing left to measure on once a fifth is held out."""
FEW_WORDS = 5_000
"""The sample, where training is known to help, has 6,855 words of its persona."""

COMMON_WORDS = {
    "es": "que de no la el y en lo los las un una por con para es me te se su pero muy más mas está yo si sí "
    "como qué al del le ya todo este esta eso bien porque cuando hay tu mi q xq",
    "en": "the and to of is that it you was for on are with this have not what be i a in my me do at so but "
    "just we he she they your can will if or from i'm it's don't",
    "pt": "que de não o a e um uma em para com do da os as mas eu ele isso está você por se na no ao muito",
    "fr": "le la les des est que pas je vous et une dans pour ce il elle un de à on tu mais avec sur qui",
    "it": "che non di il la per una sono è con mi ma un e si lo ho ti le del cosa come anche questo",
    "de": "der die und ist nicht das ich du ein eine zu es in den mit auf auch so war wir aber",
    "ca": "que de no la el i en els les un una per amb és em et però molt més està jo si com què al del",
}
"""The commonest words of languages; those that are neither Spanish nor English only tell them apart."""
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


def describe(messages: ir.Table) -> dict[str, Any]:
    """Return the figures of a table of messages, ready for JSON; `people` are the busiest first.

    `words`, `characters` and the language are of people's own words alone (text, posts, articles);
    `months` and `kinds` count every message.
    """
    own = messages.filter(messages.kind.isin(TRAINABLE_KINDS), messages.author.notnull())
    language, why = language_of(own.order_by("id").limit(SAMPLE).text.to_pyarrow().to_pylist())
    totals = messages.aggregate(messages=messages.count(), chats=messages.chat.nunique())
    return {
        **totals.to_pyarrow().to_pylist()[0],
        "language": language,
        "language_why": why,
        "kinds": _counts(messages, messages.kind),
        "months": dict(sorted(_counts(messages, _month(messages.sent_at)).items())),
        "people": _people(own),
    }


def _counts(messages: ir.Table, key: ir.StringColumn) -> dict[str, int]:
    counted = messages.group_by(key=key).aggregate(count=messages.count())
    rows = counted.filter(counted.key.notnull()).order_by(ibis.desc("count"), "key").to_pyarrow().to_pylist()
    return {row["key"]: row["count"] for row in rows}


def _month(sent_at: ir.TimestampColumn) -> ir.StringColumn:
    """Write a time as `2024-02`."""
    return sent_at.year().cast("string") + "-" + sent_at.month().cast("string").lpad(2, "0")


def _people(own: ir.Table) -> list[dict[str, Any]]:
    words = own.text.strip().re_split(r"\s+").length()
    counted = own.mutate(words=ibis.ifelse(own.text.strip() == "", 0, words), characters=own.text.length())
    people = counted.group_by(name="author").aggregate(
        messages=counted.count(),
        words=counted.words.sum(),
        characters=counted.characters.sum(),
        first=counted.sent_at.min(),
        last=counted.sent_at.max(),
    )
    return [_person(row) for row in people.order_by(ibis.desc("messages"), "name").to_pyarrow().to_pylist()]


def _person(row: dict[str, Any]) -> dict[str, Any]:
    enough, why = enough_to_train(row["words"])
    times = {key: row[key].isoformat() if row[key] else None for key in ("first", "last")}
    return {**row, **times, "enough": enough, "enough_why": why}


def language_of(texts: Iterable[str]) -> tuple[str, str]:
    """Return `es`, `en` or `other`, and the reason: whose commonest words are the most frequent."""
    words = Counter(word for text in texts for word in WORD.findall(text.casefold()))
    if not words:
        return "other", _("there are no words to tell the language by")
    shares = {
        language: sum(words[word] for word in set(common.split())) / words.total()
        for language, common in COMMON_WORDS.items()
    }
    best = max(shares, key=lambda language: shares[language])
    names = {"es": _("Spanish"), "en": _("English")}
    if best in names and shares[best] >= COMMON_SHARE:
        why = _("{share} % of the words are common ones of {language}")
        return best, why.format(share=round(100 * shares[best]), language=names[best])
    return "other", _("the commonest words are neither Spanish nor English")


def enough_to_train(words: int) -> tuple[bool, str]:
    """Return whether that many words of a person are worth training on, and the reason."""
    if words < TOO_FEW_WORDS:
        why = _("{words} words are too few to learn from some and measure on others: {least} is the least")
        return False, why.format(words=words, least=TOO_FEW_WORDS)
    if words < FEW_WORDS:
        return True, _("{words} words are few: the manner will show, little more").format(words=words)
    return True, _("{words} words are enough").format(words=words)
