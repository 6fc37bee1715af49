"""Answers as bytes: the head of a variant in one encoding, made once and sent many times."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from courant.edge.pages import IDENTITY, StoredPage

VARY = "accept-encoding, cookie"
PRIVATE, COUNTED = "private, no-cache", "private, no-store"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; `head` is the status line and the headers but Date and Connection, without the empty line."""

    status: int
    head: bytes
    body: bytes

    def headers(self) -> list[tuple[bytes, bytes]]:
        """The headers one by one, as ASGI wants them."""
        lines = self.head.split(b"\r\n")[1:-1]
        return [(name, value) for name, _, value in (line.partition(b": ") for line in lines)]


@dataclass(slots=True)
class Printed:
    """A variant in one encoding: whole, without its body (HEAD), and as 304."""

    whole: Reply
    bare: Reply
    unchanged: Reply
    etag: bytes

    def weight(self) -> int:
        return len(self.whole.head) + len(self.bare.head) + len(self.unchanged.head) + len(self.whole.body) + 600


def print_variant(page: StoredPage, name: str, encoding: str, body: bytes, caching: str) -> Printed:
    """Make the answers; `caching` is the value of Cache-Control. What may be kept by shared caches carries its keys."""
    variant = page.variants[name]
    etag = f'"{variant.etag.strip(chr(34))}-{encoding}"'
    kept = [("cache-control", caching), ("vary", VARY)]
    if caching != COUNTED:
        kept.append(("etag", etag))
    if caching.startswith("public"):
        kept += [("surrogate-key", " ".join(sorted(page.keys))), ("cache-tag", ",".join(sorted(page.keys)))]
    said = [(header.lower(), value) for header, value in variant.headers]
    if encoding != IDENTITY:
        said.append(("content-encoding", encoding))
    head = written(variant.status, [*said, ("content-length", str(len(body))), *kept])
    return Printed(
        whole=Reply(variant.status, head, body),
        bare=Reply(variant.status, head, b""),
        unchanged=Reply(304, written(304, kept), b""),
        etag=etag.encode("latin-1"),
    )


def written(status: int, headers: list[tuple[str, str]]) -> bytes:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in headers)]
    return "".join(f"{line}\r\n" for line in lines).encode("latin-1")


def is_unchanged(asked: bytes, etag: bytes) -> bool:
    """Whether If-None-Match names this (RFC 9110, section 13.1.2; for GET the weak comparison)."""
    if asked == etag:
        return True
    return any(one.strip() in (etag, b"W/" + etag, b"*") for one in asked.split(b","))
