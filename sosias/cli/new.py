"""`sosias new`: a persona, with the right by which it is made."""

from typing import Annotated

import typer

from sosias.cli.call import Call
from sosias.language import translate as _

Name = Annotated[str, typer.Argument(metavar="NAME", help=_("What to call the persona."))]
Author = Annotated[
    str | None, typer.Option("--as", metavar="AUTHOR", help=_("The name in the chats that is imitated."))
]
Where = Annotated[
    str | None,
    typer.Option(
        "--where", metavar="EXPRESSION", help=_("An SQL expression that selects the messages instead.")
    ),
]
Kind = Annotated[
    str | None,
    typer.Option(
        "--consent",
        metavar="KIND",
        help=_("By what right: self, given (with --by), public, fiction or deceased."),
    ),
]
By = Annotated[str | None, typer.Option("--by", metavar="TEXT", help=_("Who agreed, and when."))]


def new(
    call: Call, name: Name, author: Author = None, where: Where = None, consent: Kind = None, by: By = None
) -> None:
    """Write down a persona."""
    from sosias.pipeline import new_persona, record_consent

    recorded = record_consent(consent, by, author or name)
    workspace = call.workspace()
    if where is not None and author is None:
        from sosias.corpus.choosing import check_selection

        check_selection(workspace, where)
    persona = new_persona(workspace, name, recorded, author=author, where=where)
    said = _("{name} learns from the messages of {who}.")
    value = {"persona": persona.name, **persona.settings.model_dump(mode="json")}
    go_on = _("Go on with: {command}").format(command=call.spelt("prepare"))
    call.finish(value, said.format(name=persona.name, who=persona.settings.author or where), go_on)
