"""A session to windows of token ids and a loss mask; a reply to bubbles."""

from pathlib import Path

from sosias.events import Choice
from sosias.language import translate as _
from sosias.models.base import Base
from sosias.templates.attributes import PostAttributes
from sosias.templates.chat import Chat
from sosias.templates.document import Document
from sosias.templates.me_others import MeOthers
from sosias.templates.question_answer import QuestionAnswer
from sosias.templates.template import Template
from sosias.templates.transcript import Transcript
from sosias.templates.window import Window

__all__ = ["TEMPLATES", "Template", "Window", "choose_template", "open_template"]

TEMPLATES: dict[str, type[Template]] = {
    kind.name: kind for kind in (Chat, Transcript, MeOthers, QuestionAnswer, PostAttributes, Document)
}


def open_template(
    name: str, base: Base, persona: str, *, group: bool = False, gap_markers: bool = False
) -> Template:
    """Return the template called `name` for a base and a persona."""
    return TEMPLATES[name](base, persona, group=group, gap_markers=gap_markers)


def choose_template(base: Base, *, group: bool) -> Choice:
    """Return `chat` for a base with roles of its own and two people, else `transcript`."""
    name = Path(base.name).name  # of a folder, no path of this machine
    if base.config.chat_markup is None:
        why = _("the base {base} knows no roles").format(base=name)
        return Choice("template", "transcript", why)
    if group:
        return Choice("template", "transcript", _("more than two people speak, and names keep them apart"))
    return Choice("template", "chat", _("the base {base} knows roles").format(base=name))
