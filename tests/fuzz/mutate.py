"""From the cases at hand, another one: damage chosen by what a file is."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from tests.fuzz import mutate_bytes, mutate_json, mutate_packed, mutate_tables, mutate_text
from tests.fuzz.case import LARGEST, Case

TIMES = (1, 1, 1, 2, 3, 8)
"""Damages that a case gets: mostly one, so that the rest of it is still read."""


def mutated(case: Case, other: Case, random: Random) -> Case:
    """Return the case with some damages; `other` is one to take parts from."""
    for _time in range(random.choice(TIMES)):
        changed = _files(case, other, random) if _is_folder(case, random) else _content(case, other, random)
        if 0 < changed.size <= LARGEST:
            case = changed
    return case


def _is_folder(case: Case, random: Random) -> bool:
    return "" not in case.files and random.random() < 0.1


def _files(case: Case, other: Case, random: Random) -> Case:
    """Lose a file, or take one of another's, or give two one content."""
    files = dict(case.files)
    path = random.choice(list(files))
    match random.randrange(3):
        case 0 if len(files) > 1:
            del files[path]
        case 1:
            taken = random.choice(list(other.files))
            files[taken or "x.txt"] = other.files[taken]
        case _:
            files[path] = files[random.choice(list(files))]
    return replace(case, files=files)


def _content(case: Case, other: Case, random: Random) -> Case:
    path = random.choice(list(case.files))
    others: Sequence[bytes] = list(other.files.values())
    content = damaged(case.files[path], random.choice(others), random)
    return replace(case, files={**case.files, path: content})


def damaged(data: bytes, other: bytes, random: Random) -> bytes:
    """Return a file's bytes with one damage."""

    def inner(_name: str, content: bytes) -> bytes:
        return damaged(content, content, random)

    if random.random() < 0.9:
        if data.startswith(b"PK\x03\x04"):
            return mutate_packed.damaged_zip(data, inner, random)
        if mutate_packed.packer(data):
            return mutate_packed.damaged_inside("", data, inner)
        if data.startswith(b"SQLite format 3\x00"):
            return mutate_tables.damaged_database(data, random)
        if data.startswith(b"PAR1"):
            return mutate_tables.damaged_parquet(data, random)
        if b"\x00" not in data[:512]:
            return _text(data, other, random)
    return mutate_bytes.damaged(data, other, random)


def _text(data: bytes, other: bytes, random: Random) -> bytes:
    text = data.decode("utf-8", "replace")
    found = None
    if random.random() < 0.8:
        try:
            found = mutate_json.damaged(text, random) or mutate_json.damaged_line(text, random)
        except RecursionError:  # nested by an earlier damage
            found = None
    if found is None:
        found = mutate_text.damaged(text, other.decode("utf-8", "replace"), random)
    return mutate_text.encoded(found, random)
