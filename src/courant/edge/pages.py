"""A stored page: one address, its variants, the terms of its story, and the keys that withdraw it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from courant.wall.decision import StoryTerms
from courant.wall.enums import Access

IDENTITY = "identity"
# What a body is stored in, the best first.
ENCODINGS = ("br", "zstd", "gzip", IDENTITY)
# These say how an answer is kept and sent, which is for the page server alone to say.
OWNED_HEADERS = frozenset(
    {
        "cache-control",
        "connection",
        "content-encoding",
        "content-length",
        "date",
        "etag",
        "expires",
        "keep-alive",
        "set-cookie",
        "surrogate-key",
        "cache-tag",
        "transfer-encoding",
        "vary",
    }
)
UNSAFE = frozenset(map(chr, [*range(32), 127])) - {"\t"}


@dataclass(frozen=True)
class StoredVariant:
    """One rendering: `etag` is opaque and bare (no quotes; the encoding is added when it is sent), `digest` names the
    plain body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    etag: str
    digest: str


@dataclass(frozen=True)
class StoredPage:
    """`address` is the target of a request as browsers send it: path, and `?page=N` where there are several.

    Times are seconds since 1970; past `fresh_until` the page is served in an outage only.
    """

    address: str
    terms: StoryTerms | None
    variants: dict[str, StoredVariant]
    keys: frozenset[str]
    pressed_at: float
    fresh_until: float | None = None


@dataclass(frozen=True)
class EdgeSettings:
    """What the newsroom set that the page server must know; networks are (name, networks as text)."""

    premium_per_month: int
    samples_per_month: int
    networks: list[tuple[str, list[str]]]
    edition: str


def digest_of(body: bytes) -> str:
    """The name of a plain body."""
    return sha256(body).hexdigest()


def refuse_unfit(page: StoredPage) -> None:
    """ValueError for a page that could not be answered as it stands."""
    address = page.address
    if not (address.startswith("/") and address.isascii() and address.isprintable()) or set(address) & set(' "#<>'):
        raise ValueError(f"no address of a page: {page.address!r}")
    if not page.variants or not page.keys:
        raise ValueError(f"{page.address} has no variants or no keys")
    for variant in page.variants.values():
        for name, value in variant.headers:
            if name.lower() in OWNED_HEADERS:
                raise ValueError(f"{page.address}: the header {name} is for the page server to say")
            if not (name.isascii() and name.isprintable()) or set(name) & set(" :") or UNSAFE & set(value):
                raise ValueError(f"{page.address}: no header: {name!r}: {value!r}")
            value.encode("latin-1")


def packed(page: StoredPage) -> bytes:
    """A page as bytes; headers that variants share stand there once."""
    heads: list[tuple[tuple[str, str], ...]] = []
    variants = {}
    for name, variant in page.variants.items():
        if variant.headers not in heads:
            heads.append(variant.headers)
        variants[name] = [variant.status, heads.index(variant.headers), variant.etag, variant.digest]
    content = {
        "address": page.address,
        "terms": packed_terms(page.terms),
        "heads": heads,
        "variants": variants,
        "keys": sorted(page.keys),
        "pressed_at": page.pressed_at,
        "fresh_until": page.fresh_until,
    }
    return json.dumps(content, separators=(",", ":")).encode()


def unpacked(content: bytes) -> StoredPage:
    """The page that `packed` made."""
    read = json.loads(content)
    heads = [tuple((name, value) for name, value in head) for head in read["heads"]]
    return StoredPage(
        address=read["address"],
        terms=unpacked_terms(read["terms"]),
        variants={
            name: StoredVariant(status, heads[head], etag, digest)
            for name, (status, head, etag, digest) in read["variants"].items()
        },
        keys=frozenset(read["keys"]),
        pressed_at=read["pressed_at"],
        fresh_until=read["fresh_until"],
    )


def packed_terms(terms: StoryTerms | None) -> list[object] | None:
    if terms is None:
        return None
    window = [moment.isoformat() if moment else None for moment in (terms.free_from, terms.free_until)]
    return [terms.story_id, str(terms.access), *window]


def unpacked_terms(read: list[str] | None) -> StoryTerms | None:
    if read is None:
        return None
    story_id, access, free_from, free_until = read
    window = [datetime.fromisoformat(moment) if moment else None for moment in (free_from, free_until)]
    return StoryTerms(int(story_id), Access(access), *window)
