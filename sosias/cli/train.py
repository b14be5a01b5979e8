"""`sosias train`: sessions to an adapter or weights, and a look at what is learnt."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from sosias.cli.call import Call
from sosias.cli.terms import AcceptTerms, accepts
from sosias.language import translate as _

if TYPE_CHECKING:
    from rich.console import RenderableType

MOST_TO_TRAIN = 1_000_000
"""Minutes or epochs: as in the settings, which are not imported for a help page."""
Minutes = Annotated[
    float | None,
    typer.Option(
        "--minutes", metavar="N", min=0.1, max=MOST_TO_TRAIN, help=_("Train for N minutes at most.")
    ),
]
BaseName = Annotated[
    str | None,
    typer.Option(
        "--base", metavar="NAME", help=_("The model to start from: see sosias models list, or a folder.")
    ),
]
Epochs = Annotated[
    float | None,
    typer.Option(
        "--epochs", metavar="N", min=0.01, max=MOST_TO_TRAIN, help=_("Go through the sessions N times.")
    ),
]
TemplateName = Annotated[
    Literal["chat", "transcript", "me-others", "question-answer", "attributes", "document"] | None,
    typer.Option("--template", help=_("How a session is written down for the model.")),
]
Method = Annotated[
    Literal["lora", "dora", "full", "qlora", "scratch"] | None,
    typer.Option(
        "--method",
        help=_(
            "What is trained: small adapters (lora, dora; qlora for large bases), all weights (full), or a"
            " new network (scratch)."
        ),
    ),
]
Size = Annotated[
    Literal["tiny", "small", "medium", "large"] | None,
    typer.Option("--size", help=_("With --method scratch: how large the network is.")),
]
Windows = Annotated[
    int | None,
    typer.Option(
        "--show-windows",
        metavar="N",
        min=1,
        help=_("Show N windows, what is learnt in them and what is only read, and train nothing."),
    ),
]


def train(
    call: Call,
    minutes: Minutes = None,
    epochs: Epochs = None,
    base: BaseName = None,
    template: TemplateName = None,
    method: Method = None,
    size: Size = None,
    show_windows: Windows = None,
    accept_terms: AcceptTerms = False,
) -> None:
    """Train, going on with an unfinished run of the same settings."""
    from sosias.pipeline import settle_base
    from sosias.training.distributed import place

    here = place()
    with call.listening() as listener:
        persona = call.persona()
        chosen = base
        # of several processes none may ask, nor choose by itself: a base is settled before
        if here.world == 1 and (method or persona.settings.training.method) != "scratch":
            chosen = settle_base(
                call.workspace(), persona, base, lambda name: accepts(call, accept_terms, name), listener
            )
    wanted = {
        "base": chosen,
        "template": template,
        "method": method,
        "size": size,
        "minutes": minutes,
        "epochs": epochs,
    }
    if show_windows is not None:
        _show_windows(call, show_windows, wanted)
        return
    result = call.run_step("train", {**wanted, "samples": call.watched})
    if not here.first:
        return  # the first one answers for all
    go_on = _("Go on with: {command}").format(command=call.spelt("evaluate"))
    call.finish(result, summary(result), curve(result), go_on)


def summary(result: dict[str, Any]) -> str:
    """Return a training's result as a sentence."""
    from sosias.cli.terminal import clock

    said = _("Trained on {base}. Steps: {steps}. Time: {time}. Tokens a second: {tokens_per_second:.0f}.")
    return said.format(time=clock(result["seconds"]), **result)


def curve(result: dict[str, Any]) -> str:
    """Say where the page with the run's losses is."""
    return _("How the losses fell: {file}").format(file=result["page"])


def _show_windows(call: Call, count: int, wanted: dict[str, Any]) -> None:
    """Print windows: green is learnt, dim is read; without colour, what is learnt is in brackets."""
    from rich.rule import Rule
    from rich.text import Text

    from sosias.training.show import show_windows

    windows = show_windows(call.persona(), count, wanted)
    coloured = call.out.is_terminal and not call.out.no_color
    shown: list[RenderableType] = []
    for window in windows:
        text = Text()
        for piece, learnt in window:
            text.append(
                piece if coloured or not learnt else f"[{piece}]", style="bold green" if learnt else "dim"
            )
        shown += [text, Rule(style="dim")]
    value = {"windows": [[{"text": piece, "learnt": learnt} for piece, learnt in one] for one in windows]}
    call.finish(value, *shown)
