"""`sosias generate`: texts that go on from a beginning."""

from typing import Annotated

import typer

from sosias.cli.call import Call
from sosias.cli.chat import opened
from sosias.language import translate as _

Start = Annotated[str, typer.Option("--start", metavar="TEXT", help=_("How the text begins."))]
Length = Annotated[int, typer.Option("--length", metavar="N", min=1, help=_("The longest text, in tokens."))]
Count = Annotated[int, typer.Option("-n", metavar="K", min=1, help=_("How many texts."))]
Seed = Annotated[int | None, typer.Option("--seed", metavar="N", help=_("Repeats the same texts."))]


def generate(call: Call, start: Start = "", length: Length = 80, count: Count = 1, seed: Seed = None) -> None:
    """Write texts in the persona's voice."""
    with opened(call) as companion:
        answers = companion.write(start, length, count, seed)
    texts = ["\n".join(answer.bubbles) for answer in answers]
    value = {"texts": texts, "engine": answers[0].engine, "safety": answers[0].safety}
    call.finish(value, *texts)
