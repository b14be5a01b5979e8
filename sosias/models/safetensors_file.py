"""Reading and writing safetensors with numpy alone: for what has to work without torch.

numpy has no bfloat16, which is what the bases are kept in; here it is the upper half of a float32.
Format: https://huggingface.co/docs/safetensors
"""

import json
import math
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from sosias.errors import SosiasError

LONGEST_HEADER = 100_000_000
"""The bound that the format's own library sets."""
DTYPES = {"F32": "<f4", "F16": "<f2", "BF16": "<u2", "F64": "<f8"}


class BadWeights(SosiasError):
    """The weights in {path} cannot be read ({what}): make or fetch them again."""


class SafetensorsFile:
    """A file of named tensors, mapped into memory.

    Raises:
        BadWeights: it is missing, damaged or cut short.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                (length,) = struct.unpack("<Q", file.read(8))
                if length > LONGEST_HEADER:
                    raise ValueError(length)
                header = json.loads(file.read(length))
                if not isinstance(header, dict):
                    raise ValueError(type(header))
            self._bytes = np.memmap(path, dtype=np.uint8, mode="r", offset=8 + length)
        except (OSError, ValueError, struct.error) as error:
            raise BadWeights(path=path, what="no or a damaged header") from error
        header.pop("__metadata__", None)
        self._tensors: dict[str, Any] = header

    def names(self) -> list[str]:
        return list(self._tensors)

    def shape(self, name: str) -> tuple[int, ...]:
        """Return the shape of a tensor.

        Raises:
            BadWeights: it has none.
        """
        try:
            return tuple(self._tensors[name]["shape"])
        except (KeyError, TypeError) as error:
            raise BadWeights(path=self.path, what=f"the tensor {name}") from error

    def array(self, name: str, *, most: int | None = None) -> NDArray[np.float32]:
        """Return a tensor in float32; `most`: only its first so many numbers, in a row.

        Raises:
            BadWeights: its place or its number format is impossible.
        """
        try:
            tensor = self._tensors[name]
            begin, end = tensor["data_offsets"]
            if most is not None:
                end = min(end, begin + most * np.dtype(DTYPES[tensor["dtype"]]).itemsize)
            numbers = np.frombuffer(self._bytes[begin:end].tobytes(), DTYPES[tensor["dtype"]])
            if tensor["dtype"] == "BF16":
                numbers = (numbers.astype("<u4") << np.uint32(16)).view("<f4")
            return numbers.astype(np.float32).reshape(tensor["shape"] if most is None else -1)
        except (KeyError, TypeError, ValueError) as error:
            raise BadWeights(path=self.path, what=f"the tensor {name}") from error


def write_header(file: BinaryIO, shapes: dict[str, tuple[int, ...]]) -> None:
    """Write the header for tensors in bfloat16, whose data follow in the same order."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    for name, begin, end in _places(shapes):
        header[name] = {"dtype": "BF16", "shape": list(shapes[name]), "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)  # the data begins at a multiple of eight
    file.write(struct.pack("<Q", len(text)) + text)


def _places(shapes: dict[str, tuple[int, ...]]) -> Iterator[tuple[str, int, int]]:
    end = 0
    for name, shape in shapes.items():
        begin, end = end, end + 2 * math.prod(shape)
        yield name, begin, end


def to_bfloat16(weight: NDArray[np.float32]) -> bytes:
    """Return a weight's bytes in bfloat16: the upper half of each float32, rounded to the nearest even."""
    bits = np.ascontiguousarray(weight, dtype="<f4").view("<u4")
    rounded = (bits + (np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1)))) >> np.uint32(16)
    data: bytes = rounded.astype("<u2").tobytes()
    return data
