"""A training's folder: its settings, metrics and checkpoint, and what it ended in."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sosias.settings import RunSettings
from sosias.workspace.files import read_settings


@dataclass(frozen=True)
class Run:
    """One training: resolved settings, metrics, checkpoint, and in the end the adapter or the weights."""

    folder: Path

    @property
    def settings_file(self) -> Path:
        return self.folder / "settings.toml"

    @property
    def settings(self) -> RunSettings:
        return read_settings(self.settings_file, RunSettings)

    @property
    def metrics_file(self) -> Path:
        return self.folder / "metrics.jsonl"

    @property
    def checkpoint_folder(self) -> Path:
        return self.folder / "checkpoint"

    @property
    def adapter_folder(self) -> Path:
        return self.folder / "adapter"

    @property
    def adapter_gguf(self) -> Path:
        return self.folder / "adapter.gguf"

    @property
    def weights_folder(self) -> Path:
        """What a run that trains all weights ends in, as a Hugging Face folder."""
        return self.folder / "weights"

    @property
    def start_folder(self) -> Path:
        """The vocabulary and the first weights of a run from scratch, as a Hugging Face folder."""
        return self.folder / "start"

    @property
    def corpus_folder(self) -> Path:
        """The texts of a run from scratch as tokens, until it has ended."""
        return self.folder / "corpus"

    @property
    def learnt_file(self) -> Path:
        """Hashes of the sessions that were learnt."""
        return self.folder / "learnt.txt"

    @property
    def result_file(self) -> Path:
        return self.folder / "result.json"

    @property
    def is_finished(self) -> bool:
        kept = self.adapter_folder.is_dir() or self.weights_folder.is_dir()
        return kept and self.result_file.is_file()

    def clear_left(self) -> None:
        """Take away what a kill has left half-written in the folder: nothing would ever read it."""
        for pattern in (".*", "checkpoint/.*", "corpus/*/.*"):
            for left in self.folder.glob(pattern):
                if left.is_dir():
                    shutil.rmtree(left)
                else:
                    left.unlink()

    def result(self) -> dict[str, Any]:
        """Return what the training said of itself when it ended."""
        value: dict[str, Any] = json.loads(self.result_file.read_text(encoding="utf-8"))
        return value
