"""A persona's report as one HTML page: how its newest run went, and what it came to."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sosias.corpus.prepared import persona_name
from sosias.evaluation.sentences import in_words
from sosias.language import translate as _
from sosias.pages import figures, plots
from sosias.pages.page import Page
from sosias.pages.plots import Bar, Curve
from sosias.pages.section import Section, Table
from sosias.training.curves import Point, points, read_metrics, thinned
from sosias.workspace import Persona, Run, write_text

MOST_POINTS = 120
"""Of a curve; of more steps the means are drawn."""


def write_page(persona: Persona, run: Run | None = None) -> Path:
    """Write the page of a run, or of the persona's newest, finished or not; return where it is.

    Figures and the persona's name stand on it, and nobody's messages.
    """
    write_text(persona.report_page, page(persona, run))
    return persona.report_page


def page(persona: Persona, run: Run | None = None) -> str:
    """Return the page of a run, or of the persona's newest, in the language in use."""
    run = run or persona.runs()[-1]
    name = persona_name(persona.settings)
    result = run.result() if run.is_finished else {}
    report = _report(persona, run)
    records = list(read_metrics(run.metrics_file))
    return Page(
        title=_("How {name} was trained").format(name=name),
        summary=[_state(run, result), *(in_words(report, name) if report else [])],
        sums=_sums(records, result),
        sections=list(_sections(records, result, report)),
        closing=[_("All was computed on this machine; nothing left it.")],
    ).written()


def _report(persona: Persona, run: Run) -> dict[str, Any] | None:
    """Return what was measured of this run; None: nothing yet, or it was of another one."""
    if not persona.report_file.is_file():
        return None
    report: dict[str, Any] = json.loads(persona.report_file.read_text(encoding="utf-8"))
    return report if report.get("run") == run.folder.name else None


def _state(run: Run, result: dict[str, Any]) -> str:
    states = {
        "finished": _("Run {run} has taken all its steps."),
        "overfitting": _("Run {run} was stopped when the held-out loss rose; the best weights were kept."),
        "plateau": _("Run {run} was stopped when no loss fell any more; the best weights were kept."),
        "diverged": _("Run {run} ended when its loss was no number any more; the best weights were kept."),
    }
    unfinished = _("Run {run} has not ended yet: the same command goes on with it.")
    return states.get(result.get("stopped", ""), unfinished).format(run=run.folder.name)


def _sums(records: Sequence[dict[str, Any]], result: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the large figures at the top: of the run, or of as much of it as there is."""
    steps = [record for record in records if "seconds" in record]
    if not steps:
        return []
    last = steps[-1]
    sums = [
        (figures.whole(last["step"]), _("steps")),
        (figures.duration(last["seconds"]), _("of training")),
    ]
    if result:
        sums.append((figures.whole(result["tokens_per_second"]), _("tokens a second")))
    memory = result.get("peak_rss_mb") or max((one.get("rss_mb", 0) for one in steps), default=0)
    if memory:
        sums.append((_("{size} GB").format(size=figures.decimal(memory / 1000)), _("of memory at most")))
    return sums


def _sections(
    records: Sequence[dict[str, Any]], result: dict[str, Any], report: dict[str, Any] | None
) -> Iterator[Section]:
    training, validation = points(records, "loss"), points(records, "validation_loss")
    if training:
        yield _losses(training, validation)
        for key, title, digits in (
            ("learning_rate", _("Learning rate"), "{:.2g}"),
            ("tokens_per_second", _("Tokens a second"), "{:.0f}"),
        ):
            found = points(records, key)
            if found:
                yield _figure(key, title, found, digits)
    if report:
        yield _bits(report)
    if result.get("choices"):
        yield Section("choices", _("What was chosen, and why"), sentences=_choices(result))


def _choices(result: dict[str, Any]) -> list[str]:
    """Return the choices as sentences; of a base in a folder of this machine no more than its name."""
    said = (f"{one['what']}: {one['value']} ({one['why']})" for one in result["choices"])
    base = result["base"]
    return [sentence.replace(base, Path(base).name or base) for sentence in said]


def _losses(training: Sequence[Point], validation: Sequence[Point]) -> Section:
    drawn = [Curve(_("while learning"), thinned(training, MOST_POINTS))]
    table = None
    if validation:
        drawn.append(Curve(_("on held-out talk"), thinned(validation, MOST_POINTS)))
        rows = [(str(step), f"{loss:.3f}") for step, loss in validation]
        table = Table((_("step"), _("on held-out talk")), rows)
    title = _("Losses")
    note = _("In nats a token that is learnt: the lower, the better the next word is foreseen.")
    return Section("losses", title, (plots.curves(drawn, title, _("steps")),), table, note=note)


def _figure(key: str, title: str, found: Sequence[Point], digits: str) -> Section:
    curve = Curve(title, thinned(found, MOST_POINTS))
    return Section(key, title, (plots.curves([curve], title, _("steps"), digits),))


def _bits(report: dict[str, Any]) -> Section:
    bits = report["bits_per_byte"]
    title = _("Bits per byte of unseen messages")
    named = ((_("untuned"), "base"), (_("tuned"), "tuned"))
    bars = [Bar(label, bits[key], f"{bits[key]:.3f}") for label, key in named]
    return Section("bits", title, (plots.bars(bars, title),))
