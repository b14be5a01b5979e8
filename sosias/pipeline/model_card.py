"""The card that goes with an exported persona: what it is made of, by what right, how well, under what terms.

It holds no message and no name but the persona's.
"""

import json
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sosias import __version__
from sosias.corpus import prepared
from sosias.errors import SosiasError
from sosias.models.base import Base, run_of, started_from
from sosias.settings import ConsentKind
from sosias.templates import open_template
from sosias.workspace import Persona, Run

RIGHTS: dict[ConsentKind, str] = {
    "self": "the person imitated trained it on their own writing",
    "given": "the person imitated agreed to it",
    "public": "the writing imitated is published",
    "fiction": "the person imitated is a figure of fiction",
    "deceased": "the person imitated has died",
}
LIBRARIES = {"hf": "transformers", "adapter": "peft", "gguf": "gguf"}


def write_card(
    folder: Path,
    persona: Persona,
    run: Run,
    base: Base,
    kind: str,
    weights: str | None,
    verified: dict[str, Any],
) -> None:
    """Write `README.md` into an export's folder; `base` is the one that training began with."""
    settings, consent = run.settings, persona.settings.consent
    card = (
        _environment()
        .get_template("model_card.md.jinja")
        .render(
            name=persona.name,
            author=settings.persona_author,
            kind=kind,
            weights=weights,
            library=LIBRARIES[kind],
            files=sorted(path.name for path in folder.iterdir()),
            gguf=next((path.name for path in folder.glob("*.gguf")), None),
            consent=consent.kind,
            right=RIGHTS[consent.kind],
            recorded=consent.recorded.isoformat(),
            base=_name_of(base, run),
            from_scratch=_is_from_scratch(base),
            licence=base.config.licence,
            notice=base.config.notice,
            template=settings.template,
            stops=list(open_template(settings.template, base, settings.persona_author, group=False).stops),
            has_chat_template=(folder / "chat_template.jinja").is_file(),
            training=settings.training,
            result=run.result(),
            counts=_counts(persona, run),
            sources=_sources(persona),
            report=_report(persona, run),
            verified=verified,
            version=__version__,
        )
    )
    (folder / "README.md").write_text(card, encoding="utf-8")


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # Markdown
    )


def _name_of(base: Base, run: Run) -> str:
    """Return what a run began with: of a folder no path of this machine, of a run no other persona's name."""
    other = run_of(base.folder)
    if other is None:
        return Path(base.name).name
    if base.folder == other.start_folder:
        return "random weights"
    gone = other.folder == run.folder.resolve()  # so these are what it ended in
    return Path(run.settings.base).name if gone else "weights of an earlier training"


def _is_from_scratch(base: Base) -> bool:
    """Is no weight of another model in this base, so that nobody's terms come with it?"""
    while (run := run_of(base.folder)) is not None:
        if run.settings.training.method == "scratch":
            return True
        try:
            base = started_from(run)
        except SosiasError:
            return False
    return False


def _counts(persona: Persona, run: Run) -> dict[str, int]:
    """Count what the run had to learn from: sessions, own bubbles and words; {}: prepared anew since."""
    try:
        if run.settings.sessions_sha256 != prepared.fingerprint(persona):
            return {}
    except SosiasError:
        return {}
    counts = {"sessions": 0, "bubbles": 0, "words": 0}
    for session in prepared.each_session(persona):
        if session.split == "train":
            own = [text for turn in session.turns if turn.persona for text in turn.bubbles]
            counts["sessions"] += 1
            counts["bubbles"] += len(own)
            counts["words"] += sum(len(text.split()) for text in own)
    return counts


def _sources(persona: Persona) -> list[tuple[str, int]]:
    """Return how many messages of which kind of export lie in the workspace, the most first."""
    files = sorted((persona.folder.parents[1] / "messages").glob("*.parquet"))
    found: dict[str, int] = {}
    for batch in ds.dataset(files).to_batches(columns=["source"]) if files else ():
        for value in batch.column(0).value_counts().to_pylist():
            found[str(value["values"])] = found.get(str(value["values"]), 0) + int(value["counts"])
    return sorted(found.items(), key=lambda item: -item[1])


def _report(persona: Persona, run: Run) -> dict[str, Any] | None:
    """Return what was measured of this very run, None where nothing was."""
    if not persona.report_file.is_file():
        return None
    report: dict[str, Any] = json.loads(persona.report_file.read_text(encoding="utf-8"))
    return report if report.get("run") == run.folder.name else None
