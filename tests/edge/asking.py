"""Asking a page server, and reading what it says."""

from __future__ import annotations

import gzip
from typing import Any

import brotli
import zstandard

from courant.edge.replies import Reply
from courant.edge.server import Opening, PageServer
from tests.edge.papers import NOW

DECODERS = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompress(body),
}
AT = NOW.timestamp()


def ask(
    server: PageServer,
    target: str | bytes,
    *,
    method: bytes = b"GET",
    cookie: bytes | None = None,
    peer: str = "203.0.113.9",
    now: float = AT,
    host: bytes | None = b"paper.example",
    fallback: bool = False,
    **headers: str,
) -> Reply | Opening | None:
    """Headers by name, with _ for -; `host` and `cookie` apart."""
    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    if cookie is not None:
        given.append((b"cookie", cookie))
    if host is not None:
        given.insert(0, (b"host", host))
    target = target.encode() if isinstance(target, str) else target
    return (server.fallback if fallback else server.answer)(method, target, given, peer, now)


def reply_to(server: PageServer, target: str | bytes, **given: Any) -> Reply:
    reply = ask(server, target, **given)
    assert isinstance(reply, Reply)
    return reply


def opening_of(server: PageServer, target: str | bytes, **given: Any) -> Opening:
    opening = ask(server, target, **given)
    assert isinstance(opening, Opening)
    return opening


def headers_of(reply: Reply) -> dict[str, str]:
    """By name; of Set-Cookie there may be many, see `set_cookies`."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in reply.headers()}


def set_cookies(reply: Reply) -> dict[str, str]:
    """Each cookie's name and the rest of its line."""
    lines = [value.decode() for name, value in reply.headers() if name == b"set-cookie"]
    return {line.partition("=")[0]: line.partition("=")[2] for line in lines}


def text_of(reply: Reply) -> str:
    encoding = headers_of(reply).get("content-encoding")
    return (DECODERS[encoding](reply.body) if encoding else reply.body).decode()


def variant_in(reply: Reply) -> str:
    """The variant that a page of tests.edge.papers says it is."""
    return text_of(reply).partition("<title>")[2].partition("</title>")[0].split()[1]
