"""`sosias update`: newer exports, learnt from where the persona is."""

from pathlib import Path
from typing import Annotated

import typer

from sosias.cli.call import Call
from sosias.cli.create import talk_with_it
from sosias.cli.train import summary
from sosias.evaluation.sentences import in_words
from sosias.language import translate as _

From = Annotated[
    list[Path], typer.Option("--from", metavar="FILE", help=_("A newer export; can be repeated."))
]


def update(call: Call, files: From) -> None:
    """Import, prepare again, and go on from the last training."""
    from sosias.pipeline import run_update

    persona = call.persona()
    with call.listening() as listener:
        results = run_update(call.folder, persona.name, tuple(files), listener, samples=call.watched)
    told: list[str] = []
    if results["train"]["updated"]:
        told.append(summary(results["train"]))
    if "evaluate" in results:
        told += in_words(results["evaluate"], persona.settings.author or persona.name)
    call.finish(results, *told, talk_with_it(call))
