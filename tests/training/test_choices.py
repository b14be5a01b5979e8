"""Each automatic choice follows from base, method, data and memory, and says why."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sosias.corpus.session import Turn
from sosias.models.base import open_base
from sosias.settings import Consent, TrainingSettings
from sosias.templates import Window, open_template
from sosias.training import choices, foreseen
from sosias.training.foreseen import NoMemoryForIt, NoRoomForIt, Size, bytes_a_token, standing_bytes
from tests.bases import tiny_folder

SMALL = Size(135_000_000, 300_000, 106_000_000, 270, 49_152)
"""About SmolLM2's."""
SPREADS = (None, 0.02, 0.035, 0.07, 0.192)
"""The last are SmolLM2's weights, those of 0.035 Gemma's."""
RESOLVED = TrainingSettings(rank=16, alpha=32, window_tokens=384, batch_tokens=1024, dtype="bfloat16")


def micro(free: float, training: TrainingSettings = RESOLVED, size: Size = SMALL) -> int:
    choice = foreseen.choose_micro_batch(size, training, length=384, learnt=0.3, available=int(free * 1e9))
    assert choice.why
    return int(choice.value)


def test_what_a_run_had_at_once_stays_while_it_fits_at_all() -> None:
    training = TrainingSettings(dtype="bfloat16", rank=16, batch_tokens=4096)

    def again(earlier: int | None, free: float) -> int:
        choice = foreseen.choose_micro_batch(
            SMALL, training, length=384, learnt=0.3, available=int(free * 1e9), earlier=earlier
        )
        return int(choice.value)

    first = again(None, 3)
    assert 384 < first < 4096
    assert again(first, 8) == first, "more memory changes nothing: it would end in other weights"
    assert again(first, 2.5) == first > again(None, 2.5), "the margin is there to be used"
    assert again(first, 2) == again(None, 2) < first


def test_the_rate_from_scratch_falls_with_the_size_as_gpt_3_s() -> None:
    table = {125e6: 6e-4, 350e6: 3e-4, 1.3e9: 2e-4, 2.7e9: 1.6e-4, 6.7e9: 1.2e-4, 13e9: 1e-4}
    for weights, rate in table.items():
        assert choices.from_scratch_rate(int(weights)) == pytest.approx(rate, rel=0.35)
    assert choices.from_scratch_rate(10_000) == 1e-3


def test_all_weights_are_trained_at_a_tenth_of_the_rate_from_scratch() -> None:
    full = choices.choose_rate("full", SMALL)
    assert float(full.value) == pytest.approx(choices.from_scratch_rate(SMALL.weights) / 10, rel=0.05)
    assert "135 million" in full.why
    adapters = float(choices.choose_rate("dora", SMALL).value)
    assert adapters == pytest.approx(20 * float(full.value), rel=0.05), "as the two shares are"


def rate_of(windows: list[Window], batch: int | None = None) -> float:
    settled, _said = choices.after_windows(TrainingSettings(batch_tokens=batch), SMALL, windows)
    assert settled.learning_rate is not None
    return settled.learning_rate


def window(tokens: int, learnt: float) -> Window:
    flags = tuple(number < learnt * tokens for number in range(tokens))
    return Window((1,) * tokens, flags, (False,) * tokens, 0, 1, 1)


def test_a_step_that_learns_less_is_shorter_for_adapters() -> None:
    rates = [float(choices.choose_rate("lora", SMALL, learnt).value) for learnt in (3200, 800, 200, 50)]
    assert rates[0] == rates[1] and "learns only" not in choices.choose_rate("lora", SMALL, 800).why
    assert rates[1] == pytest.approx(2 * rates[2], rel=0.05)
    assert rates[1] == pytest.approx(4 * rates[3], rel=0.05)
    assert "learns only 200 tokens" in choices.choose_rate("lora", SMALL, 200).why
    assert choices.choose_rate("full", SMALL, 200) == choices.choose_rate("full", SMALL)


def test_what_a_step_learns_is_counted_in_the_steps_that_there_are() -> None:
    usual = float(choices.choose_rate("lora", SMALL).value)
    assert rate_of([window(100, 0.83)] * 100) == usual, "everybody's turns, without names and separators"
    assert rate_of([window(100, 0.4)] * 100) == pytest.approx(usual * (410 / 800) ** 0.5, rel=0.05)
    assert rate_of([window(100, 0.4)] * 100, 500) == pytest.approx(usual * (200 / 800) ** 0.5, rel=0.05)
    assert rate_of([window(1000, 0.4)] * 10, 500) == pytest.approx(usual * (400 / 800) ** 0.5, rel=0.05)
    assert rate_of([window(100, 0.4)] * 2) == pytest.approx(usual * (80 / 800) ** 0.5, rel=0.05)


def test_adapters_move_weights_by_a_share_of_what_they_are() -> None:
    scales = {spread: int(choices.choose_alpha(replace(SMALL, spread=spread)).value) for spread in SPREADS}
    assert scales == {None: 32, 0.02: 32, 0.035: 32, 0.07: 64, 0.192: 176}
    given = RESOLVED.model_copy(update={"learning_rate": 1e-3})
    settled, said = choices.after_windows(given, SMALL, [])
    assert settled.alpha == 32 and "alpha" not in {choice.what for choice in said}, "it was given"


@given(learnt=st.integers(0, 10**9))
def test_the_rank_grows_with_what_there_is_to_learn(learnt: int) -> None:
    rank = int(choices.choose_rank(SMALL, learnt).value)
    assert choices.RANK <= rank <= choices.LARGEST_RANK
    assert int(choices.choose_rank(SMALL, 2 * learnt).value) >= rank
    assert rank == choices.RANK or (rank // 2) * SMALL.linear < choices.NUMBERS_A_TOKEN * learnt


def test_small_corpora_keep_small_steps() -> None:
    assert choices.choose_batch(34_000).value == "1024"
    assert choices.choose_batch(1_100_000).value == "2048"
    assert choices.choose_batch(10**8).value == "4096"


def test_windows_that_the_base_does_not_read_are_refused(llama_folder: Path) -> None:
    base = open_base(str(llama_folder))
    template = open_template("transcript", base, "Ana")
    consent = Consent(kind="fiction", recorded=date(2026, 1, 1))
    long = RESOLVED.model_copy(update={"window_tokens": base.config.context_length + 1})
    with pytest.raises(choices.WindowTooLong, match=f"reads {base.config.context_length} tokens at once"):
        choices.before_windows(long, consent, base, template, [])


def test_validations_leave_time_to_learn() -> None:
    hurried = RESOLVED.model_copy(update={"minutes": 0.5, "validations": 10})
    assert choices.with_time_to_learn(hurried, 2.5).validations == 3
    assert choices.with_time_to_learn(hurried, 100).validations == 1
    assert choices.with_time_to_learn(hurried, 0.1) == hurried
    assert choices.with_time_to_learn(RESOLVED, 100) == RESOLVED


def test_windows_hold_a_long_turn_beside_what_it_answers(llama_folder: Path) -> None:
    template = open_template("transcript", open_base(str(llama_folder)), "Ana")
    short = [Turn("Ana", True, ("hola",))] * 20
    long = [Turn("Ana", True, ("x" * 1200,))] * 20
    assert choices.choose_window(template, short, 2048).value == "1024"
    assert choices.choose_window(template, long, 2048).value == "1536"
    assert choices.choose_window(template, long, 512).value == "512"
    assert choices.choose_window(template, [], 256).value == "256"


def test_less_memory_is_a_smaller_micro_batch_never_below_a_window() -> None:
    assert micro(64) == 1024
    sizes = [micro(free / 4) for free in range(8, 40)]
    assert sizes == sorted(sizes) and sizes[0] < sizes[-1]
    assert min(sizes) >= 384
    with pytest.raises(NoMemoryForIt, match="smaller base"):
        micro(0.5)


def test_a_token_keeps_its_look_at_each_token_before_it() -> None:
    short, long, longer = (bytes_a_token(SMALL, RESOLVED, length, 0.3) for length in (1024, 2048, 3072))
    assert longer - long == long - short == 270 * 512 * 2


@given(tokens=st.integers(384, 100_000), share=st.floats(0, 1))
def test_each_method_takes_what_it_must(tokens: int, share: float) -> None:
    def needed(size: Size = SMALL, **update: object) -> float:
        training = RESOLVED.model_copy(update=update)
        return standing_bytes(size, training) + tokens * bytes_a_token(size, training, 384, share)

    lora = needed()
    assert min(needed(method="full", rank=None), needed(method="dora"), needed(dtype="float32")) > lora
    assert needed(dropout=0.1) > lora, "PEFT's own layers compute, which keep more"
    assert needed(replace(SMALL, transposed=True)) > lora, "and so they do for GPT-2"
    packed = RESOLVED.model_copy(update={"method": "qlora"})
    assert standing_bytes(SMALL, packed) < standing_bytes(SMALL, RESOLVED)
    wider = RESOLVED.model_copy(update={"rank": 2 * (RESOLVED.rank or 0)})
    more = SMALL.trained(wider) - SMALL.trained(RESOLVED)
    held = standing_bytes(SMALL, wider) - standing_bytes(SMALL, RESOLVED)
    assert held == 28 * more, "itself, its gradient, two moments, two copies during a step, its mean"


def test_a_disk_that_is_too_small_is_foreseen(tmp_path: Path) -> None:
    foreseen.check_disk(tmp_path, SMALL, RESOLVED)
    huge = Size(10**15, 1, 1, 1, 1)
    with pytest.raises(NoRoomForIt, match="make room"):
        foreseen.check_disk(tmp_path, huge, RESOLVED.model_copy(update={"method": "full"}))


@pytest.mark.parametrize("architecture", ["gpt2", "llama"])
def test_a_size_is_counted_without_loading(architecture: str, tmp_path: Path) -> None:
    from sosias.models.network import load_network
    from sosias.training.methods import trainable_network

    base = open_base(str(tiny_folder(tmp_path, architecture)))
    size = foreseen.size_of(base)
    assert size.transposed == (architecture == "gpt2"), "GPT-2 alone keeps its weights the other way round"
    assert size.weights == sum(value.numel() for value in load_network(base, dtype="float32").parameters())
    training = TrainingSettings(rank=3, alpha=6, dtype="float32")
    adapted = trainable_network(base, training)
    assert size.trained(training) == sum(v.numel() for v in adapted.parameters() if v.requires_grad)
