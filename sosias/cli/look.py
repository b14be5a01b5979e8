"""`sosias look`: who is in the messages, how they write, and who wrote enough to be imitated."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sosias.cli.call import Call
from sosias.language import translate as _

if TYPE_CHECKING:
    from rich.table import Table

MOST_PEOPLE = 12
"""People shown in the table; `--json` has all of them."""
MOST_MONTHS = 24
"""Months shown, the newest; the page has all of them."""
BAR = 40
"""Width of the busiest month's bar, in characters."""

File = Annotated[
    Path | None,
    typer.Argument(metavar="FILE", help=_("Where the page goes; else report/look.html in the workspace.")),
]
Page = Annotated[
    bool, typer.Option("--page", help=_("Write all of it as an HTML page with plots that needs no network."))
]


def look(call: Call, file: File = None, page: Page = False) -> None:
    """Describe the messages of the workspace."""
    from sosias.corpus.describe import describe_workspace

    workspace = call.workspace()
    facts = describe_workspace(workspace)
    if page or file is not None:
        _write_page(call, facts, file or workspace.look_page)
        return
    head = _("Messages: {messages}. Chats: {chats}. Language: {language} ({why}).")
    hint = _("Make a persona of one who has enough words: {command}")
    hint = hint.format(command=call.spelt("new NAME --as AUTHOR --consent KIND"))
    more = _("See all of it, with plots: {command}").format(command=call.spelt("look --page"))
    shown = (head.format(why=facts["language_why"], **facts), _people(facts), _months(facts), _said(facts))
    call.finish(facts, *shown, more, hint)


def _write_page(call: Call, facts: dict[str, Any], file: Path) -> None:
    from sosias.corpus.description.page import page
    from sosias.workspace import write_text

    written = (file / "look.html" if file.is_dir() else file).resolve()
    write_text(written, page(facts))
    said = _("The page is in {file}: open it in any browser; it needs no network.").format(file=written)
    call.finish({**facts, "page": str(written)}, said)


def _people(facts: dict[str, Any]) -> "Table":
    from rich.table import Column, Table
    from rich.text import Text

    numbers = [Column(name, justify="right") for name in (_("messages"), _("words"), _("emoji"))]
    table = Table(_("who"), *numbers, _("from"), _("to"), _("enough"), box=None)
    for person in facts["people"][:MOST_PEOPLE]:
        days = [(person[key] or "")[:10] for key in ("first", "last")]
        enough = Text(_("yes"), "green") if person["enough"] else Text(_("too few"), "red")
        emoji = "  ".join(row["emoji"] for row in person["emoji"] or [])
        counts = (str(person["messages"]), str(person["words"]), Text(emoji))
        table.add_row(Text(person["name"]), *counts, *days, enough)
    return table


def _months(facts: dict[str, Any]) -> "Table":
    from rich.table import Table

    most = max(facts["months"].values(), default=1)
    table = Table(_("month"), _("messages"), box=None)
    for month, count in _rows(facts["months"])[-MOST_MONTHS:]:
        table.add_row(month, f"{'▇' * max(1, round(BAR * count / most))} {count}" if count else "0")
    return table


def _rows(months: dict[str, int]) -> list[tuple[str, int]]:
    """Return the months with their messages; those without any that follow each other as one row."""
    from itertools import groupby

    from sosias.corpus.description.times import all_months

    rows: list[tuple[str, int]] = []
    for empty, run in groupby(all_months(months) if months else (), lambda row: not row[1]):
        found = list(run)
        if empty and len(found) > 1:
            rows.append((f"{found[0][0]} – {found[-1][0]}", 0))
        else:
            rows.extend(found)
    return rows


def _said(facts: dict[str, Any]) -> str:
    """Return the first sentence on each subject."""
    first: dict[str, str] = {}
    for sentence in facts["sentences"]:
        first.setdefault(sentence["about"], sentence["text"])
    return "\n".join(f"· {text}" for text in first.values())
