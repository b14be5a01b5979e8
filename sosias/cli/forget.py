"""`sosias forget`: somebody out of the workspace, for good."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sosias.cli.call import Call
from sosias.errors import SosiasError
from sosias.language import translate as _

if TYPE_CHECKING:
    from sosias.pipeline.traces import PersonaTraces, Traces

Person = Annotated[str, typer.Argument(metavar="PERSON", help=_("A name in the messages."))]
Yes = Annotated[bool, typer.Option("--yes", help=_("Delete without asking: for scripts."))]
Runs = Annotated[
    bool,
    typer.Option("--runs", help=_("Delete the trained runs of other personas who talked with them, too.")),
]

MOST_FILES = 10
"""Exports that are named; `--json` has all of them."""


class NotAsked(SosiasError):
    """Nothing was deleted, as nobody is there to be asked: look at what there is with sosias people, then
    add --yes."""


def forget(call: Call, person: Person, yes: Yes = False, runs: Runs = False) -> None:
    """Show what will be deleted, ask, delete it, and say what cannot be undone."""
    from sosias.pipeline.forgetting import forget
    from sosias.pipeline.traces import survey

    workspace = call.workspace()
    if not yes:
        if call.as_json or not (sys.stdin.isatty() and sys.stderr.isatty()):
            survey(workspace, person)  # a name that is nobody's is said first
            raise NotAsked
        for line in _shown(survey(workspace, person), runs):
            call.err.print(line)
        if not _agreed(call):
            call.finish({"deleted": False}, _("Nothing was deleted."))
            return
    traces = forget(workspace, person, runs=runs)
    lines = [*(_shown(traces, runs) if yes else []), *_afterwards(call, traces, runs)]
    call.finish(_as_json(traces, runs), *lines)


def _agreed(call: Call) -> bool:
    call.err.print(_("This cannot be undone. Delete it? [y/N]"), end=" ")
    return input().strip().lower() in {"y", "yes", "s", "si", "sí"}


def _as_json(traces: "Traces", runs: bool) -> dict[str, Any]:
    value = traces.as_json()
    for persona in value["personas"]:
        persona["deleted"] = persona.pop("theirs")
        persona["runs_deleted"] = persona["deleted"] or runs
    return {"deleted": True, **value}


def _shown(traces: "Traces", runs: bool) -> list[str]:
    """Return what is deleted, a line each."""
    names = "; ".join(traces.spellings) or traces.name
    lines = [_("What there is of {names}:").format(names=names)]
    if traces.again and not traces.messages:
        lines.append(_("  no message: they have been forgotten already"))
    for file, count in traces.files.most_common(MOST_FILES):
        said = _("  {count} messages from {file}")
        lines.append(said.format(count=count, file=Path(file).name or "—"))
    if len(traces.files) > MOST_FILES:
        more = len(traces.files) - MOST_FILES
        lines.append(_("  … and from {more} more files (--json has all)").format(more=more))
    if traces.named:
        said = _("  their name beside {count} messages of others, where a stand-in will be written")
        lines.append(said.format(count=traces.named))
    if traces.look:
        lines.append(_("  the page that describes the messages, in report/ (sosias look --page)"))
    return lines + [line for persona in traces.personas for line in _persona(persona, runs)]


def _persona(traces: "PersonaTraces", runs: bool) -> list[str]:
    if traces.theirs:
        return [_("  the persona {name}, with all its runs").format(name=traces.persona)]
    lines = []
    if traces.prepared:
        lines.append(_("  the sessions that {name} learns from").format(name=traces.persona))
    if traces.report:
        lines.append(_("  the report on {name}").format(name=traces.persona))
    if traces.runs:
        said = (
            _("  the runs {runs} of {name}, trained on talk with them")
            if runs
            else _("  marked to be trained again: the runs {runs} of {name} (--runs deletes them)")
        )
        lines.append(said.format(runs=", ".join(traces.runs), name=traces.persona))
    return lines


def _afterwards(call: Call, traces: "Traces", runs: bool) -> list[str]:
    """Return what is left for the user to do or to know."""
    lines = [_("Done. A later import leaves their messages out; only hashes of their names are kept.")]
    if traces.mentioned:
        said = _("Texts of others that name them stay as they are: {count}.")
        lines.append(said.format(count=traces.mentioned))
    for persona in traces.personas:
        if persona.runs and not (persona.theirs or runs):
            said = _("{name} still speaks from weights trained on talk with them. Train it again: {command}")
            command = call.spelt(f"prepare -p {persona.persona}")
            lines.append(said.format(name=persona.persona, command=command))
        if persona.talks and not persona.theirs:
            lines.append(_("Talks with {name} are kept; they may name them.").format(name=persona.persona))
        if persona.hints and not persona.theirs:
            said = _("A where of {name} holds part of their name still: see {file}.")
            file = call.workspace().persona(persona.persona).settings_file
            lines.append(said.format(name=persona.persona, file=file))
        if persona.exports:
            said = _("{name} was exported, and what was exported is yours to delete: {folders}.")
            lines.append(said.format(name=persona.persona, folders=", ".join(persona.exports)))
    if traces.others:
        said = _("Files here that are not sosias's, and may hold their words: {names}.")
        lines.append(said.format(names=", ".join(traces.others)))
    lines.append(
        _(
            "What no command reaches: the exports themselves, copies and backups of this folder, what was "
            "exported from it, and models trained elsewhere."
        )
    )
    return lines
