"""The figures of a report: planted truths, and a persona measured on what it has not seen."""

import json
import math
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sosias.corpus import prepare, prepared
from sosias.evaluation import evaluate as evaluation
from sosias.evaluation.interval import SessionLoss, mean_fall, paired_interval
from sosias.evaluation.measure import session_losses, word_losses
from sosias.events import silent
from sosias.models.network import load_network
from sosias.training import train as training
from sosias.training.fit import Fit
from sosias.training.learnt import key, write_learnt
from sosias.training.methods import trainable_network
from sosias.training.plan import plan_run
from sosias.training.update import update
from sosias.workspace import write_settings
from tests.tiny import QUICK, add_later, tiny_novels, tiny_persona

losses = st.lists(
    st.builds(
        SessionLoss,
        session=st.integers(0, 9),
        base=st.floats(1, 1e4),
        tuned=st.floats(1, 1e4),
        text_bytes=st.integers(1, 1000),
        text_words=st.integers(1, 200),
    ),
    min_size=1,
    max_size=12,
)


def planted(fall: float, spread: float = 0.0) -> list[SessionLoss]:
    """Return twenty sessions whose loss falls by `fall`, give or take `spread`."""
    return [
        SessionLoss(i, 100.0 + i, (100.0 + i) * (1 - fall + spread * (-1) ** i), 50, 10) for i in range(20)
    ]


def test_a_planted_fall_is_found_with_its_interval() -> None:
    assert mean_fall([planted(0.07)]) == pytest.approx(0.07)
    assert paired_interval([planted(0.07)]) == pytest.approx((0.07, 0.07))
    low, high = paired_interval([planted(0.07, 0.1)])
    assert 0.01 < low < 0.07 < high < 0.13


def test_no_difference_has_zero_in_its_interval() -> None:
    low, high = paired_interval([planted(0.0, 0.05)])
    assert low < 0 < high


@given(folds=st.lists(losses, min_size=1, max_size=3))
def test_the_interval_repeats_and_is_in_order(folds: list[list[SessionLoss]]) -> None:
    low, high = paired_interval(folds)
    assert low <= high
    assert (low, high) == paired_interval(folds)


def test_bits_and_perplexity_are_what_their_formulas_say() -> None:
    one = [SessionLoss(0, base=80 * math.log(2), tuned=40 * math.log(2), text_bytes=40, text_words=10)]
    report = evaluation.summarise([one])
    assert report["bits_per_byte"] == {"base": 2.0, "tuned": 1.0, "fall": 0.5, "low": 0.5, "high": 0.5}
    assert report["perplexity"] == {"base": 256.0, "tuned": 16.0}


def test_words_alone_are_measured(llama_folder: Path, tmp_path: Path) -> None:
    """A network of uniform probabilities costs log(vocabulary) a token of the persona's words."""
    _workspace, persona = tiny_persona(tmp_path / "chats", llama_folder)
    plan = plan_run(persona, prepared.read_sessions(persona), persona.settings)
    network = load_network(plan.base, dtype="float32")
    with torch.no_grad():
        network.get_output_embeddings().weight.zero_()
    for window, loss in zip(plan.train[:3], word_losses(network, plan.train[:3], 0), strict=True):
        assert loss == pytest.approx(sum(window.words) * math.log(259), rel=1e-5)


def test_padding_changes_no_figure(llama_folder: Path, tmp_path: Path) -> None:
    _workspace, persona = tiny_persona(tmp_path / "chats", llama_folder)
    plan = plan_run(persona, prepared.read_sessions(persona), persona.settings)
    network = trainable_network(plan.base, plan.run.training)
    some = sorted(plan.train, key=lambda window: len(window.ids))[:: max(1, len(plan.train) // 6)]
    together = word_losses(network, some, 0)
    alone = [word_losses(network, [window], 0)[0] for window in some]
    assert together == pytest.approx(alone, rel=1e-4)


def test_an_untrained_adapter_changes_nothing(llama_folder: Path, tmp_path: Path) -> None:
    _workspace, persona = tiny_persona(tmp_path / "chats", llama_folder)
    plan = plan_run(persona, prepared.read_sessions(persona), persona.settings)
    network = trainable_network(plan.base, plan.run.training)
    measured = session_losses(network, plan.validation, 0, silent)
    assert mean_fall([measured]) == pytest.approx(0, abs=1e-6)


def test_a_persona_that_repeats_itself_is_learnt(llama_folder: Path, tmp_path: Path) -> None:
    workspace, persona = tiny_persona(tmp_path / "chats", llama_folder)
    training.train(workspace, persona)
    report = evaluation.evaluate(workspace, persona)
    assert report["bits_per_byte"]["low"] > 0
    assert report["perplexity"]["tuned"] < report["perplexity"]["base"]
    assert json.loads((persona.report_folder / "report.json").read_text()) == report


def test_folds_are_trained_once_each(llama_folder: Path, tmp_path: Path) -> None:
    asked = QUICK.model_copy(update={"steps": 5})
    workspace, persona = tiny_persona(tmp_path / "chats", llama_folder, asked)
    training.train(workspace, persona)
    report = evaluation.evaluate(workspace, persona, folds=2)
    assert len(report["folds"]) == 2
    falls = [fold["bits_per_byte"]["fall"] for fold in report["folds"]]
    assert report["bits_per_byte"]["fall"] == pytest.approx(sum(falls) / 2, abs=1e-3)
    runs = list(persona.report_folder.glob("folds/*/*/result.json"))
    before = [run.stat().st_mtime_ns for run in runs]
    assert evaluation.evaluate(workspace, persona, folds=2) == report
    assert [run.stat().st_mtime_ns for run in runs] == before
    assert len(runs) == 1, "the run itself is the last fold"
    assert json.loads(runs[0].read_text())["steps"] == 5, "who asks for steps means each fold's"
    with pytest.raises(evaluation.NotThatManyFolds):
        evaluation.evaluate(workspace, persona, folds=9)


def test_a_fold_that_was_cut_short_is_in_no_mean(
    llama_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, persona = tiny_persona(tmp_path / "chats", llama_folder)
    training.train(workspace, persona)
    whole = Fit.gradient
    monkeypatch.setattr(
        Fit, "gradient", lambda fit, step: (math.nan, 1, 1) if fit.state.step == 9 else whole(fit, step)
    )
    for _time in range(2):
        with pytest.raises(evaluation.FoldDiverged, match="fold 1"):
            evaluation.evaluate(workspace, persona, folds=2)


def test_changed_sessions_are_not_measured_with_an_old_run(llama_folder: Path, tmp_path: Path) -> None:
    workspace, persona = tiny_persona(tmp_path / "chats", llama_folder, QUICK.model_copy(update={"steps": 1}))
    training.train(workspace, persona)
    preparation = persona.settings.preparation.model_copy(update={"gap_minutes": 5})
    persona.save(persona.settings.model_copy(update={"preparation": preparation}))
    prepare.prepare(workspace, persona)
    with pytest.raises(evaluation.ChangedSessions):
        evaluation.evaluate(workspace, persona)


def test_a_network_from_scratch_is_measured_and_no_fold_of_it_is_trained(tmp_path: Path) -> None:
    workspace, persona = tiny_novels(tmp_path)
    training.train(workspace, persona)
    assert evaluation.evaluate(workspace, persona)["bits_per_byte"]["low"] > 0
    with pytest.raises(evaluation.FoldsFromScratch):
        evaluation.evaluate(workspace, persona, folds=2)
    assert not (persona.report_folder / "folds").exists()


def test_an_update_is_measured_and_no_fold_stands_for_it(llama_folder: Path, tmp_path: Path) -> None:
    workspace, persona = tiny_persona(tmp_path / "chats", llama_folder)
    training.train(workspace, persona)
    add_later(workspace, persona)
    assert update(workspace, persona)["parent"] == "001"
    assert evaluation.evaluate(workspace, persona)["run"] == "002"
    with pytest.raises(evaluation.FoldsOfUpdate):
        evaluation.evaluate(workspace, persona, folds=2)


def test_a_run_is_measured_on_newer_talk_that_taught_it_nothing(llama_folder: Path, tmp_path: Path) -> None:
    workspace, persona = tiny_persona(tmp_path / "chats", llama_folder, QUICK.model_copy(update={"steps": 1}))
    training.train(workspace, persona)
    before = evaluation.evaluate(workspace, persona)
    add_later(workspace, persona, 2)
    assert not update(workspace, persona)["updated"]
    report = evaluation.evaluate(workspace, persona)
    assert report["run"] == before["run"] == "001"
    assert report["folds"][0]["words"] > before["folds"][0]["words"]
    with pytest.raises(evaluation.ChangedSessions):  # the last fold is the run on its own sessions
        evaluation.evaluate(workspace, persona, folds=2)


@pytest.mark.parametrize("changed", ["other person", "no record", "other shares", "a group"])
def test_a_run_is_not_measured_where_nothing_proves_what_it_learnt(
    llama_folder: Path, tmp_path: Path, changed: str
) -> None:
    workspace, persona = tiny_persona(tmp_path / "chats", llama_folder, QUICK.model_copy(update={"steps": 1}))
    training.train(workspace, persona)
    if changed == "other person":
        persona.save(persona.settings.model_copy(update={"author": "Bea"}))
    elif changed == "other shares":  # some of what was learnt is held out now
        preparation = persona.settings.preparation.model_copy(update={"test": 0.4})
        persona.save(persona.settings.model_copy(update={"preparation": preparation}))
    elif changed == "a group":
        run = persona.finished_run()
        write_settings(run.settings_file, run.settings.model_copy(update={"group": not run.settings.group}))
    else:
        persona.finished_run().learnt_file.unlink()
    add_later(workspace, persona, 2)
    with pytest.raises(evaluation.ChangedSessions):
        evaluation.evaluate(workspace, persona)


def test_nothing_held_out_is_said(llama_folder: Path, tmp_path: Path) -> None:
    workspace, persona = tiny_persona(tmp_path / "chats", llama_folder, QUICK.model_copy(update={"steps": 1}))
    training.train(workspace, persona)
    known = {key(session) for session in prepared.read_sessions(persona)}
    write_learnt(persona.finished_run(), known)
    with pytest.raises(evaluation.NothingHeldOut):
        evaluation.evaluate(workspace, persona)
