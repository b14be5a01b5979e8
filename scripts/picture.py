"""Turn a terminal's screen into the README's picture.

tmux capture-pane -e -p -t SESSION | python scripts/picture.py docs/demo.svg "make demo"
"""

import re
import sys
from io import StringIO
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

FONT_FACE = re.compile(r"@font-face \{\{.*?\}\}\s*", re.S)


def picture(screen: str, title: str) -> str:
    """Return the screen as an SVG that fetches no font from anywhere."""
    lines = screen.rstrip().splitlines()
    width = max(Text.from_ansi(line).cell_len for line in lines)
    console = Console(record=True, width=width, file=StringIO(), force_terminal=True)
    for line in lines:
        console.print(Text.from_ansi(line), soft_wrap=True)
    return console.export_svg(title=title, code_format=FONT_FACE.sub("", CONSOLE_SVG_FORMAT))


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(picture(sys.stdin.read(), sys.argv[2]), "utf-8")
