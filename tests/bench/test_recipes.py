"""`bench.recipes` trains by recipes of others for the same time, and measures the same held-out words."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bench import recipes_material
from bench.recipes import main
from bench.recipes_figures import summary
from bench.recipes_fit import Pace, Scheduled, fit_of, network_of, own_end, session_sums, source_of, take
from bench.recipes_known import DEFAULT, RECIPES, Schedule
from bench.recipes_material import CORPORA, Lesson, default_lesson, first_held_out, lesson, messages_of
from bench.side_by_side import WORDS, paired
from sosias.corpus import prepared
from sosias.corpus.session import Session
from sosias.templates import Window
from sosias.training.schedule import learning_rate


@pytest.fixture(scope="module")
def material(
    llama_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[Session], dict[str, Lesson]]:
    folder = tmp_path_factory.mktemp("recipes")
    messages = messages_of("sample")
    persona = recipes_material.persona_of("sample", messages, str(llama_folder), folder / "chats")
    sessions = prepared.fold(persona, 0, 1)
    ours, size, template = default_lesson(persona, sessions)
    theirs = {
        name: lesson(recipe, persona, sessions, messages, ours, size, template, folder)
        for name, recipe in RECIPES.items()
    }
    return sessions, {DEFAULT: ours} | theirs


@pytest.fixture(scope="module")
def lessons(material: tuple[list[Session], dict[str, Lesson]]) -> dict[str, Lesson]:
    return material[1]


def spelt(one: Lesson, windows: list[Window], which: str = "ids") -> str:
    tokens = [
        token
        for window in windows
        for token, flag in zip(
            window.ids, [True] * len(window.ids) if which == "ids" else getattr(window, which), strict=True
        )
        if flag
    ]
    return str(one.base.tokenizer.decode(tokens, skip_special_tokens=False))


def bare(text: str) -> str:
    return "".join(text.split())


# --- the same words ------------------------------------------------------------------------------


def test_all_are_measured_on_the_same_words(lessons: dict[str, Lesson]) -> None:
    assert len({bare(spelt(one, one.test, "words")) for one in lessons.values()}) == 1
    network = network_of(lessons[DEFAULT])
    sums = {name: session_sums(network, one) for name, one in lessons.items()}
    for name in RECIPES:
        assert paired(sums[name], sums[DEFAULT])  # it sees to the same bytes and words in each session


def test_no_held_out_word_goes_unmeasured(lessons: dict[str, Lesson]) -> None:
    assert not any(window.words[0] for one in lessons.values() for window in one.test)


def test_nothing_is_learnt_of_what_is_held_out(
    material: tuple[list[Session], dict[str, Lesson]],
) -> None:
    sessions, lessons = material
    until = first_held_out(sessions)
    held_out = [bubble for one in sessions if one.split != "train" for t in one.turns for bubble in t.bubbles]
    long = [bare(bubble) for bubble in held_out if len(bubble) > 60]
    assert len(long) > 20
    assert all(turn.start < until for one in sessions if one.split == "train" for turn in one.turns)
    for one in lessons.values():
        learnt = bare(spelt(one, one.train))
        assert not any(bubble in learnt for bubble in long)


# --- the recipes ---------------------------------------------------------------------------------


def test_recipes_write_down_what_theirs_do(
    material: tuple[list[Session], dict[str, Lesson]],
) -> None:
    sessions, lessons = material
    assert spelt(lessons["elvisbot"], lessons["elvisbot"].train[:1]).count("<|answer|>") == 1
    drunk = spelt(lessons["drunk-chatbot"], lessons["drunk-chatbot"].train)
    assert drunk.count("[ME]") > 300 and drunk.count("[OTHERS]") > 300
    turns = [turn for one in sessions if one.split == "train" for turn in one.turns]
    others = [bare(turn.bubbles[0]) for turn in turns if not turn.persona and len(turn.bubbles[0]) > 60]
    for name in ("toastme", "político"):
        learnt = bare(spelt(lessons[name], lessons[name].train))
        assert all(bare(turn.bubbles[0]) in learnt for turn in turns if turn.persona)
        assert not any(other in learnt for other in others)
        assert max(len(window.ids) for window in lessons[name].train) <= RECIPES[name].window
    for name in ("weclone", "famaf", "elvisbot"):
        learnt = bare(spelt(lessons[name], lessons[name].train, "learnt"))
        assert learnt and not any(other in learnt for other in others)


def test_what_is_one_stream_fills_its_blocks(lessons: dict[str, Lesson]) -> None:
    for name in ("drunk-chatbot", "toastme", "político"):
        lengths = [len(window.ids) for window in lessons[name].train]
        assert sum(lengths) / len(lengths) > 0.7 * max(lengths)


def test_adapters_are_where_the_recipe_has_them(lessons: dict[str, Lesson]) -> None:
    for name, layers in (
        ("weclone", {"q_proj", "v_proj"}),
        ("famaf", {"q_proj", "k_proj", "v_proj", "o_proj"}),
    ):
        network = network_of(lessons[name])
        trained = [path for path, value in network.named_parameters() if value.requires_grad]
        assert {path.split(".lora_")[0].split(".")[-1] for path in trained} == layers
        ranks = {value.shape[0] for path, value in network.named_parameters() if "lora_A" in path}
        assert ranks == {RECIPES[name].adapters["rank"]}
    full = network_of(lessons["elvisbot"])
    assert all(value.requires_grad for value in full.parameters())


def test_a_step_has_the_recipe_s_number_of_windows(lessons: dict[str, Lesson]) -> None:
    for name in ("weclone", "elvisbot", "toastme"):
        source, one = source_of(lessons[name]), lessons[name]
        steps = source.steps(0)
        epoch = [next(steps)[1] for _step in range(source.epoch_length)]
        sizes = [sum(map(len, step)) for step in epoch]
        assert set(sizes[:-1]) <= {RECIPES[name].rows}
        micro = one.training.micro_batch_tokens or 0
        lengths = [[len(one.train[row].ids) for row in some] for step in epoch for some in step]
        assert all(len(some) == 1 or max(some) * len(some) <= micro for some in lengths)
        rows = [row for step in epoch for some in step for row in some]
        assert sorted(rows) == list(range(len(one.train)))
        later = source.steps(source.epoch_length - 1)
        assert next(later) == (0, epoch[-1]) and next(later)[0] == 1


def test_recipes_end_by_their_own_count(lessons: dict[str, Lesson]) -> None:
    assert own_end(lessons["drunk-chatbot"]) == float("inf")
    assert own_end(lessons[DEFAULT]) == source_of(lessons[DEFAULT]).epoch_length, "once through the sessions"
    assert own_end(lessons["toastme"]) == 775
    assert own_end(lessons["elvisbot"]) == 10 * source_of(lessons["elvisbot"]).epoch_length


def test_rates_rise_and_fall() -> None:
    linear = Schedule("linear", 250)
    assert [linear.warming(steps) for steps in (10, 100, 10_000)] == [1, 10, 250]
    shares = [linear.share(step, 100) for step in range(100)]
    assert max(shares) == shares[10] == 1 and 0 < shares[0] < shares[9] and 0 < shares[-1] < 0.02
    assert {Schedule("constant").share(step, 9) for step in range(9)} == {1.0}
    cosine = Schedule("cosine", 0.1)
    assert cosine.warming(40) == 4 and cosine.share(22, 40) == pytest.approx(0.5)


def test_the_rate_of_a_step_is_the_recipe_s(lessons: dict[str, Lesson], tmp_path: Path) -> None:
    wanted = RECIPES["político"].schedule
    shares = [5e-5 * wanted.share(step, 9) for step in range(9)]
    assert rates_of(lessons["político"], Pace(steps=9), tmp_path) == pytest.approx(shares)
    training = lessons[DEFAULT].training.model_copy(update={"steps": 4})
    ours = [learning_rate(step, training) for step in range(4)]
    assert rates_of(lessons[DEFAULT], Pace(steps=4), tmp_path) == pytest.approx(ours)


def rates_of(one: Lesson, pace: Pace, folder: Path) -> list[float]:
    fit = fit_of(one, pace, folder)
    optimizer = fit.optimizer.optimizer
    assert isinstance(optimizer, Scheduled)
    rates: dict[int, float] = {}  # PyTorch calls hooks twice where a plain AdamW was made before
    optimizer.register_step_post_hook(lambda *_: rates.update({pace.taken: optimizer.param_groups[0]["lr"]}))
    take(fit, pace)
    return list(rates.values())


def test_a_run_ends_with_its_time_or_its_steps() -> None:
    by_time = Pace(seconds=10, steps=100)
    assert not by_time.over and by_time.expected == 20, "nothing is known yet"
    by_time.taken, by_time.used = 2, 1.0
    assert not by_time.over and by_time.expected == 20
    by_time.taken, by_time.used = 4, 1.0
    assert by_time.expected == 40
    by_time.taken, by_time.used = 41, 10.5
    assert by_time.over and by_time.expected == 41
    by_steps = Pace(seconds=10, steps=3)
    by_steps.taken, by_steps.used = 3, 2.0
    assert by_steps.over and by_steps.expected == 3
    assert Pace(steps=7).expected == 7


# --- the run -------------------------------------------------------------------------------------


def test_runs_that_are_kept_are_not_made_again(
    llama_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "runs.jsonl"
    asked = ["--json", "--corpus", "sample", "--base", str(llama_folder), "--minutes", "0.002"]
    asked += ["--keep", str(kept), "--recipes", "weclone", "elvisbot"]
    main(asked)
    lines, said = kept.read_text().splitlines(), capsys.readouterr()
    main(asked)
    again = capsys.readouterr()
    assert kept.read_text().splitlines() == lines
    first, second = json.loads(said.out), json.loads(again.out)
    assert first == second and "elvisbot: " in said.err and "elvisbot: " not in again.err
    assert [row["recipe"] for row in first["recipes"]] == ["weclone", "elvisbot"]
    for row in first["recipes"]:
        assert row["steps"] >= 1 and row["low"] <= row["fall"] <= row["high"]
        assert row["default"]["steps"] >= 1 and row["elapsed"] > 0


def run(variant: str, nats: float, *, steps: int = 9, allowed: int = 60, beside: int = 60) -> dict[str, Any]:
    told = {"corpus": "sample", "base": "b", "folds": 1, "minutes": 1, "dtype": "float32", "threads": 2}
    work = {"elapsed": 1, "steps": steps, "tokens": 30, "supervised_tokens": 20}
    more = {"epochs": 0.5, "trained": 7, "rate": 1e-4, "allowed": allowed, "beside": beside}
    sums = {"3": [nats, 10, 2], "4": [nats, 10, 2]}
    losses = {"losses": {WORDS: sums, f"untuned {WORDS}": sums}}
    return told | work | more | losses | {"variant": variant, "fold": 0}


def test_the_default_beats_what_costs_more() -> None:
    result = summary([run(DEFAULT, 8), run("weclone", 10), run("famaf", 7)])
    weclone, famaf = result["recipes"]
    assert (weclone["fall"], weclone["low"], weclone["high"]) == (0.2, 0.2, 0.2)
    assert famaf["high"] < 0 and result["beaten"] == 1


def test_what_ended_sooner_stands_beside_a_shorter_default() -> None:
    shorter = run(DEFAULT, 9, steps=3, allowed=20)
    result = summary([run(DEFAULT, 8), shorter, run("toastme", 10, beside=20)])
    assert result["recipes"][0]["fall"] == pytest.approx(0.1)
    assert result["default"]["steps"] == 9 and result["recipes"][0]["default"]["steps"] == 3


@pytest.mark.usefixtures("shared_data")
def test_press_conferences_are_a_talk() -> None:
    messages = messages_of("amlo")
    assert len(messages) == CORPORA["amlo"].newest
    days = {one.sent_at.date() for one in messages if one.sent_at}
    assert len(days) > 50 and max(days) == date(2021, 12, 30)
    mine = [one for one in messages if one.author == CORPORA["amlo"].author]
    assert 0.3 < len(mine) / len(messages) < 0.5
    assert [one.sent_at for one in messages] == sorted(one.sent_at for one in messages if one.sent_at)
