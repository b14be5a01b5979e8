"""Damage to what is packed: within, and to the packing itself."""

import bz2
import gzip
import io
import lzma
import warnings
import zipfile
import zlib
from collections.abc import Callable
from random import Random

import zstandard

Mutator = Callable[[str, bytes], bytes]
"""Damages a file of a name."""

NAMES = ("../x.txt", "/etc/x", "C:\\x", "a/../../b", "", "\x00", "é" * 50, "x/" * 300 + "y", "__MACOSX/._x")

PACKERS: dict[bytes, tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]] = {
    b"\x1f\x8b": (gzip.decompress, gzip.compress),
    b"BZh": (bz2.decompress, bz2.compress),
    b"\xfd7zXZ\x00": (lzma.decompress, lzma.compress),
    b"\x28\xb5\x2f\xfd": (
        lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
        lambda data: zstandard.ZstdCompressor(level=1).compress(data),
    ),
}
"""How what begins so is unpacked and packed."""


def packer(data: bytes) -> tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]] | None:
    return next((both for mark, both in PACKERS.items() if data.startswith(mark)), None)


def damaged_inside(name: str, data: bytes, inner: Mutator) -> bytes:
    """Unpack, damage, and pack again; what cannot be unpacked comes back as it is."""
    both = packer(data)
    if both is None:
        return data
    unpack, pack = both
    try:
        return pack(inner(name, unpack(data)))
    except (OSError, EOFError, zlib.error, lzma.LZMAError, zstandard.ZstdError, ValueError):
        return data


def damaged_zip(data: bytes, inner: Mutator, random: Random) -> bytes:
    """Return a zip with a member damaged, lost, doubled or renamed, or with lies in its directory."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [(info, archive.read(info)) for info in archive.infolist()]
    except Exception:  # an earlier damage: zipfile raises whatever comes to it
        return data
    if not members:
        return data
    place = random.randrange(len(members))
    info, content = members[place]
    name = info.filename
    choice = random.random()
    if choice < 0.7:
        content = inner(name, content)
    elif choice < 0.85:
        name = random.choice((*NAMES, random.choice(members)[0].filename))
    pairs = [(one.filename, text) for one, text in members]
    pairs[place : place + 1] = [] if choice > 0.95 else [(name, content)] * (2 if choice > 0.9 else 1)
    return _lying(_zip(pairs, random), random) if random.random() < 0.1 else _zip(pairs, random)


def _zip(pairs: list[tuple[str, bytes]], random: Random) -> bytes:
    target = io.BytesIO()
    method = random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA))
    with warnings.catch_warnings(), zipfile.ZipFile(target, "w", method) as archive:
        warnings.simplefilter("ignore")  # of two members with one name
        for name, content in pairs:
            archive.writestr(zipfile.ZipInfo(name or "x", (2024, 1, 2, 3, 4, 6)), content, method)
    return target.getvalue()


def _lying(data: bytes, random: Random) -> bytes:
    """Change a byte of the directory at the end: sizes, flags, methods, sums, places."""
    changed = bytearray(data)
    start = max(0, data.find(b"PK\x01\x02"))
    changed[random.randrange(start, len(changed))] = random.randrange(256)
    return bytes(changed)
