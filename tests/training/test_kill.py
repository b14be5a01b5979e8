"""kill -9 at random moments: whatever was going on, the resumed run ends in the same weights."""

import os
import random
import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no kill -9", allow_module_level=True)

from tests.training.kill import WAYS, Straight, kill_and_go_on, same, weights

TIMES = int(os.environ.get("SOSIAS_KILLS", "3"))


@pytest.mark.parametrize("way", WAYS)
def test_every_resume_ends_in_the_same_weights(way: str, tmp_path: Path) -> None:
    straight, seed = Straight.of(way, tmp_path), random.randrange(10**6)
    moments = random.Random(seed)
    for number in range(TIMES):
        kept = kill_and_go_on(straight, tmp_path / str(number), moments)
        equal = same(weights(tmp_path / str(number), way), straight.weights)
        assert equal, f"killed with step {kept} kept (seed {seed}, kill {number + 1})"
