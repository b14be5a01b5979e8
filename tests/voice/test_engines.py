"""Which engine speaks: llama.cpp where a file can be made for it, once; else torch."""

from pathlib import Path

import pytest

from sosias.events import Choice, Event, silent
from sosias.models.base import Base, open_base
from sosias.models.gguf_file import GgufFile
from sosias.models.own_gguf import with_gguf
from sosias.settings import RunSettings, TrainingSettings
from sosias.voice.engines import adapter_of, base_of, choose_engine, open_engine
from sosias.workspace import Run, write_settings
from tests.bases import TEXTS, random_adapter, tiny_folder

pytest.importorskip("torch")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep what is made here out of the user's cache."""
    monkeypatch.setenv("SOSIAS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def run_on(base: Path, folder: Path) -> Run:
    """Return a run's folder that names a base."""
    run = Run(folder)
    settings = RunSettings(
        base=str(base),
        template="transcript",
        persona_author="Ana",
        partner="Bea",
        group=False,
        training=TrainingSettings(),
        sessions_sha256="",
    )
    write_settings(run.settings_file, settings)
    return run


@pytest.fixture
def adapted(tmp_path: Path) -> tuple[Base, Run]:
    """Return a tiny GPT-2 in a folder, and a run that trained an adapter for it."""
    base = open_base(str(tiny_folder(tmp_path / "base", "gpt2")))
    run = run_on(base.folder, tmp_path / "run")
    random_adapter(base, run.adapter_folder, spread=0.1)
    return base, run


def test_a_folder_gets_a_file_for_llama_once(adapted: tuple[Base, Run], cache: Path) -> None:
    base, run = adapted
    said: list[Event] = []
    assert choose_engine(base_of(run), run, said.append).value == "llama.cpp"
    (made,) = cache.rglob("*.gguf")
    assert GgufFile(made).architecture == "gpt2"
    assert [one.value for one in said if isinstance(one, Choice)] == ["Q8_0"]
    written = made.stat().st_mtime_ns
    engine = open_engine("llama.cpp", base, run, 64, silent)
    prompt = base.tokenizer.encode(TEXTS[0]).ids
    with_adapter, without = (engine.next_token_probabilities(prompt, tuned=one) for one in (True, False))
    engine.close()
    assert abs(with_adapter - without).sum() > 0.05
    assert made.stat().st_mtime_ns == written, "not made twice"


def test_other_weights_in_the_folder_are_another_file(tmp_path: Path, cache: Path) -> None:
    folder = tiny_folder(tmp_path / "base", "gpt2")
    first = with_gguf(open_base(str(folder))).gguf
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes() + b"\n")
    second = with_gguf(open_base(str(folder))).gguf
    assert first != second
    assert list(cache.rglob("*.gguf")) == [second], "the older one is of no use any more"


def test_weights_of_a_run_keep_their_file_beside_them(tmp_path: Path, cache: Path) -> None:
    run = run_on(tmp_path / "gone", tmp_path / "run")
    tiny_folder(run.weights_folder, "llama")
    base = base_of(run)
    assert (base.folder, adapter_of(run)) == (run.weights_folder.resolve(), None)
    assert choose_engine(base, run, silent).value == "llama.cpp"
    assert (run.weights_folder / "model.gguf").is_file()
    assert (run.weights_folder / "gguf.lock").stat().st_mode & 0o777 == 0o600
    assert not list(cache.rglob("*.gguf")), "what somebody wrote stays in the workspace"


@pytest.mark.parametrize("kept", ["weights", "start"])
def test_so_do_those_of_another_run_that_an_adapter_is_trained_on(
    tmp_path: Path, cache: Path, kept: str
) -> None:
    other = run_on(tmp_path / "gone", tmp_path / "other")
    base = open_base(str(tiny_folder(other.folder / kept, "gpt2")))
    run = run_on(base.folder, tmp_path / "run")
    random_adapter(base, run.adapter_folder, spread=0.1)
    own = base.folder / "own-q4.gguf"
    own.write_bytes(b"somebody's")
    assert choose_engine(base_of(run), run, silent).value == "llama.cpp"
    assert (base.folder / "model.gguf").is_file() and own.is_file()
    assert not list(cache.rglob("*.gguf")), "with that run it is deleted"


@pytest.mark.parametrize("change", [("gpt2", "mamba"), ("gelu_new", "relu")])
def test_what_llama_cannot_compute_speaks_through_torch(
    adapted: tuple[Base, Run], cache: Path, change: tuple[str, str]
) -> None:
    base, run = adapted
    config = base.folder / "config.json"
    config.write_text(config.read_text().replace(f'"{change[0]}"', f'"{change[1]}"'))
    choice = choose_engine(open_base(str(base.folder)), run, silent)
    assert choice.value == "torch"
    assert "llama.cpp" in choice.why
    assert not list(cache.rglob("*.gguf"))
