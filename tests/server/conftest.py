"""A real server on a free port, a fake voice behind the real companion."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import httpx
import openai
import pytest
import uvicorn

from sosias.companion.companion import Companion
from sosias.server.app import create_app
from sosias.server.run import listen, quiet_config
from sosias.server.security import loopback_hosts
from sosias.settings import Consent, PersonaSettings, SafetySettings
from sosias.workspace import Persona, Workspace, write_json
from tests.companion.voices import FakeVoice

TOKEN = "a-token-for-the-tests-alone"


def add_persona(workspace: Workspace, name: str, *, trained: bool = True) -> Persona:
    consent = Consent(kind="fiction", recorded=date(2026, 11, 22))
    persona = workspace.new_persona(PersonaSettings(name=name, author=name.title(), consent=consent))
    if trained:
        train(persona)
    return persona


def train(persona: Persona) -> None:
    """Leave what a finished run leaves."""
    run = persona.new_run()
    run.adapter_folder.mkdir()
    write_json(run.result_file, {})


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace.create(tmp_path / "chats")
    add_persona(workspace, "ana")
    add_persona(workspace, "bea")
    add_persona(workspace, "carla")
    add_persona(workspace, "not-yet", trained=False)
    return workspace


@dataclass
class Served:
    """A running server, and the voices that it opened."""

    url: str
    voices: dict[str, FakeVoice]
    opened: list[str] = field(default_factory=list)
    workspace: Workspace | None = None

    def client(self) -> openai.OpenAI:
        return openai.OpenAI(base_url=f"{self.url}/v1", api_key=TOKEN, max_retries=0)

    def client_async(self) -> openai.AsyncOpenAI:
        return openai.AsyncOpenAI(base_url=f"{self.url}/v1", api_key=TOKEN, max_retries=0)

    def http(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30)


@pytest.fixture
def served(workspace: Workspace) -> Iterator[Served]:
    voices = {name: FakeVoice(persona_author=name.title()) for name in ("ana", "bea", "carla")}
    opened: list[str] = []

    def open_companion(persona: Persona) -> Companion:
        opened.append(persona.name)
        voices[persona.name].closed = False
        return Companion(voices[persona.name], SafetySettings(country="ES"), "es")

    with running(workspace, open_companion) as url:
        yield Served(url, voices, opened, workspace)


class running:
    """Run the app in a thread for the length of a block; give its address."""

    def __init__(self, workspace: Workspace, open_companion: Callable[[Persona], Companion]) -> None:
        self.socket: socket.socket = listen("127.0.0.1", 0)
        port = self.socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        app = create_app(
            workspace, token=TOKEN, allowed_hosts=loopback_hosts(port), open_companion=open_companion
        )
        self.server = uvicorn.Server(quiet_config(app))
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.socket]})

    def __enter__(self) -> str:
        self.thread.start()
        until(lambda: self.server.started)
        return self.url

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = True
        self.thread.join(timeout=20)
        assert not self.thread.is_alive()


def until(condition: Callable[[], object], seconds: float = 10) -> None:
    """Wait for something that another thread brings about."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.01)
