"""`sosias prepare`: messages to sessions."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sosias.cli.call import Call
from sosias.errors import SosiasError
from sosias.language import translate as _

if TYPE_CHECKING:
    from rich.table import Table

Where = Annotated[
    str | None,
    typer.Option(
        "--where",
        metavar="EXPRESSION",
        help=_("An SQL expression: only the messages that it selects; it is written down, '' takes it back."),
    ),
]

Review = Annotated[
    bool,
    typer.Option("--review", help=_("List who and what is found, and the stand-ins; prepare nothing.")),
]
Refuse = Annotated[
    list[str] | None,
    typer.Option("--refuse", metavar="WORD", help=_("Leave a word as it is, from now on; may be repeated.")),
]
Accept = Annotated[
    list[str] | None,
    typer.Option("--accept", metavar="WORD", help=_("Take back what was refused; may be repeated.")),
]
Add = Annotated[
    list[str] | None,
    typer.Option(
        "--add",
        metavar="WORD[=KIND]",
        help=_("Always replace a word, as a name or of another kind (address, id …); may be repeated."),
    ),
]
Told = Annotated[
    bool | None,
    typer.Option(
        "--attributes/--no-attributes",
        help=_("Tell of each post party, mood, subjects, for the template attributes; it is written down."),
        show_default=False,
    ),
]
MOST_CANDIDATES = 60
"""Rows of the review; `--json` has all."""


class NoWord(SosiasError):
    """{option} was given no word: write it as in {option} Berenguela."""


def prepare(
    call: Call,
    where: Where = None,
    attributes: Told = None,
    review: Review = False,
    refuse: Refuse = None,
    accept: Accept = None,
    add: Add = None,
) -> None:
    """Prepare and count what there is to learn from and to measure on; or look through who is named."""
    for option, words in (("--refuse", refuse), ("--accept", accept), ("--add", add)):
        if not all(word.partition("=")[0].strip() for word in words or ()):
            raise NoWord(option=option)
    if refuse or accept or add:
        from sosias.corpus.pseudonyms.book import decide

        decide(call.workspace(), refuse=refuse or (), accept=accept or (), add=add or ())
    if review:
        _review(call)
        return
    counts = call.run_step("prepare", {"where": where, "attributes": attributes})
    go_on = _("Go on with: {command}").format(command=call.spelt("train"))
    said = _("Bubbles and words are the persona's own.")
    hidden = _hidden(call, counts["pseudonyms"], counts["others"])
    took = _took(counts["seconds"])
    call.finish(counts, _rules(counts["rules"]), _splits(counts["splits"]), said, *hidden, *took, go_on)


def _hidden(call: Call, pseudonyms: dict[str, Any] | None, others: int) -> list[str]:
    """Say of how many `others`, and how much, was replaced, and that this is no guarantee."""
    if pseudonyms is None:
        return []
    said = _(
        "Others who write have stand-ins: {others}; so have names, numbers and addresses in texts: {count}. "
        "Some will have been missed, and who knows the people may know them still: look them through with "
        "{command}"
    )
    count = sum(pseudonyms["replaced"].values())
    return [said.format(others=others, count=count, command=call.spelt("prepare --review"))]


def _took(seconds: dict[str, float]) -> list[str]:
    """Say how long what takes long has taken."""
    what = {"pseudonyms": _("Stand-ins took {seconds} s."), "near_copies": _("Near copies took {seconds} s.")}
    return [what[step].format(seconds=f"{took:.1f}") for step, took in seconds.items()]


def _review(call: Call) -> None:
    """Show what has stand-ins, and how to change it."""
    found = call.run_step("review")
    call.finish(found, _candidates(found["candidates"]), *_decisions(call, found))


def _candidates(candidates: list[dict[str, Any]]) -> "Table":
    from rich.table import Column, Table
    from rich.text import Text

    table = Table(
        Column(_("found"), overflow="fold"),
        Column(_("what")),
        Column(_("times"), justify="right"),
        Column(_("stand-in"), overflow="fold"),
        Column(_("where it stands")),
        box=None,
    )
    kinds = {
        "name": _("name"),
        "surname": _("surname"),
        "phone": _("telephone"),
        "email": _("e-mail"),
        "link": _("link"),
        "handle": _("user name"),
        "account": _("account"),
        "card": _("card"),
        "id": _("id"),
        "address": _("address"),
        "postcode": _("postcode"),
    }
    for row in candidates[:MOST_CANDIDATES]:
        contexts = Text("\n".join(row["contexts"]), "dim")
        table.add_row(row["word"], kinds[row["kind"]], str(row["count"]), row["stand_in"], contexts)
    return table


def _decisions(call: Call, found: dict[str, Any]) -> list[str]:
    """Say what is not shown, what was decided before, and how to decide."""
    lines = []
    hidden = len(found["candidates"]) - MOST_CANDIDATES
    if hidden > 0:
        lines.append(_("… and {count} more (--json has all).").format(count=hidden))
    if found["refused"]:
        lines.append(_("Left as they are: {words}").format(words="; ".join(found["refused"])))
    if found["added"]:
        lines.append(_("Always replaced: {words}").format(words="; ".join(found["added"])))
    lines.append(_("Is one no name? {command}").format(command=call.spelt("prepare --refuse WORD")))
    lines.append(_("Is one missing? {command}").format(command=call.spelt("prepare --add WORD")))
    return lines


def _rules(rules: list[dict[str, Any]]) -> "Table":
    """Show what each rule took, with examples."""
    from rich.table import Table
    from rich.text import Text

    table = Table(_("rule"), _("left out"), _("cut"), _("for example"), box=None)
    for row in rules:
        if row["removed"] or row["changed"]:
            examples = Text("\n".join(" ".join(one.split()) for one in row["examples"]), "dim")
            table.add_row(row["rule"], str(row["removed"]), str(row["changed"] or ""), examples)
    return table


def _splits(splits: dict[str, dict[str, int]]) -> "Table":
    from rich.table import Table

    table = Table("", _("sessions"), _("turns"), _("bubbles"), _("words"), box=None)
    names = {
        "train": _("to learn from"),
        "validation": _("to watch the training"),
        "test": _("to measure on"),
    }
    for split, row in splits.items():
        table.add_row(names[split], *(str(row[key]) for key in ("sessions", "turns", "bubbles", "words")))
    return table
