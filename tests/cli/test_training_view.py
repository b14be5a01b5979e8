"""The live view of a training, on a terminal that is not there."""

import io
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from sosias.cli.training_view import LEVELS, TrainingView, spark
from sosias.events import Curves, Learning, Sample, Validated


def drawn(view: TrainingView, width: int = 100) -> list[str]:
    out = io.StringIO()
    Console(file=out, force_terminal=True, width=width, color_system=None).print(view)
    return out.getvalue().split("\n")


def learning(step: int, loss: float) -> Learning:
    return Learning(step, 100, loss, 500.0, 800, 2e-4)


def test_a_view_of_nothing_yet_is_drawn() -> None:
    assert "".join(drawn(TrainingView())).strip() == ""


def test_a_falling_loss_is_drawn_falling() -> None:
    view = TrainingView()
    for step in range(1, 101):
        view.hear(learning(step, 3 - step / 50))
        if step % 25 == 0:
            view.hear(Validated(step, 100, 3.1 - step / 50, 3.1 - step / 50))
    first, second, *_rest = drawn(view)
    levels = [LEVELS.index(sign) for sign in first if sign in LEVELS]
    assert levels == sorted(levels, reverse=True) and (levels[0], levels[-1]) == (7, 0)
    assert "1.000" in first and "1.100" in second and "best 1.100" in second
    starts = [next(place for place, sign in enumerate(line) if sign in LEVELS) for line in (first, second)]
    assert starts[1] > starts[0], "nothing was held out before step 25"


def test_a_run_gone_on_with_keeps_its_curve() -> None:
    whole, gone_on = TrainingView(), TrainingView()
    past = [(step, 3 - step / 50) for step in range(1, 51)]
    for step, loss in past:
        whole.hear(learning(step, loss))
    whole.hear(Validated(50, 100, 2.2, 2.2))
    gone_on.hear(Curves(tuple(past), ((50, 2.2),)))
    for view in (whole, gone_on):
        view.hear(learning(51, 1.9))
    assert drawn(whole) == drawn(gone_on)


def test_only_the_latest_samples_are_kept() -> None:
    view = TrainingView()
    for step in (10, 20):
        for number in range(2):
            view.hear(Sample(step, f"prompt {number} at {step}", "reply"))
    text = "\n".join(drawn(view))
    assert "prompt 1 at 20" in text and "prompt 0 at 20" in text and "at 10" not in text


@settings(deadline=None)
@given(
    prompt=st.text(max_size=300),
    reply=st.text(max_size=300),
    width=st.integers(30, 200),
    loss=st.floats(0, 20),
)
def test_whatever_is_said_no_terminal_obeys_it(prompt: str, reply: str, width: int, loss: float) -> None:
    view = TrainingView()
    view.hear(learning(1, loss))
    view.hear(Sample(1, prompt, reply))
    lines = drawn(view, width)
    assert all(sign.isprintable() or sign == "\u200d" for line in lines for sign in line)
    assert all(cell_len(line) <= width for line in lines)


@pytest.mark.parametrize("values", [[2.0], [2.0, 2.0], [1.0, 3.0, 2.0]])
def test_a_spark_has_a_block_a_value(values: list[float]) -> None:
    assert len(spark(values, min(values), max(values))) == len(values)


def test_no_best_before_a_validation() -> None:
    view = TrainingView()
    view.hear(learning(1, 2.0))
    assert math.isinf(view.best) and "best" not in "".join(drawn(view))
