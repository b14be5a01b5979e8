"""The whole way from an export to a measured persona; what is done and unchanged is skipped."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sosias.events import Listener, Notice
from sosias.language import translate as _
from sosias.models.base import choose_base, is_pulled, whole_name
from sosias.models.catalogue import CATALOGUE
from sosias.models.terms import record_acceptance, terms_accepted
from sosias.pipeline.jobs import run_step
from sosias.pipeline.personas import new_persona
from sosias.settings import Consent
from sosias.training.parent import parent_of
from sosias.workspace import Persona, PersonaExists, Workspace


def refuse(_base: str) -> bool:
    """Accept no terms: for where there is nobody to ask."""
    return False


@dataclass(frozen=True)
class Order:
    """What the chain is asked to make."""

    name: str
    """Of the persona."""
    author: str
    files: tuple[Path, ...]
    """The exports."""
    consent: Consent
    base: str | None = None
    """None: chosen for the language of the messages."""
    minutes: float | None = None
    """To train at most; None: as many as the epochs of the settings take."""
    accept: Callable[[str], bool] = refuse
    """Asked with a base's name when it comes under terms that have not been accepted."""
    samples: bool = False
    """Somebody looks on, who is told what the persona would reply while it is trained."""


def run_chain(folder: Path, order: Order, listener: Listener) -> dict[str, Any]:
    """Import, make the persona, prepare, fetch the base, train and evaluate; return each step's result.

    Raises:
        SosiasError: as the steps raise it; an author who is not in the chats is refused before
            anything long begins.
    """
    paths = [str(path.resolve()) for path in order.files]
    results: dict[str, Any] = {"persona": order.name}
    results["import"] = run_step("import", folder, None, {"paths": paths}, listener)
    workspace = Workspace.open(folder)
    persona = _persona(workspace, order, listener)
    base = settle_base(workspace, persona, order.base, order.accept, listener)
    if _is_prepared(workspace, persona):
        listener(Notice(_("Already prepared.")))
    else:
        results["prepare"] = run_step("prepare", folder, persona.name, {}, listener)
    if base in CATALOGUE and not is_pulled(base):
        run_step("pull", folder, None, {"name": base}, listener)
    wanted = {"base": base, "minutes": order.minutes, "samples": order.samples}
    results["train"] = run_step("train", folder, persona.name, wanted, listener)
    results["evaluate"] = _report(persona) or run_step("evaluate", folder, persona.name, {}, listener)
    return results


def run_update(
    folder: Path, persona_name: str, files: Sequence[Path], listener: Listener, *, samples: bool = False
) -> dict[str, Any]:
    """Import newer exports, prepare, go on from the last training and measure; return each step's result.

    The stand-ins of people stay those that they have: `people.toml` holds them.

    Raises:
        SosiasError: as the steps raise it; a persona whose training cannot be gone on from is refused
            before anything is imported.
    """
    persona = Workspace.open(folder).persona(persona_name)
    parent_of(persona)
    paths = [str(path.resolve()) for path in files]
    results: dict[str, Any] = {"persona": persona_name}
    results["import"] = run_step("import", folder, None, {"paths": paths}, listener)
    if not _is_prepared(Workspace.open(folder), persona):
        results["prepare"] = run_step("prepare", folder, persona_name, {}, listener)
    results["train"] = run_step("update", folder, persona_name, {"samples": samples}, listener)
    if results["train"]["updated"] or _is_unmeasured(persona):
        results["evaluate"] = _report(persona) or run_step("evaluate", folder, persona_name, {}, listener)
    return results


def settle_base(
    workspace: Workspace,
    persona: Persona,
    wanted: str | None,
    accept: Callable[[str], bool],
    listener: Listener,
) -> str:
    """Return the base to train on, chosen for the language of the messages where none is named.

    A choice is written into the persona's settings. `accept` is asked where the base comes under
    terms; a no to a base that was not named leads to another.
    """
    settings = persona.settings
    base = wanted or (settings.base and whole_name(settings.base, workspace.folder))
    if base is not None:
        _ask(base, accept)
        return base
    language = _language(workspace)
    best, _reason = choose_base(language, terms_accepted=True)
    base, choice = choose_base(language, terms_accepted=_ask(best, accept))
    listener(choice)
    persona.save(settings.model_copy(update={"base": base}))
    return base


def _ask(base: str, accept: Callable[[str], bool]) -> bool:
    """Tell whether a base may be used, asking once where it comes under terms."""
    if base not in CATALOGUE or terms_accepted(base):
        return True
    if not accept(base):
        return False
    record_acceptance(base)
    return True


def _language(workspace: Workspace) -> str:
    from sosias.corpus.describe import language
    from sosias.corpus.engine import read_messages
    from sosias.sources.people import names

    return language(read_messages(workspace.message_files(), names(workspace)))


def _persona(workspace: Workspace, order: Order, listener: Listener) -> Persona:
    """Make the persona, or take the one that an earlier call made for the same author.

    The consent just stated is the one that holds.
    """
    from sosias.corpus.prepare import shown
    from sosias.sources.people import names
    from sosias.sources.store import find_author

    if order.name not in workspace.persona_names():
        return new_persona(workspace, order.name, order.consent, author=order.author)
    persona = workspace.persona(order.name)
    settings = persona.settings
    if shown(settings, names(workspace)).author != find_author(workspace, order.author):
        raise PersonaExists(name=order.name, folder=workspace.folder)
    stated = order.consent
    if (stated.kind, stated.by) != (settings.consent.kind, settings.consent.by):
        persona.save(settings.model_copy(update={"consent": stated}))
        said = _("The consent for {name} is now written down as {now}; it was {before}.")
        now, before = _in_words(stated), _in_words(settings.consent)
        listener(Notice(said.format(name=order.name, now=now, before=before)))
    return persona


def _in_words(consent: Consent) -> str:
    return f"{consent.kind} ({consent.by})" if consent.by else consent.kind


def _is_prepared(workspace: Workspace, persona: Persona) -> bool:
    """Are the sessions newer than all that they are made from?"""
    made_from = [*workspace.message_files(), persona.settings_file]
    known = [workspace.people_file]
    if workspace.settings.people_table is not None:
        known.append(workspace.folder / workspace.settings.people_table)
    made_from += [file for file in known if file.is_file()]
    made = persona.sessions_file
    return made.is_file() and made.stat().st_mtime >= max(path.stat().st_mtime for path in made_from)


def _report(persona: Persona) -> dict[str, Any] | None:
    """Return the report of the newest run, if it has been measured already."""
    path = persona.report_file
    if not path.is_file():
        return None
    report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return report if report.get("run") == persona.finished_run().folder.name else None


def _is_unmeasured(persona: Persona) -> bool:
    """Was an update of these very sessions cut off before it was measured?"""
    from sosias.corpus.prepared import fingerprint

    settings = persona.finished_run().settings
    if settings.parent is None or _report(persona) is not None:
        return False
    return persona.sessions_file.is_file() and settings.sessions_sha256 == fingerprint(persona)
