"""`bench.grouping` compares ways to group on the same words, and says what it has measured."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from bench import grouping
from bench.grouping import main, persona_of
from bench.grouping_figures import summary
from bench.grouping_fit import INNER, session_sums
from bench.grouping_variants import VARIANTS, Lesson, lesson
from bench.quality import bits_per_byte
from bench.side_by_side import WORDS, paired
from sosias.corpus import prepared
from sosias.templates import Window
from sosias.training.methods import trainable_network
from sosias.training.plan import split_windows
from sosias.workspace import Persona


@pytest.fixture(scope="module")
def persona(llama_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Persona:
    return persona_of("sample", str(llama_folder), None, tmp_path_factory.mktemp("grouping") / "chats")


@pytest.fixture(scope="module")
def lessons(persona: Persona) -> dict[str, Lesson]:
    sessions = prepared.fold(persona, 0, 3)
    return {name: lesson(persona, sessions, variant) for name, variant in VARIANTS.items()}


def spelt(one: Lesson, windows: list[Window], which: str) -> str:
    tokens = [
        token
        for window in windows
        for token, flag in zip(window.ids, getattr(window, which), strict=True)
        if flag
    ]
    text: str = one.plan.base.tokenizer.decode(tokens)
    return text


def test_all_are_measured_on_the_same_words(lessons: dict[str, Lesson]) -> None:
    for windows in ("test", "inner"):
        sizes = {sum(window.text_bytes for window in getattr(one, windows)) for one in lessons.values()}
        words = {spelt(one, getattr(one, windows), "words").replace(" ", "") for one in lessons.values()}
        assert len(sizes) == len(words) == 1


def test_the_default_is_measured_as_evaluate_does(persona: Persona, lessons: dict[str, Lesson]) -> None:
    one = lessons["default"]
    sessions = prepared.fold(persona, 0, 3)
    theirs = split_windows(one.plan.template, sessions, "test", one.plan.run.training)
    assert [(window.ids, window.words) for window in one.test] == [
        (window.ids, window.words) for window in theirs
    ]
    network = trainable_network(one.plan.base, one.plan.run.training)
    pad_id = one.plan.base.config.pad_id
    sums = session_sums(network, one, pad_id)
    nats = sum(value for value, *_ in sums[WORDS].values())
    size = sum(window.text_bytes for window in theirs)
    assert nats / math.log(2) / size == pytest.approx(bits_per_byte(network, theirs, pad_id), rel=1e-4)
    assert 0 < sum(value for value, *_ in sums[INNER].values()) < nats


def test_the_first_word_of_a_later_bubble_is_not_inner(persona: Persona, lessons: dict[str, Lesson]) -> None:
    for one in (lessons["default"], lessons["joined"]):
        whole, inner = (sum(window.text_bytes for window in windows) for windows in (one.test, one.inner))
        first_words = sum(
            len(bubble.split(" ")[0].encode())
            for session in prepared.fold(persona, 0, 3)
            for turn in session.turns
            for bubble in turn.bubbles[1:]
            if turn.persona and session.split == "test"
        )
        assert whole - inner == first_words > 0


def test_joined_bubbles_have_a_space_between_them(lessons: dict[str, Lesson]) -> None:
    apart, joined = (spelt(lessons[name], lessons[name].train, "learnt") for name in ("default", "joined"))
    assert apart.replace("\n\n", "¶").replace("\n", " ") == joined.replace("\n\n", "¶").replace("\n", " ")
    assert joined.replace("\n\n", "").count("\n") < apart.replace("\n\n", "").count("\n")


def test_rows_learn_the_tokens_that_windows_learn_and_read_more(lessons: dict[str, Lesson]) -> None:
    rows, windows = lessons["repeated"], lessons["own"]
    assert spelt(rows, rows.train, "learnt") == spelt(windows, windows.train, "learnt")
    assert sum(len(row.ids) for row in rows.train) > sum(len(window.ids) for window in windows.train)


def test_what_learns_the_same_is_not_compared(persona: Persona) -> None:
    # The sample's clock times are invented: within a session nobody is silent for ten minutes.
    found = grouping._lessons(persona, prepared.fold(persona, 0, 3))
    assert sorted(found) == ["default", "joined", "own", "repeated"]


def test_runs_that_are_kept_are_not_made_again(
    llama_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "runs.jsonl"
    asked = [
        "--json",
        "--base",
        str(llama_folder),
        "--minutes",
        "0.0001",
        "--folds",
        "1",
        "--keep",
        str(kept),
    ]
    main(asked)
    lines = kept.read_text().splitlines()
    said = capsys.readouterr()
    main(asked)
    again = capsys.readouterr()
    assert again.out == said.out and "Fold" in said.err and "Fold" not in again.err
    assert kept.read_text().splitlines() == lines
    result = json.loads(said.out)
    assert [one["variant"] for one in result["variants"] if one["measure"] == WORDS] == [
        "default",
        "joined",
        "own",
        "repeated",
    ]
    for one in result["variants"]:
        assert one["steps"] == 1 and one["bits_per_byte"] > 0
        assert one["against"] is None or one["low"] <= one["fall"] <= one["high"]


def run(variant: str, nats: float, fold: int = 0) -> dict[str, Any]:
    told = {"corpus": "sample", "base": "b", "gap": None, "minutes": 1, "dtype": "float32", "threads": 2}
    work = {"seconds": 1, "elapsed": 1, "steps": 2, "tokens": 30, "supervised_tokens": 20}
    whole = {"epoch_tokens": 60, "epoch_supervised": 40}
    losses = {name: {"3": [nats, 10, 2], "4": [nats, 10, 2]} for name in (WORDS, f"untuned {WORDS}")}
    return told | work | whole | {"variant": variant, "fold": fold, "losses": losses}


def test_a_lower_loss_is_a_fall() -> None:
    result = summary([run("default", 10), run("own", 8), run("default", 10, 1), run("own", 9, 1)])
    default, own = result["variants"]
    assert default["bits_per_byte"] == pytest.approx(1 / math.log(2), abs=1e-4)
    assert (own["fall"], own["low"], own["high"]) == (0.15, 0.15, 0.15)
    assert own["folds"] == [0.2, 0.1] and own["epochs"] == 0.5


def test_other_words_are_not_compared() -> None:
    with pytest.raises(AssertionError):
        paired({"3": [10.0, 10, 2]}, {"3": [9.0, 11, 2]})
