"""How much memory this process has held at most."""

import sys


def peak_rss_mb() -> int:
    """Return the peak resident memory of this process in MB (10^6 bytes)."""
    if sys.platform == "win32":
        import psutil

        return int(psutil.Process().memory_info().peak_wset // 10**6)
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak if sys.platform == "darwin" else peak * 1024) // 10**6
