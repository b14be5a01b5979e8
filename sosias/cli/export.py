"""`sosias export`: what a workspace holds, for other programs."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from sosias.cli.call import Call
from sosias.errors import SosiasError
from sosias.language import translate as _

File = Annotated[Path, typer.Argument(metavar="FILE", help=_("What to write: FILE.csv or FILE.parquet."))]
To = Annotated[Literal["table"], typer.Option("--to", help=_("Write a table: a row a message."))]
Everyone = Annotated[
    bool, typer.Option("--everyone", help=_("Write everybody's messages, not only the persona's."))
]
RealNames = Annotated[
    bool, typer.Option("--real-names", help=_("Leave names and all else as they are, without stand-ins."))
]
Yes = Annotated[bool, typer.Option("--yes", help=_("Write real names without asking: for scripts."))]


class RealNamesNotAsked(SosiasError):
    """A table with real names is written only when somebody says so: add --yes."""


def export(
    call: Call,
    file: File,
    to: To,
    everyone: Everyone = False,
    real_names: RealNames = False,
    yes: Yes = False,
) -> None:
    """Write the messages as a table, with stand-ins for everybody but the persona."""
    from sosias.corpus.table_export import export_table, stand_ins

    workspace = call.workspace()
    persona = None if everyone and call.persona_name is None else call.persona()
    if real_names and not yes and not _agreed(call):
        call.finish({"written": False}, _("Nothing was written."))
        return
    hide = None if real_names else stand_ins(workspace)
    result = export_table(workspace, file, persona=persona, everyone=everyone, hide=hide)
    value = {"written": True, "to": to, "real_names": real_names, **result}
    said = _("Messages written to {path}: {messages}. People: {people}.").format(**result)
    if real_names:
        care = _("It holds real names and private words: keep it safe.")
    else:
        care = _("Stand-ins hide most of who is meant, never all: look through it before you pass it on.")
    call.finish(value, said, care)


def _agreed(call: Call) -> bool:
    """Ask whether real names may leave the workspace.

    Raises:
        RealNamesNotAsked: there is nobody to ask.
    """
    if call.as_json or not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise RealNamesNotAsked
    question = _(
        "The table will hold real names and private words, for whoever can read the file. Do those who wrote "
        "them agree? [y/N]"
    )
    call.err.print(question, end=" ")
    return input().strip().lower() in {"y", "yes", "s", "si", "sí"}
