"""Sending an export to the hub: private, or not at all, and each failure one sentence. The hub is a fake."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sosias.pipeline.publishing import (
    HubFailed,
    HubNotReached,
    HubPublic,
    HubRefused,
    NoHub,
    publish,
)


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

    def __init__(self, *, private: bool = True, error: Exception | None = None) -> None:
        self.private, self.error = private, error
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
        self.sent.append(options)


def hub(monkeypatch: pytest.MonkeyPatch, **options: Any) -> Hub:
    found = Hub(**options)
    monkeypatch.setitem(sys.modules, "huggingface_hub", found)  # type: ignore[arg-type]
    for name in ("HF_HUB_OFFLINE", "HF_HUB_DISABLE_TELEMETRY", "HF_HUB_DISABLE_PROGRESS_BARS"):
        monkeypatch.setenv(name, "1")
    return found


def test_what_is_sent_is_private(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake = hub(monkeypatch)
    assert publish(tmp_path, "ana/ana") == {
        "repo": "ana/ana",
        "url": "https://huggingface.co/ana/ana",
        "private": True,
    }
    assert fake.made == [("ana/ana", {"private": True, "exist_ok": True})]
    assert [one["folder_path"] for one in fake.sent] == [str(tmp_path)]


def test_nothing_goes_where_everybody_reads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake = hub(monkeypatch, private=False)
    with pytest.raises(HubPublic, match="everybody can read it"):
        publish(tmp_path, "ana/ana")
    assert fake.sent == []


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
        publish(tmp_path, "ana/ana")
    assert str(tmp_path) in str(raised.value), "the export is still there"


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    hub(monkeypatch)
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(NoHub, match="pip install"):
        publish(tmp_path, "ana/ana")
