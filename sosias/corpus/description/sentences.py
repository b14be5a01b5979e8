"""What the figures say, in sentences that anybody understands, each made by a rule."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sosias.language import translate as _
from sosias.pages import figures

Facts = dict[str, Any]
NAMED = 3
"""People of whom a sentence is said, at most."""
LEAST_MESSAGES = 100
"""Of fewer a person's habits cannot be told."""
MOSTLY = 0.4
"""Share of the messages in a part of the day that makes it somebody's time,"""
LIFT = 1.5
"""if it is that many times its share of the day."""
LEAST_DAYS = 14
"""In fewer some days of the week come once or not at all."""
CLEAR_MOOD = 0.05
"""Months whose means lie closer together sound alike: about the standard error of 80 messages."""


def sentences(facts: Facts) -> list[dict[str, str]]:
    """Return what can be said of a description (`about`: its key, `text`), in the order of the page."""
    rules: tuple[tuple[str, Callable[[Facts], Iterator[str]]], ...] = (
        ("span", _span),
        ("people", _people),
        ("months", _months),
        ("weekdays", _weekdays),
        ("hours", _hours),
        ("languages", _languages),
        ("lengths", _lengths),
        ("turns", _turns),
        ("replies", _replies),
        ("emoji", _emoji),
        ("manner", _manner),
        ("vocabulary", _vocabulary),
        ("top_words", _top_words),
        ("distinctive", _distinctive),
        ("sentiment", _sentiment),
        ("enough", _enough),
    )
    return [{"about": about, "text": text} for about, rule in rules for text in rule(facts)]


def _span(facts: Facts) -> Iterator[str]:
    span = facts["span"]
    if span["first"] is None:
        return
    if facts["messages"] == 1:
        yield _("One message, of {first}.").format(first=figures.day(span["first"]))
        return
    if facts["chats"] == 1:
        said = _("{messages} messages in one chat, from {first} to {last}, on {active} of {days} days.")
        if span["days"] == 1:
            said = _("{messages} messages in one chat, all of {first}.")
    else:
        said = _("{messages} messages in {chats} chats, from {first} to {last}, on {active} of {days} days.")
        if span["days"] == 1:
            said = _("{messages} messages in {chats} chats, all of {first}.")
    counts = {key: figures.whole(facts[key]) for key in ("messages", "chats")}
    days = {"active": figures.whole(span["active_days"]), "days": figures.whole(span["days"])}
    yield said.format(first=figures.day(span["first"]), last=figures.day(span["last"]), **counts, **days)


def _people(facts: Facts) -> Iterator[str]:
    people = facts["people"]
    if len(people) > 1:
        all_messages = sum(person["messages"] for person in people)
        said = _("Of {count} people {name} writes most: {share} of the messages.")
        share = figures.percent(people[0]["messages"] / all_messages)
        yield said.format(count=figures.whole(len(people)), name=people[0]["name"], share=share)


def _months(facts: Facts) -> Iterator[str]:
    months = facts["months"]
    if len(months) > 1 and max(months.values()) > 1:
        most = max(months, key=lambda month: (months[month], month))
        said = _("Most was written in {month}: {count} messages.")
        yield said.format(month=figures.month(most), count=figures.whole(months[most]))


def _weekdays(facts: Facts) -> Iterator[str]:
    days = facts["weekdays"]
    if facts["span"]["days"] < LEAST_DAYS:
        return
    names = figures.weekdays()
    most, least = (days.index(choose(days)) for choose in (max, min))
    if days[most] < 1.25 * sum(days) / 7:
        yield _("All days of the week are about alike.")
    else:
        said = _("The most is written on {most}, the least on {least}.")
        yield said.format(most=names[most], least=names[least])


def _hours(facts: Facts) -> Iterator[str]:
    if facts["hours"] is None:
        yield _("These messages tell days and no hours.")
        return
    for person in _known(facts):
        when = part_of_day(person["hours"] or [])
        if when is not None:
            yield when.format(name=person["name"])


def part_of_day(hours: Sequence[int]) -> str | None:
    """Return the sentence on the part of the day in which most is written; None: at no time above all."""
    parts = (
        (range(22, 28), _("{name} writes mostly after ten at night.")),
        (range(5, 9), _("{name} writes mostly before nine in the morning.")),
        (range(9, 14), _("{name} writes mostly in the morning, between nine and two.")),
        (range(14, 19), _("{name} writes mostly in the afternoon, between two and seven.")),
        (range(18, 23), _("{name} writes mostly in the evening, between six and eleven.")),
    )
    if not sum(hours):
        return None
    shares = [sum(hours[hour % 24] for hour in part) / sum(hours) for part, _said in parts]
    clear = [
        (share * 24 / len(part), said)
        for share, (part, said) in zip(shares, parts, strict=True)
        if share >= MOSTLY and share * 24 / len(part) >= LIFT
    ]
    return max(clear)[1] if clear else None


def _languages(facts: Facts) -> Iterator[str]:
    shares = facts["languages"]["shares"]
    if not shares:
        if facts["language"] == "other":
            yield _("There is too little text to tell the languages by.")
        return
    told = [
        _("{language} ({share})").format(language=figures.language(code), share=figures.percent(share))
        for code, share in list(shares.items())[:4]
    ]
    yield _("Languages of the longer messages: {languages}.").format(languages=figures.listed(told))


def _lengths(facts: Facts) -> Iterator[str]:
    if sum(row["messages"] for row in facts["lengths"]["classes"]) > 1:
        said = _("Half of the messages have at most {words} words.")
        if facts["lengths"]["median_words"] < 1.5:
            said = _("Half of the messages have one word.")
        yield said.format(words=figures.whole(facts["lengths"]["median_words"]))


def _turns(facts: Facts) -> Iterator[str]:
    known = [person for person in _known(facts) if person["bubbles_per_turn"] is not None]
    for most, high, least, low in _ends(known, lambda person: person["bubbles_per_turn"], 0.1):
        said = _("{most} sends most messages in a row: {high} on average; {least} sends fewest: {low}.")
        ends = {"high": figures.decimal(high), "low": figures.decimal(low)}
        yield said.format(most=most, least=least, **ends)


def _replies(facts: Facts) -> Iterator[str]:
    for reply in facts["replies"][:2]:
        said = _("{who} answers {to} within {time}, half of the times.")
        if reply["median_seconds"] < 60:
            said = _("{who} answers {to} within a minute, half of the times.")
        time = figures.duration(reply["median_seconds"])
        yield said.format(who=reply["who"], to=reply["to"], time=time)


def _emoji(facts: Facts) -> Iterator[str]:
    if not facts["emoji"]:
        yield _("Nobody uses emoji.")
        return
    for person in _known(facts):
        rate = person["manner"]["emoji_per_100_messages"]
        if person["emoji"] and rate >= 1:
            said = _("{name} uses {rate} emoji in 100 messages, {favourite} most.")
            favourite = person["emoji"][0]["emoji"]
            yield said.format(name=person["name"], rate=figures.whole(rate), favourite=favourite)
        else:
            yield _("{name} hardly uses emoji.").format(name=person["name"])


def _manner(facts: Facts) -> Iterator[str]:
    known = _known(facts)
    asked = [one for one in known if one["manner"]["questions_opened_percent"] is not None]
    if facts["language"] == "es" and len(asked) > 1:
        opened = [one["manner"]["questions_opened_percent"] for one in asked]
        if min(opened) >= 90:
            yield _("Nearly all questions begin with ¿.")
        elif max(opened) <= 10:
            yield _("Hardly any question begins with ¿.")
    for most, high, least, low in _ends(asked, lambda one: one["manner"]["questions_opened_percent"], 10):
        if facts["language"] == "es":
            said = _("{most} begins most questions with ¿ ({high} %), {least} fewest ({low} %).")
            yield said.format(most=most, least=least, high=figures.whole(high), low=figures.whole(low))
    for most, high, least, low in _ends(known, lambda one: one["manner"]["commas_per_100_words"], 0.5):
        said = _("{most} sets most commas ({high} in 100 words), {least} fewest ({low}).")
        yield said.format(most=most, least=least, high=figures.decimal(high), low=figures.decimal(low))


def _vocabulary(facts: Facts) -> Iterator[str]:
    key = "different_in_1000"
    known = [person for person in _known(facts) if (person["vocabulary"] or {}).get(key)]
    for most, high, least, low in _ends(known, lambda person: person["vocabulary"][key], 25):
        said = _("{most} has most different words, {high} in 1000; {least} has fewest, {low}.")
        yield said.format(most=most, least=least, high=figures.whole(high), low=figures.whole(low))


def _ends(
    people: Sequence[Facts], value: Callable[[Facts], float], apart: float
) -> Iterator[tuple[str, float, str, float]]:
    """Yield who has most, how much, who has least, and how much; nothing if that is not `apart` at least."""
    if len(people) < 2:
        return
    most, least = max(people, key=value), min(people, key=value)
    if value(most) - value(least) >= apart:
        yield most["name"], value(most), least["name"], value(least)


def _top_words(facts: Facts) -> Iterator[str]:
    if facts["top_words"]:
        words = figures.listed([row["word"] for row in facts["top_words"][:NAMED]])
        yield _("The most frequent words that say something are {words}.").format(words=words)


def _distinctive(facts: Facts) -> Iterator[str]:
    for person in _known(facts):
        if person["distinctive"]:
            words = figures.listed([row["word"] for row in person["distinctive"][:NAMED]])
            yield _("More than others {name} says: {words}.").format(name=person["name"], words=words)


def _sentiment(facts: Facts) -> Iterator[str]:
    if facts["sentiment"] is None:
        yield _("How the messages sound is told for Spanish and English only.")
        return
    months = {month: row["mean"] for month, row in facts["sentiment"]["months"].items()}
    if len(months) < 2:
        return
    best, worst = max(months, key=lambda one: months[one]), min(months, key=lambda one: months[one])
    if months[best] - months[worst] < CLEAR_MOOD:
        yield _("All months sound about alike.")
    else:
        said = _("By its words {best} sounds best, {worst} worst.")
        yield said.format(best=figures.month(best), worst=figures.month(worst))


def _enough(facts: Facts) -> Iterator[str]:
    enough = [person for person in facts["people"] if person["enough"]]
    if not enough:
        yield _("Nobody has written enough to be imitated.")
    for person in (enough or facts["people"])[:NAMED]:
        said = _("To imitate {name}: {why}.")
        yield said.format(name=person["name"], why=person["enough_why"])


def _known(facts: Facts) -> list[Facts]:
    """Return the busiest people, if they wrote enough for habits to be told."""
    return [person for person in facts["people"][:NAMED] if person["messages"] >= LEAST_MESSAGES]
