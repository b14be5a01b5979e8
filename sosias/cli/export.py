"""`sosias export`: what a workspace holds, for other programs: its messages, or a persona."""

import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from sosias.cli.call import Call
from sosias.errors import SosiasError
from sosias.language import translate as _

File = Annotated[
    Path,
    typer.Argument(
        metavar="FILE", help=_("FILE.csv or FILE.parquet for a table; a new folder for a persona.")
    ),
]
To = Annotated[
    Literal["table", "hf", "adapter", "gguf"],
    typer.Option(
        "--to",
        help=_(
            "A table of messages, or a persona: as a Hugging Face folder, as an adapter for its base, or as "
            "one file for llama.cpp."
        ),
    ),
]
Everyone = Annotated[
    bool, typer.Option("--everyone", help=_("Write everybody's messages, not only the persona's."))
]
RealNames = Annotated[
    bool, typer.Option("--real-names", help=_("Leave names and all else as they are, without stand-ins."))
]
Yes = Annotated[bool, typer.Option("--yes", help=_("Write real names without asking: for scripts."))]
Quant = Annotated[
    Literal["f16", "q8_0", "q4_0"] | None,
    typer.Option("--quant", help=_("Bits a weight for --to gguf: 16, 8 or 4; q8_0, if nothing is said.")),
]
Push = Annotated[
    str | None,
    typer.Option(
        "--push",
        metavar="USER/REPO",
        help=_("Send the persona to this private repository of the Hugging Face hub."),
    ),
]


class RealNamesNotAsked(SosiasError):
    """A table with real names is written only when somebody says so: add --yes."""


class NotThatExport(SosiasError):
    """{option} does not go with --to {to}: it is for {meant}."""


class NoSuchRepository(SosiasError):
    """{repo} is no repository of the hub: give it as --push USER/NAME."""


class PushNotAsked(SosiasError):
    """A persona is sent to the hub only when somebody at a terminal says so, twice: leave out --push, or
    --json, and run the command there."""


def export(
    call: Call,
    file: File,
    to: To,
    quant: Quant = None,
    push: Push = None,
    everyone: Everyone = False,
    real_names: RealNames = False,
    yes: Yes = False,
) -> None:
    """Write the messages as a table, with stand-ins for everybody but the persona, or a persona."""
    _check(to, quant, push, everyone=everyone, real_names=real_names)
    if to == "table":
        _table(call, file, everyone=everyone, real_names=real_names, yes=yes)
    else:
        _persona(call, file, to, (quant or "q8_0").upper(), push)


def _check(to: str, quant: str | None, push: str | None, *, everyone: bool, real_names: bool) -> None:
    """Make sure that the options go together.

    Raises:
        NotThatExport: one of them is for another kind of export.
        NoSuchRepository: what is to be sent has no place there.
    """
    for option, given, meant in (
        ("--everyone", everyone, ("table",)),
        ("--real-names", real_names, ("table",)),
        ("--quant", quant is not None, ("gguf",)),
        ("--push", push is not None, ("hf", "adapter", "gguf")),
    ):
        if given and to not in meant:
            raise NotThatExport(option=option, to=to, meant=", ".join(f"--to {one}" for one in meant))
    if push is not None and [bool(part) for part in push.split("/")] != [True, True]:
        raise NoSuchRepository(repo=push)


# --- a table -------------------------------------------------------------------------------------


def _table(call: Call, file: Path, *, everyone: bool, real_names: bool, yes: bool) -> None:
    from sosias.corpus.table_export import export_table, stand_ins

    workspace = call.workspace()
    persona = None if everyone and call.persona_name is None else call.persona()
    if real_names and not yes and not _agreed(call):
        call.finish({"written": False}, _("Nothing was written."))
        return
    hide = None if real_names else stand_ins(workspace)
    result = export_table(workspace, file, persona=persona, everyone=everyone, hide=hide)
    value = {"written": True, "to": "table", "real_names": real_names, **result}
    said = _("Messages written to {path}: {messages}. People: {people}.").format(**result)
    if real_names:
        care = _("It holds real names and private words: keep it safe.")
    else:
        care = _("Stand-ins hide most of who is meant, never all: look through it before you pass it on.")
    call.finish(value, said, care)


def _agreed(call: Call) -> bool:
    """Ask whether real names may leave the workspace.

    Raises:
        RealNamesNotAsked: there is nobody to ask.
    """
    if not _somebody_there(call):
        raise RealNamesNotAsked
    question = _(
        "The table will hold real names and private words, for whoever can read the file. Do those who wrote "
        "them agree? [y/N]"
    )
    return _yes(call, question)


# --- a persona -----------------------------------------------------------------------------------


def _persona(call: Call, folder: Path, to: str, weights: str, push: str | None) -> None:
    persona = call.persona()
    if push is not None and not _twice(call, persona.name, push):
        call.finish({"written": False}, _("Nothing was written, and nothing sent."))
        return
    arguments = {"path": str(folder.absolute()), "to": to, "weights": weights}
    result: dict[str, Any] = {"written": True} | call.run_step("export", arguments)
    verified = result["verified"]
    said = _(
        "{name} written to {path}, read back and compared: next words differ by {found:.4f} at most "
        "({allowed:g} is allowed)."
    ).format(
        name=persona.name,
        path=result["path"],
        found=verified["largest_difference"],
        allowed=verified["tolerance"],
    )
    care = _(
        "It can repeat what it has learnt, and outside of Sosias nothing watches over it: see its README.md."
    )
    if push is not None:
        result["pushed"] = call.run_step("push", {"path": result["path"], "repo": push})
        sent = _("Sent to {url}, which only you can read.").format(url=result["pushed"]["url"])
        call.finish(result, said, care, sent)
        return
    call.finish(result, said, care)


def _twice(call: Call, name: str, repo: str) -> bool:
    """Ask twice whether a persona may leave this machine; the second time its place has to be typed.

    Raises:
        PushNotAsked: there is nobody to ask.
    """
    if not _somebody_there(call):
        raise PushNotAsked
    question = _(
        "{name} will be sent to Hugging Face, off this machine, and can repeat what it has learnt. Do those "
        "who wrote it agree? [y/N]"
    ).format(name=name)
    if not _yes(call, question):
        return False
    call.err.print(_("Type the name of the repository, {repo}, to send it:").format(repo=repo), end=" ")
    return input().strip() == repo


def _somebody_there(call: Call) -> bool:
    return not call.as_json and sys.stdin.isatty() and sys.stderr.isatty()


def _yes(call: Call, question: str) -> bool:
    call.err.print(question, end=" ")
    return input().strip().lower() in {"y", "yes", "s", "si", "sí"}
