"""A reply as server-sent events, in the order that OpenAI's clients rely on.

A chunk with the role; one chunk a bubble; an empty one with the finish reason (and our `x_` fields);
the usage where it was asked for; `[DONE]`. All carry the same id, time and model.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from sosias.companion.companion import Answer
from sosias.server.companions import Ticket
from sosias.server.errors import as_api_error
from sosias.server.schemas import Usage

HEARTBEAT = 15.0
"""Seconds without a bubble after which a comment keeps the connection open."""
DONE = "data: [DONE]\n\n"


class Bubbles:
    """Bubbles on their way from the thread that computes them to the event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()

    def put(self, bubble: str) -> None:
        """Hand a bubble over, from any thread."""
        self._loop.call_soon_threadsafe(self._queue.put_nowait, bubble)

    def end(self) -> None:
        """Say that no more will come, from the event loop."""
        self._queue.put_nowait(None)

    async def next(self) -> str | None:
        """Return the next bubble, None at the end, "" when none came for a while."""
        try:
            return await asyncio.wait_for(self._queue.get(), HEARTBEAT)
        except TimeoutError:
            return ""


async def chunks(
    ticket: Ticket, bubbles: Bubbles, head: dict[str, Any], include_usage: bool
) -> AsyncIterator[str]:
    """Yield the events of one reply; whoever stops listening gives it up."""
    try:
        ticket.task.add_done_callback(lambda _: bubbles.end())
        yield _event(head, {"role": "assistant", "content": ""})
        join = ""
        while (bubble := await bubbles.next()) is not None:
            if not bubble:
                yield ": still writing\n\n"
                continue
            yield _event(head, {"content": join + bubble})
            join = "\n"
        for event in _end(ticket.task.result(), head, include_usage):
            yield event
    except Exception as error:  # the status has been sent: what went wrong can only be said in the stream
        yield f"data: {json.dumps(as_api_error(error).body())}\n\n"
    finally:
        ticket.leave()


def _end(answer: Answer, head: dict[str, Any], include_usage: bool) -> list[str]:
    ours = {"x_bubbles": answer.bubbles, "x_safety": answer.safety, "x_engine": answer.engine}
    events = [_event({**head, **ours}, {}, "stop")]
    if include_usage:
        events.append(_line({**head, "choices": [], "usage": Usage.of(answer).model_dump()}))
    return [*events, DONE]


def _event(head: dict[str, Any], delta: dict[str, str], finish: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return _line({**head, "choices": [choice]})


def _line(chunk: dict[str, Any]) -> str:
    return f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n"
