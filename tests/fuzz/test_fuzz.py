"""A short fuzz of every source, and the fuzzer's own word: it finds faults, and keeps what made them."""

import sys
import time
from pathlib import Path
from random import Random

import pytest

from sosias.sources.source import recognise
from tests.fuzz import check as promises
from tests.fuzz.__main__ import main
from tests.fuzz.case import Case
from tests.fuzz.mutate import mutated
from tests.fuzz.run import fuzz
from tests.fuzz.seeds import cases, names

SECONDS = 4
"""For each source: a few hundred cases. `make fuzz` takes minutes."""
HERE = "tests.fuzz.test_fuzz"


@pytest.mark.parametrize("source", names())
def test_a_source_reads_or_refuses_whatever_comes(source: str, tmp_path: Path) -> None:
    result = fuzz(source, SECONDS, 0, tmp_path / "faults", "--blind")
    assert result.cases and result.read
    assert not [(fault / "why.txt").read_text() for fault in result.faults]


@pytest.mark.parametrize("source", names())
def test_every_seed_is_an_export_and_keeps_the_promises(source: str, tmp_path: Path) -> None:
    for number, case in enumerate(cases(source, tmp_path / "seeds")):
        path = case.write(tmp_path / str(number))
        assert recognise(path).readings
        promises.check(path, case.number, tmp_path / f"workspace-{number}")


def fall(_path: Path, _number: int, _workspace: Path | None) -> int:
    raise KeyError("text")


def hang(_path: Path, _number: int, _workspace: Path | None) -> int:
    while True:
        time.sleep(0.1)


def devour(_path: Path, _number: int, _workspace: Path | None) -> int:
    return len(bytearray(8 << 30))


@pytest.mark.parametrize("options", [["--blind"], []], ids=["blind", "guided"])
def test_an_exception_is_kept_once_with_its_input(options: list[str], tmp_path: Path) -> None:
    result = fuzz("whatsapp", 1, 0, tmp_path / "faults", "--check", f"{HERE}:fall", *options)
    [fault] = result.faults
    assert fault.name.startswith("KeyError-test_fuzz")
    assert "KeyError: 'text'" in (fault / "why.txt").read_text()
    assert Case.read(next((fault / "input").iterdir())).size


def test_a_hang_is_a_fault(tmp_path: Path) -> None:
    options = ("--blind", "--slowest", "0.5", "--check", f"{HERE}:hang")
    result = fuzz("whatsapp", 1, 0, tmp_path / "faults", *options)
    [fault] = result.faults
    assert fault.name.startswith("hang") and next((fault / "input").iterdir()).exists()


@pytest.mark.skipif(sys.platform != "linux", reason="this system does not limit a process's memory")
def test_too_much_memory_is_a_fault(tmp_path: Path) -> None:
    result = fuzz("whatsapp", 1, 0, tmp_path / "faults", "--blind", "--check", f"{HERE}:devour")
    assert [fault.name.partition("-")[0] for fault in result.faults] == ["MemoryError"]


def test_a_kept_input_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    case = cases("whatsapp", tmp_path / "seeds")[0]
    case.write(tmp_path / "fault" / "input")
    main(["--replay", str(tmp_path / "fault")])
    assert "No fault" in capsys.readouterr().err
    monkeypatch.setattr(promises, "KINDS", ("post",))
    with pytest.raises(promises.Broken, match="kind"):
        main(["--replay", str(tmp_path / "fault")])


@pytest.mark.parametrize("source", names())
def test_damage_is_drawn_alike_from_one_number(source: str, tmp_path: Path) -> None:
    seeds = cases(source, tmp_path)
    for number in range(60):
        draws = [Random(number) for _time in range(2)]
        one, same = (mutated(draw.choice(seeds), draw.choice(seeds), draw) for draw in draws)
        assert one.name == same.name and one.files.keys() == same.files.keys()
        assert Case.unpacked(one.packed()) == one


def test_what_is_no_case_is_none() -> None:
    for data in (b"", b"x", b"{}\n", b'["x", [["a"]]]\nabc', b'["x", 3]\n'):
        assert Case.unpacked(data) is None
