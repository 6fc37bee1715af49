"""A real server process: `python -m tests.edge.serving`, configured as JSON on its command line.

Behind the page server stands a small application that says what it heard. Its paths: /slow/MS/ waits, /echo/ reads the
body, /early/ answers before it, /stream/ answers in chunks, /big/N/ answers N bytes, /broken/ raises, /error/ is a 503.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import uvicorn

from courant.edge import connection
from courant.edge.application import PageServerApp
from courant.wall.counting import Counter
from tests.edge.papers import make_server


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await echo(receive, send)
        return
    path = scope["path"]
    headers = dict(scope["headers"])
    if path.startswith("/slow/"):
        await asyncio.sleep(int(path.split("/")[2]) / 1_000)
    if path == "/broken/":
        raise RuntimeError("broken as it should be")
    body = b""
    is_more = path == "/echo/"
    while is_more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body += message.get("body", b"")
        is_more = message.get("more_body", False)
    told = {
        "method": scope["method"],
        "target": (scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")).decode(
            "latin-1"
        ),
        "number": headers.get(b"x-number", b"").decode("latin-1"),
        "names": sorted({name.decode("latin-1") for name, _ in scope["headers"]}),
        "body": sha256(body).hexdigest() if body else "",
    }
    answer = json.dumps(told).encode()
    if path.startswith("/big/"):
        answer = b"x" * int(path.split("/")[2])
    status = 503 if path == "/error/" else 200
    start: dict[str, Any] = {"type": "http.response.start", "status": status, "headers": []}
    if path != "/stream/":
        start["headers"] = [(b"content-length", str(len(answer)).encode())]
    await send(start)
    if path == "/stream/":
        for place in range(0, len(answer), 20):
            await send({"type": "http.response.body", "body": answer[place : place + 20], "more_body": True})
            await asyncio.sleep(0.001)
        answer = b""
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else answer})


async def echo(receive: Any, send: Any) -> None:
    """A WebSocket that says everything twice."""
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": 2 * message["text"]})


def main() -> None:
    given = json.loads(sys.argv[1])
    for name, value in given.get("bounds", {}).items():
        setattr(connection, name, value)
    meter = given.get("meter")
    counter = Counter(meter) if meter else None
    server = make_server(Path(given["folder"]), counter, **given.get("config", {}))
    options = {"http": "courant.edge.protocol:PageProtocol", "log_level": "warning", "access_log": False}
    config = uvicorn.Config(
        PageServerApp(application, server),
        **{**options, "lifespan": "off", "ws": "none", "proxy_headers": False, **given.get("options", {})},
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=given["fd"])])
    print("ended in peace", flush=True)


if __name__ == "__main__":
    main()
