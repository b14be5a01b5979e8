"""`sosias messages`: what was imported, as it is kept."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sosias.cli.call import Call, write_line
from sosias.language import translate as _

if TYPE_CHECKING:
    from sosias.messages import Message

AsLines = Annotated[
    bool, typer.Option("--jsonl", help=_("Write one JSON object a message, each on its line."))
]


def messages(call: Call, jsonl: AsLines = False) -> None:
    """Write the messages in their order: to read, as JSON lines, or as one JSON object."""
    from rich.text import Text

    from sosias.sources.store import stored_messages

    stored = stored_messages(call.workspace())
    if jsonl:
        for message in stored:
            write_line(as_json(message))
    elif call.as_json:
        write_line({"messages": [as_json(message) for message in stored]})
    else:
        for message in stored:
            when = message.sent_at.isoformat(" ", "minutes") if message.sent_at else ""
            head = (f"{when} {message.author or '—'}: ", "dim")
            call.out.print(Text.assemble(head, message.text), soft_wrap=True)


def as_json(message: "Message") -> dict[str, Any]:
    """Return a message with the keys that scripts rely on."""
    return {
        "chat": message.chat,
        "seq": message.seq,
        "sent_at": message.sent_at.isoformat() if message.sent_at else None,
        "author": message.author,
        "is_owner": message.is_owner,
        "kind": message.kind,
        "text": message.text,
        "edited": message.edited,
        "forwarded": message.forwarded,
        "attributes": message.attributes,
        "origin": {
            "file": message.file,
            "first_line": message.first_line,
            "last_line": message.last_line,
        },
    }
