"""What is packed with gzip, bzip2, xz or zstd, unpacked as it is read."""

import bz2
import gzip
import io
import lzma
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import IO, cast

import zstandard

from sosias.sources.archive import BROKEN_ZIP

FED = 1 << 12
"""Packed bytes that are unpacked at once: four of them can become 128 KiB, so these at most 128 MiB."""
WINDOW = 1 << 31
"""Bytes that zstd may look back: Reddit's archives are packed with the longest window."""
BROKEN = (*BROKEN_ZIP, zstandard.ZstdError)
"""What unpacking raises on what is damaged."""
PACKINGS = {b"\x1f\x8b": ".gz", b"BZh": ".bz2", b"\x28\xb5\x2f\xfd": ".zst", b"\xfd7zXZ\x00": ".xz"}
"""First bytes of a packed file, and how it is called."""


class _Frames:
    """Unpacks zstd, frame after frame. The library's own reader takes a file that is cut off for its end."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._decompressor = zstandard.ZstdDecompressor(max_window_size=WINDOW)
        self._frame: zstandard.ZstdDecompressionObj | None = None
        self._packed = b""
        self._unpacked = io.BytesIO()

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes, none at the end.

        Raises:
            EOFError: the last frame is cut off.
        """
        while not (found := self._unpacked.read(size)):
            self._packed = self._packed or self._stream.read(FED)
            if not self._packed:
                if self._frame is not None:
                    raise EOFError
                return b""
            self._frame = self._frame or self._decompressor.decompressobj()
            self._unpacked = io.BytesIO(self._frame.decompress(self._packed))
            self._packed = self._frame.unused_data
            if self._frame.eof:
                self._frame = None
        return found


@contextmanager
def unpacked(stream: IO[bytes]) -> Iterator[IO[bytes]]:
    """Give the bytes of a stream as they were before they were packed, if they are."""
    start = stream.peek(6)[:6] if hasattr(stream, "peek") else b""
    packing = next((suffix for mark, suffix in PACKINGS.items() if start.startswith(mark)), None)
    with ExitStack() as stack:
        if packing == ".gz":
            yield cast(IO[bytes], stack.enter_context(gzip.GzipFile(fileobj=stream)))
        elif packing == ".bz2":
            yield cast(IO[bytes], stack.enter_context(bz2.BZ2File(stream)))
        elif packing == ".xz":
            yield cast(IO[bytes], stack.enter_context(lzma.LZMAFile(stream)))
        elif packing == ".zst":
            yield cast(IO[bytes], _Frames(stream))
        else:
            yield stream
