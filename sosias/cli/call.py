"""One call of a command: the workspace and persona it names, and how it answers."""

import inspect
import json
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sosias.cli.spoken import SpokenCommand, SpokenGroup
from sosias.events import Listener
from sosias.language import translate as _

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from sosias.workspace import Persona, Workspace

Folder = Annotated[
    Path | None,
    typer.Option("-C", "--folder", metavar="DIR", help=_("The workspace; else the folder one stands in.")),
]
PersonaName = Annotated[
    str | None,
    typer.Option("-p", "--persona", metavar="NAME", help=_("The persona; else the only one.")),
]
AsJson = Annotated[
    bool, typer.Option("--json", help=_("Answer with one JSON object on one line; all else on stderr."))
]


@dataclass(frozen=True)
class Call:
    """What holds for every command."""

    named_folder: Path | None = None
    persona_name: str | None = None
    as_json: bool = False

    @property
    def folder(self) -> Path:
        return self.named_folder or Path()

    @cached_property
    def out(self) -> "Console":
        """For what was asked for."""
        from rich.console import Console

        return Console(highlight=False, markup=False, emoji=False)

    @cached_property
    def err(self) -> "Console":
        """For everything that is said on the way."""
        from rich.console import Console

        return Console(stderr=True, highlight=False, markup=False, emoji=False)

    @property
    def watched(self) -> bool:
        """Does what is said on the way go to somebody's eyes, and not into a file?"""
        from sosias.cli.terminal import is_watched

        return is_watched(self.err)

    def workspace(self) -> "Workspace":
        from sosias.workspace import Workspace

        return Workspace.open(self.folder)

    def persona(self) -> "Persona":
        return self.workspace().persona(self.persona_name)

    @contextmanager
    def listening(self) -> Iterator[Listener]:
        """Show progress, choices and notices on stderr while something long is done."""
        from sosias.cli.terminal import shown

        with shown(self.err) as listener:
            yield listener

    def run_step(self, step: str, arguments: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run a step as a job and show what it says."""
        from sosias.pipeline import run_step

        with self.listening() as listener:
            return run_step(step, self.folder, self.persona_name, arguments, listener)

    def spelt(self, command: str) -> str:
        """Return a command as the user has to type it from where they stand."""
        folder = f" -C {shlex.quote(str(self.named_folder))}" if self.named_folder else ""
        persona = f" -p {self.persona_name}" if self.persona_name else ""
        return f"{program()}{folder}{persona} {command}"

    def finish(self, value: dict[str, Any], *shown: "RenderableType") -> None:
        """Answer: the value as JSON where that was asked for, else what is shown to a person."""
        if self.as_json:
            write_line(value)
            return
        for part in shown:
            self.out.print(part, soft_wrap=isinstance(part, str) and not self.out.is_terminal)


def program() -> str:
    """Return how the user calls this program: by its name where that is on the path."""
    if shutil.which("sosias"):
        return "sosias"
    return "python -m sosias" if sys.argv[0].endswith("__main__.py") else shlex.quote(sys.argv[0])


def write_line(value: dict[str, Any]) -> None:
    """Write one JSON object on one line of stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


def command(app: typer.Typer, name: str, said: str) -> Callable[[Callable[..., None]], None]:
    """Register a function `(call, ...)` as a command; it takes -C, -p and --json like every other."""

    def register(function: Callable[..., None]) -> None:
        app.command(name, cls=SpokenCommand, help=said)(_with_shared(function))

    return register


def group(app: typer.Typer, name: str, said: str, function: Callable[[Call], None]) -> typer.Typer:
    """Register a command that has commands of its own, and does something without them, too."""
    below = typer.Typer(cls=SpokenGroup, rich_markup_mode=None, invoke_without_command=True)
    below.callback()(_with_shared(function))
    app.add_typer(below, name=name, help=said)
    return below


def _with_shared(function: Callable[..., None]) -> Callable[..., None]:
    """Return the function `(call, ...)` with the options that every command takes in the call's stead."""
    own = list(inspect.signature(function, eval_str=True).parameters.values())
    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [
        inspect.Parameter("context", keyword, annotation=typer.Context),
        *(one.replace(kind=keyword) for one in own if one.name != "call"),
        inspect.Parameter("folder", keyword, default=None, annotation=Folder),
        inspect.Parameter("persona", keyword, default=None, annotation=PersonaName),
        inspect.Parameter("as_json", keyword, default=False, annotation=AsJson),
    ]

    def run(context: typer.Context, **values: Any) -> None:
        shared = [values.pop(key) for key in ("folder", "persona", "as_json")]
        context.obj = with_options(context.obj, *shared)
        if context.invoked_subcommand is None:
            function(context.obj, **values)

    run.__dict__["__signature__"] = inspect.Signature(parameters)
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run


def with_options(call: Call | None, folder: Path | None, persona: str | None, as_json: bool) -> Call:
    """Return the call with what was given after the command's name; it wins over what stood before."""
    before = call or Call()
    return replace(
        before,
        named_folder=folder or before.named_folder,
        persona_name=persona or before.persona_name,
        as_json=as_json or before.as_json,
    )
