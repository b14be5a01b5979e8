"""The companions a server has open, and who waits for which.

One reply at a time a persona: more would only make all of them slow. A few requests may wait, the
next is told to come back. A reply is computed in a thread that nobody can kill; whoever asked for it
and has gone away only says so, and the engine stops at its next token.
"""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

from sosias.companion.companion import Answer, Companion
from sosias.language import translate as _
from sosias.server.errors import ApiError
from sosias.workspace import NotTrained, Persona, Workspace

KEPT = 2
"""Companions kept open: each holds a model in memory."""
WAITING = 4
"""Requests that may wait for one persona."""

OpenCompanion = Callable[[Persona], Companion]
Work = Callable[[Companion, Callable[[], bool]], Answer]
"""Computes an answer in a thread; the second argument tells whether it is still wanted."""


@dataclass
class Seat:
    """One persona's place: who is being answered, who waits, and the companion once it is open."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    requests: int = 0
    companion: Companion | None = None
    run: Path | None = None
    """The training run that the companion speaks from."""


class Ticket:
    """A request's place in the queue of a persona."""

    def __init__(self) -> None:
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the reply begins; fails where the companion cannot be opened."""
        self.opened.add_done_callback(lambda done: done.cancelled() or done.exception())
        self.gone = threading.Event()
        self.task: asyncio.Task[Answer]

    def leave(self) -> None:
        """Give up: a waiting request leaves the queue, a running reply stops soon."""
        self.gone.set()
        if not self.opened.done():
            self.task.cancel()


class Companions:
    """Opens companions when they are asked, keeps the last few, and lets nobody push in."""

    def __init__(self, workspace: Workspace, open_companion: OpenCompanion) -> None:
        self._workspace = workspace
        self._open_companion = open_companion
        self._seats: dict[str, Seat] = {}
        self._tasks: set[asyncio.Task[Answer]] = set()
        self._opening = asyncio.Lock()

    def personas(self) -> list[Persona]:
        """Return the personas that have been trained."""
        personas = [self._workspace.persona(name) for name in self._workspace.persona_names()]
        return [persona for persona in personas if any(run.is_finished for run in persona.runs())]

    def persona(self, name: str) -> Persona:
        """Return a trained persona.

        Raises:
            ApiError: 404, there is none of that name.
        """
        for persona in self.personas():
            if persona.name == name:
                return persona
        message = _("There is no trained persona of that name: GET /v1/models lists those there are.")
        raise ApiError(HTTPStatus.NOT_FOUND, message, param="model", code="model_not_found")

    def ask(self, name: str, work: Work) -> Ticket:
        """Queue for a persona; the ticket's task gives the answer.

        Raises:
            ApiError: 404 for an unknown persona, 429 when too many wait.
        """
        persona = self.persona(name)
        seat = self._seats.setdefault(name, Seat())
        if seat.requests > WAITING:
            message = _("{name} is busy and {count} requests are waiting: try again in a moment.")
            raise ApiError(
                HTTPStatus.TOO_MANY_REQUESTS, message.format(name=name, count=WAITING), code="busy"
            )
        seat.requests += 1
        ticket = Ticket()
        ticket.task = asyncio.create_task(self._run(seat, persona, ticket, work))
        ticket.task.add_done_callback(self._done(seat, ticket))
        self._tasks.add(ticket.task)
        return ticket

    async def close(self) -> None:
        """Stop what runs and give all memory back."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for seat in self._seats.values():
            await self._shut(seat)

    async def _run(self, seat: Seat, persona: Persona, ticket: Ticket, work: Work) -> Answer:
        async with seat.turn:
            try:
                companion = await self._opened(seat, persona)
            except Exception as error:
                ticket.opened.set_exception(error)
                raise
            ticket.opened.set_result(None)
            working = asyncio.create_task(asyncio.to_thread(work, companion, ticket.gone.is_set))
            try:
                return await asyncio.shield(working)
            except asyncio.CancelledError:
                ticket.gone.set()
                await asyncio.wait({working})  # the seat is free when the thread has ended, not before
                raise

    def _done(self, seat: Seat, ticket: Ticket) -> Callable[[asyncio.Task[Answer]], None]:
        def done(task: asyncio.Task[Answer]) -> None:
            seat.requests -= 1
            self._tasks.discard(task)
            if not ticket.opened.done():
                ticket.opened.cancel()
            if not task.cancelled():
                task.exception()  # seen here, so that a client who has left causes no log entry

        return done

    async def _opened(self, seat: Seat, persona: Persona) -> Companion:
        """Return the seat's companion, opened anew where the persona has been trained since."""
        async with self._opening:
            try:
                run = persona.finished_run().folder
            except NotTrained:
                run = None
            if seat.companion is not None and seat.run == run:
                self._seats[persona.name] = self._seats.pop(persona.name)  # the last used stays longest
                return seat.companion
            await self._shut(seat)
            await self._make_room()
            seat.companion = await asyncio.to_thread(self._open_companion, persona)
            seat.run = run
            self._seats[persona.name] = self._seats.pop(persona.name)
            return seat.companion

    async def _make_room(self) -> None:
        """Close those that were not used for longest, but none that is answering."""
        idle = [seat for seat in self._seats.values() if seat.companion and not seat.turn.locked()]
        held = sum(seat.companion is not None for seat in self._seats.values())
        for seat in idle[: max(0, held - KEPT + 1)]:
            await self._shut(seat)

    async def _shut(self, seat: Seat) -> None:
        if seat.companion is not None:
            companion, seat.companion = seat.companion, None
            await asyncio.to_thread(companion.close)
