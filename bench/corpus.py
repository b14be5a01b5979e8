"""Preparing a corpus: messages cleaned, grouped and split with the defaults, at sizes that grow.

    python -m bench.corpus [--json] [--messages N] [--hidden N]

Each measurement is a fresh process on two cores, so that peak memory is its own. docs/benchmarks.md
says what is measured and how.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.corpus_ours import LAY_OUT
from bench.figures import Result
from bench.importing_figures import rounded
from bench.machine import machine

SMALLEST = 100_000
"""Messages of the first size; each further one is ten times as large, up to what is asked for."""
CORES = 2
PACKAGES = ("sosias", "duckdb", "ibis-framework", "pyarrow")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print a table or one line of JSON."""
    asked = _parser().parse_args(arguments)
    result = {"corpus": figures([measured(messages) for messages in growing(asked.messages)])}
    if asked.hidden:
        result["corpus"]["pseudonyms"] = hidden(asked.hidden)
    if asked.json:
        print(json.dumps(result | machine(PACKAGES), ensure_ascii=False))
    else:
        show(result["corpus"])


def growing(most: int) -> list[int]:
    """Return the sizes to measure, the largest last."""
    sizes = [SMALLEST]
    while sizes[-1] < most:
        sizes.append(sizes[-1] * 10)
    return [*(size for size in sizes if size < most), most]


def measured(messages: int) -> Result:
    """Prepare a persona from so many messages, without stand-ins."""
    with TemporaryDirectory(prefix="sosias-bench-") as folder:
        laid_out = _work(Path(folder), LAY_OUT, messages)
        found = {"messages": messages} | laid_out | _work(Path(folder), "plain", messages)
    _say(f"{messages} messages: {found['seconds']:.1f} s, {found['rss_mb']:.0f} MB held at most")
    return found


def hidden(messages: int) -> Result:
    """Return what stand-ins for the others add to so many messages."""
    with TemporaryDirectory(prefix="sosias-bench-") as folder:
        _work(Path(folder), LAY_OUT, messages)
        plain, both = (_work(Path(folder), name, messages) for name in ("plain", "hidden"))
    seconds = both["seconds"] - plain["seconds"]
    _say(f"Stand-ins for {messages} messages: {seconds:.1f} s more")
    return {
        "messages": messages,
        "seconds": round(seconds, 2),
        "microseconds_per_message": round(1e6 * seconds / messages, 1),
        "rss_mb": round(both["rss_mb"]),
    }


def figures(sizes: Sequence[Result]) -> Result:
    """Return those of the largest size, and `flatness`: its time a message, divided by the smallest's."""
    largest = sizes[-1]
    each = [one["seconds"] / one["messages"] for one in sizes]
    return {
        "messages": largest["messages"],
        "seconds": round(largest["seconds"], 1),
        "rss_mb": round(max(one["rss_mb"] for one in sizes)),
        "flatness": round(each[-1] / each[0], 3),
        "talk": largest["talk"],
        "sizes": [rounded(one) for one in sizes],
    }


def _work(folder: Path, work: str, messages: int) -> Result:
    command = [sys.executable, "-m", "bench.corpus_ours", work, str(folder), "--messages", str(messages)]
    done = subprocess.run(
        command,
        cwd=Path(__file__).parents[1],
        capture_output=True,
        encoding="utf-8",
        preexec_fn=_hold if sys.platform == "linux" else None,
    )
    if done.returncode:
        print(done.stderr, end="", file=sys.stderr)
        raise SystemExit(2 if done.returncode == 2 else 1)
    result: Result = json.loads(done.stdout.splitlines()[-1])
    return result


def _hold() -> None:
    """Hold a process to two cores."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])


def show(result: Result) -> None:
    """Print a table for people."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"Preparing the talk {result['talk']}, repeated")
    for column in ("messages", "seconds", "µs a message", "peak MB", "sessions"):
        table.add_column(column, justify="right")
    for one in result["sizes"]:
        each = f"{1e6 * one['seconds'] / one['messages']:.1f}"
        cells = (one["messages"], f"{one['seconds']:.1f}", each, f"{one['rss_mb']:.0f}", one["sessions"])
        table.add_row(*map(str, cells))
    console = Console(highlight=False)
    console.print(table)
    console.print(f"flatness {result['flatness']}")
    if "pseudonyms" in result:
        found = result["pseudonyms"]
        console.print(f"stand-ins: {found['microseconds_per_message']} µs a message more")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.corpus", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of a table")
    parser.add_argument("--messages", type=int, default=10_000_000, help="of the largest size")
    parser.add_argument("--hidden", type=int, default=SMALLEST, help="messages to time stand-ins on; 0: none")
    return parser


if __name__ == "__main__":
    main()
