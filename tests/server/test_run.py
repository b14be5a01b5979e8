"""Starting: only on this machine, on a port that is free, with a token kept for its owner alone."""

import os
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest

from sosias.events import Event, Notice
from sosias.server import run
from sosias.server.run import NotThisMachine, PortNotFree, kept_token, listen, loopback_address, serve
from sosias.workspace import Workspace

from .conftest import until


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("localhost", "127.0.0.1"),
        ("::1", "::1"),
        ("[::1]", "::1"),
        ("127.0.0.2", "127.0.0.2"),
    ],
)
def test_loopback_addresses_are_taken(host: str, address: str) -> None:
    assert loopback_address(host) == address


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "example.org", "", "localhost.example.org"])
def test_other_addresses_are_refused_with_a_sentence(workspace: Workspace, host: str) -> None:
    with pytest.raises(NotThisMachine) as caught:
        serve(workspace, host=host)
    assert "127.0.0.1" in str(caught.value)


def test_a_taken_port_is_one_sentence(workspace: Workspace) -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortNotFree) as caught:
            serve(workspace, port=port)
    assert str(port) in str(caught.value) and "--port" in str(caught.value)


def test_the_token_is_made_once_and_kept_private(workspace: Workspace) -> None:
    token = kept_token(workspace)
    assert len(token) >= 32 and kept_token(workspace) == token
    path = workspace.server_token_file
    assert path.read_text(encoding="utf-8").strip() == token
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text("short")
    assert len(kept_token(workspace)) >= 32


def test_it_serves_until_it_is_stopped(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    servers: list[run.uvicorn.Server] = []
    make = run.uvicorn.Server

    def made(config: object) -> run.uvicorn.Server:
        servers.append(make(config))  # type: ignore[arg-type]
        return servers[-1]

    monkeypatch.setattr(run.uvicorn, "Server", made)
    heard: list[Event] = []
    thread = threading.Thread(target=serve, args=(workspace,), kwargs={"port": 0, "listener": heard.append})
    thread.start()
    until(lambda: servers and servers[0].started)
    notices = [event.text for event in heard if isinstance(event, Notice)]
    url = next(word for word in notices[0].split() if word.startswith("http://"))
    assert str(workspace.server_token_file) in notices[1]
    token = kept_token(workspace)
    assert not any(token in notice for notice in notices)
    response = httpx.get(f"{url}/models", headers={"Authorization": f"Bearer {token}"})
    assert [model["id"] for model in response.json()["data"]] == ["ana", "bea", "carla"]
    servers[0].should_exit = True
    thread.join(timeout=20)
    assert not thread.is_alive()


def test_a_workspace_without_personas_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run.uvicorn.Server, "run", lambda *_, **__: None)
    heard: list[Event] = []
    serve(Workspace.create(tmp_path), port=0, listener=heard.append)
    assert any("No persona" in event.text for event in heard if isinstance(event, Notice))


def test_ipv6_where_the_machine_has_it() -> None:
    try:
        with listen("::1", 0) as taken:
            assert taken.family == socket.AF_INET6
    except PortNotFree:
        pytest.skip("this machine has no ::1")


def test_serving_needs_no_torch() -> None:
    code = (
        "import sys\n"
        "sys.modules['torch'] = sys.modules['transformers'] = sys.modules['peft'] = None\n"
        "import sosias.server.run, sosias.companion.companion\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
