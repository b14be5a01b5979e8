"""Host, Origin, token, size: who may speak to the server; and what it never writes down."""

import logging
import socket

import httpx
import openai
import pytest

from sosias.companion.companion import Companion
from sosias.server.security import LONGEST_BODY, TokenCheck
from sosias.workspace import Persona, Workspace

from .conftest import TOKEN, Served, running

SECRET = "mi secreto más hondo"
BODY = {"model": "ana", "messages": [{"role": "user", "content": SECRET}]}
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def port(served: Served) -> str:
    return served.url.rsplit(":", 1)[1]


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]", "LocalHost"])
def test_its_own_names_are_answered(served: Served, name: str) -> None:
    headers = {**BEARER, "Host": f"{name}:{port(served)}"}
    assert httpx.get(f"{served.url}/v1/models", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{port}",
     "127.0.0.1:{port}@evil.example", "0.0.0.0:{port}", "127.0.0.1:{port}.", ""],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/v1/models", "/health"])
def test_another_host_is_403_and_told_the_remedy(served: Served, host: str, path: str) -> None:
    headers = {**BEARER, "Host": host.format(port=port(served))}
    response = httpx.get(f"{served.url}{path}", headers=headers)
    assert response.status_code == 403
    error = response.json()["error"]
    assert error["code"] == "host_not_allowed" and f"127.0.0.1:{port(served)}" in error["message"]


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1", "http://localhost:1"])
def test_another_origin_is_403(served: Served, origin: str) -> None:
    response = httpx.post(
        f"{served.url}/v1/chat/completions", json=BODY, headers={**BEARER, "Origin": origin}
    )
    assert response.status_code == 403 and response.json()["error"]["code"] == "origin_not_allowed"
    assert served.voices["ana"].calls == []


def test_its_own_origin_is_answered_and_a_cross_site_fetch_is_not(served: Served) -> None:
    own = {**BEARER, "Origin": served.url, "Sec-Fetch-Site": "same-origin"}
    assert httpx.get(f"{served.url}/v1/models", headers=own).status_code == 200
    cross = {**BEARER, "Sec-Fetch-Site": "cross-site"}
    assert httpx.get(f"{served.url}/v1/models", headers=cross).status_code == 403


def test_no_other_origin_is_ever_allowed(served: Served) -> None:
    preflight = {"Origin": served.url, "Access-Control-Request-Method": "POST", **BEARER}
    response = httpx.options(f"{served.url}/v1/chat/completions", headers=preflight)
    assert not [name for name in response.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer wrong", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", TOKEN,
     f"Basic {TOKEN}", f"Bearer {TOKEN.upper()}", "Bearer ñandú"],
)  # fmt: skip
@pytest.mark.parametrize(
    "path", ["/v1/models", "/v1/chat/completions", "/docs", "/openapi.json", "/nowhere", "/"]
)
def test_without_the_token_everything_is_401(served: Served, authorization: str | None, path: str) -> None:
    headers = {} if authorization is None else {"Authorization": authorization.encode()}
    response = httpx.get(f"{served.url}{path}", headers=headers)  # type: ignore[arg-type]
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.json()["error"]["type"] == "authentication_error"


def test_two_tokens_are_none(served: Served) -> None:
    headers = [("Authorization", "Bearer wrong"), ("Authorization", f"Bearer {TOKEN}")]
    assert httpx.get(f"{served.url}/v1/models", headers=headers).status_code == 401


def test_openais_client_sees_its_own_error(served: Served) -> None:
    client = openai.OpenAI(base_url=f"{served.url}/v1", api_key="wrong", max_retries=0)
    with pytest.raises(openai.AuthenticationError):
        client.models.list()


def test_the_token_in_the_address_does_not_count(served: Served) -> None:
    assert httpx.get(f"{served.url}/v1/models?token={TOKEN}&api_key={TOKEN}").status_code == 401


def test_a_token_that_can_be_guessed_is_refused() -> None:
    with pytest.raises(ValueError, match="guessed"):
        TokenCheck(lambda *_: None, "short")  # type: ignore[arg-type, return-value]


def test_health_is_public_and_says_nothing(served: Served) -> None:
    response = httpx.get(f"{served.url}/health")
    assert response.status_code == 200 and response.json() == {"status": "ok"}


def test_there_are_no_pages_of_documentation(served: Served) -> None:
    with served.http() as http:
        assert {http.get(path).status_code for path in ("/docs", "/redoc", "/openapi.json")} == {404}


@pytest.mark.parametrize("path", ["/health", "/v1/models", "/nowhere"])
def test_every_answer_has_the_headers(served: Served, path: str) -> None:
    for headers in (BEARER, {}, {"Host": "evil.example"}):
        response = httpx.get(f"{served.url}{path}", headers=headers)
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in response.headers["content-security-policy"]
        assert response.headers["cache-control"] == "no-store"
        assert "server" not in response.headers


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_the_limit_is_413(served: Served, chunked: bool) -> None:
    body = b" " * (LONGEST_BODY + 1)
    content = iter([body[:500_000], body[500_000:]]) if chunked else body
    response = httpx.post(f"{served.url}/v1/chat/completions", content=content, headers=BEARER)
    assert response.status_code == 413 and response.json()["error"]["code"] == "too_large"


def test_nothing_said_is_logged_or_quoted(
    served: Served, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with served.http() as http:
        answers = [
            http.post("/v1/chat/completions", json=BODY),
            http.post("/v1/chat/completions", json={**BODY, "stream": True}),
            http.post("/v1/chat/completions", json={**BODY, "temperature": SECRET}),
            http.post("/v1/chat/completions", json={**BODY, "model": SECRET}),
            http.post("/v1/chat/completions", json={"model": "ana", "messages": [{"role": SECRET}]}),
            http.post("/v1/chat/completions", content=f'{{"x": "{SECRET}'.encode()),
        ]
    assert [answer.status_code for answer in answers] == [200, 200, 400, 404, 400, 400]
    out, err = capfd.readouterr()
    for text in (*(answer.text for answer in answers), out, err, caplog.text):
        assert SECRET not in text and "hondo" not in text


@pytest.mark.parametrize("stream", [False, True])
def test_a_fault_of_ours_is_500_without_its_words(
    workspace: Workspace, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], stream: bool
) -> None:
    class Broken:
        partner = "Luis"
        persona_author = "Ana"

        def answer(self, turns: object, **_: object) -> object:
            raise RuntimeError(f"cannot say {turns}")

        def close(self) -> None: ...

    def open_companion(_: Persona) -> Companion:
        return Broken()  # type: ignore[return-value]

    with running(workspace, open_companion) as url:
        response = httpx.post(f"{url}/v1/chat/completions", json={**BODY, "stream": stream}, headers=BEARER)
    assert "server_error" in response.text
    assert response.status_code == (200 if stream else 500)
    out, err = capfd.readouterr()
    for text in (response.text, caplog.text, out, err):
        assert SECRET not in text
    assert "RuntimeError at test_security.py" in caplog.text


def test_no_request_leaves_the_machine(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[object] = []
    connect = socket.socket.connect

    def watched(self: socket.socket, address: object) -> None:
        called.append(address)
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", watched)
    with served.http() as http:
        http.post("/v1/chat/completions", json=BODY)
    assert {address[0] for address in called if isinstance(address, tuple)} <= {"127.0.0.1"}
