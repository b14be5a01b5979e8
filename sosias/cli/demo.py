"""`sosias demo`: the whole way on the sample, and what the training changed, side by side."""

import sys
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sosias.cli.call import Call
from sosias.cli.chat import Talk, opened
from sosias.cli.create import Minutes, talk_with_it, told
from sosias.cli.terms import AcceptTerms, accepts
from sosias.cli.train import BaseName
from sosias.events import Progress
from sosias.language import translate as _

if TYPE_CHECKING:
    from sosias.companion.companion import Companion

SAMPLE = "Chat de WhatsApp con A fuerza de arrastrarse.txt"
PERSONA, AUTHOR = "placido", "Plácido"
QUESTIONS = (
    "Buenas tardes, Plácido. ¿Cómo estás?",
    "¿Todavía piensas en Blanca?",
    "¿Y qué vas a hacer ahora para subir?",
)
"""What both models are asked: in the play's language, and about what Plácido cares for."""
SEED = 17

NoChat = Annotated[bool, typer.Option("--no-chat", help=_("End after the replies side by side."))]


def demo(
    call: Call,
    base: BaseName = None,
    minutes: Minutes = 4.0,
    no_chat: NoChat = False,
    accept_terms: AcceptTerms = False,
) -> None:
    """Make the persona of the sample in ./demo, compare it with the untuned model, open the chat."""
    call = replace(call, named_folder=call.named_folder or Path("demo"), persona_name=PERSONA)
    results = _make(call, base, minutes, accept_terms)
    with opened(call) as companion:
        replies = _side_by_side(call, companion)
        call.finish(
            results | {"replies": replies},
            "",
            *told(results, AUTHOR),
            _beside(replies),
            talk_with_it(call),
        )
        if not (no_chat or call.as_json) and sys.stdin.isatty() and sys.stdout.isatty():
            Talk(call, companion, companion.partner).converse()


def _make(call: Call, base: str | None, minutes: float, accept_terms: bool) -> dict[str, Any]:
    """Run the chain on the sample; what an earlier demo did is skipped."""
    from sosias.pipeline import Order, record_consent, run_chain

    with as_file(files("sosias") / "sample" / SAMPLE) as sample, call.listening() as listener:
        order = Order(
            name=PERSONA,
            author=AUTHOR,
            files=(sample,),
            consent=record_consent("fiction", "José Echegaray, A fuerza de arrastrarse (1901)", AUTHOR),
            base=base,
            minutes=minutes,
            accept=lambda asked: accepts(call, accept_terms, asked),
            samples=call.watched,
        )
        return run_chain(call.folder, order, listener)


def _side_by_side(call: Call, companion: "Companion") -> list[dict[str, Any]]:
    """Ask both models every question."""
    step = _("Asking both models")
    replies = []
    with call.listening() as listener:
        for done, question in enumerate(QUESTIONS):
            listener(Progress(step, done, len(QUESTIONS)))
            replies.append(_both(companion, question))
        listener(Progress(step, 1, 1))
    return replies


def _both(companion: "Companion", question: str) -> dict[str, Any]:
    """Return what the untuned and the tuned model reply to one question, drawn with the same seed."""
    from sosias.corpus.session import Turn

    asked = [Turn(companion.partner, False, (question,))]
    replies = {
        name: list(companion.answer(asked, seed=SEED, tuned=tuned).bubbles)
        for name, tuned in (("untuned", False), ("tuned", True))
    }
    return {"question": question, **replies}


def _beside(replies: list[dict[str, Any]]) -> Any:
    """Return the replies as a table, the models in two columns."""
    from rich.table import Table
    from rich.text import Text

    table = Table(_("asked"), _("the untuned model"), _("the tuned model"), show_lines=True)
    for row in replies:
        table.add_row(
            *(Text(text) for text in (row["question"], *("\n".join(row[k]) for k in ("untuned", "tuned"))))
        )
    return table
