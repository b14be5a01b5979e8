"""Novels for training from scratch: whole ones held out, one vocabulary, and all of them as token ids."""

import argparse
import gzip
import json
import re
from pathlib import Path

from sosias.models.vocabulary import END, choose_size, train_vocabulary
from sosias.training.shards import write_shards

EVERY = 28
"""One novel of so many is held out."""
PARTING = re.compile(r"\n\n+")
"""What stands between two novels of the CLiGS files; their paragraphs are parted by lines with a tab."""


def read_novels(folder: Path) -> list[str]:
    """Return the novels of a folder's `.txt.gz` files, a paragraph a line."""
    novels = []
    for file in sorted(folder.glob("*.txt.gz")):
        for novel in PARTING.split(gzip.decompress(file.read_bytes()).decode("utf-8")):
            paragraphs = [line.strip() for line in novel.split("\n")]
            novels.append("\n".join(line for line in paragraphs if line))
    return [novel for novel in novels if novel]


def main() -> None:
    """Write `tokenizer.json`, `train/`, `held/` and `material.json` into a folder; print the last."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("corpus", type=Path)
    asked = parser.parse_args()
    novels = read_novels(asked.corpus)
    held = novels[EVERY // 2 :: EVERY]
    train = [novel for number, novel in enumerate(novels) if number % EVERY != EVERY // 2]
    splits = {"train": train, "held": held}
    sizes = {name: sum(len(one.encode()) for one in some) for name, some in splits.items()}
    vocabulary = choose_size(sizes["train"])
    lines = (line for novel in train for line in novel.split("\n"))
    tokenizer = train_vocabulary(lines, int(vocabulary.value))
    tokenizer.save(str(asked.folder / "tokenizer.json"))
    end = tokenizer.token_to_id(END)
    count = tokenizer.get_vocab_size()
    tokens = {
        name: len(
            write_shards(
                ([*tokenizer.encode(one, add_special_tokens=False).ids, end] for one in some),
                asked.folder / name,
                vocabulary=count,
                key=name,
            )
        )
        for name, some in splits.items()
    }
    material = {
        "novels": len(novels),
        "held_out": len(held),
        "train_bytes": sizes["train"],
        "held_bytes": sizes["held"],
        "train_tokens": tokens["train"],
        "held_tokens": tokens["held"],
        "vocabulary": count,
        "end": end,
    }
    (asked.folder / "material.json").write_text(json.dumps(material), encoding="utf-8")
    print(json.dumps(material))


if __name__ == "__main__":
    main()
