"""`sosias import`: exports into the workspace."""

from pathlib import Path
from typing import Annotated

import typer

from sosias.cli.call import Call
from sosias.language import translate as _

Files = Annotated[list[Path], typer.Argument(metavar="FILE…", help=_("Exported chats: .txt or .zip."))]
DayFirst = Annotated[
    bool | None,
    typer.Option(
        "--day-first/--month-first",
        help=_("Whether 3/4/25 is in April or in March; else the dates themselves decide."),
    ),
]

MOST_DROPS = 5
"""Lines left out that are named; `--json` has all of them."""


def import_(call: Call, files: Files, day_first: DayFirst = None) -> None:
    """Import and say what was found, where the dates were guessed, and what was dropped."""
    paths = [str(path.resolve()) for path in files]
    report = call.run_step("import", {"paths": paths, "day_first": day_first})
    lines = []
    for file in report["files"]:
        line = _("{path} ({format}). Messages: {messages}. People: {people}. Lines: {lines}.")
        lines.append(line.format(**{**file, "people": len(file["people"])}))
        for drop in file["dropped"][:MOST_DROPS]:
            lines.append(_("  line {line} was left out: {reason}").format(**drop))
    whole = _("New messages: {added}. There already: {duplicates}.")
    lines.append(whole.format(**report))
    call.finish(report, *lines, _("Go on with: {command}").format(command=call.spelt("look")))
