"""The door for any ASGI server: what is stored before the application, and where the application fails."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from courant.edge.application import PageServerApp, page_server_of
from courant.edge.replies import Reply
from courant.edge.server import PageServer
from courant.edge.store import Store
from courant.wall.enums import ReaderState
from tests.edge.asking import text_of
from tests.edge.papers import current_cookie, put_page

pytestmark = pytest.mark.anydb

Application = Callable[[Any, Any, Any], Awaitable[None]]


async def receive() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


def answering(status: int = 200, *bodies: bytes) -> Application:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": [(b"x-from", b"application")]})
        for body in bodies:
            await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": b"end"})

    return application


async def breaking(scope: Any, receive: Any, send: Any) -> None:
    raise ConnectionError("the database is gone")


async def breaking_late(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    raise ConnectionError("the database is gone")


def call(server: PageServer, application: Application, path: str = "/", **given: Any) -> list[dict[str, Any]]:
    """The messages that were sent for a request."""
    cookie = given.pop("cookie", None)
    sent: list[dict[str, Any]] = []
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [[b"host", b"paper.example"], *([[b"cookie", cookie]] if cookie else [])],
        "client": ("203.0.113.9", 50_000),
        **given,
    }

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(PageServerApp(application, server)(scope, receive, send))
    return sent


def reply_in(sent: list[dict[str, Any]]) -> Reply:
    """The one answer that was sent, which must be whole and alone."""
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert not sent[1].get("more_body")
    head = b"x\r\n" + b"".join(name + b": " + value + b"\r\n" for name, value in sent[0]["headers"])
    return Reply(sent[0]["status"], head, sent[1]["body"])


def is_from_application(sent: list[dict[str, Any]]) -> bool:
    return (b"x-from", b"application") in sent[0]["headers"]


def test_what_is_stored_never_reaches_the_application(server: PageServer) -> None:
    reply = reply_in(call(server, breaking))
    assert "/ full.out" in text_of(reply)
    assert (b"content-length", str(len(reply.body)).encode()) in reply.headers()
    cookie = current_cookie(ReaderState.SUBSCRIBER)
    assert "full.in" in text_of(reply_in(call(server, breaking, "/subscribers/4/", cookie=cookie)))


def test_what_is_not_stored_is_the_applications(server: PageServer) -> None:
    for given in (
        {"path": "/nowhere/"},
        {"method": "POST"},
        {"query_string": b"q=1"},
        {"type": "websocket"},
        {"type": "lifespan"},
    ):
        assert is_from_application(call(server, answering(), **given))


def test_a_server_that_gives_no_raw_path_is_understood(server: PageServer, store: Store) -> None:
    put_page(store, "/w%C3%B6rld/")
    sent = call(server, breaking, raw_path=None, path="/w\u00f6rld/", query_string=b"utm_source=a")
    assert "/w%C3%B6rld/" in text_of(reply_in(sent))
    assert "?page=2" in text_of(reply_in(call(server, breaking, "/world/", query_string=b"page=2", client=None)))


@pytest.mark.parametrize("application", [answering(500), answering(503, b"a", b"b"), breaking])
def test_a_failing_application_is_stood_in_for(server: PageServer, application: Application) -> None:
    """access.md: Outages."""
    cookie = b"courant_session=abc; messages=x"
    reply = reply_in(call(server, application, "/subscribers/4/", cookie=cookie))
    assert reply.status == 200
    assert "preview-subscription.out" in text_of(reply)
    assert (b"cache-control", b"private, no-store") in reply.headers()


@pytest.mark.parametrize("status", [200, 301, 404, 410, 429])
def test_an_application_that_knows_its_answer_gives_it(server: PageServer, status: int) -> None:
    sent = call(server, answering(status, b"a"), cookie=b"courant_session=abc")
    assert [message.get("body") for message in sent] == [None, b"a", b"end"]
    assert sent[0]["status"] == status


def test_what_is_not_stored_fails_as_it_fails(server: PageServer) -> None:
    assert call(server, answering(500), "/nowhere/")[0]["status"] == 500
    assert call(server, answering(500), method="POST", cookie=b"courant_session=abc")[0]["status"] == 500
    with pytest.raises(ConnectionError):
        call(server, breaking, "/nowhere/")


def test_an_answer_that_has_begun_is_not_replaced(server: PageServer) -> None:
    with pytest.raises(ConnectionError):
        call(server, breaking_late, cookie=b"courant_session=abc")


def test_the_page_server_is_found_within_what_is_wrapped_around_it(server: PageServer) -> None:
    class Wrapper:
        def __init__(self, app: Any) -> None:
            self.app = app

    inner = PageServerApp(breaking, server)
    assert page_server_of(inner) is server
    assert page_server_of(Wrapper(Wrapper(inner))) is server
    assert page_server_of(Wrapper(breaking)) is None
    assert page_server_of(breaking) is None
