"""Asking for a base's terms: a flag, an environment variable, or a question at the terminal."""

import os
import sys
from typing import Annotated

import typer

from sosias.cli.call import Call
from sosias.language import translate as _

AcceptTerms = Annotated[
    bool, typer.Option("--accept-terms", help=_("Accept the terms of the base, e.g. those of Gemma."))
]
VARIABLE = "ACCEPT_GEMMA_TERMS"


def accepts(call: Call, flag: bool, base: str) -> bool:
    """Tell whether the user accepts the terms of a base; ask where there is somebody to ask."""
    from sosias.models.catalogue import CATALOGUE

    if flag or os.environ.get(VARIABLE) == "1":
        return True
    if call.as_json or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    question = _(
        "The base {base} comes under Google's terms: {terms}\n"
        "Without it, a smaller base is used that hardly knows Spanish. Have you read the terms, and do you "
        "accept them? [y/N]"
    )
    call.err.print(question.format(base=base, terms=CATALOGUE[base].terms), end=" ")
    return input().strip().lower() in {"y", "yes", "s", "si", "sí"}
