"""`sosias prepare`: messages to sessions."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sosias.cli.call import Call
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


def prepare(call: Call, where: Where = None) -> None:
    """Prepare and count what there is to learn from and to measure on."""
    counts = call.run_step("prepare", {"where": where})
    go_on = _("Go on with: {command}").format(command=call.spelt("train"))
    said = _("Bubbles and words are the persona's own.")
    call.finish(counts, _rules(counts["rules"]), _splits(counts["splits"]), said, go_on)


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
