"""The gate before Django: refuses what is too large or unreadable, and has a page for what breaks outside it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

NEWSROOM = "/newsroom/"
# A client that is refused half-way mostly reads no answer before it has sent everything; of what is far too
# much we do not hear the end.
MOST_IGNORED = 100_000_000
HEADERS = [
    (b"content-type", b"text/html; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"connection", b"close"),
    (b"content-security-policy", b"default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'"),
    (b"x-content-type-options", b"nosniff"),
]
log = logging.getLogger("courant.gate")


class BodyTooLarge(Exception):
    """More was sent than this address takes."""


class Gate:
    """An ASGI application around another. Nothing of a refused body is kept, in memory or on the disk."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        if not is_readable(scope):
            await answer(scope, send, 400)
            return
        try:
            await self.let_in(scope, receive, send)
        except BodyTooLarge:
            await answer(scope, send, 413)

    async def let_in(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Pass the request on. Raises BodyTooLarge, at the latest when the body has grown too large."""
        is_answered, most = False, largest_body(scope["path"])
        taken, announced = 0, announced_length(scope)
        if announced > most:
            await hear_out(scope, receive, announced)
            raise BodyTooLarge

        async def receive_counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                await hear_out(scope, receive, taken)
                raise BodyTooLarge
            return message

        async def send_noted(message: Message) -> None:
            nonlocal is_answered
            is_answered = True
            await send(message)

        try:
            await self.application(scope, receive_counted, send_noted)
        except BodyTooLarge:
            raise
        except Exception:
            if is_answered:
                raise
            log.exception("A request failed before Django could answer it: %s", scope["path"])
            await answer(scope, send, 500)


def is_readable(scope: MutableMapping[str, Any]) -> bool:
    """Whether the address is text: without NUL, which no database takes, and its query ASCII or UTF-8."""
    try:
        scope.get("query_string", b"").decode()
    except UnicodeDecodeError:
        return False
    return "\x00" not in scope["path"]


def largest_body(path: str) -> int:
    """How many bytes an address takes: pictures come to the newsroom, everything else is a form."""
    form: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE + form if path.startswith(NEWSROOM) else form


def announced_length(scope: MutableMapping[str, Any]) -> int:
    """What Content-Length says; nought where it says nothing (a body in chunks is counted as it comes)."""
    length = dict(scope["headers"]).get(b"content-length", b"")
    return int(length[:18]) if length.isdigit() else 0


async def hear_out(scope: MutableMapping[str, Any], receive: Receive, length: int) -> None:
    """Read the rest of a body that is refused and forget it, unless the client waits for leave to send it."""
    if length > MOST_IGNORED or dict(scope["headers"]).get(b"expect"):
        return
    heard = 0
    while heard <= MOST_IGNORED:
        message = await receive()
        heard += len(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body"):
            return


async def answer(scope: MutableMapping[str, Any], send: Send, status: int) -> None:
    """Send the page for a status; it asks nothing of the database."""
    body = render_to_string(f"{status}.html").encode()
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*HEADERS, length]})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
