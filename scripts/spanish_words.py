"""Count the Spanish words that novels write small, for `sosias/corpus/pseudonyms/data/spanish_words.txt.gz`.

    python scripts/spanish_words.py NOVELS.txt.gz…

The novels are those of the CLiGS textbox, out of copyright, in an edition under CC BY 4.0. A word is an
ordinary one where it is written small, a name's too, if that is how it is written often enough.
"""

import argparse
import gzip
import io
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

LIST = Path(__file__).parents[1] / "sosias" / "corpus" / "pseudonyms" / "data" / "spanish_words.txt.gz"
WORD = re.compile(r"[^\W\d_]+")
LEAST = 3
"""Times that a word occurs, to be one."""
SMALL = 0.05
"""Share of a name's occurrences that are written small, from which it is a word as well."""


def counted(paths: Iterable[Path]) -> tuple[Counter[str], Counter[str]]:
    """Count words written small, and capitalised inside a sentence."""
    small: Counter[str] = Counter()
    large: Counter[str] = Counter()
    for path in paths:
        text = gzip.decompress(path.read_bytes()).decode()
        small.update(word for word in WORD.findall(text) if word.islower())
        large.update(
            word.casefold() for word in re.findall(r"(?<=[a-zñáéíóú,] )[^\W\d_]+", text) if word.istitle()
        )
    return small, large


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("novels", type=Path, nargs="+")
    small, large = counted(parser.parse_args().novels)
    words = [word for word, count in small.items() if count >= max(LEAST, SMALL * (count + large[word]))]
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as file:
        file.write("\n".join(sorted(words)).encode() + b"\n")
    LIST.write_bytes(buffer.getvalue())
    print(len(words), "words")


if __name__ == "__main__":
    main()
