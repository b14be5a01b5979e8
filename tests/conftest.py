"""What tests share: the folder of real data, and a home of their own."""

import os
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # tiny networks: threads would only wait for each other

import pytest
from hypothesis import settings

os.environ["SOSIAS_LANGUAGE"] = "en"  # help texts are translated while a module is imported

# A busy machine makes a test no worse.
settings.register_profile("patient", settings(), deadline=None)
settings.load_profile("patient")


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


@pytest.fixture(scope="session", params=["llama", "gemma3"])
def base_folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a tiny random base of each layout."""
    from tests.tiny import tiny_base

    return tiny_base(tmp_path_factory.mktemp("base") / request.param, request.param)


@pytest.fixture(scope="session")
def llama_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a tiny random base of the Llama layout."""
    from tests.tiny import tiny_base

    return tiny_base(tmp_path_factory.mktemp("base") / "llama", "llama")
