"""`sosias people`: who is one person under several names."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sosias.cli.call import Call
from sosias.language import translate as _

if TYPE_CHECKING:
    from rich.table import Table

    from sosias.sources.people import People
    from sosias.sources.resemblance import Resemblance

Name = Annotated[str, typer.Argument(metavar="NAME", help=_("A name in the messages."))]
Others = Annotated[
    list[str], typer.Argument(metavar="OTHER…", help=_("Other names of the same person, in the messages."))
]
Other = Annotated[
    str | None,
    typer.Argument(metavar="[OTHER]", help=_("The name to take apart; else all are."), show_default=False),
]

MOST_PEOPLE = 20
"""People without other names in the table; `--json` has all of them."""
MOST_PAIRS = 10
"""Pairs that are suggested."""


def people(call: Call) -> None:
    """Show everybody who writes, by which names, and who looks like one person and is not joined."""
    from sosias.sources.people import People
    from sosias.sources.resemblance import resemblances
    from sosias.sources.store import NothingImported, spellings

    workspace = call.workspace()
    counts = spellings(workspace)
    if not counts:
        raise NothingImported(folder=workspace.folder)
    known = People.of(workspace)
    everybody = _people(counts, known)
    alike = resemblances((name for name, _count in counts.most_common()), known)
    value = {
        "people": everybody,
        "suggestions": [{"name": one.name, "other": one.other, "why": one.why} for one in alike],
        "refused": [list(pair) for pair in known.settings().refused],
    }
    call.finish(value, _table(everybody), *_hidden(everybody), *_suggestions(call, alike))


def _people(counts: dict[str, int], known: "People") -> list[dict[str, Any]]:
    """Return people with their spellings, the busiest first."""
    gathered: dict[str, list[str]] = {}
    for spelling in counts:
        gathered.setdefault(known.name(spelling), [])
    found = [
        {
            "name": name,
            "messages": sum(counts.get(spelling, 0) for spelling in known.spellings(name)),
            "spellings": [_spelling(spelling, counts, known) for spelling in known.spellings(name)],
        }
        for name in gathered
    ]
    return sorted(found, key=lambda person: (-person["messages"], person["name"]))


def _spelling(spelling: str, counts: dict[str, int], known: "People") -> dict[str, Any]:
    link = known.link(spelling)
    return {
        "name": spelling,
        "messages": counts.get(spelling, 0),
        "why": link and link.why,
        "by": link and link.by,
    }


def _table(everybody: list[dict[str, Any]]) -> "Table":
    from rich.table import Column, Table
    from rich.text import Text

    table = Table(
        Column(_("who"), overflow="fold"),
        Column(_("messages"), justify="right"),
        Column(_("joined because")),
        box=None,
    )
    for person in _shown(everybody):
        table.add_row(Text(person["name"], "bold"), str(person["messages"]), "")
        for one in person["spellings"][1:]:
            table.add_row(Text(f"  = {one['name']}"), str(one["messages"]), Text(one["why"], "dim"))
    return table


def _shown(everybody: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return all who have several names, and the busiest of the others."""
    alone = [person for person in everybody if len(person["spellings"]) == 1][MOST_PEOPLE:]
    hidden = {person["name"] for person in alone}
    return [person for person in everybody if person["name"] not in hidden]


def _hidden(everybody: list[dict[str, Any]]) -> list[str]:
    count = len(everybody) - len(_shown(everybody))
    return [_("… and {count} more people (--json has all).").format(count=count)] if count else []


def _suggestions(call: Call, alike: list["Resemblance"]) -> list[str]:
    """Return the pairs that may be one person, with the command that joins them."""
    import shlex

    if not alike:
        return []
    lines = [_("These may be one person each; join them if they are:")]
    for one in alike[:MOST_PAIRS]:
        command = call.spelt(f"people join {shlex.quote(one.name)} {shlex.quote(one.other)}")
        lines.append(f"  {command}  ({one.why})")
    if len(alike) > MOST_PAIRS:
        lines.append(_("… and {count} more pairs (--json has all).").format(count=len(alike) - MOST_PAIRS))
    return lines


def join(call: Call, name: Name, others: Others) -> None:
    """Join names that are one person's; the first is shown."""
    from sosias.sources.store import join_people

    person = join_people(call.workspace(), name, others)
    said = _("{name} is one person under these names: {names}. Undo it with: {command}")
    command = call.spelt("people undo NAME")
    value = {"name": person[0], "spellings": person}
    call.finish(value, said.format(name=person[0], names="; ".join(person), command=command))


def undo(call: Call, name: Name, other: Other = None) -> None:
    """Take names apart that are not one person's; no import joins them again."""
    from sosias.sources.store import part_people

    person, parted = part_people(call.workspace(), name, other)
    said = _("Taken apart from {name}: {names}. No import will join them again.")
    call.finish({"name": person, "parted": parted}, said.format(name=person, names="; ".join(parted)))
