"""One measurement of `bench.corpus`, in a process of its own.

`lay-out` makes a workspace; the name of one of its personas prepares it.
"""

import argparse
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench.peak import peak_mb
from bench.worker import answer

LAY_OUT = "lay-out"


def lay_out(folder: Path, messages: int) -> dict[str, Any]:
    """Write the messages of a workspace."""
    from bench import corpus_material as material

    talk = material.talk_here()
    material.lay_out(folder, messages, talk)
    return {"talk": talk}


def prepare(folder: Path, name: str) -> dict[str, Any]:
    """Prepare a persona; `stages` has the seconds of each stage that is told of."""
    from sosias.corpus.prepare import prepare
    from sosias.events import Event, Progress
    from sosias.workspace import Workspace

    workspace = Workspace.open(folder)
    reached: list[float] = []

    def listen(event: Event) -> None:
        if isinstance(event, Progress):
            reached.append(time.perf_counter())

    started = time.perf_counter()
    counts = prepare(workspace, workspace.persona(name), listen)
    seconds = time.perf_counter() - started
    return {
        "seconds": seconds,
        "processor_seconds": time.process_time(),
        "stages": [round(later - earlier, 2) for earlier, later in pairwise(reached)],
        "rss_mb": peak_mb(),
        "sessions": counts["sessions"],
        "turns": counts["turns"],
    }


def run(asked: argparse.Namespace) -> dict[str, Any]:
    """Do what is asked."""
    if asked.work == LAY_OUT:
        return lay_out(asked.folder, asked.messages)
    return prepare(asked.folder, asked.work)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("work", help="lay-out, or a persona's name")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--messages", type=int, default=0)
    answer(run, parser)
