"""Shards hold the texts exactly, survive a fall, and give every token once an epoch."""

import os
import stat
import sys
import tracemalloc
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sosias.training import shards
from sosias.training.shards import Blocks, Shards, write_shards

TEXTS = [[number, number + 1, 0] for number in range(1, 200)]
FLAT = [token for text in TEXTS for token in text]


@pytest.fixture(autouse=True)
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make several shards of a few texts."""
    monkeypatch.setattr(shards, "SHARD_BYTES", 200)


@given(
    texts=st.lists(st.lists(st.integers(0, 99_999), min_size=1, max_size=9), min_size=1, max_size=30),
    big=st.booleans(),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_texts_come_back_over_the_borders_of_shards(tmp_path_factory, texts, big) -> None:  # type: ignore[no-untyped-def]
    if not big:
        texts = [[token % 65_536 for token in text] for text in texts]
    folder = tmp_path_factory.mktemp("s")
    found = write_shards(texts, folder, vocabulary=100_000 if big else 65_536, key="k")
    flat = [token for text in texts for token in text]
    assert len(found) == len(flat)
    assert found.read(0, len(flat) + 5).tolist() == flat
    assert found.read(len(flat) // 2, 3).tolist() == flat[len(flat) // 2 :][:3]


def test_a_fall_loses_the_shard_that_was_being_written_alone(tmp_path: Path) -> None:
    def falls() -> Iterator[list[int]]:
        yield from TEXTS[:100]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_shards(falls(), tmp_path, vocabulary=500, key="k")
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.glob("*.bin")}
    assert kept
    assert not list(tmp_path.glob(".*"))
    assert write_shards(iter(TEXTS), tmp_path, vocabulary=500, key="k").read(0, 9999).tolist() == FLAT
    assert all(path.stat().st_mtime_ns == time for path, time in kept.items())


def test_what_is_whole_is_not_read_again_and_other_texts_replace_it(tmp_path: Path) -> None:
    write_shards(TEXTS, tmp_path, vocabulary=500, key="k")

    def never() -> Iterator[list[int]]:
        raise AssertionError("read again")
        yield []

    assert len(write_shards(never(), tmp_path, vocabulary=500, key="k")) == len(FLAT)
    assert write_shards([[7, 0]], tmp_path, vocabulary=500, key="other").read(0, 9).tolist() == [7, 0]
    assert len(list(tmp_path.glob("*.bin"))) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="no modes")
def test_shards_are_their_owners_alone(tmp_path: Path) -> None:
    write_shards(TEXTS, tmp_path / "s", vocabulary=500, key="k")
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "s").iterdir()} == {0o600}
    assert stat.S_IMODE(os.stat(tmp_path / "s").st_mode) == 0o700


def test_memory_stays_flat_while_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "SHARD_BYTES", 1 << 20)
    text = np.arange(10_000)

    def peak(count: int) -> int:
        tracemalloc.start()
        write_shards((text for _number in range(count)), tmp_path / str(count), vocabulary=500, key="k")
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    assert peak(400) < 1.5 * peak(20) + 100_000


@pytest.mark.parametrize(("tokens", "length"), [(1000, 7), (1001, 10), (50, 64), (64, 64)])
def test_an_epoch_has_every_block_once(tmp_path: Path, tokens: int, length: int) -> None:
    found = write_shards([range(tokens)], tmp_path, vocabulary=2000, key="k")
    blocks = Blocks(found, length=length, batch=length * 3, micro=length, seed=1)
    for epoch in range(3):
        rows = range(epoch * blocks.count, (epoch + 1) * blocks.count)
        ids = np.concatenate([blocks.batch([row]).ids.numpy().ravel() for row in rows])
        assert len(set(ids.tolist())) == len(ids) == blocks.count * blocks.length
        assert tokens - len(ids) < 2 * length


def test_the_blocks_of_a_step_lie_apart_and_follow_from_seed_and_number(tmp_path: Path) -> None:
    found = write_shards([range(10_000)], tmp_path, vocabulary=20_000, key="k")

    def blocks(seed: int = 3) -> Blocks:
        return Blocks(Shards(tmp_path), length=10, batch=80, micro=40, seed=seed)

    all_steps = list(islice(blocks().steps(0), 200))
    assert list(islice(blocks().steps(123), 77)) == all_steps[123:]
    _epoch, step = all_steps[5]
    assert [len(rows) for rows in step] == [4, 4]
    starts = sorted(blocks().position(row) for rows in step for row in rows)
    assert min(b - a for a, b in pairwise(starts)) > len(found) / 8 / 4
    assert [blocks(4).position(row) for row in range(5)] != [blocks(3).position(row) for row in range(5)]
    assert blocks().epoch_length == -(-blocks().count // 8)
