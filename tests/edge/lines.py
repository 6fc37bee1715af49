"""Connections to a real server, byte by byte, and the process that serves."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tests.edge.asking import DECODERS

ROOT = Path(__file__).parents[2]


@dataclass
class Heard:
    """One response off the wire."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def __getitem__(self, name: str) -> str:
        return dict(self.headers)[name]

    def get(self, name: str) -> str | None:
        return dict(self.headers).get(name)

    @property
    def text(self) -> str:
        encoding = self.get("content-encoding")
        return (DECODERS[encoding](self.body) if encoding else self.body).decode("latin-1")

    @property
    def said(self) -> str:
        """What tells answers apart: a stored page's title, or the number that the application heard."""
        if self.text.startswith("{"):
            told = json.loads(self.text)
            return f"{told['method']} {told['target']} {told['number']}"
        return self.text.partition("<title>")[2].partition("</title>")[0]


class Line:
    """A connection; reading waits for at most `patience` seconds."""

    def __init__(self, port: int, patience: float = 5.0) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=patience)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()
        self.socket.close()

    def send(self, *parts: bytes, pause: float = 0.0) -> None:
        for part in parts:
            self.socket.sendall(part)
            time.sleep(pause)

    def hear(self, method: str = "GET") -> Heard:
        """The next response. EOFError if there is none."""
        return read_response(self.file, method)

    def is_closed(self) -> bool:
        """Whether nothing but the end comes now."""
        try:
            return self.file.read(1) == b""
        except ConnectionResetError:
            return True

    def ask(self, *given: Any, **more: Any) -> Heard:
        self.send(request(*given, **more))
        return self.hear(more.get("method", "GET"))


def read_response(file: Any, method: str) -> Heard:
    line = file.readline()
    while line.startswith(b"HTTP/1.1 100"):
        file.readline()
        line = file.readline()
    if not line:
        raise EOFError
    version, status, _ = line.split(b" ", 2)
    assert version == b"HTTP/1.1", line
    headers = []
    while (line := file.readline()) != b"\r\n":
        if not line:
            raise EOFError
        name, colon, value = line.decode("latin-1").partition(":")
        assert colon, line
        headers.append((name.lower(), value.strip()))
    heard = Heard(int(status), headers, b"")
    if method == "HEAD" or heard.status == 304:
        return heard
    heard.body = read_body(file, heard)
    return heard


def read_body(file: Any, heard: Heard) -> bytes:
    if heard.get("transfer-encoding") == "chunked":
        body = b""
        while size := int(file.readline(), 16):
            body += file.read(size)
            file.readline()
        file.readline()
        return body
    length = int(heard["content-length"])
    body = file.read(length)
    if len(body) < length:
        raise EOFError
    return bytes(body)


def request(
    target: str = "/",
    *,
    method: str = "GET",
    number: str = "",
    cookie: bytes = b"",
    body: bytes | None = None,
    version: str = "HTTP/1.1",
    host: str = "paper.example",
    **headers: str,
) -> bytes:
    """A request as bytes; headers by name, with _ for -."""
    lines = [f"{method} {target} {version}", f"Host: {host}"]
    if number:
        lines.append(f"X-Number: {number}")
    if cookie:
        lines.append(f"Cookie: {cookie.decode()}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body is not None and "Transfer_Encoding" not in headers:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + (body or b"")


@contextmanager
def serving(folder: Path, **given: Any) -> Iterator[Serving]:
    """A server process for a store; options of uvicorn as `options`, of the page server as `config`."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(1_024)
    told = json.dumps({"folder": str(folder), "fd": listener.fileno(), **given})
    # A file, not a pipe: a full pipe would stop the server.
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.edge.serving", told],
            cwd=ROOT,
            pass_fds=[listener.fileno()],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        server = Serving(process, listener.getsockname()[1], log)
        listener.close()
        try:
            yield server
        finally:
            server.stop()


class Serving:
    """A running server; `stop` returns what it wrote to its log."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, log: IO[str]) -> None:
        self.process, self.port, self.log = process, port, log

    def line(self, patience: float = 5.0) -> Line:
        return Line(self.port, patience)

    def stop(self) -> str:
        if self.process.poll() is None:
            self.process.terminate()
        return self.written()

    def written(self) -> str:
        """Its log, once it has ended."""
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return "Traceback: killed, since it did not end"
        self.log.seek(0)
        return self.log.read()
