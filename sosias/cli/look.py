"""`sosias look`: who is in the messages, and who wrote enough to be imitated."""

from typing import Any

from sosias.cli.call import Call
from sosias.language import translate as _

MOST_PEOPLE = 20
"""People shown in the table; `--json` has all of them."""
BAR = 40
"""Width of the busiest month's bar, in characters."""


def look(call: Call) -> None:
    """Describe the messages of the workspace."""
    from sosias.corpus.describe import describe
    from sosias.corpus.engine import read_messages
    from sosias.sources.people import names
    from sosias.sources.store import NothingImported

    workspace = call.workspace()
    files = workspace.message_files()
    if not files:
        raise NothingImported(folder=workspace.folder)
    facts = describe(read_messages(files, names(workspace)))
    head = _("Messages: {messages}. Chats: {chats}. Language: {language} ({why}).")
    hint = _("Make a persona of one who has enough words: {command}")
    hint = hint.format(command=call.spelt("new NAME --as AUTHOR --consent KIND"))
    call.finish(facts, head.format(why=facts["language_why"], **facts), _people(facts), _months(facts), hint)


def _people(facts: dict[str, Any]) -> Any:
    from rich.table import Table
    from rich.text import Text

    columns = (_("who"), _("messages"), _("words"), _("from"), _("to"), _("enough"))
    table = Table(*columns, box=None)
    for person in facts["people"][:MOST_PEOPLE]:
        days = [(person[key] or "")[:10] for key in ("first", "last")]
        enough = Text(_("yes"), "green") if person["enough"] else Text(_("too few"), "red")
        table.add_row(Text(person["name"]), str(person["messages"]), str(person["words"]), *days, enough)
    return table


def _months(facts: dict[str, Any]) -> Any:
    from rich.table import Table

    most = max(facts["months"].values(), default=1)
    table = Table(_("month"), _("messages"), box=None)
    for month, count in facts["months"].items():
        table.add_row(month, f"{'▇' * max(1, round(BAR * count / most))} {count}")
    return table
