"""The losses of a run, read again."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sosias.events import Curves
from sosias.training.curves import read_curves, thinned

POINTS = st.lists(st.floats(0, 100), max_size=300).map(lambda values: list(enumerate(values, 1)))


@settings(deadline=None)
@given(points=POINTS, most=st.integers(1, 50))
def test_a_thinned_curve_keeps_its_order_and_its_mean(points: list[tuple[int, float]], most: int) -> None:
    few = thinned(points, most)
    assert len(few) == min(most, len(points))
    assert [step for step, _value in few] == sorted(step for step, _value in few)
    values = [value for _step, value in points]
    assert all(min(values) - 1e-9 <= value <= max(values) + 1e-9 for _step, value in few)
    if points and len(points) % len(few) == 0:
        mean = sum(value for _step, value in few) / len(few)
        assert mean == pytest.approx(sum(values) / len(values), abs=1e-6)


def test_losses_are_told_from_validations_and_from_what_a_kill_left(tmp_path: Path) -> None:
    file = tmp_path / "metrics.jsonl"
    assert read_curves(file) == Curves()
    file.write_text(
        '{"step": 1, "loss": 2.0, "seconds": 1}\n{"step": 1, "validation_loss": 2.5}\n{"step": 2, "lo'
    )
    assert read_curves(file) == Curves(((1, 2.0),), ((1, 2.5),))
