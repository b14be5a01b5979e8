"""`sosias generate`: texts that go on from a beginning."""

from typing import Annotated

import typer

from sosias.cli.call import Call
from sosias.cli.chat import opened
from sosias.errors import SosiasError
from sosias.language import translate as _

Start = Annotated[str, typer.Option("--start", metavar="TEXT", help=_("How the text begins."))]
Length = Annotated[int, typer.Option("--length", metavar="N", min=1, help=_("The longest text, in tokens."))]
Count = Annotated[int, typer.Option("-n", metavar="K", min=1, help=_("How many texts."))]
Fields = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="FIELD=VALUE",
        help=_("Of what kind the text is, as in sentimiento=POSITIVO (template attributes); repeatable."),
    ),
]
VoiceName = Annotated[
    str | None,
    typer.Option("--voice", metavar="NAME", help=_("Whose words: persona or others (template me-others).")),
]
Seed = Annotated[int | None, typer.Option("--seed", metavar="N", help=_("Repeats the same texts."))]


class NoValue(SosiasError):
    """--set {given} gives no value: write it as in --set sentimiento=POSITIVO."""


def generate(
    call: Call,
    start: Start = "",
    length: Length = 80,
    count: Count = 1,
    fields: Fields = None,
    voice: VoiceName = None,
    seed: Seed = None,
) -> None:
    """Write texts in the persona's voice."""
    wanted = dict(map(_field, fields or ()))
    with opened(call) as companion:
        answers = companion.write(start, length, count, seed, fields=wanted, voice=voice)
    texts = ["\n".join(answer.bubbles) for answer in answers]
    value = {"texts": texts, "engine": answers[0].engine, "safety": answers[0].safety}
    call.finish(value, *texts)


def _field(given: str) -> tuple[str, str]:
    name, equals, value = given.partition("=")
    if not (name.strip() and equals and value.strip()):
        raise NoValue(given=given)
    return name.strip(), value.strip()
