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


def import_(call: Call, files: Files, day_first: DayFirst = None) -> None:
    """Import and say what was found, where the dates were guessed, and what was dropped."""
    paths = [str(path.resolve()) for path in files]
    report = call.run_step("import", {"paths": paths, "day_first": day_first})
    lines = []
    for file in report["files"]:
        line = _("{path}: {messages} messages by {people} people ({format}, {lines} lines)")
        lines.append(line.format(**{**file, "people": len(file["people"])}))
    whole = _("{messages} messages in the workspace; {duplicates} were there already.")
    call.finish(report, *lines, whole.format(**report), _("Go on with: sosias look"))
