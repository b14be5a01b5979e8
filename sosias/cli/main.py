"""`sosias`: the commands put together, and what a command's end means to whoever called it.

Exit codes: 0 done; 2 the user can mend it; 1 a fault of ours; 130 interrupted.
"""

import shlex
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from sosias import __version__
from sosias.cli.call import (
    AsJson,
    Call,
    Folder,
    PersonaName,
    command,
    group,
    program,
    with_options,
    write_line,
)
from sosias.cli.chat import chat
from sosias.cli.create import create
from sosias.cli.demo import demo
from sosias.cli.doctor import doctor
from sosias.cli.evaluate import evaluate
from sosias.cli.export import export
from sosias.cli.forget import forget
from sosias.cli.generate import generate
from sosias.cli.import_ import import_
from sosias.cli.look import look
from sosias.cli.messages import messages
from sosias.cli.models import list_, pull
from sosias.cli.new import new
from sosias.cli.people import join, people, undo
from sosias.cli.prepare import prepare
from sosias.cli.serve import serve
from sosias.cli.spoken import SpokenGroup
from sosias.cli.train import train
from sosias.cli.update import update
from sosias.errors import SosiasError, of_the_system
from sosias.language import translate as _
from sosias.training.distributed import leave, place

OUR_FAULT, MENDABLE, INTERRUPTED = 1, 2, 130
"""Exit codes; 2 and 130 are also what Typer and shells use for these."""

app = typer.Typer(
    cls=SpokenGroup,
    help=_("Turn messages into a chatbot that writes like their author, on your own machine."),
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for name, function, said in (
    ("create", create, _("Go from exported chats to a bot, all steps in one.")),
    ("demo", demo, _("Go all the way on the sample, a Spanish comedy of 1901.")),
    ("import", import_, _("Read exported chats into the workspace.")),
    ("look", look, _("Show who wrote how much, when, in which language.")),
    ("new", new, _("Make a persona: who is imitated, by what right.")),
    ("prepare", prepare, _("Turn the messages into what a persona learns from.")),
    ("train", train, _("Train a persona, or go on with a training.")),
    ("update", update, _("Teach a persona what a newer export brings.")),
    ("evaluate", evaluate, _("Measure how much closer the persona has come.")),
    ("chat", chat, _("Talk with a persona.")),
    ("generate", generate, _("Let a persona write on from a beginning.")),
    ("serve", serve, _("Offer the personas to programs, as OpenAI's API.")),
    ("messages", messages, _("Write out the messages of the workspace.")),
    ("export", export, _("Write the messages as a table, or a persona for other programs.")),
    ("forget", forget, _("Delete all that there is of somebody, and keep them out.")),
    ("doctor", doctor, _("Say what this machine can do, and what is missing.")),
):
    command(app, name, said)(function)
catalogue = typer.Typer(cls=SpokenGroup, rich_markup_mode=None)
command(catalogue, "list", _("Show the bases that can be had, and which are on this machine."))(list_)
command(catalogue, "pull", _("Fetch a base onto this machine."))(pull)
app.add_typer(catalogue, name="models", help=_("The models that a persona can start from."))

who = group(app, "people", _("Show who writes under several names; join them, or take them apart."), people)
command(who, "join", _("Join names that are one person's."))(join)
command(who, "undo", _("Take names apart that are not one person's."))(undo)


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(f"sosias {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    folder: Folder = None,
    persona: PersonaName = None,
    as_json: AsJson = False,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help=_("Say which version this is.")),
    ] = False,
) -> None:
    context.obj = with_options(Call(), folder, persona, as_json)


def main() -> None:
    """Run the command line and end the process with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # a lone surrogate then comes out as the very escape that JSON has for it
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    code = run(sys.argv[1:])
    if place().world > 1:
        leave(code)
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command; return its exit code, with one sentence on stderr where it is not 0."""
    try:
        code = app(list(arguments) or ["--help"], prog_name="sosias", standalone_mode=False)
        if code == INTERRUPTED:
            raise KeyboardInterrupt
        return code if isinstance(code, int) else 0
    except (KeyboardInterrupt, typer.Abort):
        if sys.stderr.isatty():
            sys.stderr.write("\n")  # the terminal has written ^C
        said = _("Stopped. What was done is kept; the same command goes on from there: {command}")
        command = f"{program()} {shlex.join(arguments)}"
        return _fail(said.format(command=command), arguments, INTERRUPTED)
    except SosiasError as error:
        return _fail(str(error), arguments, MENDABLE)
    except TyperException as error:
        return _fail(_usage(error), arguments, MENDABLE)
    except SystemExit:
        return 0  # how Typer and Rich end when whoever reads the output has had enough
    except Exception as error:
        mendable = of_the_system(error, _folder(arguments))
        if mendable is not None:
            return _fail(str(mendable), arguments, MENDABLE)
        return _fail(_faulty(error, arguments), arguments, OUR_FAULT)


def _fail(sentence: str, arguments: Sequence[str], code: int) -> int:
    if "--json" in arguments:
        write_line({"error": sentence})
    sys.stderr.write(sentence + "\n")
    return code


def _faulty(error: Exception, arguments: Sequence[str]) -> str:
    """Write a report of a fault of ours, unless the job that failed has; return the sentence."""
    from sosias.pipeline import Fault, StepFault, write_fault

    if isinstance(error, StepFault):
        report = error.report
    else:
        report = write_fault(_folder(arguments), Fault.of(error), "sosias")
    said = _(
        "Sosias failed, and the fault is ours, not yours. Where it happened, without any of your messages, "
        "is written in {report}: please send it to us."
    )
    return said.format(report=report)


def _usage(error: TyperException) -> str:
    """Return what is wrong with the words of a command, as one sentence."""
    context = getattr(error, "ctx", None)
    parameter = getattr(error, "param", None)
    command = context.command_path if context is not None else "sosias"
    hint = parameter.get_error_hint() if parameter is not None else ""
    sentences = {
        "NoSuchOption": _("There is no option {what}"),
        "MissingParameter": _("{hint} is missing"),
        "BadParameter": _("{hint} cannot take this value ({what})"),
    }
    sentence = sentences.get(type(error).__name__, _("This is no command that Sosias knows ({what})"))
    what = getattr(error, "option_name", None) or error.message
    said = sentence.format(what=what.rstrip("."), hint=hint)
    return said + _(": see {command} --help").format(command=command)


def _folder(arguments: Sequence[str]) -> Path:
    """Return the workspace that a command named, without parsing it again."""
    named = Path()
    for one, following in zip(arguments, [*arguments[1:], ""], strict=True):
        if one in ("-C", "--folder"):
            named = Path(following)
        elif one.startswith("--folder="):
            named = Path(one.removeprefix("--folder="))
        elif one.startswith("-C"):
            named = Path(one.removeprefix("-C"))
    return named
