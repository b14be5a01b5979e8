"""`bench.defaults` trains with the settings that are asked for, and measures held-out words afterwards."""

import json
from pathlib import Path

import pytest

from bench.defaults import main


def test_each_setting_gives_a_line(llama_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wanted = ["learning_rate=1e-2,window_tokens=64,rank=4", "method=full,window_tokens=64"]
    main(["--base", str(llama_folder), "--tokens", "3000", *wanted])
    lora, full = map(json.loads, capsys.readouterr().out.splitlines())
    assert (lora["learning_rate"], lora["window_tokens"], lora["rank"]) == (1e-2, 64, 4)
    assert lora["test"] < lora["untuned"] and full["test"] > 0
    assert full["rank"] is None and "untuned" not in full
    for one in (lora, full):
        assert one["steps"] == 3 and 1500 < one["tokens"] < 6000
