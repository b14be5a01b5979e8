"""The tools of `bench.training` do the same work, and the figures are what they say."""

import json
import sys
from pathlib import Path

import pytest

from bench import run_body, run_ours
from bench.figures import ratios, time_to_quality
from bench.material import FORM, Material, our_steps
from bench.training import main
from bench.windows import make
from tests.tiny import talk


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lines = [f"{one.sent_at:%d/%m/%y, %H:%M} - {one.author}: {one.text}\n" for one in talk() if one.sent_at]
    path = tmp_path_factory.mktemp("export") / "WhatsApp Chat with Ana.txt"
    path.write_text("".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def material(export: Path, llama_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Material:
    return make(str(llama_folder), 1, export, tmp_path_factory.mktemp("workspace"))


def test_what_is_written_is_what_is_read(material: Material) -> None:
    assert FORM.validate_json(FORM.dump_json(material)) == material


def test_the_timed_windows_are_shared_out_to_steps_of_one_size(material: Material) -> None:
    assert material.steps == 1 and set(material.timed) <= set(material.train)
    tokens = sum(len(window.ids) for window in material.timed)
    assert tokens == pytest.approx(material.training.batch_tokens, rel=0.5)


def test_a_row_learns_one_reply_of_the_training_sessions(material: Material) -> None:
    assert material.rows
    assert {row.session for row in material.rows} == {window.session for window in material.train}
    for row in material.rows:
        first = row.learnt.index(True)
        assert all(row.learnt[first:]) and not any(row.learnt[:first])
    learnt = [
        [token for one in windows for token, flag in zip(one.ids, one.learnt, strict=True) if flag]
        for windows in (material.rows, material.train)
    ]
    assert learnt[0] == learnt[1]


def test_ours_and_the_body_do_the_same_work(material: Material, tmp_path: Path) -> None:
    ours, body = run_ours.speed(material, tmp_path), run_body.speed(material)
    assert ours["tokens"] == body["tokens"] == sum(len(window.ids) for window in material.timed)
    assert ours["trained_parameters"] == body["trained_parameters"] > 0
    assert ours["seconds"] > 0 and body["seconds"] > 0


def test_our_quality_is_measured_along_the_whole_run(material: Material, tmp_path: Path) -> None:
    points = run_ours.quality(material, 2, tmp_path)
    steps = len(our_steps(material.train, material.training)) * 2
    assert (points[0].step, points[0].seconds, points[-1].step) == (0, 0.0, steps)
    assert points[-1].bits_per_byte < points[0].bits_per_byte


def test_trl_learns_the_same_tokens_from_the_same_loss(material: Material, tmp_path: Path) -> None:
    from bench import run_trl  # takes seconds to import

    ours, trl = run_ours.speed(material, tmp_path), run_trl.speed(material, tmp_path)
    assert trl["tokens"] == ours["tokens"]
    assert trl["trained_parameters"] == ours["trained_parameters"]
    # One step holds all windows, and fresh adapters add nothing: both begin with the base's own loss.
    assert trl["first_loss"] == pytest.approx(ours["first_loss"], rel=1e-2)
    points = run_trl.quality(material, 5e-3, 3, tmp_path)
    assert points[0].bits_per_byte > points[-1].bits_per_byte
    assert points[0].bits_per_byte == pytest.approx(
        run_ours.quality(material, 1, tmp_path)[0].bits_per_byte, rel=1e-2
    )


def test_one_round_from_an_export_to_a_line_of_json(
    export: Path, llama_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--json", "--rounds", "1", "--tokens", "1", "--base", str(llama_folder), "--corpus", str(export)])
    (line,) = capsys.readouterr().out.splitlines()
    result = json.loads(line)
    assert {"vs_trl", "vs_body", "tools", "threads", "processor", "versions", "material"} <= result.keys()
    assert result["material"]["dtype"] in ("bfloat16", "float32")
    for figures in result["tools"].values():
        assert figures["tokens_per_second"] > 0 and figures["peak_rss_mb"] > 0


def test_without_trl_one_sentence_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "trl", None)
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.out == "" and "pip install" in said.err and len(said.err.splitlines()) == 1


def test_what_the_user_can_mend_ends_with_its_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--base", "no-such-base"])
    assert ended.value.code == 2 and "no-such-base" in capsys.readouterr().err


def measured(ours: float, trl: float, body: float) -> dict[str, dict[str, float]]:
    speeds = {"ours": ours, "trl": trl, "body": body}
    same = {"tokens": 100, "threads": 2, "trained_parameters": 7, "peak_rss_mb": 1}
    return {tool: same | {"seconds": 100 / speed} for tool, speed in speeds.items()}


def test_the_ratio_is_that_of_the_medians() -> None:
    rounds = [measured(40, 20, 80), measured(50, 10, 80), measured(60, 15, 80)]
    rounds[1]["ours"]["peak_rss_mb"], rounds[2]["trl"]["peak_rss_mb"] = 3, 4
    result = ratios(rounds)
    assert result["memory_vs_trl"] == 0.75
    assert result["vs_trl"] == pytest.approx(50 / 15, abs=1e-3)
    assert result["vs_trl_spread"] == [2, 5]
    assert result["vs_body"] == pytest.approx(50 / 80, abs=1e-3)


def test_tools_that_did_other_work_are_not_compared() -> None:
    other = measured(40, 20, 80)
    other["trl"]["tokens"] = 90
    with pytest.raises(AssertionError, match="tokens"):
        ratios([other])


def test_the_time_to_quality_is_that_to_trls_best() -> None:
    once = {"learning_rate": 1e-4, "passes": 1, "points": [(0, 0, 3.0), (4, 60, 2.5)]}
    thrice = {"learning_rate": 2e-4, "passes": 3, "points": [(0, 0, 3.0), (4, 60, 2.2), (8, 120, 2.3)]}
    short = {"passes": 1, "points": [(0, 0, 3.0), (5, 10, 2.4)]}
    ours = [short, {"passes": 3, "points": [(0, 0, 3.0), (5, 12, 2.4), (10, 20, 2.1), (15, 30, 2.0)]}]
    result = time_to_quality(ours, [once, thrice])
    assert result["time_to_quality"] == 3.0
    assert result["quality"]["ratios"] == {1: None, 3: 3.0}, "one pass alone did not come to it"
    assert (result["quality"]["learning_rate"], result["quality"]["passes"]) == (2e-4, 3)
    assert result["quality"]["bits_per_byte"] == {"untuned": 3.0, "trl": 2.2, "ours": {1: 2.4, 3: 2.0}}
    assert [(one["ratio"], one["our_passes"]) for one in result["each"]] == [(6.0, 1), (3.0, 3)]
    assert time_to_quality([short], [once, thrice])["time_to_quality"] is None
