"""Write docs/commands.md from the help of the commands themselves. Run by `make messages`."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

PAGE = Path(__file__).parents[1] / "docs" / "commands.md"
HEAD = """# The commands

What `sosias COMMAND --help` says, all on one page; `make messages` writes it anew. Every command takes
`-C DIR` (the workspace), `-p NAME` (the persona) and `--json`, before or after its name.

Exit codes: 0 done; 2 something you can mend, said in one sentence; 1 a fault of ours, with the place of a
report; 130 interrupted, and the same command goes on. `SOSIAS_LANGUAGE=es` or `en` chooses the language,
`SOSIAS_CACHE` the folder where bases are kept, `NO_COLOR=1` takes the colours away.

[What `--json` answers](json.md).
"""


def commands() -> Iterator[tuple[str, Any, Any]]:
    """Yield every command with its full name and a context to ask it in, groups before their own."""
    from sosias.cli.main import app

    group = get_command(app)
    context = group.make_context("sosias", ["--help"], resilient_parsing=True)
    waiting = [("sosias", group, context)]
    while waiting:
        name, command, above = waiting.pop(0)
        yield name, command, above
        below = getattr(command, "commands", {})
        for short, one in below.items():
            inner = one.make_context(short, [], parent=above, resilient_parsing=True)
            waiting.append((f"{name} {short}", one, inner))


def page() -> str:
    """Return the page."""
    os.environ["COLUMNS"] = "100"
    parts = [HEAD]
    for name, command, context in commands():
        context.terminal_width = 100
        parts.append(f"## {name}\n\n```text\n{command.get_help(context).strip()}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    os.environ["SOSIAS_LANGUAGE"] = "en"
    PAGE.write_text(page(), "utf-8")
