"""A run's template as a Jinja chat template: how other programs write a talk down for the persona."""

from sosias.templates import Template
from sosias.templates.chat import Chat
from sosias.templates.transcript import Transcript


def chat_template(template: Template, other: str) -> str | None:
    """Return the template in Jinja, None where it is not for talk.

    The assistant is the persona, everybody else the one called `other`; what a system would say is left
    out, for the persona was trained without.
    """
    if isinstance(template, Chat):
        markup = template.markup
        opening = _quoted(markup.assistant)
        said, asked = (_quoted(role + template.lead) for role in (markup.assistant, markup.user))
        role = f"({said} if message['role'] == 'assistant' else {asked})"
        turn = f"{{{{ {role} + message['content'] | trim + {_quoted(markup.end + markup.between)} }}}}"
    elif isinstance(template, Transcript):
        name = f"({_quoted(template.persona)} if message['role'] == 'assistant' else {_quoted(other)})"
        separator, end = _quoted(": "), _quoted("\n\n")
        turn = f"{{{{ {name} + {separator} + message['content'] | trim + {end} }}}}"
        opening = _quoted(f"{template.persona}:")
    else:
        return None
    start = "{{ bos_token }}" if template.start else ""
    return (
        f"{start}{{% for message in messages if message['role'] != 'system' %}}{turn}{{% endfor %}}"
        f"{{% if add_generation_prompt %}}{{{{ {opening} }}}}{{% endif %}}"
    )


def _quoted(text: str) -> str:
    """Return text as a Jinja string."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return f"'{escaped}'"
