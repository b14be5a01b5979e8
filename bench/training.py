"""Our training loop beside TRL's SFTTrainer and the bare transformer body, in one run.

    python -m bench.training [--json] [--base NAME] [--corpus EXPORT] [--quality]

Each measurement is a fresh process, so that peak memory is its own, and the tools take turns, so
that what disturbs the machine disturbs all. docs/benchmarks.md says what is compared and why.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.figures import TOOLS, Result, ratios, speed_of, time_to_quality
from bench.machine import machine

RATES = (2e-4, 4e-4, 1e-3)
"""Learning rates of which TRL gets the best: on both sides of 4e-4, its best in an earlier run."""
PASSES = (1, 3)
"""Over what there is to learn, for both: once, as ours by default, and as often as TRL's users take. Of
each tool the better counts."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Compare, and print a table or one line of JSON."""
    asked = _parser().parse_args(arguments)
    if not (find_spec("trl") and find_spec("datasets")):
        print("TRL is not installed: run pip install -e '.[train,bench]' -c constraints.txt", file=sys.stderr)
        raise SystemExit(2)
    with TemporaryDirectory() as folder:
        result = compare(asked, Path(folder) / "material.json")
    if asked.json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        show(result)


def compare(asked: argparse.Namespace, file: Path) -> Result:
    """Cut the windows, let the tools take turns, and return all figures."""
    corpus = ["--corpus", str(asked.corpus.resolve())] if asked.corpus else []
    _say("Cutting the windows")
    base = str(Path(asked.base).resolve()) if Path(asked.base).is_dir() else asked.base
    material = _run("windows", file, "--base", base, "--tokens", str(asked.tokens), *corpus)
    rounds: list[dict[str, Result]] = []
    for number in range(asked.rounds):
        measured = {}
        for tool in TOOLS:
            measured[tool] = _run(f"run_{tool}", file)
            speed = speed_of(measured[tool])
            _say(f"Round {number + 1} of {asked.rounds}, {tool}: {speed:.0f} tokens/s")
        rounds.append(measured)
    result = ratios(rounds) | {"material": material} | machine()
    return result | quality(file) if asked.quality else result


def quality(file: Path) -> Result:
    """Return `time_to_quality`: TRL's minutes to its best held-out quality, divided by ours to the same."""
    ours, runs = [], []
    for passes in PASSES:
        _say(f"Quality: ours, epochs: {passes}")
        points = _run("run_ours", file, "--quality", str(passes))["points"]
        ours.append({"passes": passes, "points": points})
    for rate, passes in product(RATES, PASSES):
        _say(f"Quality: TRL at a learning rate of {rate:g}, epochs: {passes}")
        points = _run("run_trl", file, "--quality", str(rate), str(passes))["points"]
        runs.append({"learning_rate": rate, "passes": passes, "points": points})
    return time_to_quality(ours, runs) | {"curves": {"ours": ours, "trl": runs}}


def _run(module: str, file: Path, *arguments: str) -> Result:
    """Run a module of this folder in a fresh process; return what it prints last.

    This process stays small: Linux counts a parent's memory into its child's peak.
    """
    command = [sys.executable, "-m", f"bench.{module}", str(file), *arguments]
    done = subprocess.run(
        command,
        cwd=Path(__file__).parents[1],
        env=os.environ | {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"},
        capture_output=True,
        encoding="utf-8",
    )
    if done.returncode:
        print(done.stderr, end="", file=sys.stderr)
        raise SystemExit(2 if done.returncode == 2 else 1)
    result: Result = json.loads(done.stdout.splitlines()[-1])
    return result


def show(result: Result) -> None:
    """Print a table for people."""
    from rich.console import Console
    from rich.table import Table

    material = result["material"]
    table = Table(title=f"{material['base']}, {material['dtype']}, {result['threads']} threads")
    for column in ("", "tokens/s", "rounds", "peak MB"):
        table.add_column(column, justify="left" if not column else "right")
    for tool, figures in result["tools"].items():
        rounds = " ".join(f"{speed:.0f}" for speed in figures["rounds"])
        speed, peak = f"{figures['tokens_per_second']:.0f}", str(figures["peak_rss_mb"])
        table.add_row(tool, speed, rounds, peak)
    console = Console()
    console.print(table)
    for name in ("vs_trl", "vs_body"):
        low, high = result[f"{name}_spread"]
        console.print(f"{name} {result[name]:.2f} (rounds {low:.2f} to {high:.2f})", highlight=False)
    console.print(f"memory_vs_trl {result['memory_vs_trl']:.2f}", highlight=False)
    if "time_to_quality" in result:
        found = result["quality"]
        bits, minutes = found["bits_per_byte"], (found["trl_minutes"], found["our_minutes"])
        ratio = f"time_to_quality {result['time_to_quality']}"
        console.print(f"{ratio} (minutes of TRL and ours: {minutes})", highlight=False)
        console.print(
            f"bits per byte {bits}, TRL at {found['learning_rate']:g}, epochs: {found['passes']}"
            f" (ours: {found['our_passes']})",
            highlight=False,
        )


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.training", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of a table")
    parser.add_argument("--base", default="smollm2-135m-instruct", help="a catalogue name or a folder")
    parser.add_argument("--corpus", type=Path, help="a WhatsApp export (default: the sample)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each tool is measured")
    parser.add_argument("--tokens", type=int, default=8192, help="about how many a measurement times")
    parser.add_argument("--quality", action="store_true", help="also the time to quality (an hour or more)")
    return parser


if __name__ == "__main__":
    main()
