"""Terms that have to be accepted before a base is fetched: asked once, written down with the day."""

import json
from datetime import date
from pathlib import Path

from sosias.errors import SosiasError
from sosias.models.base import cache_folder, is_pulled
from sosias.models.catalogue import CATALOGUE
from sosias.workspace import write_json


class TermsNotAccepted(SosiasError):
    """The base {name} comes under the terms at {terms}: read them and, if you accept them, run the same
    command with --accept-terms."""


def _file() -> Path:
    return cache_folder() / "accepted-terms.json"


def _accepted() -> dict[str, dict[str, str]]:
    if not _file().is_file():
        return {}
    value: dict[str, dict[str, str]] = json.loads(_file().read_text(encoding="utf-8"))
    return value


def terms_accepted(name: str) -> bool:
    """Tell whether a base of the catalogue may be used: no terms, accepted before, or here already."""
    return CATALOGUE[name].terms is None or name in _accepted() or is_pulled(name)


def record_acceptance(name: str) -> None:
    """Write down that the user accepted the terms of a base today."""
    terms = CATALOGUE[name].terms
    if terms is not None and name not in _accepted():
        record = {"terms": terms, "accepted": date.today().isoformat()}
        write_json(_file(), _accepted() | {name: record})


def require_terms(name: str) -> None:
    """Make sure that the terms of a base are accepted.

    Raises:
        TermsNotAccepted: they are not.
    """
    if not terms_accepted(name):
        raise TermsNotAccepted(name=name, terms=CATALOGUE[name].terms)
