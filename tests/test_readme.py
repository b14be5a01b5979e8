"""Every command line that the README and the docs show is one that the program takes."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import commands_page
import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCED = re.compile(r"^```(?:sh|console)\n(.*?)^```", re.M | re.S)
NAMES = {name for name, _command, _context in commands_page.commands()}
INLINE = re.compile(r"`((?:[A-Z_]+=\S+ )?sosias [^`\n]+)`")


def shown() -> Iterator[tuple[str, str]]:
    """Yield each `sosias …` command line with the page that shows it."""
    for page in PAGES:
        text = page.read_text("utf-8")
        lines = [line.strip() for block in FENCED.findall(text) for line in block.splitlines()]
        for line in lines + INLINE.findall(text):
            words = line.split("sosias ", 1)
            if len(words) == 2 and re.fullmatch(r"(\S*/)?|[A-Z_]+=\S+ ", words[0]):
                yield page.name, f"sosias {words[1]}"


def parser() -> Any:
    """Return the command line with every command's work taken out."""
    found = list(commands_page.commands())
    for _name, command, _context in found:
        if not hasattr(command, "commands"):
            command.callback = lambda **_given: None
    return found[0][1]


@pytest.mark.parametrize("line", sorted({line for _page, line in shown()}))
def test_a_shown_command_line_can_be_typed(line: str) -> None:
    arguments = [word for word in shlex.split(line, comments=True)[1:] if word != "…"]
    if "COMMAND" in arguments or f"sosias {' '.join(arguments)}" in NAMES:
        return  # a command that is only named
    numbered = ["3" if word in ("N", "K") else word for word in arguments]
    parser().main(args=numbered, prog_name="sosias", standalone_mode=False)


def test_the_readme_shows_the_whole_way() -> None:
    lines = [line for page, line in shown() if page == "README.md"]
    used = {shlex.split(line)[1] for line in lines}
    assert {"create", "import", "new", "prepare", "train", "evaluate", "chat", "serve", "doctor"} <= used


def test_the_pictures_and_pages_that_are_linked_exist() -> None:
    for page in PAGES:
        for link in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
            if "://" not in link:
                assert (page.parent / link).exists(), f"{page.name} links to {link}"
