"""Sending an export to the hub: private, or not at all, and each failure one sentence. The hub is a fake."""

import sys
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sosias.events import silent
from sosias.pipeline.exporting import read_exports
from sosias.pipeline.publishing import (
    HubBrokeOff,
    HubFailed,
    HubNotReached,
    HubPublic,
    HubRefused,
    NoHub,
    publish,
)
from sosias.pipeline.steps import push_step
from sosias.settings import Consent, PersonaSettings
from sosias.workspace import Persona, Workspace, append_line


class ConnectError(Exception):
    """As httpx names it."""


class LocalTokenNotFoundError(Exception):
    """As huggingface_hub names it."""


def answered(status: int) -> Exception:
    """Return an error that carries the hub's answer, as huggingface_hub's do."""
    error = RuntimeError()
    error.response = SimpleNamespace(status_code=status)  # type: ignore[attr-defined]
    return error


def caused(cause: Exception) -> Exception:
    error = RuntimeError()
    error.__cause__ = cause
    return error


class Hub:
    """Takes what it is sent, unless it is told to raise."""

    def __init__(
        self, *, private: bool = True, error: Exception | None = None, falls: Exception | None = None
    ) -> None:
        self.private, self.error, self.falls = private, error, falls
        self.sent: list[dict[str, Any]] = []
        self.made: list[tuple[str, dict[str, Any]]] = []

    def HfApi(self) -> "Hub":
        return self

    def create_repo(self, repo: str, **options: Any) -> None:
        if self.error:
            raise self.error
        self.made.append((repo, options))

    def repo_info(self, _repo: str) -> SimpleNamespace:
        return SimpleNamespace(private=self.private)

    def upload_folder(self, **options: Any) -> None:
        if self.falls:
            raise self.falls
        self.sent.append(options)


def hub(monkeypatch: pytest.MonkeyPatch, **options: Any) -> Hub:
    found = Hub(**options)
    monkeypatch.setitem(sys.modules, "huggingface_hub", found)  # type: ignore[arg-type]
    for name in ("HF_HUB_OFFLINE", "HF_HUB_DISABLE_TELEMETRY", "HF_HUB_DISABLE_PROGRESS_BARS"):
        monkeypatch.setenv(name, "1")
    return found


def test_what_is_sent_is_private(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake = hub(monkeypatch)
    assert publish(tmp_path, "ana/ana", [].append) == {
        "repo": "ana/ana",
        "url": "https://huggingface.co/ana/ana",
        "private": True,
    }
    assert fake.made == [("ana/ana", {"private": True, "exist_ok": True})]
    assert [one["folder_path"] for one in fake.sent] == [str(tmp_path)]


def test_nothing_goes_where_everybody_reads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake = hub(monkeypatch, private=False)
    with pytest.raises(HubPublic, match="everybody can read it"):
        publish(tmp_path, "ana/ana", [].append)
    assert fake.sent == []


@pytest.fixture
def persona(tmp_path: Path) -> Persona:
    """Return a persona that has been exported."""
    consent = Consent(kind="self", recorded=date(2026, 1, 1))
    made = Workspace.create(tmp_path / "w").new_persona(
        PersonaSettings(name="ana", author="Ana", consent=consent)
    )
    for run in ("001", "002"):
        append_line(made.folder / "exports.jsonl", {"to": "hf", "path": f"/out/{run}", "run": run})
    return made


@pytest.mark.parametrize("falls", [None, ConnectError()])
def test_where_it_is_sent_is_written_down_first(
    monkeypatch: pytest.MonkeyPatch, persona: Persona, falls: Exception | None
) -> None:
    """A sending that breaks off may have left half of it there."""
    hub(monkeypatch, falls=falls)
    with pytest.raises(HubBrokeOff, match="ana/ana") if falls else nullcontext():
        push_step(persona.folder.parents[1], "ana", {"path": "/out/001", "repo": "ana/ana"}, silent)
    found = {"to": "hub", "url": "https://huggingface.co/ana/ana", "path": "/out/001", "run": "001"}
    assert read_exports(persona)[2] == {"day": date.today().isoformat(), **found}


def test_what_is_not_sent_is_not_written_down(monkeypatch: pytest.MonkeyPatch, persona: Persona) -> None:
    hub(monkeypatch, private=False)
    with pytest.raises(HubPublic):
        push_step(persona.folder.parents[1], "ana", {"path": "/out/001", "repo": "ana/ana"}, silent)
    assert len(read_exports(persona)) == 2


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ConnectError(), HubNotReached),
        (ConnectionError(), HubNotReached),
        (caused(ConnectError()), HubNotReached),
        (answered(401), HubRefused),
        (answered(403), HubRefused),
        (LocalTokenNotFoundError(), HubRefused),
        (answered(500), HubFailed),
        (ValueError(), HubFailed),
    ],
)
def test_each_failure_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: Exception, kind: type[Exception]
) -> None:
    hub(monkeypatch, error=error)
    with pytest.raises(kind) as raised:
        publish(tmp_path, "ana/ana", [].append)
    assert str(tmp_path) in str(raised.value), "the export is still there"


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    hub(monkeypatch)
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(NoHub, match="pip install"):
        publish(tmp_path, "ana/ana", [].append)
