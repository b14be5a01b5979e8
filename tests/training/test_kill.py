"""kill -9 at random moments: whatever was going on, the resumed run ends in the same weights."""

import os
import random
import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no kill -9", allow_module_level=True)

from tests.training.kill import METHODS, Straight, kill_and_go_on, same, weights

TIMES = int(os.environ.get("SOSIAS_KILLS", "3"))


@pytest.mark.parametrize("method", METHODS)
def test_every_resume_ends_in_the_same_weights(method: str, tmp_path: Path) -> None:
    straight = Straight.of(method, tmp_path)
    moments = random.Random()
    for number in range(TIMES):
        moment = moments.uniform(0, 0.8 * straight.seconds)
        kill_and_go_on(straight, tmp_path / str(number), moment)
        assert same(weights(tmp_path / str(number)), straight.weights), f"killed after {moment} s"
