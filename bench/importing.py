"""Reading exports beside the tools that people use for it, in one run.

    python -m bench.importing [--json] [--only whatsapp …] [--rounds N] [--large]

Each measurement is a fresh process, so that peak memory is its own, and the tools take turns, so
that what disturbs the machine disturbs all. docs/benchmarks.md says what is compared and how.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench import importing_material as material
from bench.figures import Result
from bench.importing_figures import compared, flatness, rounded
from bench.importing_peers import ROOT, TOOLS, Command, Missing, peer
from bench.machine import machine

TIMES_LONGER = 10
"""How much longer the second WhatsApp chat is: memory must not grow with it."""
MEGABYTES = (10, 100)
"""Sizes of the dumps, unpacked."""
LARGE = 1000
PACKAGES = ("sosias", "pyarrow", "zstandard")


class Fallen(Exception):
    """A process ended with a fault; its text is what it said last."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Compare, and print a table or one line of JSON."""
    asked = _parser().parse_args(arguments)
    with TemporaryDirectory(prefix="sosias-bench-") as folder:
        result = machine(PACKAGES)
        try:
            for name in asked.only:
                result = SECTIONS[name](asked, Path(folder)) | result
        except Fallen as error:
            _say(str(error))
            raise SystemExit(1) from error
    if asked.json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        show(result)


def whatsapp(asked: argparse.Namespace, folder: Path) -> Result:
    """Read one chat with all tools in turn, and a longer one alone."""
    chat, longer = folder / "WhatsApp Chat with Teatro.txt", folder / "WhatsApp Chat with Teatro 2.txt"
    messages = material.write_whatsapp(chat, asked.lines)
    peers, skipped = _peers(asked, folder)
    rounds: list[dict[str, Result]] = []
    for number in range(asked.rounds):
        measured = {"ours": _ours("read", chat)}
        for tool, command in peers.items():
            measured[tool] = _run(command.words, chat, command)
        rounds.append(measured)
        said = ", ".join(f"{tool} {one['seconds']:.2f} s" for tool, one in measured.items())
        _say(f"Round {number + 1} of {asked.rounds}: {said}")
    result = compared(rounds, asked.lines, messages) | {"skipped": skipped}
    stored = _ours("store", chat)
    result["store"] = {"messages_per_second": round(messages / stored["seconds"]), **rounded(stored)}
    material.write_whatsapp(longer, TIMES_LONGER * asked.lines)
    return result | _memory([_ours("stream", chat), _ours("stream", longer)], chat)


def _peers(asked: argparse.Namespace, folder: Path) -> tuple[dict[str, Command], dict[str, str]]:
    """Return the tools that can read a short chat here, and why others are left out."""
    peers, skipped = {}, {}
    material.write_whatsapp(folder / "short.txt", 1000)
    for tool in TOOLS if asked.peers else ():
        try:
            command = peer(tool)
            _run(command.words, folder / "short.txt", command)
            peers[tool] = command
        except (Missing, Fallen) as error:
            skipped[tool] = str(error).strip().splitlines()[-1]
            _say(f"{tool} is left out: {skipped[tool]}")
    return peers, skipped


def _memory(streams: Sequence[Result], file: Path) -> Result:
    """Return the peak of the longest chat above a bare interpreter, and how much of it is the libraries'."""
    bare = float(_output([sys.executable, str(ROOT / "bench" / "peak.py")], ROOT))
    peaks = [one["peak_mb"] for one in streams]
    return {
        "extra_rss_mb": round(max(peaks) - bare, 1),
        "memory": {
            "bare_mb": round(bare, 1),
            "loaded_mb": round(_ours("load", file)["peak_mb"], 1),
            "peaks_mb": [round(peak, 1) for peak in peaks],
            "flatness": flatness(peaks),
        },
    }


def imessage(asked: argparse.Namespace, folder: Path) -> Result:
    """Read a database with every text in `attributedBody`."""
    rows = material.write_imessage(folder / "chat.db", asked.lines)
    measured = _ours("read", folder / "chat.db")
    speed = round(rows / measured["seconds"])
    _say(f"iMessage: {speed} rows/s")
    return {"imessage": {"rows": rows, "rows_per_second": speed, **rounded(measured)}}


def reddit(asked: argparse.Namespace, folder: Path) -> Result:
    """Stream comments packed with zstd."""
    return _streamed("reddit", folder / "RC_2021-03.zst", material.write_reddit, asked)


def mediawiki(asked: argparse.Namespace, folder: Path) -> Result:
    """Stream a dump packed with bzip2."""
    name = "eswiki-20210301-pages-articles-multistream.xml.bz2"
    return _streamed("mediawiki", folder / name, material.write_mediawiki, asked)


def _streamed(name: str, file: Path, write: Callable[[Path, int], int], asked: argparse.Namespace) -> Result:
    """Read a dump of each size once; memory must not grow with it."""
    each = []
    for megabytes in [*asked.megabytes, *[LARGE] * asked.large]:
        records = write(file, round(megabytes * 1e6))
        measured = _ours("stream", file)
        speed = round(records / measured["seconds"])
        packed = round(file.stat().st_size / 1e6, 3)
        figures = {"megabytes": megabytes, "packed_megabytes": packed, "records": records}
        each.append(figures | {"records_per_second": speed} | rounded(measured))
        _say(f"{name}, {megabytes:g} MB: {speed} records/s, {measured['peak_mb']:.0f} MB held at most")
        file.unlink()
    return {name: {"sizes": each, "flatness": flatness([one["peak_mb"] for one in each])}}


SECTIONS: dict[str, Callable[[argparse.Namespace, Path], Result]] = {
    "whatsapp": whatsapp,
    "imessage": imessage,
    "reddit": reddit,
    "mediawiki": mediawiki,
}


def _ours(work: str, file: Path) -> Result:
    return _run((sys.executable, "-m", "bench.importing_ours", work), file)


def _run(words: Sequence[str], file: Path, command: Command | None = None) -> Result:
    """Run a tool on a file in a fresh process; return what it prints last."""
    folder, script = (command.folder, command.script) if command else (ROOT, None)
    text = script.read_text(encoding="utf-8") if script else None
    result: Result = json.loads(_output([*words, str(file)], folder, text).splitlines()[-1])
    return result


def _output(command: Sequence[str], folder: Path, text: str | None = None) -> str:
    done = subprocess.run(command, cwd=folder, input=text, capture_output=True, encoding="utf-8")
    if done.returncode:
        raise Fallen(done.stderr or f"{command[0]} fell without a word")
    return done.stdout


def show(result: Result) -> None:
    """Print what was measured, for people."""
    from rich.console import Console

    console = Console(highlight=False)
    if "tools" in result:
        _show_tools(result, console)
    if found := result.get("imessage"):
        console.print(f"iMessage: {found['rows_per_second']} rows/s, peak {found['peak_mb']} MB")
    for name in ("reddit", "mediawiki"):
        for one in result.get(name, {}).get("sizes", ()):
            said = f"{one['records_per_second']} records/s, peak {one['peak_mb']} MB"
            console.print(f"{name}, {one['megabytes']:g} MB: {said}")


def _show_tools(result: Result, console: Any) -> None:
    from rich.table import Table

    table = Table(title=f"WhatsApp, {result['lines']} lines, {result['messages']} messages")
    for column in ("", "seconds", "rounds", "messages", "authors", "MB", "÷ ours"):
        table.add_column(column, justify="right" if column else "left", no_wrap=not column)
    for tool, one in result["tools"].items():
        each = " ".join(f"{seconds:.2f}" for seconds in one["rounds"])
        counts = (str(one["messages"]), str(one["authors"]), f"{one['peak_mb']:.0f}")
        ratio = f"{result[f'vs_{tool}']:.2f}" if tool != "ours" else ""
        table.add_row(tool, f"{one['seconds']:.2f}", each, *counts, ratio)
    console.print(table)
    for tool, why in result["skipped"].items():
        console.print(f"{tool} was left out: {why}")
    memory = result["memory"]
    loading = memory["loaded_mb"] - memory["bare_mb"]
    console.print(f"{result['lines_per_second']} lines/s; flatness {memory['flatness']}")
    console.print(f"{result['extra_rss_mb']} MB above a bare interpreter, {loading:.1f} of them for loading")
    console.print(f"the whole import: {result['store']['messages_per_second']} messages/s")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.importing", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of a table")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=list(SECTIONS), help="some of it")
    parser.add_argument("--rounds", type=int, default=3, help="how often each tool is measured")
    parser.add_argument("--lines", type=int, default=150_000, help="of the chat, rows of the database")
    parser.add_argument("--no-peers", dest="peers", action="store_false", help="measure ours alone")
    parser.add_argument("--megabytes", type=float, nargs="+", default=MEGABYTES, help="sizes of the dumps")
    parser.add_argument("--large", action="store_true", help="also dumps of 1 GB")
    return parser


if __name__ == "__main__":
    main()
