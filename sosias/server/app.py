"""The HTTP app: routes, errors and the checks around them; needs no torch."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI

from sosias.companion.companion import open_companion as open_of_persona
from sosias.server.companions import Companions, OpenCompanion
from sosias.server.errors import Faults, install_errors
from sosias.server.routes import openai
from sosias.server.security import BodyLimit, HostCheck, SecurityHeaders, TokenCheck
from sosias.workspace import Workspace


def create_app(
    workspace: Workspace,
    *,
    token: str,
    allowed_hosts: Sequence[str],
    open_companion: OpenCompanion = open_of_persona,
) -> FastAPI:
    """Return the app that serves the personas of a workspace.

    Args:
        token: what every request but `/health` shows as its bearer; at least 16 characters.
        allowed_hosts: what a Host header may say, with the port (`loopback_hosts`).
        open_companion: opens a persona's companion when it is first asked.
    """
    companions = Companions(workspace, open_companion)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await companions.close()

    app = FastAPI(title="Sosias", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.companions = companions
    app.include_router(openai.router)

    @app.get("/health")
    def health() -> dict[str, str]:
        """Tell that the server is up; nothing else, for it asks no token."""
        return {"status": "ok"}

    install_errors(app)
    # The last one added is the first that a request meets.
    app.add_middleware(Faults)
    app.add_middleware(BodyLimit)
    app.add_middleware(TokenCheck, token=token)
    app.add_middleware(HostCheck, allowed=allowed_hosts)
    app.add_middleware(SecurityHeaders)
    return app
