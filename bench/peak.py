"""How much memory a process has held at most; run as a file, what a bare interpreter holds."""

import sys


def peak_mb() -> float:
    """Return the peak resident memory of this process in MB (10^6 bytes).

    Linux counts into `ru_maxrss` what the parent held when it started this process; `VmHWM` is its own.
    """
    if sys.platform == "linux":
        with open("/proc/self/status", encoding="ascii", errors="replace") as file:
            line = next(line for line in file if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024 / 1e6
    if sys.platform == "win32":
        import psutil

        return float(psutil.Process().memory_info().peak_wset) / 1e6
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return (peak if sys.platform == "darwin" else peak * 1024) / 1e6


if __name__ == "__main__":
    print(peak_mb())
