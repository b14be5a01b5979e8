"""What `train --show-windows` shows is what is trained."""

from pathlib import Path

from sosias.training.show import show_windows
from tests.tiny import tiny_persona


def test_the_personas_words_are_learnt_and_the_others_only_read(llama_folder: Path, tmp_path: Path) -> None:
    _workspace, persona = tiny_persona(tmp_path / "chats", llama_folder)
    windows = show_windows(persona, 3)
    assert len(windows) == 3
    learnt = "".join(text for window in windows for text, flag in window if flag)
    read = "".join(text for window in windows for text, flag in window if not flag)
    assert "claro que sí" in learnt and "claro" not in read
    assert "¿y el" in read and "¿y el" not in learnt
