"""A process that measures one thing: it ends with a line of JSON, or with a sentence for the user."""

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any

from sosias.errors import SosiasError


def answer(work: Callable[[argparse.Namespace], dict[str, Any]], parser: argparse.ArgumentParser) -> None:
    """Do the work that the command line asks for, and print its result as the last line of stdout."""
    try:
        result = work(parser.parse_args())
    except SosiasError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from error
    print(json.dumps(result, ensure_ascii=False))
