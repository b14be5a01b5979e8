"""What can be asked of a template, and what of it is learnt: checked before work begins."""

from collections.abc import Iterable, Mapping
from copy import copy
from difflib import get_close_matches

from sosias.corpus.attributes_names import FIELDS, field_named, value_of
from sosias.corpus.session import Session
from sosias.errors import SosiasError
from sosias.events import Choice
from sosias.language import translate as _
from sosias.templates.template import Template


class NoSuchField(SosiasError):
    """The template {template} has no field {field}; {nearest}its fields are: {fields}."""


class NoFields(SosiasError):
    """With the template {template} nothing can be set ({field}): train with --template attributes for
    that."""


class NoSuchVoice(SosiasError):
    """The template {template} speaks as {voices}, not as {voice}: train with --template me-others to hear
    both sides."""


class LossNotThere(SosiasError):
    """The template {template} learns everything, not the persona's turns alone: set loss = "all" under
    [training] in persona.toml, or take another template."""


class NoAttributes(SosiasError):
    """The sessions do not say what is known of each post, which the template {template} writes down: run
    sosias prepare --attributes first."""


def asked(template: Template, *, fields: Mapping[str, str], voice: str | None) -> Template:
    """Return the template that asks for a text with these fields, or for another voice's words.

    Fields may be named in English or Spanish.

    Raises:
        NoSuchField, NoFields, NoSuchVoice: it knows no such thing.
    """
    if voice is not None and voice not in template.voices:
        raise NoSuchVoice(template=template.name, voice=voice, voices=_and(template.voices))
    asking = copy(template)
    asking.voice = voice or template.voice
    asking.given = dict(_field(template, name, value) for name, value in fields.items())
    return asking


def _field(template: Template, name: str, value: str) -> tuple[str, str]:
    if not template.fields:
        raise NoFields(template=template.name, field=name)
    known = field_named(name)
    if known is None or known not in template.fields:
        raise NoSuchField(
            template=template.name, field=name, nearest=_nearest(name), fields=", ".join(template.fields)
        )
    return known, value_of(known, value)


def _nearest(name: str) -> str:
    spellings = [one for names in FIELDS.values() for one in names]
    close = get_close_matches(name.lower(), spellings, n=1)
    return _("did you mean {name}? ").format(name=close[0]) if close else ""


def _and(words: Iterable[str]) -> str:
    return ", ".join(words)


def settle_loss(template: Template, wanted: str | None) -> Choice | None:
    """Return what is learnt with a template unless something else is asked for; None: nothing follows.

    Raises:
        LossNotThere: the template cannot learn what is wanted.
    """
    if wanted is not None and wanted not in template.losses:
        raise LossNotThere(template=template.name)
    if wanted is not None or template.usual_loss is None:
        return None
    if template.usual_loss == "all":
        why = _("the template {template} is one stream, all of which is learnt")
    else:
        why = _("with the template {template} what is asked is given, and only what follows is learnt")
    return Choice("loss", template.usual_loss, why.format(template=template.name))


def check_attributes(template: Template, sessions: Iterable[Session]) -> None:
    """See that what a template writes down of each post was prepared.

    Raises:
        NoAttributes: it was not.
    """
    if template.fields and not any(turn.attributes for one in sessions for turn in one.turns):
        raise NoAttributes(template=template.name)
