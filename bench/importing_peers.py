"""The other tools, each in a place of its own, so that nothing here changes its version for them."""

import os
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from sosias.models.base import cache_folder

PACKAGES = {
    "whatstk": ("whatstk==0.9.1", "pandas==3.1.1"),
    "chat_miner": ("chat-miner==0.6.0", "pandas==3.1.1", "polars==2.1.0"),
    "chatpack": ("chatpack==0.1.0",),
}
"""The newest of each, and what it makes its tables with."""
NODE_PACKAGE = "whatsapp-chat-parser@4.0.2"
NODE_TOOL = "whatsapp_chat_parser"
TOOLS = (*PACKAGES, NODE_TOOL)
READY = "ready"
"""A file that shows that all is installed."""
ROOT = Path(__file__).parents[1]


class Missing(Exception):
    """A tool cannot be measured here; its text says why."""


@dataclass(frozen=True)
class Command:
    """How a tool is run: the file to read is the last argument."""

    words: tuple[str, ...]
    folder: Path
    script: Path | None = None
    """Given on stdin: Node looks for packages from where it stands."""


def peer(tool: str) -> Command:
    """Return how a tool is run, installing it the first time.

    Raises:
        Missing: it cannot be installed here.
    """
    return _node() if tool == NODE_TOOL else _python(tool)


def _python(tool: str) -> Command:
    folder = _place(tool, *PACKAGES[tool], sys.version)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (folder / READY).exists():
        venv.create(folder, with_pip=True, clear=True)
        _install([str(python), "-m", "pip", "install", "--quiet", *PACKAGES[tool]], folder)
    return Command((str(python), "-m", "bench.importing_peer", tool), ROOT)


def _node() -> Command:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm):
        raise Missing("there is no Node")
    folder = _place(NODE_TOOL, NODE_PACKAGE)
    if not (folder / READY).exists():
        folder.mkdir(parents=True, exist_ok=True)
        _install([npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder), NODE_PACKAGE], folder)
    script = Path(__file__).with_name("importing_peer.mjs")
    return Command((node, "--input-type=module", "-"), folder, script)


def _place(tool: str, *packages: str) -> Path:
    """Return the folder in the cache for these packages."""
    key = sha256(" ".join(packages).encode()).hexdigest()[:8]
    return cache_folder() / "bench" / f"{tool}-{key}"


def _install(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8")
    if done.returncode:
        raise Missing(f"{command[0]} could not install it: {(done.stderr.strip() or '?').splitlines()[-1]}")
    (folder / READY).touch()
