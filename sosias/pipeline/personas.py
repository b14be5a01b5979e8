"""A new persona: who is imitated, and by what right."""

from datetime import date

from sosias.errors import SosiasError
from sosias.settings import CONSENT_KINDS, Consent, PersonaSettings
from sosias.workspace import Persona, Workspace


class NoConsent(SosiasError):
    """Say by what right {who} is imitated with --consent KIND: self (you), given (the person agreed: add
    --by "Name, date"), public (published words of a public person), fiction (an invented person) or
    deceased; nobody is imitated without it."""


class UnknownConsent(SosiasError):
    """{kind} is no kind of consent: choose self (you), given (the person agreed: add --by "Name, date"),
    public (published words of a public person), fiction (an invented person) or deceased."""


class ConsentByWhom(SosiasError):
    """Say who agreed and when: --consent given --by "Name, date"."""


class OneSelection(SosiasError):
    """Choose whose messages the persona learns from: --as AUTHOR, or --where EXPRESSION, one of the two."""


def record_consent(kind: str | None, by: str | None, who: str) -> Consent:
    """Return the consent to write down for imitating `who`.

    Raises:
        NoConsent, UnknownConsent, ConsentByWhom: none was given, no such kind, or by nobody.
    """
    if kind is None:
        raise NoConsent(who=who)
    for known in CONSENT_KINDS:
        if kind == known:
            if known == "given" and not (by or "").strip():
                raise ConsentByWhom
            return Consent(kind=known, by=by, recorded=date.today())
    raise UnknownConsent(kind=kind)


def new_persona(
    workspace: Workspace, name: str, consent: Consent, *, author: str | None = None, where: str | None = None
) -> Persona:
    """Write a new persona of one author of the chats, or of the messages that `where` selects.

    Raises:
        OneSelection: both or neither are given.
        UnknownAuthor: nobody of that name wrote in the chats; it lists who did, nearest first.
        BadPersonaName, PersonaExists: the name cannot be used, or is taken.
    """
    from sosias.sources.store import find_author

    if (author is None) == (where is None):
        raise OneSelection
    found = None if author is None else find_author(workspace, author)
    return workspace.new_persona(PersonaSettings(name=name, author=found, where=where, consent=consent))
