"""What tests share: the folder of real data, and a home of their own."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real data that developers have beside the checkout."""
    folder = Path(os.environ.get("SOSIAS_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no shared data at {folder}: set SOSIAS_DATA")
    return folder


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Speak English in tests, whatever the machine speaks."""
    from sosias.language import use_language

    monkeypatch.setenv("SOSIAS_LANGUAGE", "en")
    use_language("en")
