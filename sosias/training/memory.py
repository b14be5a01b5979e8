"""How much memory there is for a training, how much was held, and what running out looks like."""

import sys
from pathlib import Path

from sosias.errors import SosiasError

GROUPS = Path("/sys/fs/cgroup")
GROUPS_OF_THIS = Path("/proc/self/cgroup")
LIMITS = {
    "": ("memory.max", "memory.current", ""),
    "memory": ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_"),
}
"""Where control groups keep limit and use, and how the names of what the use is made of begin: in version 2,
and in version 1, which has a tree for memory alone.
https://docs.kernel.org/admin-guide/cgroup-v2.html#memory
https://docs.kernel.org/admin-guide/cgroup-v1/memory.html"""


class NotEnoughMemory(SosiasError):
    """Memory ran out, even with one window at a time: close other programs, take a smaller base, another
    method (--method lora) or shorter window_tokens in persona.toml. What was trained before is kept."""


def peak_rss_mb() -> int:
    """Return the peak resident memory of this process in MB (10^6 bytes)."""
    if sys.platform == "win32":
        import psutil

        return int(psutil.Process().memory_info().peak_wset // 10**6)
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak if sys.platform == "darwin" else peak * 1024) // 10**6


def rss_mb() -> int:
    """Return the resident memory of this process now, in MB (10^6 bytes)."""
    import psutil

    return int(psutil.Process().memory_info().rss) // 10**6


def available_bytes() -> int:
    """Return what this process may still take: of the GPU, or of the machine and of its container."""
    import psutil
    import torch

    if torch.cuda.is_available():
        return int(torch.cuda.mem_get_info()[0])
    return min(int(psutil.virtual_memory().available), _left_in_container())


def _left_in_container() -> int:
    """Return what the limits of control groups leave: of a container, a job of Slurm, a service.

    A process is in a group and in all those above it; a container may see its own as the root.
    """
    left = sys.maxsize
    try:
        lines = GROUPS_OF_THIS.read_text(encoding="utf-8").splitlines()
    except OSError:  # no Linux
        return left
    for line in lines:
        _number, kinds, group = line.split(":", 2)
        for kind in set(kinds.split(",")) & set(LIMITS):
            place = Path(group.lstrip("/"))
            for part in (place, *place.parents):
                left = min(left, _left_in(GROUPS / kind / part, *LIMITS[kind]))
    return left


def _left_in(folder: Path, limit: str, use: str, kind: str) -> int:
    """Return what a group leaves; what it only keeps from files can be let go."""
    try:
        most, used = (int((folder / name).read_text(encoding="utf-8")) for name in (limit, use))
        lines = (folder / "memory.stat").read_text(encoding="utf-8").splitlines()
        told = dict(line.split() for line in lines)
        free = sum(int(told[f"{kind}{which}_file"]) for which in ("active", "inactive"))
    except (OSError, ValueError, KeyError):  # there is no such limit, or none that is seen from here
        return sys.maxsize
    return max(0, most - used + free)


def is_out_of_memory(error: BaseException) -> bool:
    """Tell torch's and oneDNN's ways of saying that memory ran out from other errors."""
    import torch

    said = str(error)
    signs = ("can't allocate memory", "not enough memory", "could not create a memory object")
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or any(sign in said for sign in signs)
