"""Doors of a paper: what can be asked, raw, and what comes back, decompressed.

A door takes requests as they are written here: nothing is made right on the way, as a browser or a client would.
"""

from __future__ import annotations

import socket
import zlib
from collections.abc import AsyncIterable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from time import time
from typing import Any, Protocol
from urllib.parse import unquote_to_bytes, urlsplit

import brotli
import zstandard
from asgiref.sync import async_to_sync
from django.http import HttpResponseBase
from django.test.client import ClientHandler

from courant.edge.replies import Reply
from courant.edge.server import PageServer

Headers = tuple[tuple[str, str], ...]
LONGEST_BODY = 50_000_000


@dataclass(frozen=True)
class Request:
    """`target` is what stands in the request's line, byte by byte (latin-1). `peer` is the address it comes from."""

    target: str
    headers: Headers = ()
    method: str = "GET"
    body: bytes = b""
    peer: str = "127.0.0.1"
    host: str = ""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Headers
    body: bytes = field(repr=False)

    def header(self, name: str) -> str:
        return ", ".join(value for key, value in self.headers if key.lower() == name)

    @property
    def content(self) -> bytes:
        """Everything that came: headers, and the decompressed body."""
        head = "".join(f"{name}: {value}\n" for name, value in self.headers)
        return head.encode("latin-1", "replace") + b"\n" + self.body


class Door(Protocol):
    """Where a paper is asked."""

    name: str
    host: str

    def connect(self, peer: str = "127.0.0.1") -> AbstractContextManager[Connection]: ...

    def ask(self, request: Request) -> Answer: ...


class Connection(Protocol):
    """One connection to a door."""

    def ask(self, request: Request) -> Answer: ...

    def ask_all(self, requests: Sequence[Request]) -> list[Answer]:
        """The requests sent at once, one behind the other; their answers in turn."""
        ...


def decoded(body: bytes, encoding: str) -> bytes:
    """The body as it was before it was compressed, perhaps several times."""
    for name in reversed([part.strip().lower() for part in encoding.split(",")]):
        if name in ("gzip", "x-gzip", "deflate"):
            body = zlib.decompressobj(wbits=47).decompress(body)  # 47: gzip or zlib, as it says itself
        elif name == "br":
            body = brotli.decompress(body)
        elif name == "zstd":
            body = zstandard.ZstdDecompressor().decompressobj().decompress(body)
        else:
            assert name in ("", "identity"), f"unknown encoding {name}"
    return body


# -- Django's handler, in this process ------------------------------------------------------------------
@dataclass
class DjangoDoor:
    """Django with all its middleware, in this process and in the transaction of the test."""

    name: str = "Django"
    host: str = "testserver"
    handler: ClientHandler = field(default_factory=lambda: ClientHandler(enforce_csrf_checks=True))

    @contextmanager
    def connect(self, peer: str = "127.0.0.1") -> Iterator[DjangoDoor]:
        yield self

    def ask_all(self, requests: Sequence[Request]) -> list[Answer]:
        return [self.ask(request) for request in requests]

    def ask(self, request: Request) -> Answer:
        response = self.handler(self.environment(request))
        headers = [(name, value) for name, value in response.items()]
        headers += [("Set-Cookie", morsel.OutputString()) for morsel in response.cookies.values()]
        body = body_of(response) if request.method != "HEAD" else b""
        return Answer(response.status_code, tuple(headers), decoded(body, response.get("Content-Encoding", "")))

    def environment(self, request: Request) -> dict[str, Any]:
        path, _, query = request.target.partition("?")
        if "://" in path:  # a target in absolute form, as proxies are sent
            path = urlsplit(path).path
        environment = {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path.partition("#")[0]).decode("latin-1"),
            "QUERY_STRING": query,
            "REMOTE_ADDR": request.peer,
            "SERVER_NAME": self.host,
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": request.host or self.host,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(request.body),
            "wsgi.errors": BytesIO(),
            "wsgi.multiprocess": True,
            "wsgi.multithread": False,
            "wsgi.run_once": False,
            "CONTENT_LENGTH": str(len(request.body)),
        }
        for name, value in request.headers:
            key = name.upper().replace("-", "_")
            key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
            joint = "; " if key == "HTTP_COOKIE" else ","
            environment[key] = f"{environment[key]}{joint}{value}" if key in environment else value
        return environment


def body_of(response: HttpResponseBase) -> bytes:
    if response.streaming:
        content = response.streaming_content  # type: ignore[attr-defined]
        return async_to_sync(joined)(content) if response.is_async else b"".join(content)  # type: ignore[attr-defined]
    return bytes(response.content)  # type: ignore[attr-defined]


async def joined(content: AsyncIterable[bytes]) -> bytes:
    return b"".join([part async for part in content])


# -- The page server before Django, in this process -----------------------------------------------------
@dataclass
class StoreDoor(DjangoDoor):
    """As `courant serve` puts them: the page server answers what is stored, Django the rest."""

    name: str = "page server and Django"
    pages: PageServer | None = None
    stored: int = 0

    def ask(self, request: Request) -> Answer:
        return self.from_store(request) or super().ask(request)

    def from_store(self, request: Request) -> Answer | None:
        """The answer of the page server alone; None where it leaves the request to Django."""
        assert self.pages is not None
        sent = [("host", request.host or self.host), *request.headers]
        if request.body or request.method in ("POST", "PUT", "PATCH"):
            sent.append(("content-length", str(len(request.body))))
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in sent]
        target = request.target.encode("latin-1")
        reply = self.pages.answer(request.method.encode(), target, headers, request.peer, time())
        if not isinstance(reply, Reply):
            return None
        self.stored += 1
        known = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in reply.headers())
        body = decoded(reply.body, Answer(0, known, b"").header("content-encoding")) if reply.body else b""
        return Answer(reply.status, known, body)


# -- A served paper, over raw connections ---------------------------------------------------------------
@dataclass
class ServedDoor:
    """A paper that is really served. Connections are kept: one for each address that requests come from."""

    port: int
    name: str = "served"
    kept: dict[str, Socket] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @contextmanager
    def connect(self, peer: str = "127.0.0.1") -> Iterator[Socket]:
        connection = Socket(self, peer)
        try:
            yield connection
        finally:
            connection.close()

    def ask(self, request: Request) -> Answer:
        if request.peer not in self.kept:
            self.kept[request.peer] = Socket(self, request.peer)
        return self.kept[request.peer].ask(request)

    def close(self) -> None:
        for connection in self.kept.values():
            connection.close()


@dataclass
class Socket:
    """One connection, opened anew after the server has closed it."""

    door: ServedDoor
    peer: str
    socket: socket.socket | None = None
    stream: Any = None

    def open(self) -> socket.socket:
        if self.socket is None:
            self.socket = socket.create_connection(
                ("127.0.0.1", self.door.port), timeout=30, source_address=(self.peer, 0)
            )
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.stream = self.socket.makefile("rb")
        return self.socket

    def close(self) -> None:
        if self.socket is not None:
            self.stream.close()
            self.socket.close()
            self.socket = None

    def ask(self, request: Request) -> Answer:
        for attempt in (1, 2):
            was_open = self.socket is not None
            try:
                self.open().sendall(self.written(request))
                return self.read(request.method)
            except (ConnectionError, EOFError):
                self.close()
                if attempt == 2 or not was_open:
                    raise
        raise AssertionError

    def ask_all(self, requests: Sequence[Request]) -> list[Answer]:
        self.close()
        self.open().sendall(b"".join(map(self.written, requests)))
        return [self.read(request.method) for request in requests]

    def written(self, request: Request) -> bytes:
        lines = [f"{request.method} {request.target} HTTP/1.1", f"Host: {request.host or self.door.host}"]
        lines += [f"{name}: {value}" for name, value in request.headers]
        if request.body or request.method in ("POST", "PUT", "PATCH"):
            lines.append(f"Content-Length: {len(request.body)}")
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + request.body

    def read(self, method: str) -> Answer:
        """One answer. EOFError if the server hung up before it."""
        line = self.stream.readline()
        if not line:
            raise EOFError
        status = int(line.split()[1])
        headers = tuple(self.read_headers())
        answer = Answer(status, headers, b"")
        body = b"" if method == "HEAD" or status in (204, 304) else self.read_body(answer)
        if "close" in answer.header("connection").lower():
            self.close()
        return Answer(status, headers, decoded(body, answer.header("content-encoding")) if body else b"")

    def read_headers(self) -> Iterable[tuple[str, str]]:
        while (line := self.stream.readline()) not in (b"\r\n", b"\n", b""):
            name, _, value = line.decode("latin-1").partition(":")
            yield name.strip(), value.strip()

    def read_body(self, answer: Answer) -> bytes:
        if "chunked" in answer.header("transfer-encoding").lower():
            return b"".join(self.read_chunks())
        length = answer.header("content-length")
        return bytes(self.stream.read(int(length)) if length else self.stream.read(LONGEST_BODY))

    def read_chunks(self) -> Iterable[bytes]:
        while size := int(self.stream.readline().partition(b";")[0], 16):
            yield self.stream.read(size)
            self.stream.readline()
        self.stream.readline()
