"""`sosias serve`: the app on a port of this machine, until Ctrl-C."""

import ipaddress
import secrets
import socket
from collections.abc import Sequence
from contextlib import suppress

import uvicorn

from sosias.errors import SosiasError
from sosias.events import Listener, Notice, silent
from sosias.language import translate as _
from sosias.server.app import create_app
from sosias.server.security import loopback_hosts
from sosias.workspace import Workspace, write_text

PATIENCE = 5
"""Seconds that replies under way are given when the server is stopped."""


class NotThisMachine(SosiasError):
    """Sosias serves this machine alone: {host} is an address that others could reach. Use 127.0.0.1."""


class PortNotFree(SosiasError):
    """Port {port} cannot be used ({what}): choose another one with --port, or stop what holds it."""


def serve(
    workspace: Workspace,
    *,
    host: str = "127.0.0.1",
    port: int = 8765,
    token: str | None = None,
    listener: Listener = silent,
) -> None:
    """Serve the personas of a workspace until Ctrl-C; port 0 takes a free one.

    Raises:
        NotThisMachine: the host is not a loopback address.
        PortNotFree: the port is taken or not allowed.
    """
    address = loopback_address(host)
    with listen(address, port) as taken:
        port = taken.getsockname()[1]
        app = create_app(workspace, token=token or kept_token(workspace), allowed_hosts=loopback_hosts(port))
        for sentence in _told(workspace, address, port, given=token is not None):
            listener(Notice(sentence))
        with suppress(KeyboardInterrupt):
            uvicorn.Server(quiet_config(app)).run(sockets=[taken])


def quiet_config(app: object) -> uvicorn.Config:
    """Return how uvicorn runs the app: no log of requests, a short wait at the end."""
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=PATIENCE,
    )


def loopback_address(host: str) -> str:
    """Return the loopback address that a host means.

    Raises:
        NotThisMachine: it means another one.
    """
    if host == "localhost":
        return "127.0.0.1"
    with suppress(ValueError):
        if ipaddress.ip_address(host.strip("[]")).is_loopback:
            return host.strip("[]")
    raise NotThisMachine(host=host)


def listen(address: str, port: int) -> socket.socket:
    """Return a socket that holds the port.

    Raises:
        PortNotFree: another program has it, or it is reserved.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # Windows would let two programs share the port
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((address, port))
        taken.listen()
    except OSError as error:
        taken.close()
        raise PortNotFree(port=port, what=error.strerror or error) from error
    return taken


def kept_token(workspace: Workspace) -> str:
    """Return the workspace's token, made and kept (0600) when it is first asked."""
    path = workspace.server_token_file
    token = path.read_text(encoding="utf-8").strip() if path.is_file() else ""
    if len(token) < 16:
        token = secrets.token_urlsafe(32)
        write_text(path, token + "\n")
    return token


def _told(workspace: Workspace, address: str, port: int, *, given: bool) -> Sequence[str]:
    """Return the sentences that the user reads when the server starts."""
    shown = f"[{address}]" if ":" in address else address
    url = f"http://{shown}:{port}/v1"
    sentences = [
        _("Serving on {url} for programs that speak to OpenAI's API; Ctrl-C ends it.").format(url=url)
    ]
    if not given:
        path = workspace.server_token_file
        sentences.append(_("The token (their API key) is in {path}; keep it to yourself.").format(path=path))
    if not any(workspace.persona(name).runs() for name in workspace.persona_names()):
        sentences.append(_("No persona has been trained yet: the list of models is empty."))
    return sentences
