"""The fast door: uvicorn's protocol, answering what the page server knows in one write, without ASGI.

Use it as uvicorn's `http` with an application that carries a page server, as `PageServerApp` does.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from time import time
from typing import Any

from uvicorn.config import Config
from uvicorn.server import ServerState

from courant.edge.application import page_server_of
from courant.edge.connection import BoundedProtocol
from courant.edge.replies import Reply
from courant.edge.requests import Asked
from courant.edge.server import GET, HEAD, Opening
from courant.edge.visitors import keep
from courant.edge.wishes import wishes_of
from courant.wall.counting import Outcome

CLOSE = b"connection: close\r\n"
VERSION = b" HTTP/1.1\r\n"
MOST_LINE = 2_048
# Headers that are remembered take twice their length; browsers send some hundred bytes.
LONGEST_UNDERSTOOD, MOST_UNDERSTOOD = 4_096, 4_000
log = logging.getLogger("courant.edge")


class Tail:
    """What every head ends with: uvicorn's own headers, which it makes anew each second, and the empty line."""

    def __init__(self) -> None:
        self.made_of: object = None
        self.line = b"\r\n"

    def of(self, headers: list[tuple[bytes, bytes]]) -> bytes:
        if headers is not self.made_of:
            self.line = b"".join([name + b": " + value + b"\r\n" for name, value in headers]) + b"\r\n"
            self.made_of = headers
        return self.line


_tail = Tail()


class PageProtocol(BoundedProtocol):
    """Answers a request from the store when nothing is owed and no body is to come; all else goes the ordinary way."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.pages = None if self.root_path else page_server_of(self.app)
        self.notes_access = self.access_log and self.access_logger.isEnabledFor(logging.INFO)
        # Where each answer is looked at or logged, every request is parsed.
        self.remembers = self.pages is not None and self.limit_concurrency is None and not self.notes_access
        self.understood = self.pages.understood if self.pages is not None and self.remembers else {}
        self.asked: Asked | None = None
        self.asked_at = b""
        self.given: Reply | Opening | None = None
        self.wishes = wishes_of(self.pages, self.loop)
        self.opening: Opening | None = None
        self.question: bytes | None = None
        self.is_left = False
        self.keeps = True
        self.peer = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.peer = self.client[0] if self.client else ""

    # -- Reading ----------------------------------------------------------------------------------------
    def data_received(self, data: bytes) -> None:
        """Headers that came before, byte for byte, need no second parsing (see `take_whole`), if what stands before
        them is GET and the address of a stored page, in which there is neither space nor line end."""
        if self.is_ready and data[:4] == b"GET ":
            end = data.find(VERSION, 4, MOST_LINE)
            asked = self.understood.get(data[end:])
            target = data[4:end]
            if asked is not None and b"?" not in target:
                given = self.ask(GET, target, asked)
                if type(given) is Reply:
                    self.keeps = True
                    self.send_reply(given)
                    return
                if isinstance(given, Opening):
                    self.keeps, self.question = True, data
                    self.begin_opening(given)
                    return
        super().data_received(data)

    def take_whole(self, data: bytes) -> None:
        """Remember the headers of a request that was nothing but its head, as the parser found it."""
        self.asked = None
        super().take_whole(data)
        if self.asked is not None and self.remembers and len(data) <= LONGEST_UNDERSTOOD:
            line = GET + b" " + self.asked_at + VERSION
            if data.startswith(line):
                keep(self.understood, data[len(line) - len(VERSION) :], self.asked, MOST_UNDERSTOOD)

    def on_headers_complete(self) -> None:
        if self.is_waiting:
            raise RuntimeError("a request was read while an opening was being counted")
        if self.pages is not None and not self.is_left and not self.running and not self.is_crowded():
            method = self.parser.get_method()
            asked = self.pages.understand(self.headers) if method in (GET, HEAD) else None
            self.given = None if asked is None else self.ask(method, self.url, asked)
            if self.given is not None:
                self.head_bytes = 0
                self.keeps = self.parser.should_keep_alive() and self.parser.get_http_version() == "1.1"
                self.asked, self.asked_at = asked if self.keeps else None, self.url
                return
        self.begin_ordinary()

    def ask(self, method: bytes, target: bytes, asked: Asked) -> Reply | Opening | None:
        """A fault of ours is the same as having no page."""
        try:
            return self.pages.give(method, target, asked, self.peer, time())  # type: ignore[union-attr]
        except Exception:
            log.exception("the page server cannot answer %r", target)
            return None

    def is_crowded(self) -> bool:
        """Whether uvicorn would refuse the request for the number of those that are answered now."""
        most = self.limit_concurrency
        return most is not None and (len(self.connections) >= most or len(self.tasks) >= most)

    def on_message_complete(self) -> None:
        given = self.given
        if given is None:
            super().on_message_complete()
            return
        self.given = None
        if isinstance(given, Reply):
            self.finish_reply(given)
        else:
            self.begin_opening(given)

    # -- Answering --------------------------------------------------------------------------------------
    def finish_reply(self, reply: Reply) -> None:
        self.send_reply(reply)
        if self.notes_access:
            self.note_access(reply.status)
        self.url, self.headers = b"", []

    def send_reply(self, reply: Reply) -> None:
        tail = _tail.of(self.server_state.default_headers)
        if self.keeps:
            self.transport.write(b"".join((reply.head, tail, reply.body)))
        else:
            self.transport.write(b"".join((reply.head, CLOSE, tail, reply.body)))
            self.transport.close()
            self.stop_listening()
        self.server_state.total_requests += 1
        self.idle_since = self.loop.time()

    def note_access(self, status: int) -> None:
        """In uvicorn's words."""
        self.access_logger.info(
            '%s - "%s %s HTTP/%s" %d',
            ":".join(map(str, self.client)) if self.client else "",
            self.parser.get_method().decode(),
            self.url.decode("latin-1"),
            self.parser.get_http_version(),
            status,
        )

    # -- First openings ---------------------------------------------------------------------------------
    def begin_opening(self, opening: Opening) -> None:
        """Have it counted on another thread; until then nothing more is read from this connection."""
        self.opening, self.is_waiting, self.is_ready = opening, True, False
        if self.wishes is None:
            self.loop.call_soon(self.finish_opening, opening, None)
        else:
            self.wishes.ask(opening.wish, partial(self.finish_opening, opening))

    def finish_opening(self, opening: Opening, outcome: Outcome | None) -> None:
        if self.opening is not opening:
            return
        self.opening, self.is_waiting = None, False
        if self.transport.is_closing():
            return
        reply = None
        try:
            reply = opening.then(outcome)
        except Exception:
            log.exception("the page server cannot answer story %s", opening.wish.story_id)
        if reply is not None:
            self.finish_reply(reply)
        else:
            self.leave_to_application()
        self.question = None
        self.settle()

    def leave_to_application(self) -> None:
        """The request that was held goes the ordinary way after all."""
        if self.question is not None:
            # It was never parsed here.
            self.is_left = True
            self.feed(self.question)
            self.is_left = False
        else:
            self.begin_ordinary()
            super().on_message_complete()
        self.cycle.keep_alive = self.keeps

    def finish_and_close(self) -> None:
        if self.is_waiting:
            self.keeps = False
        else:
            super().finish_and_close()

    def shutdown(self) -> None:
        if self.is_waiting:
            self.keeps = False
        else:
            super().shutdown()
