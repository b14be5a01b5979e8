"""What is given to the importer at once: a file or a folder, held as bytes."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LARGEST = 1 << 20
"""Bytes of a case: small cases are read by the thousand, and large ones seldom find more."""


@dataclass(frozen=True)
class Case:
    """A file, or a folder of files."""

    name: str
    """Of the file or the folder."""
    files: Mapping[str, bytes]
    """By path in the folder, with `/`; a single file has the path ""."""

    @classmethod
    def read(cls, path: Path) -> "Case":
        """Return what is at a path."""
        if path.is_file():
            return cls(path.name, {"": path.read_bytes()})
        inside = sorted(one for one in path.rglob("*") if one.is_file())
        return cls(path.name, {one.relative_to(path).as_posix(): one.read_bytes() for one in inside})

    def write(self, folder: Path) -> Path:
        """Write it into a folder; return its path."""
        for path, data in self.files.items():
            file = folder / self.name / path if path else folder / self.name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        return folder / self.name

    @property
    def size(self) -> int:
        return sum(map(len, self.files.values()))

    @property
    def number(self) -> int:
        """A number that hangs on the content alone: what a check draws from it, its repetition draws too."""
        return zlib.crc32(self.packed())

    def packed(self) -> bytes:
        """Return it as one string of bytes, for a fuzzer that knows nothing else."""
        index = [self.name, [[path, len(data)] for path, data in self.files.items()]]
        return json.dumps(index).encode() + b"\n" + b"".join(self.files.values())

    @classmethod
    def unpacked(cls, data: bytes) -> "Case | None":
        """Return what was packed; None: something else."""
        head, _newline, rest = data.partition(b"\n")
        try:
            name, index = json.loads(head)
            files, start = {}, 0
            for path, length in index:
                files[path] = rest[start : start + length]
                start += length
        except (ValueError, TypeError):
            return None
        return cls(name, files)
