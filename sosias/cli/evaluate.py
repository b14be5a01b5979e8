"""`sosias evaluate`: by how much the persona beats the untuned model."""

from typing import Annotated

import typer

from sosias.cli.call import Call
from sosias.language import translate as _

Folds = Annotated[
    int,
    typer.Option(
        "--folds",
        metavar="N",
        min=0,
        help=_("Train and measure anew on N stretches of time."),
    ),
]


def evaluate(call: Call, folds: Folds = 0) -> None:
    """Measure on held-out sessions."""
    from sosias.evaluation.sentences import in_words

    report = call.run_step("evaluate", {"folds": folds})
    name = call.persona().settings.author or call.persona().name
    talk = _("Talk with it: {command}").format(command=call.spelt("chat"))
    page = _("All of it on a page, with plots: {file}").format(file=report["page"])
    call.finish(report, *in_words(report, name), page, talk)
