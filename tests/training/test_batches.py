"""Every window is seen once an epoch, little is padded, and the order can be found again."""

from itertools import chain, islice

from hypothesis import given
from hypothesis import strategies as st

from sosias.templates.window import Window
from sosias.training.batches import PAD_TO, collate, epoch_steps, steps_from

lengths = st.lists(st.integers(1, 384), min_size=1, max_size=200)


@given(lengths=lengths, batch=st.integers(64, 4096), micro=st.integers(64, 4096), seed=st.integers(0, 5))
def test_every_window_is_in_exactly_one_micro_batch(
    lengths: list[int], batch: int, micro: int, seed: int
) -> None:
    steps = epoch_steps(lengths, batch=batch, micro=micro, seed=seed, epoch=0)
    seen = sorted(chain.from_iterable(chain.from_iterable(steps)))
    assert seen == list(range(len(lengths)))
    for rows in chain.from_iterable(steps):
        padded = len(rows) * max(lengths[i] for i in rows)
        assert padded <= micro or len(rows) == 1


@given(lengths=st.lists(st.integers(200, 384), min_size=30, max_size=200), seed=st.integers(0, 5))
def test_steps_hold_about_as_many_tokens_as_asked(lengths: list[int], seed: int) -> None:
    for step in epoch_steps(lengths, batch=2048, micro=2048, seed=seed, epoch=0):
        assert 0.5 * 2048 < sum(lengths[i] for micro in step for i in micro) < 1.6 * 2048


@given(lengths=lengths, skip=st.integers(0, 60))
def test_skipping_is_the_same_as_having_gone_there(lengths: list[int], skip: int) -> None:
    options = {"batch": 1024, "micro": 512, "seed": 3}
    straight = list(islice(steps_from(lengths, **options, skip=0), skip + 3))
    assert list(islice(steps_from(lengths, **options, skip=skip), 3)) == straight[skip:]


def test_epochs_differ_and_repeat() -> None:
    sizes = [100] * 50
    first, second = (epoch_steps(sizes, batch=500, micro=500, seed=1, epoch=e) for e in (0, 1))
    assert first != second
    assert first == epoch_steps(sizes, batch=500, micro=500, seed=1, epoch=0)


def test_padding_is_on_the_right_and_never_learnt() -> None:
    long = Window((5, 6, 7), (False, True, True), (False, True, False), 0, 1, 1)
    short = Window((8, 9), (False, True), (False, True), 0, 1, 1)
    ids, labels = collate([long, short], pad_id=4)
    assert ids.shape == labels.shape == (2, PAD_TO)
    assert ids[:, :3].tolist() == [[5, 6, 7], [8, 9, 4]] and (ids[:, 3:] == 4).all()
    assert labels[:, :3].tolist() == [[-100, 6, 7], [-100, 9, -100]] and (labels[:, 3:] == -100).all()
    assert collate([long], 4, "words")[1][0, :3].tolist() == [-100, 6, -100]
