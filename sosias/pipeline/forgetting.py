"""Somebody out of a workspace: deleted, or listed where it is for the user to judge.

The hashes of the person's names are written down before anything is deleted and the names are let go
last. What is to be deleted is found by the hashes: after a fall at any moment the same command goes on.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

from sosias.pipeline.traces import Aim, PersonaTraces, Traces, aim_at, redacted, surveyed
from sosias.sources.sieve import rewritten
from sosias.workspace import Run, Workspace, write_settings


def forget(workspace: Workspace, name: str, *, runs: bool = False) -> Traces:
    """Delete what there is of a person, and return what that was; `runs`: also those of other personas.

    Raises:
        NothingImported, UnknownAuthor: as `survey`.
        WorkspaceBusy: another process is writing.
    """
    with workspace.writing():
        workspace.settle_people()
        aim = aim_at(workspace, name)
        traces = surveyed(aim)
        write_settings(workspace.people_file, aim.people.settings())
        if traces.look:
            _delete(workspace.look_page.parent)
        for persona in traces.personas:  # all marks first: what stands on a run is found by its weights
            _mark(aim, persona)
        for persona in traces.personas:
            _clear(aim, persona, runs=runs)
        for file in filter(aim.touches, workspace.message_files()):
            if not rewritten(file, aim.sieve):
                file.unlink()
        _sweep(workspace.messages_folder.glob(".*"))
        for folder in workspace.folder.glob("personas/*"):
            if not any(folder.iterdir()):
                folder.rmdir()  # a fall left it
        aim.people.let_go([name, *aim.spellings])
        write_settings(workspace.people_file, aim.people.settings())
    return traces


def _clear(aim: Aim, traces: PersonaTraces, *, runs: bool) -> None:
    """Delete a persona of the person; of another, what talk with them went into, and its runs if so asked."""
    persona = aim.workspace.persona(traces.persona)
    if traces.theirs:
        _delete_folder(persona.folder, last=persona.settings_file)
        return
    if traces.report:
        shutil.rmtree(persona.report_file.parent)
    elif traces.runs:
        shutil.rmtree(persona.report_file.parent / "folds", ignore_errors=True)
    for run in persona.runs():
        if run.folder.name in traces.runs and (runs or not _is_whole(run)):
            _delete_folder(run.folder, last=run.settings_file)
    if traces.prepared:
        shutil.rmtree(persona.sessions_file.parent)
    settings = persona.settings
    unnamed = redacted(aim, settings)
    if unnamed != settings:
        persona.save(unnamed)
    _sweep(persona.folder.glob(".*"))


def _mark(aim: Aim, traces: PersonaTraces) -> None:
    """Write down which of a persona's runs have to be made again, where it stays itself."""
    persona = aim.workspace.persona(traces.persona)
    for run in persona.runs():
        if run.folder.name in traces.runs and _is_whole(run) and not traces.theirs:
            _mark_run(aim, run)


def _is_whole(run: Run) -> bool:
    """Can a run be spoken with? One that is not finished is deleted: it cannot be gone on with."""
    return run.is_finished and run.settings_file.is_file()


def _mark_run(aim: Aim, run: Run) -> None:
    """Write down that a run has to be made again."""
    settings = run.settings
    partner = aim.forgotten.without(settings.partner)
    write_settings(run.settings_file, settings.model_copy(update={"partner": partner, "outdated": True}))
    if run.checkpoint_folder.is_dir():
        shutil.rmtree(run.checkpoint_folder)
    run.learnt_file.unlink(missing_ok=True)  # nothing goes on from here, and it tells what was learnt
    _sweep(run.folder.glob(".*"))


def _delete_folder(folder: Path, last: Path) -> None:
    """Delete a folder, the file by which it is known last: so that it is found again after a fall."""
    for path in folder.iterdir():
        if path != last:
            _delete(path)
    last.unlink(missing_ok=True)
    folder.rmdir()


def _sweep(found: Iterator[Path]) -> None:
    """Delete what writes that were cut off have left."""
    for path in list(found):
        _delete(path)


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
