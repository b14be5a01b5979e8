"""`sosias chat`: a talk in the terminal, or one question and its answer for a script."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sosias.cli.call import Call
from sosias.language import translate as _

if TYPE_CHECKING:
    from sosias.companion.companion import Answer, Companion
    from sosias.companion.real_names import RealNames
    from sosias.corpus.session import Turn

Say = Annotated[
    list[str] | None,
    typer.Option("--say", metavar="TEXT", help=_("Say this and end; can be repeated for several turns.")),
]
Partner = Annotated[
    str | None,
    typer.Option("--with", metavar="NAME", help=_("Who you are in the talk; else who talks most with them.")),
]
Real = Annotated[
    bool,
    typer.Option(
        "--real-names",
        help=_("Show real names and numbers where the persona says stand-ins, and take yours; here alone."),
    ),
]
WAYS_OUT = ("/quit", "/salir")


def chat(call: Call, say: Say = None, partner: Partner = None, real_names: Real = False) -> None:
    """Talk until /quit, or answer what `--say` (or a file on stdin) says."""
    with opened(call) as companion:
        names = _names(call) if real_names else None
        named = names.partner_inwards(partner) if names and partner else partner
        talk = Talk(call, companion, named or companion.partner, names)
        if say or call.as_json:
            answers = [talk.answer(text) for text in say or _lines()]
            call.finish(_as_json(answers, talk.shown))
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


def _names(call: Call) -> "RealNames":
    from sosias.companion.real_names import RealNames

    return RealNames.of(call.workspace(), call.persona())


class Talk:
    """What has been said, and who says it; always with stand-ins, also where real names are shown."""

    def __init__(
        self, call: Call, companion: "Companion", partner: str, names: "RealNames | None" = None
    ) -> None:
        self.call = call
        self.companion = companion
        self.names = names
        self.partner = partner
        self.turns: list[Turn] = []

    def shown(self, bubble: str) -> str:
        """Return what the user sees of a bubble."""
        return self.names.outwards(bubble) if self.names else bubble

    def converse(self) -> None:
        """Answer line after line until the end of the input, /quit or Ctrl-C."""
        self.call.out.print(self.companion.opening(), style="dim")
        with suppress(KeyboardInterrupt):
            for line in _lines(self._prompt()):
                self.answer(line)

    def _prompt(self) -> str:
        if self.partner == self.companion.partner:
            return _("You")
        return self.names.partner_outwards(self.partner) if self.names else self.partner

    def answer(self, text: str) -> "Answer":
        """Say something and return the answer, showing its bubbles as they come."""
        from sosias.corpus.session import Turn

        heard = self.names.inwards(text) if self.names else text
        self.turns.append(Turn(self.partner, False, (heard,), datetime.now()))
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
            shown = bubble if program else self.shown(bubble)
            self.call.out.print(Text.assemble((f"{name}: ", "bold" if program else "bold cyan"), shown))


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


def _as_json(answers: list["Answer"], shown: Callable[[str], str]) -> dict[str, Any]:
    """Return the last answer's keys, and every reply, as it is shown."""
    last = answers[-1] if answers else None
    replies = [[shown(bubble) for bubble in one.bubbles] for one in answers]
    return {
        "reply": replies[-1] if replies else [],
        "engine": last.engine if last else None,
        "tokens_per_second": last.tokens_per_second if last else None,
        "safety": last.safety if last else None,
        "replies": replies,
    }
