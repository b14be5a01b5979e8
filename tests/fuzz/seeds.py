"""Small valid exports of every source, which the fuzzer damages.

A source's are made by `seeds(folder) -> list[Path]` in `tests/sources/<source>_exports.py`.
"""

import importlib
from pathlib import Path

from tests.fuzz.case import LARGEST, Case

ROOM = Path(__file__).parents[1] / "sources"
SUFFIX = "_exports"


def names() -> list[str]:
    """Return the sources that have seeds. Their files are only looked at: one may need what is not there."""
    files = sorted(ROOM.glob(f"*{SUFFIX}.py"))
    return [file.stem.removesuffix(SUFFIX) for file in files if "def seeds(" in file.read_text("utf-8")]


def cases(source: str, folder: Path) -> list[Case]:
    """Write a source's seeds into a folder; return those that are small."""
    module = importlib.import_module(f"tests.sources.{source}{SUFFIX}")
    read = [Case.read(path) for path in module.seeds(folder)]
    return [one for one in read if one.size <= LARGEST]
