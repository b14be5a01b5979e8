"""`sosias serve`: the personas for other programs on this machine."""

from typing import Annotated

import typer

from sosias.cli.call import Call, write_line
from sosias.events import Event
from sosias.language import translate as _

HOST = "127.0.0.1"
Port = Annotated[int, typer.Option("--port", metavar="N", min=1, max=65535, help=_("The port to listen on."))]


def serve(call: Call, port: Port = 8765) -> None:
    """Serve on this machine alone until Ctrl-C; with `--json`, say where once the port is taken."""
    from sosias.server.run import serve as serve_workspace

    workspace = call.workspace()
    unsaid = [{"url": f"http://{HOST}:{port}/v1", "token_file": str(workspace.server_token_file)}]
    with call.listening() as show:

        def listener(event: Event) -> None:
            if call.as_json and unsaid:
                write_line(unsaid.pop())
            show(event)

        serve_workspace(workspace, host=HOST, port=port, listener=listener)
