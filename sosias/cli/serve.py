"""`sosias serve`: the personas for other programs on this machine."""

from typing import Annotated

import typer

from sosias.cli.call import Call
from sosias.language import translate as _

Port = Annotated[int, typer.Option("--port", metavar="N", min=0, max=65535, help=_("The port to listen on."))]


def serve(call: Call, port: Port = 8765) -> None:
    """Serve on 127.0.0.1 until Ctrl-C."""
    from sosias.server.run import serve as serve_workspace

    with call.listening() as listener:
        serve_workspace(call.workspace(), host="127.0.0.1", port=port, token=None, listener=listener)
