"""Damage that knows nothing of a format: flips, cuts, splices."""

import struct
from random import Random

NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1 << 40)


def damaged(data: bytes, other: bytes, random: Random) -> bytes:
    """Return the bytes with one damage; `other` are those of another file."""
    return random.choice((_flipped, _cut, _without, _repeated, _spliced, _numbered, _random))(
        data, other, random
    )


def _place(data: bytes, random: Random) -> int:
    """Return a place; the start, where headers stand, is as likely as all the rest."""
    return random.randrange(min(len(data), 64) + 1) if random.random() < 0.5 else random.randint(0, len(data))


def _flipped(data: bytes, _other: bytes, random: Random) -> bytes:
    changed = bytearray(data)
    for _time in range(random.choice((1, 1, 2, 8, 64))):
        place = _place(data, random)
        if place < len(changed):
            changed[place] ^= random.choice((1 << random.randrange(8), random.randrange(256)))
    return bytes(changed)


def _cut(data: bytes, _other: bytes, random: Random) -> bytes:
    return data[: _place(data, random)]


def _without(data: bytes, _other: bytes, random: Random) -> bytes:
    place = _place(data, random)
    return data[:place] + data[place + random.choice((1, 2, 16, 512)) :]


def _repeated(data: bytes, _other: bytes, random: Random) -> bytes:
    place = _place(data, random)
    part = data[place : place + random.choice((1, 8, 64, 1024))]
    return data[:place] + part * random.choice((2, 3, 50)) + data[place:]


def _spliced(data: bytes, other: bytes, random: Random) -> bytes:
    return data[: _place(data, random)] + other[_place(other, random) :]


def _numbered(data: bytes, _other: bytes, random: Random) -> bytes:
    place = _place(data, random)
    number = random.choice(NUMBERS)
    size = random.choice([form for form in "BHIQ" if number < 1 << 8 * struct.calcsize(f"={form}")])
    packed = struct.pack(random.choice("<>") + size, number)
    return data[:place] + packed + data[place + len(packed) :]


def _random(data: bytes, _other: bytes, random: Random) -> bytes:
    place = _place(data, random)
    return data[:place] + random.randbytes(random.choice((1, 4, 32, 300))) + data[place:]
