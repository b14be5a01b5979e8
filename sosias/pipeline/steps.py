"""What a job can do: each step calls its room and returns a plain dictionary.

The rooms are imported only when their step runs: the processes that start jobs stay small.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sosias.errors import SosiasError
from sosias.events import Listener, Notice
from sosias.language import translate as _
from sosias.workspace import Persona, Run, Workspace, root_of

Step = Callable[[Path, str | None, dict[str, Any], Listener], dict[str, Any]]


def import_step(
    folder: Path, _persona: str | None, arguments: dict[str, Any], listener: Listener
) -> dict[str, Any]:
    """Read exports (`paths`) into the workspace, laying it out where there is none."""
    from sosias.sources.source import Options
    from sosias.sources.store import import_files
    from sosias.sources.zones import Zone

    workspace = Workspace.create(folder)
    service = workspace.synced_to()
    if service is not None:
        warning = _("{folder} seems to be copied to {service}: what is private here would be there, too.")
        listener(Notice(warning.format(folder=workspace.folder, service=service)))
    paths = [Path(path) for path in arguments["paths"]]
    zone = arguments.get("time_zone") or workspace.settings.time_zone
    options = Options(
        day_first=arguments.get("day_first"),
        zone=Zone.given(zone) if zone else Zone.here(),
        columns=arguments.get("columns") or {},
        texts=arguments.get("texts", False),
    )
    report = import_files(workspace, paths, options=options, listener=listener)
    if zone and zone != workspace.settings.time_zone:
        workspace.save(workspace.settings.model_copy(update={"time_zone": zone}))
    return report.as_json()


def prepare_step(
    folder: Path, persona: str | None, arguments: dict[str, Any], listener: Listener
) -> dict[str, Any]:
    """Turn the messages, or those that `where` selects, into the persona's sessions."""
    from sosias.corpus.prepare import prepare

    workspace = Workspace.open(folder)
    where, attributes = arguments.get("where"), arguments.get("attributes")
    return prepare(workspace, workspace.persona(persona), listener, where=where, attributes=attributes)


def review_step(
    folder: Path, persona: str | None, _arguments: dict[str, Any], listener: Listener
) -> dict[str, Any]:
    """List whom and what the persona's messages name, with their stand-ins."""
    from sosias.corpus.prepare import review

    workspace = Workspace.open(folder)
    return review(workspace, workspace.persona(persona), listener)


def pull_step(
    _folder: Path, _persona: str | None, arguments: dict[str, Any], listener: Listener
) -> dict[str, Any]:
    """Fetch a base (`name`) of the catalogue."""
    from sosias.models.pull import pull

    base = pull(arguments["name"], accept_terms=arguments.get("accept_terms", False), listener=listener)
    return {"base": base.name, "folder": str(base.folder), "licence": base.config.licence}


def train_step(
    folder: Path, persona: str | None, arguments: dict[str, Any], listener: Listener
) -> dict[str, Any]:
    """Train the persona; the arguments replace fields of its training settings.

    `samples`: somebody looks on, who is told what it would reply meanwhile.
    """
    from sosias.training.distributed import place
    from sosias.training.plan import requested
    from sosias.training.train import train

    workspace = Workspace.open(folder)
    one = workspace.persona(persona)
    overrides = {name: value for name, value in arguments.items() if name != "samples"}
    wanted = requested(one, overrides)
    if wanted.training.method != "scratch":
        _tell_traps(one, wanted.base, listener)
    samples = arguments.get("samples", False)
    with _drawn_though_it_fell(one):
        result = train(workspace, one, listener=listener, overrides=overrides, samples=samples)
    return result | {"page": _page(one)} if place().first else result


def update_step(
    folder: Path, persona: str | None, arguments: dict[str, Any], listener: Listener
) -> dict[str, Any]:
    """Train the persona on what its last run has not learnt, from there on."""
    from sosias.training.update import update

    workspace = Workspace.open(folder)
    one = workspace.persona(persona)
    with _drawn_though_it_fell(one):
        result = update(workspace, one, listener=listener, samples=arguments.get("samples", False))
    return result | {"page": _page(one)}


def evaluate_step(
    folder: Path, persona: str | None, arguments: dict[str, Any], listener: Listener
) -> dict[str, Any]:
    """Measure the persona's newest run, or `folds` of it."""
    from sosias.evaluation.evaluate import evaluate

    workspace = Workspace.open(folder)
    one = workspace.persona(persona)
    report = evaluate(workspace, one, folds=arguments.get("folds", 0), listener=listener)
    return report | {"page": _page(one, one.finished_run())}


def export_step(
    folder: Path, persona: str | None, arguments: dict[str, Any], listener: Listener
) -> dict[str, Any]:
    """Write the persona's newest run into `path`, as `to` says, and read it back."""
    from sosias.pipeline.exporting import export_model

    one = Workspace.open(folder).persona(persona)
    path, kind, weights = Path(arguments["path"]), arguments["to"], arguments["weights"]
    return export_model(one, path, kind, weights=weights, listener=listener)


def push_step(
    folder: Path, persona: str | None, arguments: dict[str, Any], _listener: Listener
) -> dict[str, Any]:
    """Send the persona's export in `path` to the hub's repository `repo`."""
    from sosias.pipeline.exporting import record_push
    from sosias.pipeline.publishing import publish

    one, path = Workspace.open(folder).persona(persona), arguments["path"]
    return publish(Path(path), arguments["repo"], lambda url: record_push(one, path, url))


@contextmanager
def _drawn_though_it_fell(persona: Persona) -> Iterator[None]:
    """Draw a training that came to an end of its own, too: its losses may say why."""
    from sosias.training.distributed import place

    try:
        yield
    except SosiasError:
        runs = persona.runs()
        if place().first and runs and runs[-1].metrics_file.is_file():
            with suppress(Exception):  # told is what the training fell over, and no more than that
                _page(persona)
        raise


def _page(persona: Persona, run: Run | None = None) -> str:
    """Write the persona's page anew, of a run or of the newest; return where it is."""
    from sosias.evaluation.page import write_page

    return str(write_page(persona, run))


def _tell_traps(persona: Persona, name: str | None, listener: Listener) -> None:
    """Say what should be known of a base before training on it."""
    from sosias.corpus.prepared import each_session
    from sosias.models.base import open_base
    from sosias.models.traps import traps

    if name is None:
        return
    base = open_base(name, root_of(persona.folder))
    turns = (turn for session in each_session(persona) for turn in session.turns if turn.persona)
    for said in traps(base, (bubble for turn in turns for bubble in turn.bubbles)):
        listener(Notice(said))


STEPS: dict[str, Step] = {
    "import": import_step,
    "prepare": prepare_step,
    "review": review_step,
    "pull": pull_step,
    "train": train_step,
    "update": update_step,
    "evaluate": evaluate_step,
    "export": export_step,
    "push": push_step,
}
