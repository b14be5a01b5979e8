"""Load a GGUF, and an adapter on it, and end: `python -m sosias.voice.trial GGUF [ADAPTER]`.

Run by `checked` as a process of its own, which a crafted file may bring down.
"""

import secrets
import sys
from pathlib import Path

from sosias.errors import SosiasError
from sosias.voice.llama import start_server


def main(paths: list[str]) -> int:
    """Return 0 when llama.cpp loads the files, 1 when it says that it cannot."""
    model, *adapters = (Path(path) for path in paths)
    try:
        start_server(model, adapters[0] if adapters else None, 64, secrets.token_urlsafe(32))
    except SosiasError:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
