"""The door for any ASGI server: the page server before Django, and behind it where Django fails."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from time import time
from typing import Any
from urllib.parse import quote

from courant.edge.replies import Reply
from courant.edge.server import Opening, PageServer
from courant.edge.wishes import wishes_of
from courant.wall.counting import Outcome

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
log = logging.getLogger("courant.edge")


class PageServerApp:
    """An ASGI application around another, which it asks for whatever is not in the store."""

    def __init__(self, application: Application, page_server: PageServer) -> None:
        self.application = application
        self.page_server = page_server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self.application(scope, receive, send)
            return
        reply = await self.stored(scope)
        if reply is not None:
            await send_reply(reply, send)
        else:
            await self.ask(scope, receive, send)

    async def stored(self, scope: Scope) -> Reply | None:
        """The reply from the store, a first opening counted; a fault of ours is the same as having none."""
        try:
            given = self.page_server.answer(*question(scope))
            if isinstance(given, Opening):
                return given.then(await self.counted(given))
        except Exception:
            log.exception("the page server cannot answer %r", scope["path"])
            return None
        return given

    async def counted(self, opening: Opening) -> Outcome | None:
        loop = asyncio.get_running_loop()
        wishes = wishes_of(self.page_server, loop)
        if wishes is None:
            return None
        told: asyncio.Future[Outcome | None] = loop.create_future()
        wishes.ask(opening.wish, lambda outcome: None if told.done() else told.set_result(outcome))
        return await told

    async def ask(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Django's answer; if it is an error of the server, the stored page in its stead."""
        is_begun = is_replaced = False

        async def send_checked(message: Message) -> None:
            nonlocal is_begun, is_replaced
            if is_replaced:
                return
            if message["type"] == "http.response.start" and message["status"] >= 500:
                reply = self.instead_of_error(scope)
                if reply is not None:
                    is_begun = is_replaced = True
                    await send_reply(reply, send)
                    return
            is_begun = True
            await send(message)

        try:
            await self.application(scope, receive, send_checked)
        except Exception:
            reply = None if is_begun else self.instead_of_error(scope)
            if reply is None:
                raise
            log.exception("a page is answered from the store: %s", scope["path"])
            await send_reply(reply, send)

    def instead_of_error(self, scope: Scope) -> Reply | None:
        try:
            return self.page_server.fallback(*question(scope))
        except Exception:
            log.exception("the page server cannot answer %r", scope["path"])
            return None


def question(scope: Scope) -> tuple[bytes, bytes, list[tuple[bytes, bytes]], str, float]:
    """What the page server is asked: method, target, headers, peer, now."""
    target = scope.get("raw_path") or quote(scope["path"]).encode("ascii")
    if scope.get("query_string"):
        target += b"?" + scope["query_string"]
    peer = scope["client"][0] if scope.get("client") else ""
    return scope["method"].encode("ascii"), target, [(name, value) for name, value in scope["headers"]], peer, time()


async def send_reply(reply: Reply, send: Send) -> None:
    await send({"type": "http.response.start", "status": reply.status, "headers": reply.headers()})
    await send({"type": "http.response.body", "body": reply.body})


def page_server_of(application: Any) -> PageServer | None:
    """The page server that an application carries, perhaps within others that are wrapped around it."""
    for _ in range(10):
        if application is None:
            return None
        found = getattr(application, "page_server", None)
        if isinstance(found, PageServer):
            return found
        application = getattr(application, "app", None) or getattr(application, "application", None)
    return None
