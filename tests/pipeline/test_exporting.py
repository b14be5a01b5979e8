"""A persona trained on each layout goes out in every form, read back and compared; or nothing is left."""

import errno
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest

from sosias.corpus import prepare, prepared
from sosias.events import Event, silent
from sosias.models.base import open_base
from sosias.models.disk import NoRoomForExport
from sosias.models.export import Weights
from sosias.models.gguf_file import GgufFile
from sosias.models.gguf_vocabulary import TokenizerNotExportable
from sosias.models.traps import traps
from sosias.pipeline import exporting
from sosias.pipeline.exporting import (
    ExportDiffers,
    ExportOutdated,
    ExportThere,
    NoAdapter,
    export_model,
    read_exports,
)
from sosias.settings import TrainingSettings
from sosias.voice.agreement import Agreement
from sosias.workspace import Persona, Workspace, write_settings
from tests.bases import LAYOUTS, tiny_folder
from tests.tiny import QUICK, tiny_novels, tiny_persona

torch = pytest.importorskip("torch")
from sosias.evaluation.evaluate import evaluate  # noqa: E402  # they need torch, too
from sosias.training.train import train  # noqa: E402

FAST: TrainingSettings = QUICK.model_copy(update={"steps": 3, "learning_rate": 2e-2})
WHOLE = FAST.model_copy(update={"method": "full", "rank": None, "alpha": None, "learning_rate": 1e-3})


def trained(folder: Path, base: Path, training: TrainingSettings = FAST) -> Persona:
    """Return a persona that has learnt a little."""
    workspace, persona = tiny_persona(folder / "chats", base, training)
    train(workspace, persona)
    return persona


@pytest.fixture(scope="module", params=LAYOUTS)
def persona(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Persona:
    """Return a persona on a tiny base of each layout."""
    folder = tmp_path_factory.mktemp(request.param)
    return trained(folder, tiny_folder(folder / "base", request.param))


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Persona:
    """Return a persona on a tiny Llama."""
    folder = tmp_path_factory.mktemp("llama")
    return trained(folder, tiny_folder(folder / "base", "llama"))


@pytest.fixture(autouse=True)
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Load what was written here without trying it out in a process of its own first."""
    monkeypatch.setattr("sosias.voice.llama.check_files", lambda *_files: None)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what is made of a base out of the user's cache."""
    monkeypatch.setenv("SOSIAS_CACHE", str(tmp_path / "cache"))


def test_plain_transformers_loads_the_folder(persona: Persona, tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    result = export_model(persona, tmp_path / "out", "hf", listener=silent)
    assert result["verified"]["largest_difference"] < 0.001
    assert result["verified"]["training_moved"] > 0.005, "else a lost adapter would not be seen"
    network, report = AutoModelForCausalLM.from_pretrained(tmp_path / "out", output_loading_info=True)
    assert not any(report.values()), "no weight missing, none left over"
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "out")
    talk = [{"role": "user", "content": "¿vienes?"}]
    prompt = tokenizer.apply_chat_template(
        talk, add_generation_prompt=True, return_tensors="pt", return_dict=True
    )
    assert tokenizer.decode(prompt["input_ids"][0]) == "Guest: ¿vienes?\n\nAna:"
    drawn = network.generate(**prompt, max_new_tokens=3)
    assert drawn.shape[1] <= prompt["input_ids"].shape[1] + 3
    assert (
        open_base(str(tmp_path / "out")).config.layout == open_base(persona.settings.base or "").config.layout
    )


def test_the_adapter_goes_out_for_peft_and_for_llama(persona: Persona, tmp_path: Path) -> None:
    result = export_model(persona, tmp_path / "out", "adapter", listener=silent)
    assert result["verified"]["largest_difference"] < 0.001
    assert result["verified"]["gguf"]["largest_difference"] < 0.1
    assert {"adapter_config.json", "adapter_model.safetensors", "adapter.gguf"} < set(result["files"])
    config = json.loads((tmp_path / "out" / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == "base", "no path of this machine"


def test_one_file_for_llama(persona: Persona, tmp_path: Path) -> None:
    result = export_model(persona, tmp_path / "out", "gguf", weights="F16", listener=silent)
    assert result["verified"]["largest_difference"] < 0.005
    model = GgufFile(tmp_path / "out" / "ana-f16.gguf")
    assert "Ana:" in model.metadata["tokenizer.chat_template"]
    assert model.metadata["general.name"] == "ana"


def test_what_is_not_for_talk_has_no_chat_template_not_even_its_base_s(
    llama: Persona, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    described: dict[str, Any] = {}
    write = exporting.write_gguf

    def written(*arguments: Any, **options: Any) -> None:
        described.update(options["described"])
        write(*arguments, **options)

    monkeypatch.setattr(exporting, "chat_template", lambda *_arguments: None)
    monkeypatch.setattr(exporting, "write_gguf", written)
    export_model(llama, tmp_path / "out", "gguf", weights="F16", listener=silent)
    assert described["tokenizer.chat_template"] is None
    assert "tokenizer.chat_template" not in GgufFile(tmp_path / "out" / "ana-f16.gguf").metadata


def test_fewer_bits_are_smaller_and_farther(
    llama: Persona, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As measured, whether it would be let through or not: four bits may cost more than three steps teach."""
    found: dict[str, Agreement] = {}

    def measured(_subject: Any, kind: str, agreed: Agreement, _advice: str) -> dict[str, Any]:
        found[kind] = agreed
        return agreed.as_json(1.0)

    monkeypatch.setattr(exporting, "_checked", measured)
    bits: tuple[Weights, ...] = ("F16", "Q8_0", "Q4_0")
    for one in bits:
        export_model(llama, tmp_path / one, "gguf", weights=one, listener=silent)
    sizes = [next((tmp_path / one).glob("*.gguf")).stat().st_size for one in bits]
    apart = [found[one].largest for one in bits]
    assert sizes == sorted(sizes, reverse=True) and apart == sorted(apart)
    assert apart[0] < 0.005 < 0.05 and apart[1] < 0.05 and apart[2] < 0.5


def test_tensors_wait_on_the_disk_of_the_export_and_nowhere_else(
    llama: Persona, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []
    whole = tempfile.TemporaryFile

    def watched(*arguments: Any, **options: Any) -> Any:
        asked.append(Path(options["dir"]))
        return whole(*arguments, **options)

    def no_other(*_arguments: Any, **_options: Any) -> None:
        raise AssertionError("in the system's folder")

    monkeypatch.setattr(tempfile, "TemporaryFile", watched)
    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", no_other)
    export_model(llama, tmp_path / "out", "gguf", weights="F16", listener=silent)
    assert [folder.parent for folder in asked] == [tmp_path]


@pytest.mark.parametrize("kind", ["hf", "adapter", "gguf"])
def test_a_disk_that_fills_up_is_said_with_the_export_s_folder(
    llama: Persona, tmp_path: Path, kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: Any, **_options: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(exporting, "write_card", full)
    place = tmp_path / "disk"
    with pytest.raises(NoRoomForExport, match=f"in {place} "):
        export_model(llama, place / "out", kind, listener=silent)
    assert list(place.iterdir()) == []


@pytest.mark.parametrize("kind", ["hf", "adapter", "gguf"])
def test_what_differs_is_thrown_away(
    llama: Persona, tmp_path: Path, kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "TOLERANCES", dict.fromkeys(exporting.TOLERANCES, -1.0))
    with pytest.raises(ExportDiffers, match="thrown away"):
        export_model(llama, tmp_path / "out", kind, listener=silent)
    assert [path.name for path in tmp_path.iterdir() if "out" in path.name] == []


def test_a_lost_adapter_is_seen(llama: Persona, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file without what was learnt may be within the tolerance of four bits, and is still refused."""
    monkeypatch.setattr(exporting, "TOLERANCES", dict.fromkeys(exporting.TOLERANCES, 1.0))
    whole = exporting.write_gguf
    without = {"adapter": None}
    monkeypatch.setattr(exporting, "write_gguf", lambda *args, **rest: whole(*args, **{**rest, **without}))
    with pytest.raises(ExportDiffers):
        export_model(llama, tmp_path / "out", "gguf", weights="Q4_0", listener=silent)


def test_lost_training_of_all_weights_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    persona = trained(tmp_path, tiny_folder(tmp_path / "base", "llama"), WHOLE)
    monkeypatch.setattr(exporting, "TOLERANCES", dict.fromkeys(exporting.TOLERANCES, 1.0))
    write = exporting.write_gguf
    untrained = open_base(str(tmp_path / "base"))
    monkeypatch.setattr(exporting, "write_gguf", lambda _base, *args, **rest: write(untrained, *args, **rest))
    with pytest.raises(ExportDiffers):
        export_model(persona, tmp_path / "out", "gguf", weights="Q4_0", listener=silent)


def test_the_card_says_what_a_network_from_scratch_stands_on(tmp_path: Path) -> None:
    """Nothing of anybody else's: neither it nor a person on top of it."""
    workspace, novels = tiny_novels(tmp_path)
    train(workspace, novels, overrides={"steps": 1})
    person = trained(tmp_path / "person", novels.finished_run().weights_folder)
    for one, base in ((novels, "random weights"), (person, "weights of an earlier training")):
        export_model(one, tmp_path / one.name, "hf", listener=silent)
        card = (tmp_path / one.name / "README.md").read_text()
        assert f"| base | {base} |" in card and "It was trained from random weights" in card
        assert "names no licence" not in card and ("spanish" in card) == (one is novels)


def test_the_card_counts_what_was_learnt_and_says_what_was_measured(tmp_path: Path) -> None:
    persona = trained(tmp_path, tiny_folder(tmp_path / "base", "llama"))
    workspace = Workspace.open(persona.folder.parents[1])

    def card(name: str) -> str:
        export_model(persona, tmp_path / name, "adapter", listener=silent)
        return (tmp_path / name / "README.md").read_text()

    evaluate(workspace, persona)
    learnt = sum(one.split == "train" for one in prepared.read_sessions(persona))
    first = card("first")
    assert f"- to learn from: {learnt} sessions" in first and "On later talk that it had not seen" in first
    evaluate(workspace, persona, folds=2)
    second = card("second")
    assert "means over 2 trainings, each" in second and "On later talk" not in second
    preparation = persona.settings.preparation.model_copy(update={"gap_minutes": 5})
    persona.save(persona.settings.model_copy(update={"preparation": preparation}))
    prepare.prepare(workspace, persona)
    assert "- to learn from: " not in card("third"), "these are other sessions"


def test_the_card_tells_what_it_is_and_no_message(llama: Persona, tmp_path: Path) -> None:
    export_model(llama, tmp_path / "out", "hf", listener=silent)
    card = (tmp_path / "out" / "README.md").read_text()
    for told in ("Self: ", "240 messages", "It is not Ana", "not been measured", "names no licence"):
        assert told in card
    assert "`vllm serve FOLDER` should serve it as well; that has not been tried." in card
    for kept in ("Bea", "claro que sí", "qué va", str(tmp_path), str(llama.folder)):
        assert kept not in card
    written = "".join(
        path.read_text() for path in (tmp_path / "out").iterdir() if path.suffix in (".json", ".jinja")
    )
    assert "Bea" not in written and str(llama.folder.parents[1]) not in written


def test_where_it_went_is_written_down(llama: Persona, tmp_path: Path) -> None:
    export_model(llama, tmp_path / "out", "adapter", listener=silent)
    assert read_exports(llama)[-1]["path"] == str(tmp_path / "out")


def test_the_number_format_is_the_base_s(tmp_path: Path) -> None:
    folder = tiny_folder(tmp_path / "base", "qwen3")
    from transformers import AutoModelForCausalLM

    AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16).save_pretrained(folder)
    (folder / "LICENSE").write_text("Do as you like.")
    result = export_model(trained(tmp_path, folder), tmp_path / "out", "hf", listener=silent)
    assert result["verified"]["dtype"] == "bfloat16"
    assert result["verified"]["read_back"] < 0.001, "what was rounded was written exactly"
    assert json.loads((tmp_path / "out" / "config.json").read_text())["dtype"] == "bfloat16"
    assert "LICENSE" in result["files"]


def test_nothing_is_written_over(llama: Persona, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(ExportThere, match="choose another name"):
        export_model(llama, tmp_path / "out", "hf", listener=silent)


def test_all_weights_have_no_adapter(tmp_path: Path) -> None:
    persona = trained(tmp_path, tiny_folder(tmp_path / "base", "gpt2"), WHOLE)
    with pytest.raises(NoAdapter, match="--to hf"):
        export_model(persona, tmp_path / "out", "adapter", listener=silent)
    for kind in ("hf", "gguf"):
        result = export_model(persona, tmp_path / kind, kind, weights="F16", listener=silent)
        assert result["verified"]["largest_difference"] < 0.005
        assert result["verified"]["training_moved"] > 0.005, "else lost training would not be seen"
    for number, gone in enumerate(
        (tmp_path / "base" / "model.safetensors", tmp_path / "base" / "config.json")
    ):
        gone.unlink()
        out = tmp_path / str(number)
        verified = export_model(persona, out, "hf", listener=silent)["verified"]
        assert verified["training_moved"] is None and "| base | base |" in (out / "README.md").read_text()


def test_the_terms_of_a_base_stay_with_all_its_weights(tmp_path: Path) -> None:
    """However often weights are trained on weights: what the base came under, they come under."""
    folder = tiny_folder(tmp_path / "base", "llama")
    terms = {"LICENSE.txt": "Llama 3.2", "USE_POLICY.md": "Do no harm."}
    for name, said in terms.items():
        (folder / name).write_text(said)
    (folder / "NOTICE").write_bytes("© Built with Llama.\n".encode("latin-1"))
    (folder / "README.md").write_text("---\nlicense: llama3.2\n---\nA model of theirs.")
    for number in (1, 2):
        persona = trained(tmp_path / str(number), folder, WHOLE)
        folder = persona.finished_run().weights_folder
        base = open_base(str(folder))
        assert any("Built with Llama" in said for said in traps(base, ["hola"]))
        assert "of theirs" not in (folder / "README.md").read_text(), "it is another model"
    for kind in ("hf", "gguf"):
        export_model(persona, tmp_path / kind, kind, weights="F16", listener=silent)
        assert {name: (tmp_path / kind / name).read_text().strip() for name in terms} == terms
        assert "comes under: llama3.2" in (tmp_path / kind / "README.md").read_text()
        assert (tmp_path / kind / "NOTICE").read_bytes().decode("latin-1") == "© Built with Llama.\n"
    assert "Built with Llama." in GgufFile(tmp_path / "gguf" / "ana-f16.gguf").metadata["general.notice"]


def test_a_persona_of_dora_goes_out_merged(tmp_path: Path) -> None:
    training = FAST.model_copy(update={"method": "dora"})
    persona = trained(tmp_path, tiny_folder(tmp_path / "base", "llama"), training)
    for kind in ("hf", "gguf"):
        result = export_model(persona, tmp_path / kind, kind, weights="F16", listener=silent)
        assert result["verified"]["largest_difference"] < 0.005
        assert result["verified"]["training_moved"] > 0.005, "else a lost adapter would not be seen"
    result = export_model(persona, tmp_path / "adapter", "adapter", listener=silent)
    assert result["verified"]["largest_difference"] < 0.001
    assert "adapter.gguf" not in result["files"], "llama.cpp knows no DoRA"


def test_what_llama_cannot_compute_is_told(tmp_path: Path) -> None:
    from tests.tiny import tiny_base

    persona = trained(tmp_path, tiny_base(tmp_path / "base", "llama"))  # its tokenizer has no GGUF name
    with pytest.raises(TokenizerNotExportable):
        export_model(persona, tmp_path / "out", "gguf", listener=silent)
    said: list[Event] = []
    result = export_model(persona, tmp_path / "out", "adapter", listener=said.append)
    assert "adapter.gguf" not in result["files"]
    assert any("Without a file for llama.cpp" in getattr(one, "text", "") for one in said)


def test_a_forgotten_person_s_words_do_not_leave(tmp_path: Path) -> None:
    persona = trained(tmp_path, tiny_folder(tmp_path / "base", "llama"))
    run = persona.finished_run()
    write_settings(run.settings_file, run.settings.model_copy(update={"outdated": True}))
    with pytest.raises(ExportOutdated, match="train it again"):
        export_model(persona, tmp_path / "out", "hf", listener=silent)
