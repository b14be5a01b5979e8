"""`sosias doctor`: what this machine can do, and the command that mends what is missing."""

import importlib.util
import os
import platform
import shutil
import time
from dataclasses import dataclass
from typing import Any

from sosias.cli.call import Call
from sosias.cli.models import known_bases
from sosias.language import translate as _


@dataclass(frozen=True)
class Demand:
    """What training a base on the demo's sample asks of a machine."""

    memory_gb: float
    """The most memory it was seen to take."""
    weights: float
    """That work on a token: those of the body, and a third of the head's, which sees learnt tokens alone."""
    tokens: int
    """An epoch of the sample."""


DEMANDS = {
    "smollm2-135m-instruct": Demand(2.0, 116e6, 34_000),
    "gemma3-270m": Demand(4.0, 160e6, 25_000),
}
TRAINING_SHARE = 0.15
"""LoRA training of small bases reaches about this share of a CPU's matrix rate (measured: 15.5 %)."""


def doctor(call: Call) -> None:
    """Look at the machine, the installation and the workspace."""
    from rich.table import Table

    facts = machine(call)
    facts["dtype"], rate = number_format() if facts["torch"] else (None, None)
    facts["bases"] = [_base(base, facts["memory_gb"], rate) for base in known_bases()]
    facts["missing"] = missing(facts)
    table = Table(show_header=False, box=None)
    for name, value in _lines(facts):
        table.add_row(name, value)
    lacks = [f"{one['what']}: {one['command']}" for one in facts["missing"]] or [_("Nothing is missing.")]
    call.finish(facts, table, *lacks)


def machine(call: Call) -> dict[str, Any]:
    """Return what the machine has, in numbers."""
    import psutil

    from sosias.models.base import cache_folder

    cache = next(path for path in (cache_folder(), *cache_folder().parents) if path.exists())
    torch = importlib.util.find_spec("torch") is not None
    return {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "disk_free_gb": round(shutil.disk_usage(cache).free / 1e9, 1),
        "torch": _version("torch") if torch else None,
        "pip": importlib.util.find_spec("pip") is not None,
        "workspace": (call.folder / "sosias.toml").is_file(),
    }


def number_format() -> tuple[str, float]:
    """Return the number format of training on this CPU, and its speed in operations a second, measured."""
    import torch

    from sosias.models.network import cpu_dtype

    dtype, _choice = cpu_dtype()
    factor = torch.ones(1024, 1024, dtype=getattr(torch, dtype))
    best = float("inf")
    for _attempt in range(8):
        start = time.perf_counter()
        factor @ factor
        best = min(best, time.perf_counter() - start)
    return dtype, 2 * 1024**3 / best


def _base(base: dict[str, Any], memory: float, rate: float | None) -> dict[str, Any]:
    """Add whether a base fits and how long the sample would take on it."""
    demand = DEMANDS[base["name"]]
    # forward, and backward through frozen weights: four operations a weight and token
    seconds = rate and demand.tokens * 4 * demand.weights / (rate * TRAINING_SHARE)
    return {
        "name": base["name"],
        "pulled": base["pulled"],
        "fits": memory >= demand.memory_gb,
        "minutes": None if seconds is None else round(seconds / 60, 1),
    }


def missing(facts: dict[str, Any]) -> list[dict[str, str]]:
    """Return what is missing, each with the command that mends it."""
    lacks = []
    if facts["torch"] is None:
        lacks.append({"what": _("torch, to train"), "command": "pip install 'sosias[train]'"})
    if not facts["pip"]:
        lacks.append({"what": _("pip, to fetch bases"), "command": "python -m ensurepip --upgrade"})
    if not any(base["pulled"] for base in facts["bases"]):
        fitting = [base["name"] for base in facts["bases"] if base["fits"]] or [facts["bases"][0]["name"]]
        lacks.append({"what": _("a base"), "command": f"sosias models pull {fitting[0]}"})
    if not facts["workspace"]:
        lacks.append({"what": _("a workspace in this folder"), "command": "sosias import FILE"})
    return lacks


def _version(package: str) -> str:
    from importlib.metadata import version

    return version(package)


def _lines(facts: dict[str, Any]) -> list[tuple[str, str]]:
    none = _("none")
    lines = [
        ("Python", facts["python"]),
        (_("cores"), str(facts["cores"])),
        (_("memory"), f"{facts['memory_gb']} GB"),
        (_("free disk"), f"{facts['disk_free_gb']} GB"),
        ("torch", facts["torch"] or none),
        (_("number format of training"), facts["dtype"] or none),
    ]
    for base in facts["bases"]:
        here = _("on this machine") if base["pulled"] else _("not fetched yet")
        fits = _("fits in memory") if base["fits"] else _("needs more memory")
        said = f"{here}, {fits}"
        if base["minutes"] is not None:
            told = _("about {minutes} min to train on 2,700 messages, from the speed just measured")
            said += ", " + told.format(minutes=base["minutes"])
        lines.append((base["name"], said))
    return lines
