"""What the comparison from scratch measures, and that both sides learn at all."""

import gzip
import json
import math
from pathlib import Path

import pytest
import torch

from bench import scratch, scratch_material
from bench.scratch_peer import GPT
from bench.scratch_worker import bits_per_byte
from sosias.training.shards import write_shards


@pytest.mark.parametrize("count", [3, 8, 9, 12, 13, 16, 17, 40, 203])
def test_every_held_out_token_counts_once(tmp_path: Path, count: int) -> None:
    write_shards([[1] * count], tmp_path / "held", vocabulary=8, key="k")
    seen = []

    def uniform(ids: torch.Tensor) -> torch.Tensor:
        seen.append(ids.shape[1])
        return torch.zeros(*ids.shape, 8)

    bits = bits_per_byte(uniform, tmp_path, {"end": 0, "held_bytes": 100}, 8)
    assert bits == pytest.approx(count * 3 / 100)
    assert max(seen) <= 8


def test_the_peer_is_causal_and_begins_knowing_nothing() -> None:
    torch.manual_seed(0)
    network = GPT(50, 16, 2, 32, 2)
    ids = torch.randint(0, 50, (2, 16))
    other = ids.clone()
    other[:, 9:] = 0
    first, second = network(ids), network(other)
    assert torch.allclose(first[:, :9], second[:, :9], atol=1e-5)
    loss = torch.nn.functional.cross_entropy(first[:, :-1].flatten(0, 1), ids[:, 1:].flatten())
    assert abs(float(loss.detach()) - math.log(50)) < 0.3


def test_whole_novels_are_told_apart(tmp_path: Path) -> None:
    text = "\n\t\n\t\nUno.\n\t\nDos.\n\t\n\n\n\t\n\t\nOtra novela.\n"
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(text.encode()))
    assert scratch_material.read_novels(tmp_path) == ["Uno.\nDos.", "Otra novela."]


@pytest.mark.timeout(600)
def test_both_sides_learn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    novels = "\n\n\n".join(f"La novela {number} dice siempre lo mismo, " * 400 for number in range(30))
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(novels.encode()))
    scratch.main([str(tmp_path), "--json", "--minutes", "0.03", "--size", "tiny"])
    result = json.loads(capsys.readouterr().out)
    assert result["tools"].keys() == {"ours", "peer"}
    material = result["material"]
    untrained = material["held_tokens"] * math.log2(material["vocabulary"]) / material["held_bytes"]
    for found in result["tools"].values():
        assert found["steps"] > 0
        assert found["bits_per_byte"] < 0.9 * untrained
    assert material["held_out"] == 1
    weights = [found["parameters"] for found in result["tools"].values()]
    assert max(weights) / min(weights) < 1.2
