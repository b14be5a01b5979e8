"""Trained with each further template, a persona writes; and the others' voice can be asked for."""

from pathlib import Path

import pytest

from sosias.corpus import prepare
from sosias.templates.asking import LossNotThere, NoAttributes, NoSuchField, NoSuchVoice
from sosias.templates.template import NotForTalk
from sosias.training.train import train
from sosias.voice.voice import open_voice
from tests.tiny import tiny_persona


@pytest.mark.parametrize("name", ["me-others", "question-answer", "attributes", "document"])
def test_a_persona_writes_with_the_template_it_was_trained_with(
    llama_folder: Path, tmp_path: Path, name: str
) -> None:
    workspace, persona = tiny_persona(tmp_path / "w", llama_folder)
    if name == "attributes":
        with pytest.raises(NoAttributes):
            train(workspace, persona, overrides={"template": name, "steps": 2})
        prepare.prepare(workspace, persona, attributes=True)
    result = train(workspace, persona, overrides={"template": name, "steps": 2})
    assert result["template"] == name
    expected = "all" if name in ("me-others", "document") else "persona"
    assert {one["what"]: one["value"] for one in result["choices"]}["loss"] == expected
    with open_voice(persona, engine="torch") as voice:
        written = voice.write("claro", 6, seed=1)
        assert written.bubbles[0].startswith("claro")
        if name == "me-others":
            assert voice.write("claro", 6, seed=1, voice="others").bubbles
        else:
            with pytest.raises(NoSuchVoice):
                voice.write("claro", 6, voice="others")
        if name == "attributes":
            assert voice.write("", 6, seed=1, fields={"sentimiento": "POSITIVO"}).tokens
            with pytest.raises(NoSuchField, match="sentimiento"):
                voice.write("", 6, fields={"sentimient": "POSITIVO"})
        if name in ("attributes", "document"):
            with pytest.raises(NotForTalk):
                voice.reply([])


def test_a_loss_that_a_template_does_not_have_is_refused(llama_folder: Path, tmp_path: Path) -> None:
    workspace, persona = tiny_persona(tmp_path / "w", llama_folder)
    with pytest.raises(LossNotThere, match='loss = "all"'):
        train(workspace, persona, overrides={"template": "document", "loss": "persona"})
