"""Reading a GGUF file: its metadata and its tensors, dequantised one at a time.

The `gguf` package knows the number formats and is used for them; its own reader takes some ten
seconds for a vocabulary of 262,144 tokens where this one takes well under one, and every bound
is checked here, so that a damaged or crafted file ends in a sentence.
Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType
from gguf.quants import dequantize
from numpy.typing import NDArray

from sosias.errors import SosiasError

MAGIC = b"GGUF"
VERSIONS = (2, 3)
STRING, ARRAY = 8, 9
NUMBERS = {
    0: "<u1", 1: "<i1", 2: "<u2", 3: "<i2", 4: "<u4", 5: "<i4",
    6: "<f4", 7: "?", 10: "<u8", 11: "<i8", 12: "<f8",
}  # fmt: skip
"""GGUF's value types that are numbers, as numpy names them."""
MOST_DIMENSIONS = 4


class BadModelFile(SosiasError):
    """The model file {path} cannot be used ({what}): delete it and fetch or make it again."""


SLAB = 1 << 20
"""Weights that are dequantised at once: what a processor's cache can hold."""


@dataclass(frozen=True)
class Tensor:
    """Where a tensor lies in the file; `shape` is numpy's order, rows first."""

    name: str
    shape: tuple[int, ...]
    kind: GGMLQuantizationType
    offset: int
    size: int


class GgufFile:
    """A GGUF file, mapped into memory.

    Raises:
        BadModelFile: not a GGUF file, cut short, or with impossible sizes in its header.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._bytes: NDArray[np.uint8] = np.memmap(path, dtype=np.uint8, mode="r")
        except ValueError as error:  # an empty file cannot be mapped
            raise BadModelFile(path=path, what="it is empty") from error
        self._view = self._bytes.data
        self._position = 0
        self.metadata: dict[str, Any] = {}
        self.kinds: dict[str, tuple[int, int | None]] = {}
        """Each value's type and, for arrays, its elements', as GGUF numbers them."""
        self.tensors: dict[str, Tensor] = {}
        try:
            self._read_header()
        except (struct.error, ValueError, KeyError, OverflowError, MemoryError) as error:
            raise BadModelFile(path=path, what="its header is damaged") from error

    @cached_property
    def architecture(self) -> str:
        return str(self.metadata.get("general.architecture", ""))

    def of_architecture(self, key: str, default: Any = None) -> Any:
        """Return the metadata under the architecture's own prefix, e.g. `llama.block_count`.

        Raises:
            BadModelFile: it is missing and has no default.
        """
        name = f"{self.architecture}.{key}"
        value = self.metadata.get(name, default)
        if value is None:
            raise BadModelFile(path=self.path, what=f"it lacks {name}")
        return value

    def array(self, name: str) -> NDArray[np.float32]:
        """Return a whole tensor in float32.

        Raises:
            BadModelFile: there is no such tensor.
        """
        return np.concatenate(list(self.slabs(name)))

    def slabs(self, name: str) -> Iterator[NDArray[np.float32]]:
        """Yield a tensor in float32, some rows at a time, so that little of it is in memory at once.

        Raises:
            BadModelFile: there is no such tensor.
        """
        if name not in self.tensors:
            raise BadModelFile(path=self.path, what=f"it lacks the tensor {name}")
        tensor = self.tensors[name]
        raw = self._bytes[tensor.offset : tensor.offset + tensor.size].reshape(tensor.shape[0], -1)
        per_row = max(1, math.prod(tensor.shape[1:]))
        step = max(1, SLAB // per_row)
        for first in range(0, tensor.shape[0], step):
            rows = raw[first : first + step]
            shape = (len(rows), *tensor.shape[1:])
            yield _floats(rows, tensor.kind).reshape(shape)

    # --- the header ------------------------------------------------------------------------

    def _read_header(self) -> None:
        if self._take(4).tobytes() != MAGIC:
            raise BadModelFile(path=self.path, what="it is not a GGUF file")
        version, tensor_count, value_count = self._unpack("<IQQ")
        if version not in VERSIONS:
            raise BadModelFile(path=self.path, what=f"GGUF version {version} is not known")
        for _ in range(value_count):
            key = self._string()
            (kind,) = self._unpack("<I")
            self.kinds[key] = kind, self._peek() if kind == ARRAY else None
            self.metadata[key] = self._value(kind)
        tensors = [self._tensor() for _ in range(tensor_count)]
        alignment = int(self.metadata.get("general.alignment", 32))
        start = -(-self._position // alignment) * alignment
        self.tensors = {tensor.name: tensor for tensor in self._placed(tensors, start)}

    def _placed(self, tensors: list[Tensor], start: int) -> Iterator[Tensor]:
        for tensor in tensors:
            offset = start + tensor.offset
            if offset + tensor.size > len(self._bytes):
                raise BadModelFile(path=self.path, what="it is cut short")
            yield Tensor(tensor.name, tensor.shape, tensor.kind, offset, tensor.size)

    def _take(self, count: int) -> memoryview:
        part = self._view[self._position : self._position + count]
        if len(part) != count:
            raise BadModelFile(path=self.path, what="it is cut short")
        self._position += count
        return part

    def _unpack(self, layout: str) -> tuple[Any, ...]:
        return struct.unpack(layout, self._take(struct.calcsize(layout)))

    def _peek(self) -> int:
        (kind,) = self._unpack("<I")
        self._position -= 4
        return int(kind)

    def _string(self) -> str:
        (length,) = self._unpack("<Q")
        return str(self._take(length), "utf-8", "replace")

    def _value(self, kind: int) -> Any:
        if kind == STRING:
            return self._string()
        if kind == ARRAY:
            inner, count = self._unpack("<IQ")
            if inner in (STRING, ARRAY):
                return [self._value(inner) for _ in range(count)]
            return self._numbers(inner, count).tolist()
        return self._numbers(kind, 1)[0].item()

    def _numbers(self, kind: int, count: int) -> NDArray[Any]:
        dtype = np.dtype(NUMBERS[kind])
        return np.frombuffer(self._take(count * dtype.itemsize), dtype)

    def _tensor(self) -> Tensor:
        name = self._string()
        (dimensions,) = self._unpack("<I")
        if not 1 <= dimensions <= MOST_DIMENSIONS:
            raise ValueError(dimensions)
        shape = tuple(reversed(self._unpack(f"<{dimensions}Q")))
        number, offset = self._unpack("<IQ")
        kind = GGMLQuantizationType(number)
        block, block_bytes = GGML_QUANT_SIZES[kind]
        if 0 in shape or shape[-1] % block or (block > 1 and dimensions == 1):
            raise ValueError(shape)
        return Tensor(name, shape, kind, offset, math.prod(shape) // block * block_bytes)


def _floats(rows: NDArray[np.uint8], kind: GGMLQuantizationType) -> NDArray[np.float32]:
    if kind is GGMLQuantizationType.F32:
        return rows.view("<f4").astype(np.float32)
    if kind is GGMLQuantizationType.F16:
        return rows.view("<f2").astype(np.float32)
    return np.asarray(dequantize(rows, kind), dtype=np.float32)
