"""The page of a run: complete, closed to the network, for its owner alone, and without anybody's words."""

import json
import os
import stat
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from sosias.evaluation import evaluate as evaluation
from sosias.evaluation.page import page, write_page
from sosias.language import use_language
from sosias.settings import Consent, PersonaSettings
from sosias.training import train as training
from sosias.workspace import Persona, Workspace, write_json
from tests.tiny import tiny_persona

HOSTILE = "<script>alert('x')</script>&\"</svg><img src=x onerror=y>"


class Reader(HTMLParser):
    """Gathers elements and text."""

    def __init__(self, written: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.texts: list[str] = []
        self.feed(written)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _value in attrs]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(self.texts)


@pytest.fixture
def persona(tmp_path: Path) -> Persona:
    """Return one with a planted run that has not ended."""
    consent = Consent(kind="fiction", recorded=date(2026, 1, 1))
    settings = PersonaSettings(name="ana", author=HOSTILE, consent=consent)
    made = Workspace.create(tmp_path / "chats").new_persona(settings)
    steps = range(1, 201)
    lines = [{"step": step, "loss": 3 - step / 100, "seconds": step / 10, "rss_mb": 700} for step in steps]
    lines += [{"step": step, "validation_loss": 3.2 - step / 100} for step in (50, 100, 150, 200)]
    made.new_run().metrics_file.write_text("".join(f"{json.dumps(one)}\n" for one in lines))
    return made


def test_names_cannot_become_markup_and_nothing_is_fetched(persona: Persona) -> None:
    written = page(persona)
    reader = Reader(written)
    assert not {"script", "img", "iframe", "link", "object"} & set(reader.tags)
    assert not {"src", "href", "xlink:href", "srcset", "action"} & set(reader.attributes)
    assert "url(" not in written and "@import" not in written
    assert any(HOSTILE in text for text in reader.texts)


def test_the_page_is_its_owner_s(persona: Persona) -> None:
    file = write_page(persona)
    assert file == persona.report_page and file.read_text(encoding="utf-8") == page(persona)
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_an_unfinished_run_shows_how_far_it_is(persona: Persona) -> None:
    reader = Reader(page(persona))
    assert "Run 001 has not ended yet" in reader.text
    assert "200" in reader.texts and "0.7 GB" in reader.texts
    assert "1.200" in reader.texts, "the validations stand in the table"
    assert reader.tags.count("polyline") == 2


def test_a_run_without_a_line_is_a_page(persona: Persona) -> None:
    persona.new_run()
    reader = Reader(page(persona))
    assert "Run 002" in reader.text and "svg" not in reader.tags


@pytest.mark.parametrize("stopped", ["finished", "overfitting", "plateau", "diverged"])
def test_a_run_that_has_ended_is_not_called_unfinished(persona: Persona, stopped: str) -> None:
    run = persona.runs()[-1]
    run.adapter_folder.mkdir()
    write_json(run.result_file, {"stopped": stopped, "tokens_per_second": 1.0})
    assert "has not ended yet" not in Reader(page(persona)).text


def test_the_page_says_its_language(persona: Persona) -> None:
    use_language("es")
    assert '<html lang="es">' in page(persona)


def test_what_was_measured_of_another_run_is_left_out(persona: Persona) -> None:
    bits = {"base": 2.0, "tuned": 1.5, "fall": 0.25, "low": 0.2, "high": 0.3}
    for run, shown in (("001", True), ("000", False)):
        write_json(persona.report_folder / "report.json", {"run": run, "bits_per_byte": bits, "folds": [{}]})
        assert ("25.0%" in page(persona)) == shown
        assert ('id="bits"' in page(persona)) == shown


def test_what_was_measured_is_shown_with_its_run_though_a_newer_one_has_begun(persona: Persona) -> None:
    bits = {"base": 2.0, "tuned": 1.5, "fall": 0.25, "low": 0.2, "high": 0.3}
    write_json(persona.report_folder / "report.json", {"run": "001", "bits_per_byte": bits, "folds": [{}]})
    measured = persona.runs()[-1]
    assert "Means over" not in page(persona, measured)
    write_json(
        persona.report_folder / "report.json", {"run": "001", "bits_per_byte": bits, "folds": [{}, {}]}
    )
    assert "Means over 2 trainings, each" in page(persona, measured)
    persona.new_run()
    assert "25.0%" in page(persona, measured) and "Run 002" not in page(persona, measured)


def test_a_trained_persona_s_page_quotes_nobody(llama_folder: Path, tmp_path: Path) -> None:
    workspace, persona = tiny_persona(tmp_path / "chats", llama_folder)
    training.train(workspace, persona, samples=True)
    evaluation.evaluate(workspace, persona)
    written = page(persona)
    text = Reader(written).text
    assert "has taken all its steps" in text and "bits per letter of Ana" in text
    for said in ("claro que", "no sé", "qué va", "¿y el"):
        assert said not in text
    assert str(llama_folder.parent) not in written and llama_folder.name in text
