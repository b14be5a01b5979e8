"""`/v1`: the personas as models, for any program that speaks to OpenAI's API.

The companion sits under this endpoint as it does under the terminal: a message that shows a crisis
is answered by the program, whatever the request says.
"""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from sosias.companion.companion import Answer, Companion
from sosias.language import translate as _
from sosias.server.companions import Companions, Ticket
from sosias.server.errors import ApiError
from sosias.server.schemas import ChatRequest, Choice, Completion, Model, ModelList, ReplyMessage, Usage
from sosias.server.stream import Bubbles, chunks
from sosias.workspace import Persona

Wanted = TypeVar("Wanted")

router = APIRouter(prefix="/v1")

LARGEST_SEED = 2**31 - 10_000
"""Engines take 31 bits; draws after the first add to the seed."""
GONE = 499
"""What nginx logs when the client has left: nobody reads the answer."""


def the_companions(request: Request) -> Companions:
    """Return the app's companions."""
    companions: Companions = request.app.state.companions
    return companions


TheCompanions = Annotated[Companions, Depends(the_companions)]


@router.get("/models")
def list_models(companions: TheCompanions) -> ModelList:
    """List the trained personas."""
    return ModelList(data=[_model(persona) for persona in companions.personas()])


@router.get("/models/{name}")
def get_model(name: str, companions: TheCompanions) -> Model:
    """Return one trained persona."""
    return _model(companions.persona(name))


@router.post("/chat/completions", response_model=None)
async def complete_chat(chat: ChatRequest, request: Request, companions: TheCompanions) -> Response:
    """Answer a talk, at once or as a stream."""
    if not any(message.role == "user" and message.bubbles() for message in chat.messages):
        message = _("There is no message of the user with text in it.")
        raise ApiError(HTTPStatus.BAD_REQUEST, message, param="messages", code="no_user_message")
    bubbles = Bubbles()
    ticket = companions.ask(chat.model, lambda companion, gone: _answer(chat, companion, bubbles.put, gone))
    head = {
        "id": f"chatcmpl-{secrets.token_hex(12)}",
        "object": "chat.completion.chunk",
        "created": int(time.time()),
        "model": chat.model,
    }
    if not chat.stream:
        answer = await _unless_gone(request, ticket, ticket.task)
        return Response(status_code=GONE) if answer is None else _completion(head, answer)
    if await _unless_gone(request, ticket, _opened(ticket)) is None:
        return Response(status_code=GONE)
    usage = bool(chat.stream_options and chat.stream_options.include_usage)
    return StreamingResponse(
        chunks(ticket, bubbles, head, usage),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},
    )


def _answer(
    chat: ChatRequest, companion: Companion, show: Callable[[str], None], gone: Callable[[], bool]
) -> Answer:
    """Ask the companion; in a thread."""
    changes = chat.generation()
    return companion.answer(
        chat.turns(companion.partner, companion.persona_author),
        seed=None if chat.seed is None else chat.seed % LARGEST_SEED,
        on_bubble=show,
        cancelled=gone,
        settings=companion.generation.model_copy(update=changes) if changes else None,
    )


async def _opened(ticket: Ticket) -> bool:
    await ticket.opened
    return True


async def _unless_gone(request: Request, ticket: Ticket, wanted: Awaitable[Wanted]) -> Wanted | None:
    """Wait for something, or for the client to leave: then the ticket is given up and None returned."""
    coming = asyncio.ensure_future(wanted)
    leaving = asyncio.create_task(_left(request))
    try:
        await asyncio.wait({coming, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if coming.done():
            return coming.result()
        ticket.leave()
        return None
    except asyncio.CancelledError:
        ticket.leave()
        raise
    finally:
        leaving.cancel()


async def _left(request: Request) -> None:
    """Return when the client has closed the connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _model(persona: Persona) -> Model:
    trained = persona.finished_run().result_file.stat().st_mtime
    return Model(id=persona.name, created=int(trained))


def _completion(head: dict[str, Any], answer: Answer) -> JSONResponse:
    completion = Completion(
        id=head["id"],
        created=head["created"],
        model=head["model"],
        choices=[Choice(message=ReplyMessage(content="\n".join(answer.bubbles)))],
        usage=Usage.of(answer),
        x_bubbles=list(answer.bubbles),
        x_safety=answer.safety,
        x_engine=answer.engine,
    )
    return JSONResponse(completion.model_dump())
