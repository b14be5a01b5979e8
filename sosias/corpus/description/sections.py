"""The sections of the page: title, sentences, plots, and the same figures as a table."""

from collections.abc import Callable, Iterator
from typing import Any

from sosias.corpus.description import emojis
from sosias.corpus.description.cloud import cloud
from sosias.corpus.description.times import all_months
from sosias.language import translate as _
from sosias.pages import figures, plots
from sosias.pages.plots import Bar
from sosias.pages.section import Section, Table

Facts = dict[str, Any]
SHOWN = 10
"""People, pairs and emoji in a plot; the table beside it has those that were counted in detail."""
PERSON_HOURS = 6


def sections(facts: Facts) -> Iterator[Section]:
    """Yield the sections for which there are figures, in the order of the page."""
    makers: tuple[Callable[[Facts], Section | None], ...] = (
        _enough,
        _people,
        _months,
        _weekdays,
        _hours,
        _languages,
        _lengths,
        _turns,
        _replies,
        _emoji,
        _manner,
        _vocabulary,
        _top_words,
        _distinctive,
        _sentiment,
    )
    for make in makers:
        section = make(facts)
        if section is not None:
            yield section


def _enough(facts: Facts) -> Section:
    people = _detailed(facts)
    title = _("Is it enough to imitate somebody?")
    rows = [(one["name"], figures.whole(one["words"]), _yes(one["enough"])) for one in people]
    bars = [_bar(one["name"], one["words"]) for one in people[:SHOWN]]
    table = Table((_("who"), _("words"), _("enough")), rows)
    return Section("enough", title, [plots.bars(bars, title)], table)


def _people(facts: Facts) -> Section | None:
    people = _detailed(facts)
    if len(people) < 2:
        return None
    title = _("Who writes")
    rows = [
        (one["name"], figures.whole(one["messages"]), _day(one["first"]), _day(one["last"])) for one in people
    ]
    bars = [_bar(one["name"], one["messages"]) for one in people[:SHOWN]]
    table = Table((_("who"), _("messages"), _("from"), _("to")), rows)
    return Section("people", title, [plots.bars(bars, title)], table)


def _months(facts: Facts) -> Section | None:
    if not facts["months"]:
        return None
    title = _("Messages by month")
    bars = [Bar(month, count, figures.whole(count)) for month, count in all_months(facts["months"])]
    rows = [(figures.month(month), figures.whole(count)) for month, count in facts["months"].items()]
    return Section("months", title, [plots.columns(bars, title)], Table((_("month"), _("messages")), rows))


def _weekdays(facts: Facts) -> Section | None:
    if not sum(facts["weekdays"]):
        return None
    title = _("Messages by day of the week")
    named = list(zip(figures.weekdays(), facts["weekdays"], strict=True))
    bars = [Bar(name[:3], count, figures.whole(count)) for name, count in named]
    rows = [(name, figures.whole(count)) for name, count in named]
    return Section("weekdays", title, [plots.columns(bars, title)], Table((_("day"), _("messages")), rows))


def _hours(facts: Facts) -> Section | None:
    if facts["hours"] is None:
        return None
    title = _("Messages by hour")
    labels = [str(hour) for hour in range(24)]
    bars = [
        Bar(label, count, figures.whole(count)) for label, count in zip(labels, facts["hours"], strict=True)
    ]
    people = [one for one in _detailed(facts)[:PERSON_HOURS] if sum(one["hours"] or [])]
    drawn = [plots.columns(bars, title)]
    if len(people) > 1:
        each = _("Hours of each person: the darker, the more")
        drawn.append(plots.shades([(one["name"], one["hours"]) for one in people], labels, each))
    rows = [(f"{bar.label}–{int(bar.label) + 1}", bar.said) for bar in bars]
    return Section("hours", title, drawn, Table((_("hour"), _("messages")), rows))


def _languages(facts: Facts) -> Section | None:
    shares = facts["languages"]["shares"]
    if not shares:
        return None
    title = _("Languages")
    bars = [Bar(figures.language(code), share, figures.percent(share)) for code, share in shares.items()]
    texts = figures.whole(facts["languages"]["texts"])
    note = _("Of {texts} longer messages, drawn evenly from all.").format(texts=texts)
    return Section("languages", title, [plots.bars(bars, title)], note=note)


def _lengths(facts: Facts) -> Section | None:
    if not facts["people"]:
        return None
    title = _("Words in a message")
    labels, least = [], 0
    for row in facts["lengths"]["classes"]:
        most = row["most"]
        labels.append(f"{least}+" if most is None else f"{least}–{most}" if most > least else str(most))
        least = (most or 0) + 1
    labels[0] = "0–1"
    counts = [row["messages"] for row in facts["lengths"]["classes"]]
    bars = [Bar(label, count, figures.whole(count)) for label, count in zip(labels, counts, strict=True)]
    table = Table((_("words"), _("messages")), [(bar.label, bar.said) for bar in bars])
    return Section("lengths", title, [plots.columns(bars, title)], table)


def _turns(facts: Facts) -> Section | None:
    counts = facts["turns"]["by_bubbles"]
    if not sum(counts):
        return None
    title = _("Messages in a row by one person")
    labels = [str(number) for number in range(1, len(counts))] + [f"{len(counts)}+"]
    bars = [Bar(label, count, figures.whole(count)) for label, count in zip(labels, counts, strict=True)]
    table = Table((_("in a row"), _("times")), [(bar.label, bar.said) for bar in bars])
    return Section("turns", title, [plots.columns(bars, title)], table)


def _replies(facts: Facts) -> Section | None:
    if not facts["replies"]:
        return None
    title = _("How long an answer takes")
    named = [(f"{one['who']} → {one['to']}", one) for one in facts["replies"]]
    bars = [
        Bar(_pair(one["who"], one["to"]), one["median_seconds"], figures.duration(one["median_seconds"]))
        for one in facts["replies"][:SHOWN]
    ]
    rows = [
        (label, figures.whole(one["count"]), figures.duration(one["median_seconds"])) for label, one in named
    ]
    note = _("The middle of all answers within twelve hours; many exports tell whole minutes only.")
    table = Table((_("who → to whom"), _("answers"), _("middle")), rows)
    return Section("replies", title, [plots.stacked(bars, title)], table, note=note)


def _emoji(facts: Facts) -> Section | None:
    if not facts["emoji"]:
        return Section("emoji", _("Emoji"))
    title = _("Emoji")
    bars = [_bar(one["emoji"], one["count"]) for one in facts["emoji"][:SHOWN]]
    language = _("en")  # the code of the language that one reads here
    rows = [
        (f"{one['emoji']} {emojis.name(one['emoji'], language)}", figures.whole(one["count"]))
        for one in facts["emoji"]
    ]
    return Section("emoji", title, [plots.bars(bars, title)], Table((_("emoji"), _("times")), rows))


def _manner(facts: Facts) -> Section | None:
    people = _detailed(facts)[:SHOWN]
    if not people:
        return None
    columns = {
        "median_words": _("words"),
        "commas_per_100_words": _("commas"),
        "emoji_per_100_messages": _("emoji"),
    }
    note = _("Words: of a message, half have at most these. Commas: in 100 words. Emoji: in 100 messages.")
    if facts["language"] == "es":
        columns |= {"questions_opened_percent": "¿", "exclamations_opened_percent": "¡"}
        note += " " + _("¿ and ¡: of 100 questions and exclamations those that begin with them.")
    rows = [(one["name"], *(_rate(one["manner"][key]) for key in columns)) for one in people]
    table = Table((_("who"), *columns.values()), rows)
    return Section("manner", _("Manner of writing"), table=table, shown=True, note=note)


def _vocabulary(facts: Facts) -> Section | None:
    key = "different_in_1000"
    people = [one for one in _detailed(facts) if one["vocabulary"]]
    told = [one for one in people if one["vocabulary"][key]]
    if not told:
        return None
    title = _("Different words among 1000")
    bars = [
        Bar(one["name"], one["vocabulary"][key], figures.whole(one["vocabulary"][key]))
        for one in told[:SHOWN]
    ]
    rows = [
        (one["name"], *(_rate(one["vocabulary"][one_key]) for one_key in ("words", "different", key)))
        for one in people
    ]
    table = Table((_("who"), _("words"), _("different"), _("among 1000")), rows)
    note = _("Counted among 1000 words drawn at random, so that much and little text compare.")
    return Section("vocabulary", title, [plots.bars(bars, title)], table, note=note)


def _top_words(facts: Facts) -> Section | None:
    words = [(row["word"], row["count"]) for row in facts["top_words"]]
    if not words:
        return None
    title = _("Frequent words")
    table = Table((_("word"), _("times")), [(word, figures.whole(count)) for word, count in words])
    note = _("Words such as “and” or “the” are left out.")
    return Section("top_words", title, [cloud(words, title)], table, note=note)


def _distinctive(facts: Facts) -> Section | None:
    people = [one for one in _detailed(facts)[:SHOWN] if one["distinctive"]]
    if not people:
        return None
    rows = [(one["name"], ", ".join(row["word"] for row in one["distinctive"])) for one in people]
    table = Table((_("who"), _("says more than others")), rows, numbers=False)
    return Section("distinctive", _("Words of one's own"), table=table, shown=True)


def _sentiment(facts: Facts) -> Section | None:
    sentiment = facts["sentiment"]
    if sentiment is None or len(sentiment["months"]) < 2:
        return None
    title = _("How the months sound")
    points = [Bar(month, row["mean"], _signed(row["mean"])) for month, row in sentiment["months"].items()]
    rows = [
        (figures.month(month), *map(figures.percent, (row["good"], row["bad"])), _signed(row["mean"]))
        for month, row in sentiment["months"].items()
    ]
    table = Table((_("month"), _("good"), _("bad"), _("mean")), rows)
    note = _(
        "Good and bad words are counted, no more: irony is not understood, and of single messages about "
        "every second one is judged wrongly. Only differences between months mean something."
    )
    return Section("sentiment", title, [plots.line(points, title, _("good"), _("bad"))], table, note=note)


def _detailed(facts: Facts) -> list[Facts]:
    """Return the people of whom everything was counted."""
    return [one for one in facts["people"] if "hours" in one]


def _pair(who: str, to: str) -> str:
    """Write two names so that both are seen, and told from others."""
    letters = (plots.LONG_LABEL - 3) // 2
    room = max(letters, 2 * letters - len(to)), max(letters, 2 * letters - len(who))
    return f"{plots.inside_shortened(who, room[0])} → {plots.inside_shortened(to, room[1])}"


def _bar(label: str, value: float) -> Bar:
    return Bar(label, value, figures.whole(value))


def _rate(value: float | None) -> str:
    return "–" if value is None else figures.decimal(value)


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")


def _day(written: str | None) -> str:
    return written[:10] if written else "–"


def _yes(value: bool) -> str:
    return _("yes") if value else _("too few")
