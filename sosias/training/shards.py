"""Texts as token ids on disk, and blocks of them for the loop: a corpus of any size in little memory.

A folder holds `tokens-00000.bin` …, plain little-endian uint16 or uint32, each text followed by the
end of a text, and `shards.json`, which says what they are made of and how far the writing has come.
"""

import json
import math
import random
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from sosias.training.batches import Step
from sosias.training.source import Batch
from sosias.workspace import atomic_file, private_folder, write_json

INDEX = "shards.json"
SHARD_BYTES = 1 << 27
"""Bytes of a shard, about, but for the last: the most that a fall while writing can lose."""
GOLDEN = (math.sqrt(5) - 1) / 2


@dataclass
class Index:
    """What a folder of shards holds."""

    key: str
    """Of what texts and tokenizer they are made: those of another key are written anew."""
    dtype: str
    """uint16 or uint32."""
    tokens: list[int] = field(default_factory=list)
    """In each shard that is whole."""
    texts: int = 0
    """In all of them together."""
    complete: bool = False


def write_shards(texts: Iterable[Sequence[int]], folder: Path, *, vocabulary: int, key: str) -> "Shards":
    """Write texts, given as ids, going on after the last whole shard of an earlier call that was cut off.

    Args:
        texts: read once, one by one, in the same order each time; the end of a text is their last id.
        vocabulary: number of different ids: up to 65,536 fit into two bytes each.
        key: names texts and tokenizer.
    """
    index = _begun(folder, key, "uint16" if vocabulary <= 1 << 16 else "uint32")
    if not index.complete:
        left = iter(texts)
        deque(islice(left, index.texts), maxlen=0)
        while _write_shard(left, folder, index):
            write_json(folder / INDEX, asdict(index))
        index.complete = True
        write_json(folder / INDEX, asdict(index))
    return Shards(folder)


def _begun(folder: Path, key: str, dtype: str) -> Index:
    """Return how far the writing has come; nowhere, where it was of something else."""
    path = private_folder(folder) / INDEX
    if path.is_file():
        found = Index(**json.loads(path.read_text(encoding="utf-8")))
        if (found.key, found.dtype) == (key, dtype):
            return found
        path.unlink()
    for old in folder.glob("tokens-*.bin"):
        old.unlink()
    return Index(key, dtype)


def _write_shard(texts: Iterator[Sequence[int]], folder: Path, index: Index) -> bool:
    """Write the next shard, and note it in the index; tell whether there was anything to write."""
    first = next(texts, None)
    if first is None:
        return False
    size = np.dtype(index.dtype).itemsize
    count = done = 0
    text: Sequence[int] | None = first
    with atomic_file(_shard(folder, len(index.tokens))) as new, new.open("wb") as file:
        while text is not None:
            file.write(np.asarray(text, dtype=index.dtype).astype(f"<u{size}").tobytes())
            count, done = count + len(text), done + 1
            text = next(texts, None) if count * size < SHARD_BYTES else None
    index.tokens.append(count)
    index.texts += done
    return True


def _shard(folder: Path, number: int) -> Path:
    return folder / f"tokens-{number:05d}.bin"


class Shards:
    """The tokens of a folder, one after the other, as if they were one row; read from disk when asked for."""

    def __init__(self, folder: Path) -> None:
        index = Index(**json.loads((folder / INDEX).read_text(encoding="utf-8")))
        self._maps: list[NDArray[np.uint]] = [
            np.memmap(_shard(folder, number), dtype=f"<u{np.dtype(index.dtype).itemsize}", mode="r")
            for number, count in enumerate(index.tokens)
            if count
        ]
        self._ends = np.cumsum([len(one) for one in self._maps], dtype=np.int64)

    def __len__(self) -> int:
        return int(self._ends[-1]) if len(self._ends) else 0

    def read(self, first: int, count: int) -> NDArray[np.int64]:
        """Return `count` ids from position `first` on, or as many as there are."""
        found = np.empty(max(0, min(count, len(self) - first)), dtype=np.int64)
        done = 0
        while done < len(found):
            shard = int(np.searchsorted(self._ends, first + done, side="right"))
            begin = first + done - (int(self._ends[shard - 1]) if shard else 0)
            part = self._maps[shard][begin : begin + len(found) - done]
            found[done : done + len(part)] = part
            done += len(part)
        return found


class Blocks:
    """Blocks of one length from shards, as a source of the loop (`sosias.training.source.Source`).

    An epoch begins at a random token and cuts the whole into blocks one after the other. They are taken
    with a stride of the golden section of their number, so that those of each step, and of steps that
    follow each other, lie evenly over the corpus. Which block a row is follows from the seed and the
    row's number alone: nothing has to be kept to go on exactly where a run was cut off.
    """

    def __init__(self, shards: Shards, *, length: int, batch: int, micro: int, seed: int) -> None:
        """`length` is that of a block, `batch` and `micro` the tokens of a step and of a micro-batch."""
        self.shards = shards
        self.length = min(length, len(shards))
        self._rows = max(1, batch // self.length)
        self._micro = max(1, micro // self.length)
        self._seed = seed
        self.count = max(1, (len(shards) - self.length + 1) // self.length)
        """Blocks of an epoch."""
        self._stride = _coprime(round(self.count * GOLDEN), self.count)

    @property
    def epoch_length(self) -> int:
        """See `Source`."""
        return -(-self.count // self._rows)

    def steps(self, skip: int) -> Iterator[tuple[int, Step]]:
        """See `Source`; rows are counted through all epochs."""
        number = skip
        while True:
            first = number * self._rows
            rows = range(first, first + self._rows)
            step = [list(rows[at : at + self._micro]) for at in range(0, len(rows), self._micro)]
            yield first // self.count, step
            number += 1

    def batch(self, rows: Sequence[int]) -> Batch:
        """See `Source`."""
        ids = torch.from_numpy(np.stack([self.shards.read(self.position(row), self.length) for row in rows]))
        return Batch(ids, ids, ids.numel())

    def position(self, row: int) -> int:
        """Return where a row's block begins."""
        epoch, place = divmod(row, self.count)
        chance = random.Random(f"{self._seed}-{epoch}")
        start = chance.randrange(max(1, len(self.shards) - self.count * self.length + 1))
        turn = chance.randrange(self.count)
        return start + (turn + place * self._stride) % self.count * self.length


def _coprime(number: int, modulus: int) -> int:
    """Return the nearest number from `number` up that shares no divisor with `modulus`."""
    number = max(1, number)
    while math.gcd(number, modulus) != 1:
        number += 1
    return number
