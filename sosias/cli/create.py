"""`sosias create`: the whole way from an export to a bot."""

from pathlib import Path
from typing import Annotated, Any

import typer

from sosias.cli.call import Call
from sosias.cli.new import By, Kind, Name
from sosias.cli.terms import AcceptTerms, accepts
from sosias.cli.train import MOST_TO_TRAIN, BaseName, summary
from sosias.evaluation.sentences import in_words
from sosias.language import translate as _

From = Annotated[
    list[Path], typer.Option("--from", metavar="FILE", help=_("An exported chat; can be repeated."))
]
Author = Annotated[
    str, typer.Option("--as", metavar="AUTHOR", help=_("The name in the chats that is imitated."))
]
Minutes = Annotated[
    float,
    typer.Option(
        "--minutes", metavar="N", min=0.1, max=MOST_TO_TRAIN, help=_("Train for N minutes at most.")
    ),
]
PATIENCE_MINUTES = 30.0
"""How long somebody who never trained a model waits without being asked: a lunch."""


def create(
    call: Call,
    name: Name,
    files: From,
    author: Author,
    consent: Kind = None,
    by: By = None,
    base: BaseName = None,
    minutes: Minutes = PATIENCE_MINUTES,
    accept_terms: AcceptTerms = False,
) -> None:
    """Import, make the persona, prepare, fetch the base, train and measure."""
    from sosias.pipeline import Order, record_consent, run_chain

    order = Order(
        name=name,
        author=author,
        files=tuple(files),
        consent=record_consent(consent, by, author),
        base=base,
        minutes=minutes,
        accept=lambda asked: accepts(call, accept_terms, asked),
        samples=call.watched,
    )
    with call.listening() as listener:
        results = run_chain(call.folder, order, listener)
    call.finish(results, *told(results, author), talk_with_it(call))


def told(results: dict[str, Any], author: str) -> list[str]:
    """Return what a chain brought, as sentences."""
    return [summary(results["train"]), *in_words(results["evaluate"], author)]


def talk_with_it(call: Call) -> str:
    """Return what to run to talk."""
    return _("Talk with it: {command}").format(command=call.spelt("chat"))
