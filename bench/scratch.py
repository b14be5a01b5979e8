"""Training from scratch beside a nanoGPT-style run, in one run: held-out bits per byte after equal time.

    python -m bench.scratch [--json] [--minutes N] [--size SIZE] [CORPUS]

CORPUS is a folder of novels (`.txt.gz`, as CLiGS has them). Both train on the same tokens, with
networks of the same size, in slices by turns; docs/findings/scratch.md says what is compared and why.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

from bench.machine import machine
from sosias.settings import ScratchSize
from sosias.training.scratch import BLOCK, Shape

TOOLS = ("ours", "peer")
SLICE = 20
"""Seconds of processor time that a tool trains for before the other one does."""
ROOT = Path(__file__).parents[1]
Result = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> None:
    """Compare, and print a table or one line of JSON."""
    asked = _parser().parse_args(arguments)
    if not asked.corpus.is_dir():
        print(f"There are no novels at {asked.corpus}: name their folder.", file=sys.stderr)
        raise SystemExit(2)
    with TemporaryDirectory() as folder:
        result = compare(asked, Path(folder))
    print(json.dumps(result, ensure_ascii=False) if asked.json else table(result))


def compare(asked: argparse.Namespace, folder: Path) -> Result:
    """Prepare the corpus, let the two train by turns, and return all figures."""
    _say("Reading the novels and training the vocabulary")
    done = subprocess.run(
        [sys.executable, "-m", "bench.scratch_material", str(folder), str(asked.corpus.resolve())],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    material: Result = json.loads(done.stdout)
    shape = Shape.of(asked.size, "gpt2")
    time = ["--seconds", str(asked.minutes * 60), "--context", str(BLOCK)]
    size = ["--layers", str(shape.layers), "--width", str(shape.width), "--heads", str(shape.heads)]
    tools = {
        "ours": _start("ours", folder, *time, "--size", asked.size),
        "peer": _start("peer", folder, *time, *size),
    }
    results = take_turns(tools)
    bits = {tool: found["bits_per_byte"] for tool, found in results.items()}
    return {
        "bits_per_byte": {tool: round(value, 4) for tool, value in bits.items()},
        "vs_peer": round(bits["ours"] / bits["peer"], 4),
        "minutes": asked.minutes,
        "size": asked.size,
        "context": BLOCK,
        "tools": results,
        "material": material,
    } | machine(("sosias", "torch", "transformers", "tokenizers"))


def take_turns(tools: dict[str, "subprocess.Popen[str]"]) -> dict[str, Result]:
    """Give each tool a slice in turn until both have answered with their result."""
    results: dict[str, Result] = {}
    while len(results) < len(tools):
        for name, process in tools.items():
            if name not in results:
                answer = _slice(process)
                _say(f"{name}: {json.dumps(answer)}")
                if answer.get("share") == 1:
                    assert process.stdout is not None
                    results[name] = json.loads(process.stdout.readline())
                    process.wait()
    return results


def _slice(process: "subprocess.Popen[str]") -> Result:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{SLICE}\n")
    process.stdin.flush()
    line = process.stdout.readline()
    if not line:
        raise SystemExit(1)
    answer: Result = json.loads(line)
    return answer


def _start(tool: str, folder: Path, *arguments: str) -> "subprocess.Popen[str]":
    # threads that wait for each other must not count as work: time is that of the processor
    quiet = {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "0", "HF_HUB_OFFLINE": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", f"bench.scratch_{tool}", str(folder), *arguments],
        cwd=ROOT,
        env=os.environ | quiet,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def table(result: Result) -> str:
    """Return the figures for people."""
    lines = [f"{'':6} bits/byte  tokens/s     tokens  weights  peak MB"]
    for name, found in result["tools"].items():
        lines.append(
            f"{name:6} {found['bits_per_byte']:9.4f} {found['tokens_per_second']:9} {found['tokens']:10}"
            f" {found['parameters'] / 1e6:7.2f}M {found['peak_rss_mb']:7}"
        )
    return "\n".join([*lines, f"vs_peer {result['vs_peer']}"])


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    data = Path(os.environ.get("SOSIAS_DATA", ROOT.parent / "shared" / "data"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, nargs="?", default=data / "pretrain_es_cligs")
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--size", choices=get_args(ScratchSize), default="small")
    parser.add_argument("--json", action="store_true")
    return parser


if __name__ == "__main__":
    main()
