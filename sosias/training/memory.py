"""How much memory there is for a training, how much was held, and what running out looks like."""

import sys
from pathlib import Path

from sosias.errors import SosiasError

CONTAINER = Path("/sys/fs/cgroup")


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
    """Return what a limit of control groups leaves; what the system only keeps from files can be let go.

    https://docs.kernel.org/admin-guide/cgroup-v2.html#memory
    """
    try:
        limit = int((CONTAINER / "memory.max").read_text())
        used = int((CONTAINER / "memory.current").read_text())
        lines = (CONTAINER / "memory.stat").read_text().splitlines()
        files = next(int(line.split()[1]) for line in lines if line.startswith("inactive_file "))
    except (OSError, ValueError, StopIteration):  # no such limit here
        return sys.maxsize
    return max(0, limit - used + files)


def is_out_of_memory(error: BaseException) -> bool:
    """Tell torch's and oneDNN's ways of saying that memory ran out from other errors."""
    import torch

    said = str(error)
    signs = ("can't allocate memory", "not enough memory", "could not create a memory object")
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or any(sign in said for sign in signs)
