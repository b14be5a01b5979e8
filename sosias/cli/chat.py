"""`sosias chat`: a talk in the terminal, or one question and its answer for a script."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sosias.cli.call import Call
from sosias.language import translate as _

if TYPE_CHECKING:
    from sosias.companion.companion import Answer, Companion
    from sosias.corpus.session import Turn

Say = Annotated[
    list[str] | None,
    typer.Option("--say", metavar="TEXT", help=_("Say this and end; can be repeated for several turns.")),
]
Partner = Annotated[
    str | None,
    typer.Option("--with", metavar="NAME", help=_("Who you are in the talk; else who talks most with them.")),
]
WAYS_OUT = ("/quit", "/salir")


def chat(call: Call, say: Say = None, partner: Partner = None) -> None:
    """Talk until /quit, or answer what `--say` (or a file on stdin) says."""
    with opened(call) as companion:
        talk = Talk(call, companion, partner or companion.partner)
        if say or call.as_json:
            answers = [talk.answer(text) for text in say or _lines()]
            call.finish(_as_json(answers))
        else:
            talk.converse()


@contextmanager
def opened(call: Call) -> Iterator["Companion"]:
    """Give the persona's companion, and let its engine go at the end."""
    from sosias.companion.companion import open_companion

    with call.listening() as listener:
        companion = open_companion(call.persona(), listener=listener)
    try:
        yield companion
    finally:
        companion.close()


class Talk:
    """What has been said, and who says it."""

    def __init__(self, call: Call, companion: "Companion", partner: str) -> None:
        self.call = call
        self.companion = companion
        self.partner = partner
        self.turns: list[Turn] = []

    def converse(self) -> None:
        """Answer line after line until the end of the input, /quit or Ctrl-C."""
        self.call.out.print(self.companion.opening(), style="dim")
        with suppress(KeyboardInterrupt):
            for line in _lines(_("You") if self.partner == self.companion.partner else self.partner):
                self.answer(line)

    def answer(self, text: str) -> "Answer":
        """Say something and return the answer, showing its bubbles as they come."""
        from sosias.corpus.session import Turn

        self.turns.append(Turn(self.partner, False, (text,), datetime.now()))
        waiting = _("{name} is writing …").format(name=self.companion.persona_author)
        live = self.call.out.is_terminal and not self.call.as_json
        with self.call.out.status(waiting) if live else nullcontext():
            answer = self.companion.answer(self.turns, on_bubble=self._show)
        said = Turn(self.companion.persona_author, True, tuple(answer.bubbles), datetime.now())
        self.turns.append(said)
        return answer

    def _show(self, bubble: str) -> None:
        from rich.text import Text

        if not self.call.as_json:
            program = self.companion.program_speaking
            name = "Sosias" if program else self.companion.persona_author
            self.call.out.print(Text.assemble((f"{name}: ", "bold" if program else "bold cyan"), bubble))


def _lines(prompt: str | None = None) -> Iterator[str]:
    """Yield what is typed or piped in, without empty lines, until the end or a way out."""
    typed = sys.stdin.isatty()
    if typed:
        with suppress(ImportError):
            import readline  # noqa: F401  # gives input() editing and a history, where there is one
    while True:
        try:
            line = input(f"{prompt}: " if typed and prompt else "").strip()
        except (EOFError, KeyboardInterrupt):
            if typed:
                sys.stdout.write("\n")  # the prompt's line is still open
            return
        if line in WAYS_OUT:
            return
        if line:
            yield line


def _as_json(answers: list["Answer"]) -> dict[str, Any]:
    """Return the last answer's keys, and every reply."""
    last = answers[-1] if answers else None
    return {
        "reply": list(last.bubbles) if last else [],
        "engine": last.engine if last else None,
        "tokens_per_second": last.tokens_per_second if last else None,
        "safety": last.safety if last else None,
        "replies": [list(one.bubbles) for one in answers],
    }
