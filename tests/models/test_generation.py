"""Tokens are drawn with the probabilities they should have, and the same again with the same seed."""

from collections import Counter
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from sosias.models.generation import generate, sample  # noqa: E402

LOGITS = torch.log(torch.tensor([0.1, 0.5, 0.05, 0.35]))
DRAWS = 4000


def frequencies(temperature: float, top_p: float) -> list[float]:
    generator = torch.Generator().manual_seed(0)
    counts = Counter(sample(LOGITS, temperature, top_p, generator) for _ in range(DRAWS))
    return [counts[token] / DRAWS for token in range(len(LOGITS))]


@pytest.mark.parametrize(
    ("temperature", "top_p", "expected"),
    [
        (1, 1, [0.1, 0.5, 0.05, 0.35]),
        (1, 0.8, [0, 0.5 / 0.85, 0, 0.35 / 0.85]),
        (1, 0.86, [0.1 / 0.95, 0.5 / 0.95, 0, 0.35 / 0.95]),
        (1, 0.4, [0, 1, 0, 0]),
        (0, 1, [0, 1, 0, 0]),
        (0.5, 1, [0.01 / 0.385, 0.25 / 0.385, 0.0025 / 0.385, 0.1225 / 0.385]),
    ],
)
def test_frequencies_are_the_distribution_s(temperature: float, top_p: float, expected: list[float]) -> None:
    # Four standard deviations of a frequency over 4,000 draws are at most 0.032.
    assert frequencies(temperature, top_p) == pytest.approx(expected, abs=0.032)


class Counting:
    """A network that finds the last token plus one likeliest; its cache counts what it has seen."""

    device = torch.device("cpu")

    def __init__(self, vocabulary: int = 10) -> None:
        self.vocabulary = vocabulary
        self.lengths: list[int] = []

    def __call__(self, input_ids: Any, past_key_values: Any = None, **_: Any) -> Any:
        self.lengths.append(input_ids.shape[1])
        logits = torch.zeros(1, 1, self.vocabulary)
        logits[0, 0, (input_ids[0, -1] + 1) % self.vocabulary] = 3
        seen = (past_key_values or 0) + input_ids.shape[1]
        return type("Output", (), {"logits": logits, "past_key_values": seen})()


GREEDY: dict[str, Any] = {"temperature": 0, "top_p": 1, "stop_ids": frozenset()}


def test_only_the_new_token_is_computed() -> None:
    network = Counting()
    assert generate(network, [1, 2, 3], max_tokens=4, **GREEDY) == [4, 5, 6, 7]
    assert network.lengths == [3, 1, 1, 1]


def test_a_stop_id_ends_it_and_is_not_shown() -> None:
    shown: list[int] = []
    options = GREEDY | {"stop_ids": frozenset({6})}
    drawn = generate(Counting(), [3], max_tokens=9, on_token=lambda token: shown.append(token), **options)  # type: ignore[func-returns-value]
    assert drawn == [4, 5, 6]
    assert shown == [4, 5]


def test_on_token_can_end_it() -> None:
    assert generate(Counting(), [3], max_tokens=9, on_token=lambda token: token == 5, **GREEDY) == [4, 5]


def test_seeds_repeat() -> None:
    options: dict[str, Any] = {"temperature": 1, "top_p": 1, "stop_ids": frozenset(), "max_tokens": 30}
    one, again, other = (generate(Counting(), [1], seed=seed, **options) for seed in (7, 7, 8))
    assert one == again != other
    assert generate(Counting(), [1], **options) != generate(Counting(), [1], **options)
