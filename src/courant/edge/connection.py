"""uvicorn's connection with bounds: one request at a time is read, and nobody may take for ever to send a head or to
fetch an answer. It knows nothing of pages.

A request is parsed when the one before is answered. Until then what came is kept as it came, and no more is read: a
client that asks and asks and never reads cannot fill the memory, and answers stay in the order of their questions.
"""

from __future__ import annotations

import asyncio
from typing import Any

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

END = b"\r\n\r\n"
# A request's line and headers, in bytes (RFC 6585, section 5), and the seconds until they are complete.
MOST_HEAD = 32_768
HEAD_SECONDS = 30.0
# Bytes that come with a body and are none of it: sizes of chunks and what follows them.
MOST_BESIDE_BODY = 262_144 + MOST_HEAD
# For so long (seconds) may an answer be left lying of which not one byte is fetched.
UNREAD_SECONDS = 60.0
NEVER = float("inf")


class BoundedProtocol(HttpToolsProtocol):
    """Reads ahead of no answer. `is_ready`: between two requests, and nothing is owed."""

    # The parser calls nothing where there is nothing: what the parent sets up here is set up when it is needed.
    on_message_begin = None  # type: ignore[assignment]

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.url = b""
        self.headers = []
        self.rest = b""
        self.tail = b""
        self.head_bytes = self.beside_body = 0
        # Requests that the application has not answered in full yet.
        self.running = 0
        self.is_in_body = self.is_waiting = self.is_deaf = self.is_last = False
        self.is_ready = True
        self.watch: asyncio.TimerHandle | None = None
        self.pace = min(HEAD_SECONDS, max(0.05, float(self.timeout_keep_alive)))
        self.idle_since = self.began_at = self.heard_at = self.unread_since = 0.0
        self.unread = 0

    # -- Reading ----------------------------------------------------------------------------------------
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # Whoever comes may think before the first request for as long as one may take.
        self.idle_since = self.loop.time() + HEAD_SECONDS - self.timeout_keep_alive
        self.watch = self.loop.call_later(self.pace, self.look)

    def connection_lost(self, exc: Exception | None) -> None:
        self.stop_listening()
        if self.watch is not None:
            self.watch.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.is_ready and data.find(END) == len(data) - 4 and len(data) <= MOST_HEAD:
            self.take_whole(data)
        elif self.rest:
            self.rest += data
            self.flow.pause_reading()
        elif not self.is_deaf:
            self.heard_at = self.loop.time()
            self.work_through(data)

    def take_whole(self, data: bytes) -> None:
        """One head and nothing else, as nearly all requests are."""
        self.feed(data)

    def work_through(self, data: bytes) -> None:
        """Parse piece by piece, no piece longer than to the next end of a head, until an answer is owed."""
        start, size = 0, len(data)
        while start < size and not self.is_deaf:
            if self.is_busy():
                self.rest = data[start:]
                self.flow.pause_reading()
                break
            end = self.end_of_piece(data, start)
            if not self.is_within_bounds(end - start):
                break
            piece = data[start:end]
            self.feed(piece)
            self.tail = (self.tail + piece)[-3:] if self.head_bytes or self.is_in_body else b""
            start = end
        self.is_ready = self.is_at_rest()

    def end_of_piece(self, data: bytes, start: int) -> int:
        if self.tail:
            # The end may lie across what came before and what came now.
            found = (self.tail + data[start : start + 3]).find(END)
            if found >= 0:
                return start + found + 4 - len(self.tail)
        found = data.find(END, start)
        return len(data) if found < 0 else found + 4

    def is_within_bounds(self, count: int) -> bool:
        """Count bytes that are no body; refuses the request if they are too many."""
        if self.is_in_body:
            self.beside_body += count
            if self.beside_body > MOST_BESIDE_BODY:
                self.refuse(400, "Too much beside the body.")
                return False
            return True
        if self.head_bytes + count > MOST_HEAD:
            self.refuse(431, "The head of the request is too long.")
            return False
        if not self.head_bytes:
            self.began_at = self.heard_at
        self.head_bytes += count
        return True

    def feed(self, piece: bytes) -> None:
        try:
            self.parser.feed_data(piece)
        except httptools.HttpParserUpgrade:
            self.on_upgrade()
        except httptools.HttpParserError:
            self.send_400_response("Invalid HTTP request received.")

    def on_upgrade(self) -> None:
        """To WebSocket, if the application takes it. Else the request is answered as it stands, as the last one: the
        parser knows no more where its body would end."""
        if self._should_upgrade():
            if self.watch is not None:
                self.watch.cancel()
            self.handle_websocket_upgrade()
        self.stop_listening()

    def is_busy(self) -> bool:
        """Whether nothing may be parsed now; a body that somebody waits for must go on."""
        return not self.is_in_body and (self.running > 0 or self.is_waiting or self.flow.write_paused)

    def is_at_rest(self) -> bool:
        return not (self.is_deaf or self.rest or self.head_bytes or self.is_in_body or self.is_busy())

    def stop_listening(self) -> None:
        """Whatever comes now is no request."""
        self.is_deaf, self.is_ready, self.rest = True, False, b""

    def settle(self) -> None:
        """Go on with what came meanwhile, or with reading."""
        if self.rest:
            self.loop.call_soon(self.go_on)
        elif not self.is_deaf:
            self.is_ready = self.is_at_rest()
            self.flow.resume_reading()

    def go_on(self) -> None:
        data, self.rest = self.rest, b""
        self.heard_at = self.loop.time()
        self.work_through(data)
        is_body_waiting = self.is_in_body and self.running > 0 and len(self.cycle.body) > HIGH_WATER_LIMIT
        if not self.rest and not self.is_deaf and not is_body_waiting:
            self.flow.resume_reading()

    # -- Requests that the application answers ----------------------------------------------------------
    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        self.begin_ordinary()

    def begin_ordinary(self) -> None:
        """Hand the request to the application, as the parent does."""
        url, headers = self.url, self.headers
        HttpToolsProtocol.on_message_begin(self)
        self.url = url
        self.headers.extend(headers)
        self.expect_100_continue = any(
            name == b"expect" and value.lower() == b"100-continue" for name, value in headers
        )
        self.head_bytes = self.beside_body = 0
        self.is_ready = False
        before = self.cycle
        HttpToolsProtocol.on_headers_complete(self)  # raises where the target cannot be read: then nothing has begun
        self.is_in_body = True
        if self.cycle is before:
            return
        self.running += 1
        # What follows a body in chunks is no header of the request.
        self.headers = list(self.headers)
        if self.parser.should_upgrade():
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        self.beside_body = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self.is_in_body = False
        if not self.parser.should_upgrade():
            self.url, self.headers = b"", []

    def on_response_complete(self) -> None:
        self.server_state.total_requests += 1
        self.running -= 1
        self.idle_since = self.loop.time()
        if self.transport.is_closing():
            self.stop_listening()
        elif self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        elif self.is_last and not self.running:
            self.transport.close()
        else:
            self.settle()

    # -- Bounds -----------------------------------------------------------------------------------------
    def pause_writing(self) -> None:
        super().pause_writing()
        self.is_ready = False

    def resume_writing(self) -> None:
        super().resume_writing()
        self.settle()

    def send_400_response(self, msg: str) -> None:
        self.logger.warning(msg)
        self.refuse(400, msg)

    def refuse(self, status: int, message: str) -> None:
        """Say what was wrong, and listen no more. An answer that is owed is given first, and then none at all."""
        self.stop_listening()
        if self.is_in_body and self.pipeline:
            # The request that breaks off has not been begun.
            self.pipeline.popleft()
            self.running -= 1
            self.is_in_body = False
        if self.is_waiting or (self.running and not self.is_in_body):
            self.finish_and_close()
            return
        is_begun = self.running > 0 and self.cycle.response_started
        if self.running:
            # The request that is being answered breaks off.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if not is_begun:
            self.write_refusal(status, message.encode("ascii"))
        self.transport.close()

    def write_refusal(self, status: int, body: bytes) -> None:
        defaults = [name + b": " + value + b"\r\n" for name, value in self.server_state.default_headers]
        head = b"content-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
        self.transport.write(b"".join([STATUS_LINE[status], *defaults, head % len(body), body]))

    def finish_and_close(self) -> None:
        """Close after what is owed."""
        self.is_last = True
        self.cycle.keep_alive = False

    def look(self) -> None:
        """From time to time: give up whoever keeps us waiting too long."""
        now = self.loop.time()
        if self.due_at(now) <= now:
            self.give_up()
        self.watch = self.loop.call_later(min(max(0.05, self.due_at(now) - now), self.pace), self.look)

    def due_at(self, now: float) -> float:
        """When patience ends, as things stand."""
        unread = self.transport.get_write_buffer_size()
        if unread == 0 or unread < self.unread or not self.unread:
            self.unread_since = now
        self.unread = unread
        if unread or self.transport.is_closing():
            return self.unread_since + UNREAD_SECONDS
        if self.head_bytes:
            return self.began_at + HEAD_SECONDS
        if self.running or self.is_waiting:
            return NEVER
        if self.is_in_body:
            return self.heard_at + HEAD_SECONDS
        return self.idle_since + self.timeout_keep_alive

    def give_up(self) -> None:
        if self.unread or self.transport.is_closing():
            self.transport.abort()
        elif self.head_bytes:
            self.refuse(408, "The request took too long.")
        else:
            self.transport.close()
