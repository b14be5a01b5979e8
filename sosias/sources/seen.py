"""Keys met so far in a file, in sixteen to thirty-two bytes each: a set would take six times as much."""

from array import array
from hashlib import blake2b

FIRST = 1 << 12
"""Places of a new table; it doubles when half of it is taken."""


class Seen:
    """A set of keys that only grows: an open hash table of their 64-bit hashes.

    Two keys share a hash once in 2 ** 64; among ten million keys that happens to one table in 370,000.
    """

    def __init__(self) -> None:
        self._hashes = _empty(FIRST)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, key: str) -> bool:
        """Take note of a key; return whether it is new."""
        digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        if not _put(self._hashes, int.from_bytes(digest, "little") or 1):
            return False
        self._count += 1
        if 2 * self._count > len(self._hashes):
            self._double()
        return True

    def _double(self) -> None:
        larger = _empty(2 * len(self._hashes))
        for one in self._hashes:
            if one:
                _put(larger, one)
        self._hashes = larger


def _empty(places: int) -> "array[int]":
    return array("Q", bytes(8 * places))


def _put(hashes: "array[int]", one: int) -> bool:
    """Put a hash into the first free place from its own; return whether it was not there."""
    last = len(hashes) - 1
    place = one & last
    while found := hashes[place]:
        if found == one:
            return False
        place = (place + 1) & last
    hashes[place] = one
    return True
