"""What is measured on and with: the processor, not whose it is."""

import os
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

PACKAGES = ("sosias", "torch", "transformers", "peft", "accelerate", "trl", "datasets")
HOLDS = ("OMP_NUM_THREADS", "ONEDNN_MAX_CPU_ISA", "ATEN_CPU_CAPABILITY", "MKL_ENABLE_INSTRUCTIONS")
"""Environment variables that change what the processor is asked to do."""


def machine(packages: Sequence[str] = PACKAGES) -> dict[str, Any]:
    """Return processor, cores, environment and versions."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "environment": {name: os.environ[name] for name in HOLDS if name in os.environ},
        "versions": {"python": platform.python_version()} | {name: version(name) for name in packages},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
