"""The description as one HTML page that needs nothing else: no network, no script, no font from elsewhere."""

from dataclasses import replace
from typing import Any

from sosias.corpus.description.sections import sections
from sosias.language import translate as _
from sosias.pages import figures
from sosias.pages.page import Page


def page(facts: dict[str, Any]) -> str:
    """Return the page of what `describe` found, in the language in use.

    Words and emoji stand on it, and the names of those who write; no message does.
    """
    said: dict[str, list[str]] = {}
    for sentence in facts["sentences"]:
        said.setdefault(sentence["about"], []).append(sentence["text"])
    return Page(
        title=_("What is in these messages"),
        summary=said.get("span", []),
        sums=_sums(facts),
        sections=[replace(one, sentences=said.get(one.key, [])) for one in sections(facts)],
        closing=[
            _("Times are those of the exports' clocks. All was counted on this machine; nothing left it."),
            _("Names and words of others stand here: think before you pass this page on."),
        ],
    ).written()


def _sums(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the large figures at the top."""
    people = facts["people"]
    words = sum(person["words"] for person in people)
    different = facts["vocabulary"]["different"]
    sums = [
        (facts["messages"], _("message") if facts["messages"] == 1 else _("messages")),
        (len(people), _("person") if len(people) == 1 else _("people")),
        (facts["chats"], _("chat") if facts["chats"] == 1 else _("chats")),
        (words, _("word") if words == 1 else _("words")),
        (different, _("different word") if different == 1 else _("different words")),
    ]
    return [(figures.whole(value), said) for value, said in sums]
