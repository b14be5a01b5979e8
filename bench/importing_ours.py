"""Sosias reads an export: `python -m bench.importing_ours (load|read|stream|store) FILE`.

`read` passes over the messages of a small file twice, as the other tools do; `stream` once; `store` is
the whole import into a new workspace; `load` only loads the formats.
"""

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.importing_peer import Read, measure
from bench.peak import peak_mb
from bench.worker import answer


def reader() -> Read:
    """Load the formats; return our reading."""
    from sosias.sources.source import recognise, sources

    sources()

    def read(path: str) -> tuple[int, int]:
        count, authors = 0, set()
        for reading in recognise(Path(path)).readings:
            for message in reading.messages():
                count += 1
                authors.add(message.author)
        return count, len(authors - {None})

    return read


def load(_path: Path) -> dict[str, Any]:
    """Load what reading needs, and read nothing."""
    reader()
    return {"peak_mb": peak_mb()}


def read(path: Path) -> dict[str, Any]:
    """Read every message, twice."""
    return measure(reader, str(path))


def stream(path: Path) -> dict[str, Any]:
    """Read every message, once."""
    one = reader()
    started = time.perf_counter()
    count, authors = one(str(path))
    seconds = time.perf_counter() - started
    return {"messages": count, "authors": authors, "seconds": seconds, "peak_mb": peak_mb()}


def store(path: Path) -> dict[str, Any]:
    """Import into a new workspace."""
    from sosias.sources.store import import_files
    from sosias.workspace import Workspace

    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace.create(Path(folder))
        started = time.perf_counter()
        report = import_files(workspace, [path])
        seconds = time.perf_counter() - started
    return {"messages": report.added, "seconds": seconds, "peak_mb": peak_mb()}


WORK = {"load": load, "read": read, "stream": stream, "store": store}


def run(asked: argparse.Namespace) -> dict[str, Any]:
    """Do one of them."""
    return WORK[asked.work](asked.file)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("work", choices=WORK)
    parser.add_argument("file", type=Path)
    answer(run, parser)
