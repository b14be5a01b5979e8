"""One reply at a time a persona, a short queue, few models in memory, and nobody computed for in vain."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import openai
import pytest

from sosias.companion.companion import Companion
from sosias.server.companions import KEPT, WAITING
from sosias.workspace import NotTrained, Persona, Workspace

from .conftest import TOKEN, Served, running, train, until

SAID: list[Any] = [{"role": "user", "content": "hola"}]
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def ask(served: Served, model: str = "ana", stream: bool = False) -> int:
    body = {"model": model, "messages": SAID, "stream": stream}
    with served.http() as http:
        response = http.post("/v1/chat/completions", json=body)
    return response.status_code


def test_a_companion_is_opened_when_asked_and_kept(served: Served) -> None:
    assert served.opened == []
    assert [ask(served), ask(served)] == [200, 200]
    assert served.opened == ["ana"]


def test_only_a_few_are_kept_the_last_used(served: Served) -> None:
    for name in ("ana", "bea", "ana", "carla"):
        ask(served, name)
    assert KEPT == 2
    assert [name for name, voice in served.voices.items() if voice.closed] == ["bea"]
    ask(served, "bea")
    assert served.voices["ana"].closed and not served.voices["bea"].closed
    assert served.opened == ["ana", "bea", "carla", "bea"]


def test_after_a_new_training_it_is_opened_again(served: Served) -> None:
    ask(served)
    assert served.workspace is not None
    train(served.workspace.persona("ana"))
    ask(served)
    assert served.opened == ["ana", "ana"]


def test_all_are_closed_at_the_end(workspace: Workspace) -> None:
    from tests.companion.voices import FakeVoice

    voice = FakeVoice()

    def open_companion(persona: Persona) -> Companion:
        return Companion(voice, persona.settings.safety, "es")

    with running(workspace, open_companion) as url:
        body = {"model": "ana", "messages": SAID}
        assert httpx.post(f"{url}/v1/chat/completions", json=body, headers=BEARER).status_code == 200
        assert not voice.closed
    assert voice.closed


def test_replies_of_one_persona_do_not_overlap_and_too_many_are_429(served: Served) -> None:
    voice = served.voices["ana"]
    voice.pause = 60
    many = 1 + WAITING + 3
    with ThreadPoolExecutor(many) as pool:
        asked = [pool.submit(ask, served, "ana", number % 2 == 0) for number in range(many)]
        until(lambda: sum(one.done() for one in asked) == 3)
        voice.pause = 0
        statuses = sorted(one.result() for one in asked)
    assert statuses == [200] * (1 + WAITING) + [429] * 3
    assert voice.most_at_once == 1
    assert ask(served) == 200, "the queue is empty again"


def test_the_client_sees_a_rate_limit(served: Served) -> None:
    voice = served.voices["ana"]
    voice.pause = 60
    with ThreadPoolExecutor(2 + WAITING) as pool:
        asked = [pool.submit(ask, served) for _ in range(2 + WAITING)]
        until(lambda: any(one.done() for one in asked))  # one was too many: the queue is full
        with pytest.raises(openai.RateLimitError):
            served.client().chat.completions.create(model="ana", messages=SAID)
        voice.pause = 0


def test_personas_answer_beside_each_other(served: Served) -> None:
    served.voices["ana"].pause = 30
    served.voices["ana"].replies = [["never"]]
    with httpx.Client(base_url=served.url, headers=BEARER) as http:
        stream = http.stream(
            "POST", "/v1/chat/completions", json={"model": "ana", "messages": SAID, "stream": True}
        )
        with stream as response:
            next(response.iter_lines())
            assert ask(served, "bea") == 200


@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_leaves_stops_the_reply(served: Served, stream: bool) -> None:
    voice = served.voices["ana"]
    voice.pause = 60
    body = {"model": "ana", "messages": SAID, "stream": stream}
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(
            f"{served.url}/v1/chat/completions",
            json=body,
            headers=BEARER,
            timeout=httpx.Timeout(10, read=0.5),
        )
    until(lambda: voice.cancelled_after == 0)
    voice.pause = 0
    assert ask(served) == 200


def test_a_client_that_leaves_the_queue_makes_room(served: Served) -> None:
    voice = served.voices["ana"]
    voice.pause = 60

    async def crowd() -> None:
        async with httpx.AsyncClient(base_url=served.url, headers=BEARER, timeout=60) as http:

            def post() -> asyncio.Task[httpx.Response]:
                body = {"model": "ana", "messages": SAID}
                return asyncio.create_task(http.post("/v1/chat/completions", json=body))

            async def is_full() -> bool:
                answered, _ = await asyncio.wait({task := post()}, timeout=1)
                task.cancel()
                return bool(answered)

            first = post()
            while not voice.calls:
                await asyncio.sleep(0.02)
            waiting = [post() for _ in range(WAITING)]
            await asyncio.sleep(0.2)
            assert await is_full()
            for task in waiting:
                task.cancel()
            while await is_full():
                await asyncio.sleep(0.02)
            first.cancel()
            await asyncio.gather(first, *waiting, return_exceptions=True)

    asyncio.run(crowd())
    until(lambda: voice.cancelled_after == 0)
    voice.pause = 0
    until(lambda: ask(served) == 200)
    assert len(voice.calls) == 2, "who left while waiting was never computed for"


@pytest.mark.parametrize("stream", [False, True])
def test_a_companion_that_cannot_be_opened_is_a_503(workspace: Workspace, stream: bool) -> None:
    def open_companion(persona: Persona) -> Companion:
        raise NotTrained(name=persona.name)

    with running(workspace, open_companion) as url:
        for _ in range(2):
            response = httpx.post(
                f"{url}/v1/chat/completions",
                json={"model": "ana", "messages": SAID, "stream": stream},
                headers=BEARER,
            )
            assert response.status_code == 503
            assert "has not been trained" in response.json()["error"]["message"]


def test_a_server_that_stops_does_not_wait_for_a_long_reply(served: Served) -> None:
    """The fixture asserts that the server's thread ends."""
    served.voices["ana"].pause = 300
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(
            f"{served.url}/v1/chat/completions",
            json={"model": "ana", "messages": SAID},
            headers=BEARER,
            timeout=httpx.Timeout(10, read=0.3),
        )
