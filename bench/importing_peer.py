"""Another tool reads a WhatsApp export: `python -m bench.importing_peer TOOL FILE`, in its own environment.

Each is used as its README says, up to fields that Python can use. Nothing of Sosias is imported.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

from bench.peak import peak_mb

TIMES = 2
"""Readings in one process: a tool may be faster when all is warm."""

Read = Callable[[str], tuple[int, int]]
"""Reads a file; returns its messages and its authors."""


def whatstk() -> Read:
    """Return whatstk's reading, to a pandas table."""
    from whatstk import df_from_whatsapp

    def read(path: str) -> tuple[int, int]:
        table = df_from_whatsapp(path)
        return len(table), table["username"].nunique()

    return read


def chat_miner() -> Read:
    """Return chat-miner's reading, to a pandas table."""
    from chatminer.chatparsers import WhatsAppParser

    def read(path: str) -> tuple[int, int]:
        parser = WhatsAppParser(path)
        parser.parse_file()
        table = parser.parsed_messages.get_df(as_pandas=True)
        return len(table), table["author"].nunique()

    return read


def chatpack() -> Read:
    """Return chatpack's reading: it hands out objects of Rust, whose fields are read once."""
    import chatpack

    def read(path: str) -> tuple[int, int]:
        fields = [(one.sender, one.content, one.timestamp) for one in chatpack.parse_whatsapp(path)]
        return len(fields), len({sender for sender, _content, _timestamp in fields})

    return read


READERS: dict[str, Callable[[], Read]] = {
    "whatstk": whatstk,
    "chat_miner": chat_miner,
    "chatpack": chatpack,
}


def measure(load: Callable[[], Read], path: str) -> dict[str, Any]:
    """Load a tool, read the file some times, and return what that took."""
    started = time.perf_counter()
    read = load()
    loading = time.perf_counter() - started
    loaded, seconds, found = peak_mb(), [], (0, 0)
    for _time in range(TIMES):
        started = time.perf_counter()
        found = read(path)
        seconds.append(time.perf_counter() - started)
    return {
        "messages": found[0],
        "authors": found[1],
        "seconds": min(seconds),
        "first_seconds": seconds[0],
        "loading_seconds": loading,
        "loaded_mb": loaded,
        "peak_mb": peak_mb(),
    }


if __name__ == "__main__":
    print(json.dumps(measure(READERS[sys.argv[1]], sys.argv[2])))
